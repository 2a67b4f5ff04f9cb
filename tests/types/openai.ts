// Wire types are OpenAI's own: values pass between its declarations and ours, both ways.
import OpenAI from "openai";
import type * as Ours from "tokenwire";
import { assignable, fits } from "./same.js";

import Chat = OpenAI.Chat.Completions;

// Replies.
assignable<Ours.ChatCompletion, Chat.ChatCompletion>();
assignable<Ours.Choice, Chat.ChatCompletion.Choice>();
assignable<Ours.ChatCompletionMessage, Chat.ChatCompletionMessage>();
assignable<Ours.ChatCompletionChunk, Chat.ChatCompletionChunk>();
assignable<Ours.ChunkChoice, Chat.ChatCompletionChunk.Choice>();
assignable<Ours.Delta, Chat.ChatCompletionChunk.Choice.Delta>();
assignable<Ours.ToolCallDelta, Chat.ChatCompletionChunk.Choice.Delta.ToolCall>();
assignable<Ours.CompletionUsage, OpenAI.CompletionUsage>();
assignable<Ours.Logprobs, Chat.ChatCompletion.Choice.Logprobs>();
assignable<Ours.TokenLogprob, Chat.ChatCompletionTokenLogprob>();
assignable<Ours.ToolCall, Chat.ChatCompletionMessageToolCall>();
assignable<Ours.FinishReason, Chat.ChatCompletion.Choice["finish_reason"]>();

// Requests. Ours may leave the model to the client, which OpenAI's client has no word for.
assignable<Ours.ChatParams & { model: string }, Chat.ChatCompletionCreateParams>();
fits<Chat.ChatCompletionCreateParamsStreaming, Ours.ChatParams & { stream: true }>();
fits<Chat.ChatCompletionCreateParamsNonStreaming, Ours.ChatParams & { stream?: false | null }>();
assignable<Ours.ChatMessage, Chat.ChatCompletionMessageParam>();
assignable<Ours.UserMessage, Chat.ChatCompletionUserMessageParam>();
assignable<Ours.AssistantMessage, Chat.ChatCompletionAssistantMessageParam>();
assignable<Ours.ToolMessage, Chat.ChatCompletionToolMessageParam>();
assignable<Ours.ContentPart, Chat.ChatCompletionContentPart>();
assignable<Ours.Tool, Chat.ChatCompletionTool>();
assignable<Ours.ToolChoice, Chat.ChatCompletionToolChoiceOption>();
assignable<Ours.StreamOptions, Chat.ChatCompletionStreamOptions>();
assignable<Ours.ResponseFormat, NonNullable<Chat.ChatCompletionCreateParams["response_format"]>>();

// A model list of theirs reads as ours; of ours only the id is certain.
fits<OpenAI.Model, Ours.Model>();

// A message of a reply goes back in the next request.
fits<Ours.ChatCompletionMessage, Ours.ChatMessage>();

// The helpers of this file tell apart what differs.
// @ts-expect-error
assignable<Ours.ChatCompletion, Chat.ChatCompletionChunk>();
// @ts-expect-error
fits<Ours.Model, OpenAI.Model>();
// @ts-expect-error
fits<Ours.ChatParams, Chat.ChatCompletionCreateParams>();
