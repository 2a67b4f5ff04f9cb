/**
 * tokenwire/testing: a provider that lives in your process.
 *
 * ```js
 * import { chat } from "tokenwire";
 * import { simulate } from "tokenwire/testing";
 *
 * const fetch = simulate({ reply: "Hello!" });
 * const reply = await chat({ model: "m", messages: [{ role: "user", content: "Hi" }] }, { fetch });
 * fetch.requests[0].body.messages; // what was asked
 * ```
 */

/**
 * Makes a standard `fetch` that answers Chat Completions (streamed and not) and `GET …/models` as a
 * provider would: 400, 401, 404 and 405 with OpenAI's error body included.
 *
 * The same options and requests give the same bytes on every run. Without `reply`, the answer is a short
 * text that says where it comes from and echoes the last user message. One token-like piece of text counts
 * as one token: usage and `max_tokens` go by that. Bad options throw a TypeError here, not later.
 *
 * Nothing is made ahead of the reader: the body is pulled, one read at a time.
 */
export function simulate(options?: SimulatorOptions): SimulatedFetch;

export interface SimulatedFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Every request so far, oldest first. An entry goes on being written while its body is read. */
  readonly requests: ReadonlyArray<SimulatedRequest>;
}

/** What the simulator was asked, and what became of the answer. */
export interface SimulatedRequest {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  /** The body as sent. */
  readonly text: string;
  /** The body as JSON; undefined if it is not. */
  readonly body: any;
  /** How many reads the body was asked for, the one that finds the end included. */
  readonly reads: number;
  /** The body was read to its regular end. */
  readonly ended: boolean;
  /** The reader cancelled the body. */
  readonly cancelled: boolean;
  /** The request's signal aborted before the body had ended or been cancelled. */
  readonly aborted: boolean;
}

export interface SimulatorOptions extends ReplyOptions {
  /** What to answer. An array is a script, one entry per request; its last entry goes on being used. `GET …/models` takes none. */
  reply?: Reply | ReplyFunction | ReadonlyArray<Reply | ReplyFunction>;
  /** What `GET …/models` lists. When given, a chat with another model is answered 404 `model_not_found`. */
  models?: ReadonlyArray<string | ({ id: string } & Record<string, unknown>)>;
  /** When given, a request without `authorization: Bearer <apiKey>` is answered 401. */
  apiKey?: string;
  /** Answers every request, whatever its path, with this error. Not together with `reply` or `bytes`. */
  error?: number | SimulatedError;
  /** Answers every request, whatever its path, with these bytes. Not together with `reply` or `error`. */
  bytes?: Bytes | BytesFunction;
}

/** Gives a reply for a request; undefined gives the canned text. If it throws, the fetch rejects with that. */
export type ReplyFunction = (body: any, request: SimulatedRequest) => Reply | undefined | Promise<Reply | undefined>;

/** A text, or more than that. What an entry says for itself goes before what the options say for all. */
export type Reply = string | ScriptedReply;

export interface ScriptedReply extends SimulatedMessage, ReplyOptions {
  /** A message for each of the `n` choices; taken in turns if `n` is larger. */
  choices?: ReadonlyArray<string | SimulatedMessage>;
  /** This request fails. A number is the status. */
  error?: number | SimulatedError;
  /** This request is answered with these bytes, as a recorded reply would be. */
  bytes?: Bytes | BytesFunction;
}

/** Streamed in the order reasoning, content, refusal, tool calls. */
export interface SimulatedMessage {
  role?: "assistant";
  content?: string | null;
  reasoning_content?: string | null;
  refusal?: string | null;
  /** Streamed as OpenAI does: id and name with empty arguments, then the arguments in pieces. */
  tool_calls?: ReadonlyArray<SimulatedToolCall>;
  /** Default: "length" if `max_tokens` cut it, else "tool_calls" if there are any, else "stop". */
  finish_reason?: string;
}

/** OpenAI's shape, or short. Arguments that are no string become JSON text; without an id, it is made up. */
export type SimulatedToolCall =
  | { id?: string; type?: "function"; function: { name: string; arguments?: unknown } }
  | { id?: string; name: string; arguments?: unknown };

/** What may be said for all replies, or for one. */
export interface ReplyOptions {
  /** HTTP status, in place of what the reply would have. */
  status?: number;
  /** Response headers, over the simulator's own `content-type` and `x-request-id`. */
  headers?: Record<string, string>;
  /** Merged into the estimated usage. */
  usage?: Record<string, unknown>;
  /** Tokens per second, or milliseconds. Default: no waiting. A reply that is not streamed takes as long as a streamed one. */
  pace?: number | { headersMs?: number; firstTokenMs?: number; tokenMs?: number };
  /** Cuts the body's bytes into network reads: every byte, so many bytes, or at these offsets. Replaces one read per chunk. */
  cuts?: "byte" | number | ReadonlyArray<number>;
  /** Milliseconds before each read, or before the first, the second, … Replaces the pace of the tokens. */
  delays?: number | ReadonlyArray<number>;
  /** What goes wrong. A string is the kind, at once. */
  fault?: Fault["kind"] | Fault;
}

/**
 * - `refuse`: the fetch rejects, as when there is no connection.
 * - `error`: an error frame inside the stream, then its end.
 * - `close`: the body ends too early, in good form.
 * - `reset`: the body fails, as when the connection breaks.
 * - `stall`: the body falls silent and stays open.
 */
export interface Fault {
  kind: "refuse" | "error" | "close" | "reset" | "stall";
  /**
   * How much comes first. Default 0. Of a stream: pieces of text or arguments (the chunk with the role always comes);
   * of `bytes`: reads. A reply that is not streamed loses its second half, whatever is said here.
   */
  after?: number;
  /** For `error`: what stands in `{ "error": … }`, filled up in OpenAI's shape. */
  error?: { message?: string; type?: string; param?: string | null; code?: string | number | null };
}

/** An error reply; its body has OpenAI's shape, filled up from the status, unless `body` is given. */
export interface SimulatedError {
  status: number;
  message?: string;
  type?: string;
  param?: string | null;
  code?: string | number | null;
  /** Sent as it is: a string as text, anything else as JSON. */
  body?: unknown;
  /** Such as `retry-after`. */
  headers?: Record<string, string>;
}

export type Bytes = string | Uint8Array | ArrayBuffer;
export type BytesFunction = (body: any, request: SimulatedRequest) => Bytes | Promise<Bytes>;
