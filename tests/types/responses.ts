// The Responses API: values pass between OpenAI's declarations and ours, and the methods give what the contract says.
import OpenAI from "openai";
import { createClient, toChatMessages, toResponsesInput } from "tokenwire";
import type * as Ours from "tokenwire";
import { assignable, exactly, fits } from "./same.js";

import Theirs = OpenAI.Responses;

// Every event of theirs is one of ours, and every one of ours is one that theirs knows.
assignable<Ours.ResponseStreamEvent["type"], Exclude<Theirs.ResponseStreamEvent["type"], "error">>();
fits<Exclude<Theirs.ResponseStreamEvent, { type: "error" }>["type"], Ours.ResponseStreamEvent["type"]>();
fits<Theirs.ResponseTextDeltaEvent, Ours.ResponseStreamEvent>();
fits<Theirs.ResponseOutputItemDoneEvent["output_index"], number>();
fits<Theirs.ResponseFunctionCallArgumentsDoneEvent, Ours.ResponseStreamEvent>();
fits<Ours.ResponseStreamEvent, Theirs.ResponseStreamEvent>();

assignable<Ours.ResponseOutputMessage, Theirs.ResponseOutputMessage>();
assignable<Ours.ResponseReasoningItem, Theirs.ResponseReasoningItem>();
assignable<Ours.ResponseFunctionToolCall, Theirs.ResponseFunctionToolCall>();
assignable<Ours.ResponseCustomToolCall, Theirs.ResponseCustomToolCall>();
assignable<Ours.ResponseUsage, Theirs.ResponseUsage>();
fits<Ours.ResponseOutputItem, Theirs.ResponseOutputItem>();
fits<Ours.Response, Theirs.Response>();

// Requests.
fits<Theirs.ResponseCreateParamsNonStreaming, Ours.ResponseParams & { stream?: false | null }>();
fits<Theirs.ResponseCreateParamsStreaming, Ours.ResponseParams & { stream: true }>();

export async function faces(client = createClient()) {
  exactly<Ours.ResponseStream>()(client.respond({ input: "Hi", stream: true }));
  exactly<Ours.Response>()(await client.respond({ input: "Hi" }));
  exactly<Ours.Response>()(await client.retrieve("resp_1"));
  exactly<Ours.ResponseStream>()(client.retrieve("resp_1", { stream: true, startingAfter: 5 }));
  exactly<Ours.Response>()(await client.cancel("resp_1"));
  const stream = client.respond({ model: "m", input: [{ role: "user", content: "Hi" }], stream: true });
  for await (const event of stream) {
    if (event.type === "response.output_text.delta") exactly<string>()(event.delta);
    if (event.type === "response.output_item.done") exactly<Ours.ResponseOutputItem>()(event.item);
    if (event.type === "response.completed") exactly<Ours.Response>()(event.response);
  }
  for await (const text of stream.text) exactly<string>()(text);
  for await (const event of stream.events) exactly<Ours.ChatEvent>()(event);
  exactly<Ours.Response>()(await stream.final());
  exactly<[Ours.ResponseStream, Ours.ResponseStream]>()(stream.tee());
  exactly<string[]>()(toResponsesInput([{ role: "user", content: "Hi" }]).lost);
  exactly<Ours.ChatMessage[]>()(toChatMessages("Hi", "Be brief").messages);
  // @ts-expect-error
  client.retrieve(5);
}
