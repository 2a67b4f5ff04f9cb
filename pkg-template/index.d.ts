/// <reference lib="esnext.disposable" />

import type { CallOptions, ClientOptions, Dialect } from "./options.js";
import type { Response, ResponseParams, ResponseStream } from "./responses.js";
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatMessage,
  ChatParams,
  CompletionUsage,
  FilePart,
  ImagePart,
  Model,
} from "./wire.js";
import type { JSONSchema, OutputOf, Parsed, ParseOptions, ParseStream, RunOptions, RunParams, StandardSchema, ToolRun } from "./tools.js";

export type * from "./options.js";
export type * from "./wire.js";
export type * from "./responses.js";
export type * from "./tools.js";

/**
 * One request, one reply. With `stream: true` the return value is a ChatStream at once (no await needed; awaiting it
 * gives the same object), and a failure surfaces at the first read.
 */
export function chat(params: ChatParams & { stream: true }, options?: ClientOptions & CallOptions): ChatStream;
export function chat(
  params: ChatParams & { stream?: false | null },
  options?: ClientOptions & CallOptions,
): Call<ChatCompletion>;
export function chat(params: ChatParams, options?: ClientOptions & CallOptions): ChatStream | Call<ChatCompletion>;

/**
 * The same with the options said once. No I/O and no wasm work happens before the first call.
 * Throws a ConfigError where the base URL cannot be one, an option is of another type, or there is no option of this name.
 */
export function createClient(options?: ClientOptions): Client;

/**
 * Loads the core now instead of at the first call. Idempotent; only needed with "tokenwire/slim", where the caller
 * brings the wasm.
 */
export function init(source?: WasmModule | ArrayBuffer | ArrayBufferView | globalThis.Response | URL | string): Promise<void>;

/** Messages as input of the Responses API; a system message that stands first is `instructions`. `lost`: JSON pointers to what it cannot say. */
export function toResponsesInput(messages: ChatMessage[]): { input: any[]; instructions?: string; lost: string[] };

/** The other way: input of the Responses API, or its output, as messages. `lost` points into `input`. */
export function toChatMessages(input: unknown, instructions?: string): { messages: ChatMessage[]; lost: string[] };

/** WebAssembly.Module, where the global types know of it: Node's, without the DOM's, do not. */
type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer M } } } ? M : object;

/** Of this package. */
export const version: string;

/** What an image or file may be given as. A string or URL goes through as it is. */
export type PartSource = Blob | ArrayBuffer | ArrayBufferView | URL | string;

/** An `image_url` part. The type of bytes is seen in them (PNG, JPEG, GIF, WebP), or said by `type`. */
export function imagePart(source: PartSource, options?: { type?: string; detail?: string }): Promise<ImagePart>;

/** A `file` part with the content in it. The name is a File's own, or `filename`. */
export function filePart(source: PartSource, options?: { type?: string; filename?: string }): Promise<FilePart>;

/**
 * A plain call: a promise that also tells what is known of it. It goes on by itself, and nothing rejects unasked. Iterating it (a
 * forgotten `stream: true`) throws a ConfigError that says so.
 */
export interface Call<T> extends Promise<T> {
  /** What it gives, with what is known of the HTTP response, and what deviated from OpenAI's format and was repaired. */
  withResponse(): Promise<{ data: T; response: ResponseMeta; repairs: ReadonlyArray<{ code: string; count: number }> }>;
}

/** Options said once. Logged, it shows its base URL, provider and model, and no key. */
export interface Client {
  /**
   * One request, one reply. With `stream: true` the return value is a ChatStream at once (no await needed), and a failure surfaces
   * at the first read.
   */
  chat(params: ChatParams & { stream: true }, options?: CallOptions): ChatStream;
  chat(params: ChatParams & { stream?: false | null }, options?: CallOptions): Call<ChatCompletion>;
  chat(params: ChatParams, options?: CallOptions): ChatStream | Call<ChatCompletion>;
  /** The Responses API, same rule for `stream`. One that failed or was cancelled is an error that says why; incomplete is a response. */
  respond(params: ResponseParams & { stream: true }, options?: CallOptions): ResponseStream;
  respond(params: ResponseParams & { stream?: false | null }, options?: CallOptions): Call<Response>;
  respond(params: ResponseParams, options?: CallOptions): ResponseStream | Call<Response>;
  /** A stored or background response by its id; as a stream, from after this sequence number on. */
  retrieve(id: string, options: CallOptions & { stream: true; startingAfter?: number }): ResponseStream;
  retrieve(id: string, options?: CallOptions & { stream?: false }): Call<Response>;
  /** Ends a response in the background, and gives it as it is then. */
  cancel(id: string, options?: CallOptions): Call<Response>;
  /** GET {base}/models, whatever envelope the provider uses. */
  models(options?: CallOptions): Call<Model[]>;
  /**
   * The tool loop: carries out the tools that the model asks for, sends the results back, until it answers or `maxSteps`. Runs at
   * once, read or not; timeouts, retries and onEnd are per request.
   */
  runTools(params: RunParams, options?: CallOptions & RunOptions): ToolRun;
  /** Structured output: the validated value, or a ValidationError that holds the text. */
  parse<S extends StandardSchema<any>>(params: ChatParams, schema: S, options?: ParseOptions): Promise<Parsed<OutputOf<S>>>;
  parse<T = unknown>(params: ChatParams, schema: JSONSchema, options?: ParseOptions): Promise<Parsed<T>>;
  /** The same while it is written. */
  parseStream<S extends StandardSchema<any>>(params: ChatParams, schema: S, options?: ParseOptions): ParseStream<OutputOf<S>>;
  parseStream<T = unknown>(params: ChatParams, schema: JSONSchema, options?: ParseOptions): ParseStream<T>;
  /**
   * What this client knows of its provider: found by host, given, or learnt from what it refused. Plain JSON: store it,
   * and give it back as `provider`.
   */
  readonly dialect: Dialect;
  /** The base URL after repair. */
  readonly baseURL: string;
}

/** How a call ended. */
export interface EndReport {
  /** As `ChatStream.end`. */
  end: "complete" | "truncated" | "aborted" | "error";
  /** The very error that who reads gets; absent where there is none, as after `break`. */
  error?: TokenwireError;
  /** As the reply names it. */
  model: string | null;
  /** As far as the provider told. */
  usage: CompletionUsage | null;
  /** What deviated from OpenAI's format and was repaired. */
  repairs: ReadonlyArray<{ code: string; count: number }>;
  /** Of the response that came last; null where none came. */
  response: ResponseMeta | null;
  /** When what came. */
  timing: Timing;
}

/** ms since the call began; null where it never came. */
export interface Timing {
  /** The head of the response that came last. */
  responseMs: number | null;
  /** The first of the reply that has a meaning: a role, a ping or a comment has none. */
  firstContentMs: number | null;
  /** Nothing more came. */
  totalMs: number | null;
}

/** One reply that is read once, in the way you choose. */
export interface ChatStream extends AsyncIterable<ChatCompletionChunk>, AsyncDisposable {
  /**
   * Every chunk conforms to OpenAI's shape whatever the provider sent; unknown fields are kept; thinking is in
   * `delta.reasoning_content` whatever the provider calls it. Every chunk has a choice, unless you ask for the usage
   * (`stream_options: { include_usage: true }`). Single use. `break` cancels the request.
   * A stream that is cut hands out all that came, then throws StreamError of kind "truncated"; an error frame likewise
   * throws with the provider's own message; an abort throws APIUserAbortError. None of the three looks like an end.
   */
  [Symbol.asyncIterator](): AsyncIterator<ChatCompletionChunk>;
  /** The fast path: the text of choice 0 as strings, at most one per network read (all the text that it brought). */
  readonly text: AsyncIterable<string>;
  /** Typed events for user interfaces. */
  readonly events: AsyncIterable<ChatEvent>;
  /**
   * Reads to the end (lazily: nobody's promise rejects unasked) and gives the whole reply. Beside an iteration it reads on, and
   * that still gets every item, also one that begins later. Beside toResponse() or toReadableStream(), asked before or after, it
   * follows the pace of whoever reads those.
   */
  final(): Promise<ChatCompletion>;
  /**
   * The reply so far; safe at any moment, also after an error. Where it was stopped, its message can be sent back: calls whose
   * arguments are not whole are not among its `tool_calls` but stand in the choice's `unfinished_tool_calls`, and `repairs` say so.
   */
  readonly snapshot: ChatCompletion;
  /**
   * undefined while running. "complete" needs a finish_reason, or an explicit end marker after some content.
   * A cut is never complete.
   */
  readonly end: "complete" | "truncated" | "aborted" | "error" | undefined;
  /** What deviated from OpenAI's wire format and was repaired, in order of first sight. */
  readonly repairs: ReadonlyArray<{ code: string; count: number }>;
  /** Of the HTTP response, once it is there. A getter that makes its promise when asked: nothing rejects unasked. */
  readonly response: Promise<ResponseMeta>;
  /** When what came, so far. */
  readonly timing: Timing;
  /**
   * Ends the request. Whoever reads gets an APIUserAbortError with the reason as its cause, at once: what came and was not yet
   * handed out is dropped.
   */
  abort(reason?: unknown): void;
  /** Two streams of the same reply, in place of this one's iteration. Cancelled when both are. */
  tee(): [ChatStream, ChatStream];
  /**
   * Clean OpenAI SSE (`data: {...}\n\n`, `data: [DONE]\n\n`), whatever came in. Cancelling it cancels the request. The usage is in
   * it where you ask for it (`stream_options: { include_usage: true }`).
   * If the request or the reply fails, an error frame is the last thing in it before it errors itself: a client of ours reads it
   * as an error of the same kind.
   */
  toReadableStream(): ReadableStream<Uint8Array>;
  /** The same as a Response. Headers given here win over its own. */
  toResponse(init?: ResponseInit): globalThis.Response;
}

/** What happens to choice 0 of a reply, for a user interface. */
export type ChatEvent =
  | { type: "text"; text: string }
  | { type: "reasoning"; text: string }
  | { type: "refusal"; text: string }
  /** `toolType` is the call's type where that is none of OpenAI's (`builtin_function`). */
  | { type: "tool_call.start"; index: number; id: string; name: string; toolType?: string }
  /** `partial` is what the arguments give so far: one value that grows in place, so copy what must not change. */
  | { type: "tool_call.delta"; index: number; arguments: string; partial: unknown }
  /** `value` is what the arguments parse to; undefined, with the reason in `error`, if they don't. */
  | {
      type: "tool_call.done";
      index: number;
      id: string;
      name: string;
      arguments: string;
      value: unknown;
      error?: string;
    }
  /** A piece of sound: `data` is base64. */
  | { type: "audio"; id?: string; transcript?: string; data?: string }
  /** `url` may be a `data:` URL. */
  | { type: "image"; url: string }
  | { type: "annotation"; annotation: unknown }
  /** `reason` in OpenAI's words. */
  | { type: "finish"; reason: string }
  | { type: "usage"; usage: CompletionUsage };

/** What is known of the HTTP response. */
export interface ResponseMeta {
  status: number;
  /** The provider's name for the request, from a header; in a page, most headers cannot be seen. */
  requestId: string | null;
  headers: Headers;
  /** What the headers say of limits. */
  rateLimit: { requests?: RateWindow; tokens?: RateWindow } | null;
  /** How many requests it took. */
  attempts: number;
}

/** One limit of a provider's. */
export interface RateWindow {
  limit?: number;
  remaining?: number;
  /** In how many ms it is whole again. */
  resetMs?: number;
}

/** What an error that is made by hand (a test's) may be given; all else is what its class means. */
export interface ErrorFields {
  cause?: unknown;
  kind?: ErrorKind | undefined;
  retryable?: boolean | undefined;
  retryAfterMs?: number | undefined;
  status?: number | undefined;
  code?: string | null | undefined;
  type?: string | null | undefined;
  param?: string | null | undefined;
  requestId?: string | null | undefined;
  url?: string | undefined;
  headers?: Headers | undefined;
  body?: unknown;
  phase?: "total" | "firstToken" | "idle" | undefined;
  issues?: Array<{ path: string; message: string }> | undefined;
  text?: string | undefined;
}

/**
 * What all errors of this package are: OpenAI's class names, and the provider's message first. `kind` is
 * provider-neutral and stable; no message, stack or JSON ever holds a key.
 */
export class TokenwireError extends Error {
  /** With no more than a message, it has the kind and the status that its class means. */
  constructor(message?: string, fields?: ErrorFields | null);
  /** The cause, in words that no provider owns: what to branch on. */
  readonly kind: ErrorKind;
  /** The same request may succeed later. */
  readonly retryable: boolean;
  /** In how many ms to come back, where the provider said so, in headers or body. */
  readonly retryAfterMs?: number;
  /** The address that was asked, without its query and secrets; undefined where nothing was sent. */
  readonly url?: string;
  /**
   * For a proxy: the error as a Response, with its status (502 and the like where it has none), OpenAI's shape, `retry-after`, and
   * nothing of the upstream's address and secrets. A client of ours reads it as an error of the same kind.
   */
  toResponse(init?: ResponseInit): globalThis.Response;
  /**
   * Like instanceof, but also true for errors of another realm or of another copy of this package. Of a class of your own, true for
   * its own alone.
   */
  static isInstance<T extends TokenwireError>(this: abstract new (...args: any[]) => T, x: unknown): x is T;
  /** With name and message, which JSON leaves out of errors; without headers and body. */
  toJSON(): Record<string, unknown>;
}

/** The provider refused: it answered with a status that is not 2xx. */
export class APIError extends TokenwireError {
  /** Of the response. */
  readonly status: number;
  /** The provider's own word for it. */
  readonly code: string | null;
  /** The provider's own sort of error. */
  readonly type: string | null;
  /** The parameter that is meant. */
  readonly param: string | null;
  /** The provider's name for the request. */
  readonly requestId: string | null;
  /** Of the response. Not enumerable, as `body`: a log does not show them unasked. */
  readonly headers: Headers;
  /** The error's body: what its JSON gives, or its text. */
  readonly body: unknown;
}
/** 400 */
export class BadRequestError extends APIError {}
/** 401 */
export class AuthenticationError extends APIError {}
/** 403 */
export class PermissionDeniedError extends APIError {}
/** 404 */
export class NotFoundError extends APIError {}
/** 409 */
export class ConflictError extends APIError {}
/** 422 */
export class UnprocessableEntityError extends APIError {}
/** 429 */
export class RateLimitError extends APIError {}
/** 500 and above */
export class InternalServerError extends APIError {}
/** No answer came. */
export class APIConnectionError extends TokenwireError {}
/** No answer came in time. */
export class APITimeoutError extends APIConnectionError {
  /** Which of the times ran out. */
  readonly phase: "total" | "firstToken" | "idle";
}
/** The caller aborted; `cause` is the reason given. */
export class APIUserAbortError extends TokenwireError {}
/** The reply began well and ended badly: an error frame inside a 200, a cut, or a bound exceeded. */
export class StreamError extends TokenwireError {
  /** The provider's own fields, where it sent an error inside the reply. */
  readonly code?: string;
  readonly type?: string;
  readonly param?: string;
  readonly requestId?: string;
  /** Of the response, and what the provider sent for an error. Neither is enumerable. */
  readonly headers?: Headers;
  readonly body?: unknown;
}
/**
 * No value came of a reply. `kind`: "validation" (no JSON, or `issues`), "truncated" (the limit of tokens), "content_filter" (a filter
 * or a refusal).
 */
export class ValidationError extends TokenwireError {
  /** What is wrong where: `path` is a JSON pointer. */
  readonly issues: Array<{ path: string; message: string }>;
  /** What the model said. */
  /** What the model wrote. */
  readonly text: string;
}
/** What the caller got wrong, said before anything is sent. */
export class ConfigError extends TokenwireError {}

/** docs/errors.md says what to do about each. */
export type ErrorKind =
  | "auth"
  | "permission"
  | "quota"
  | "rate_limit"
  | "overloaded"
  | "model_not_found"
  | "not_found"
  | "context_length"
  | "content_filter"
  | "unsupported_parameter"
  | "bad_request"
  | "server"
  | "connection"
  | "timeout"
  | "aborted"
  | "truncated"
  | "malformed"
  | "limit"
  | "validation"
  | "config";

// Only what says `export` is exported.
export {};
