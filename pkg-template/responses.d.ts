/// <reference lib="esnext.disposable" />

/**
 * What the Responses API has on the wire, in OpenAI's shapes and names: values pass between `openai`'s declarations and these, both
 * ways, as with those of wire.d.ts. Kinds of items and events that OpenAI adds later come all the same.
 */

import type { ChatEvent, ChatStream, ResponseMeta, Timing } from "./index.js";
import type { Growing, Open } from "./wire.js";

/** A kind of object, with what it must have beside its type. */
type Kind<Types extends string, Names extends string = never> = Types extends string
  ? Open & { type: Types } & { [name in Names]: any }
  : never;

// ── The response ──

export interface Response extends Open {
  id: string;
  object: "response";
  created_at: number;
  status?: ResponseStatus;
  model: Growing<string>;
  output: ResponseOutputItem[];
  /** All of the text of its messages. In replies and snapshots; events do not have it. */
  output_text: string;
  error: ResponseError | null;
  incomplete_details: { reason?: "max_output_tokens" | "content_filter" } | null;
  instructions: any;
  metadata: Record<string, string> | null;
  parallel_tool_calls: boolean;
  temperature: number | null;
  tool_choice: any;
  tools: any[];
  top_p: number | null;
  usage?: ResponseUsage;
  background?: boolean | null;
  previous_response_id?: string | null;
}

export type ResponseStatus = "completed" | "failed" | "in_progress" | "cancelled" | "queued" | "incomplete";

export interface ResponseError {
  code: Growing<"server_error" | "rate_limit_exceeded" | "invalid_prompt">;
  message: string;
}

export interface ResponseUsage {
  input_tokens: number;
  input_tokens_details: { cached_tokens: number; cache_write_tokens: number };
  output_tokens: number;
  output_tokens_details: { reasoning_tokens: number };
  total_tokens: number;
}

// ── What it consists of ──

export type ResponseOutputItem =
  | ResponseOutputMessage
  | ResponseReasoningItem
  | ResponseFunctionToolCall
  | ResponseCustomToolCall
  | Kind<"file_search_call", "id" | "queries" | "status">
  | Kind<"web_search_call", "id" | "action" | "status">
  | Kind<"computer_call", "id" | "call_id" | "pending_safety_checks" | "status">
  | Kind<"image_generation_call", "id" | "result" | "status">
  | Kind<"code_interpreter_call", "id" | "code" | "container_id" | "outputs" | "status">
  | Kind<"local_shell_call", "id" | "action" | "call_id" | "status">
  | Kind<"shell_call", "id" | "action" | "call_id" | "environment" | "status">
  | Kind<"shell_call_output", "id" | "call_id" | "max_output_length" | "output" | "status">
  | Kind<"apply_patch_call", "id" | "call_id" | "operation" | "status">
  | Kind<"mcp_call", "id" | "arguments" | "name" | "server_label">
  | Kind<"mcp_list_tools", "id" | "server_label" | "tools">
  | Kind<"mcp_approval_request", "id" | "arguments" | "name" | "server_label">;

export interface ResponseOutputMessage extends Open {
  id: string;
  type: "message";
  role: "assistant";
  status: "in_progress" | "completed" | "incomplete";
  content: Array<ResponseOutputText | ResponseOutputRefusal>;
}

export interface ResponseOutputText extends Open {
  type: "output_text";
  text: string;
  annotations: any[];
  logprobs?: any[];
}

export interface ResponseOutputRefusal extends Open {
  type: "refusal";
  refusal: string;
}

export interface ResponseReasoningItem extends Open {
  id: string;
  type: "reasoning";
  summary: Array<{ type: "summary_text"; text: string }>;
  content?: Array<{ type: "reasoning_text"; text: string }>;
  encrypted_content?: string | null;
  status?: "in_progress" | "completed" | "incomplete";
}

export interface ResponseFunctionToolCall extends Open {
  type: "function_call";
  id?: string;
  call_id: string;
  name: string;
  /** JSON text. */
  arguments: string;
  status?: "in_progress" | "completed" | "incomplete";
}

export interface ResponseCustomToolCall extends Open {
  type: "custom_tool_call";
  id?: string;
  call_id: string;
  name: string;
  input: string;
}

// ── A stream ──

/** An event that has a place and a number. */
type Placed<Types extends string, Members = unknown> = Types extends string
  ? Open & { type: Types; item_id: string; output_index: number; sequence_number: number } & Members
  : never;

export type ResponseStreamEvent =
  | ResponseStateEvent<"response.created">
  | ResponseStateEvent<"response.queued">
  | ResponseStateEvent<"response.in_progress">
  | ResponseStateEvent<"response.completed">
  | ResponseStateEvent<"response.incomplete">
  | ResponseStateEvent<"response.failed">
  | ResponseItemEvent<"response.output_item.added">
  | ResponseItemEvent<"response.output_item.done">
  | Placed<"response.content_part.added" | "response.content_part.done", { content_index: number; part: any }>
  | Placed<"response.output_text.delta", { content_index: number; delta: string; logprobs: any[] }>
  | Placed<"response.output_text.done", { content_index: number; text: string; logprobs: any[] }>
  | Placed<"response.output_text.annotation.added", { content_index: number; annotation_index: number; annotation: any }>
  | Placed<"response.refusal.delta", { content_index: number; delta: string }>
  | Placed<"response.refusal.done", { content_index: number; refusal: string }>
  | Placed<"response.reasoning_text.delta", { content_index: number; delta: string }>
  | Placed<"response.reasoning_text.done", { content_index: number; text: string }>
  | Placed<"response.reasoning_summary_part.added" | "response.reasoning_summary_part.done", { summary_index: number; part: any }>
  | Placed<"response.reasoning_summary_text.delta", { summary_index: number; delta: string }>
  | Placed<"response.reasoning_summary_text.done", { summary_index: number; text: string }>
  | Placed<"response.function_call_arguments.delta" | "response.mcp_call_arguments.delta", { delta: string }>
  | Placed<"response.function_call_arguments.done", { arguments: string; name: string }>
  | Placed<"response.mcp_call_arguments.done", { arguments: string }>
  | Placed<"response.custom_tool_call_input.delta" | "response.code_interpreter_call_code.delta", { delta: string }>
  | Placed<"response.custom_tool_call_input.done", { input: string }>
  | Placed<"response.code_interpreter_call_code.done", { code: string }>
  | Placed<"response.image_generation_call.partial_image", { partial_image_b64: string; partial_image_index: number }>
  | Placed<`response.${"web_search_call" | "file_search_call"}.${"in_progress" | "searching" | "completed"}`>
  | Placed<`response.code_interpreter_call.${"in_progress" | "interpreting" | "completed"}`>
  | Placed<`response.image_generation_call.${"in_progress" | "generating" | "completed"}`>
  | Placed<`response.${"mcp_call" | "mcp_list_tools"}.${"in_progress" | "completed" | "failed"}`>
  | Kind<"response.audio.delta" | "response.audio.transcript.delta", "delta" | "sequence_number">
  | Kind<"response.audio.done" | "response.audio.transcript.done", "sequence_number">;

export interface ResponseStateEvent<Type extends string> extends Open {
  type: Type;
  /** Without `output_text`, which only replies and snapshots have. */
  response: Response;
  sequence_number: number;
}

export interface ResponseItemEvent<Type extends string> extends Open {
  type: Type;
  item: ResponseOutputItem;
  output_index: number;
  sequence_number: number;
}

/**
 * As ChatStream, of the Responses API. Iterating gives every event in OpenAI's documented shape: numbers, indices and ids that a
 * provider leaves out or changes are put right, and ends that never came are made; deltas are not. What nobody knows is passed on;
 * keepalives and error events are not, the error is thrown.
 */
export interface ResponseStream extends AsyncIterable<ResponseStreamEvent>, AsyncDisposable {
  [Symbol.asyncIterator](): AsyncIterator<ResponseStreamEvent>;
  /** The output text, at most one string per network read. */
  readonly text: AsyncIterable<string>;
  /** The same events as chat's, so that one user interface serves both: chat's finish words, and `id` is the call's. */
  readonly events: AsyncIterable<ChatEvent>;
  /** Reads to the end and gives the response, with `output_text`. */
  final(): Promise<Response>;
  /** The response so far; safe at any moment, also after an error. */
  readonly snapshot: Response;
  readonly end: ChatStream["end"];
  readonly repairs: ChatStream["repairs"];
  readonly response: Promise<ResponseMeta>;
  readonly timing: Timing;
  abort(reason?: unknown): void;
  tee(): [ResponseStream, ResponseStream];
  /** Clean SSE as OpenAI's: without `[DONE]`. */
  toReadableStream(): ReadableStream<Uint8Array>;
  toResponse(init?: ResponseInit): globalThis.Response;
}

// ── A request ──

export interface ResponseParams extends Open {
  /** May be left to the client. */
  model?: Growing<string>;
  /** A text, or items. */
  input?: any;
  instructions?: string | null;
  stream?: boolean | null;
  previous_response_id?: string | null;
  conversation?: any;
  background?: boolean | null;
  store?: boolean | null;
  include?: any[] | null;
  tools?: any[];
  tool_choice?: any;
  parallel_tool_calls?: boolean | null;
  reasoning?: any;
  text?: any;
  max_output_tokens?: number | null;
  temperature?: number | null;
  top_p?: number | null;
  truncation?: "auto" | "disabled" | null;
  metadata?: Record<string, string> | null;
}
