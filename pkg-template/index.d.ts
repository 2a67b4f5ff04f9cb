/// <reference lib="esnext.disposable" />

import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatParams,
  CompletionUsage,
  FilePart,
  ImagePart,
  Model,
} from "./wire.js";
import type { JSONSchema, OutputOf, Parsed, ParseOptions, ParseStream, RunOptions, RunParams, StandardSchema, ToolRun } from "./tools.js";

export type * from "./wire.js";
export type * from "./tools.js";

/**
 * One request, one reply. With `stream: true` the return value is a ChatStream at once (no await needed; awaiting it
 * gives the same object), and a failure surfaces at the first read.
 */
export function chat(params: ChatParams & { stream: true }, options?: ClientOptions & CallOptions): ChatStream;
export function chat(
  params: ChatParams & { stream?: false | null },
  options?: ClientOptions & CallOptions,
): Promise<ChatCompletion>;

/**
 * The same with the options said once. No I/O and no wasm work happens before the first call.
 * Throws a ConfigError where the base URL cannot be one, or an option is of another type.
 */
export function createClient(options?: ClientOptions): Client;

/**
 * Loads the core now instead of at the first call. Idempotent; only needed with "tokenwire/slim", where the caller
 * brings the wasm.
 */
export function init(source?: WasmModule | ArrayBuffer | ArrayBufferView | Response | URL | string): Promise<void>;

/** WebAssembly.Module, where the global types know of it: Node's, without the DOM's, do not. */
type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer M } } } ? M : object;

export const version: string;

/** What an image or file may be given as. A string or URL goes through as it is. */
export type PartSource = Blob | ArrayBuffer | ArrayBufferView | URL | string;

/** An `image_url` part. The type of bytes is seen in them (PNG, JPEG, GIF, WebP), or said by `type`. */
export function imagePart(source: PartSource, options?: { type?: string; detail?: string }): Promise<ImagePart>;

/** A `file` part with the content in it. The name is a File's own, or `filename`. */
export function filePart(source: PartSource, options?: { type?: string; filename?: string }): Promise<FilePart>;

export interface Client {
  chat(params: ChatParams & { stream: true }, options?: CallOptions): ChatStream;
  chat(params: ChatParams & { stream?: false | null }, options?: CallOptions): Promise<ChatCompletion>;
  /** GET {base}/models, whatever envelope the provider uses. */
  models(options?: CallOptions): Promise<Model[]>;
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

/** How a provider differs from OpenAI, as a JSON object; ARCHITECTURE.md has its members. */
export type Dialect = Record<string, unknown>;

/** The providers of the table. Others are spoken to as OpenAI is, and what they refuse is learnt. */
export type ProviderName =
  | (string & {})
  | "openai"
  | "azure"
  | "deepseek"
  | "qwen"
  | "moonshot"
  | "zhipu"
  | "minimax"
  | "groq"
  | "together"
  | "fireworks"
  | "mistral"
  | "xai"
  | "openrouter"
  | "perplexity"
  | "gemini"
  | "anthropic"
  | "cerebras"
  | "cloudflare"
  | "huggingface"
  | "deepinfra"
  | "cohere"
  | "github"
  | "github-azure"
  | "copilot"
  | "bedrock"
  | "vertex"
  | "databricks"
  | "ark"
  | "qianfan"
  | "venice"
  | "kimicode"
  | "llama"
  | "friendli"
  | "zen"
  | "nvidia"
  | "sambanova"
  | "novita"
  | "siliconflow"
  | "ollama"
  | "lmstudio"
  | "llamacpp"
  | "vllm"
  | "sglang"
  | "litellm";

export interface ClientOptions {
  /** With or without /v1, trailing slash, or a pasted full endpoint. Default "https://api.openai.com/v1". */
  baseURL?: string;
  /** Sent as a Bearer token, without blanks, quotes or "Bearer" around it. A function is asked at every call. */
  apiKey?: string | (() => string | Promise<string>);
  /** Default model for calls that name none. */
  model?: string;
  /**
   * "auto" (default) goes by the base URL's host, then by what the replies show. Or a name, which also gives the base URL
   * where none is given, or what `client.dialect` once gave.
   */
  provider?: "auto" | ProviderName | Dialect;
  /**
   * Default true: a limit or a role that a provider refuses by name (400, 422) is renamed, and what is on a short list of
   * harmless parameters left out, and the request sent again, at most eight times a call. `repairs` and `dialect` tell of it.
   */
  adapt?: boolean;
  /**
   * Added to every request; undefined says nothing. In a page, each one beyond the safelisted must be allowed by the provider's
   * CORS.
   */
  headers?: Record<string, string | null | undefined>;
  /** Added to every request's URL; undefined says nothing, null takes away what the base URL says. */
  query?: Record<string, string | null | undefined>;
  fetch?: typeof fetch;
  /**
   * Told once for every call when it has ended, however it ended and whoever reads; where all that came waits to be read, with
   * the last of it. It drives no reading, and what it throws changes nothing.
   */
  onEnd?(report: EndReport): void;
  /** Default 2. Retries happen only before anything of worth came, and so before anything is handed out. */
  maxRetries?: number;
  /**
   * In ms. A number is the total. `idle` counts from the last event with meaning: comments and pings don't reset it.
   * Default: 600,000 to the first content, 300,000 between contents, none in all.
   */
  timeout?: number | { total?: number; firstToken?: number; idle?: number };
  /** Calls in flight at once for this client; the rest wait in order. Default: no limit. */
  maxConcurrency?: number;
  /** Hard bounds on what a provider can make us hold. Default: 64 MiB an event, 256 MiB a response, 1,024 tool calls. */
  limits?: { maxEventBytes?: number; maxResponseBytes?: number; maxToolCalls?: number };
  /** A key in a page is readable by everyone who opens it; without this, a key given in a browser page is refused. */
  dangerouslyAllowBrowser?: boolean;
  /**
   * A key goes over http to this machine and its network: private addresses, single-label hosts, .local, .internal and the like.
   * Elsewhere only with this: anyone on the way could read it.
   */
  allowInsecureKey?: boolean;
}

/** How a call ended. */
export interface EndReport {
  end: "complete" | "truncated" | "aborted" | "error";
  /** The very error that who reads gets; absent where there is none, as after `break`. */
  error?: TokenwireError;
  /** As the reply names it. */
  model: string | null;
  usage: CompletionUsage | null;
  repairs: ReadonlyArray<{ code: string; count: number }>;
  /** Of the response that came last; null where none came. */
  response: ResponseMeta | null;
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

export interface CallOptions {
  signal?: AbortSignal;
  /** Win over the client's, whatever their case; undefined says nothing, null takes one away. */
  headers?: ClientOptions["headers"];
  timeout?: ClientOptions["timeout"];
  maxRetries?: number;
  /** Merged into the body last, as it is. */
  extraBody?: Record<string, unknown>;
}

export interface ChatStream extends AsyncIterable<ChatCompletionChunk>, AsyncDisposable {
  /**
   * Every chunk conforms to OpenAI's shape whatever the provider sent; unknown fields are kept; thinking is in
   * `delta.reasoning_content` whatever the provider calls it. Single use. `break` cancels the request.
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
  /** The reply so far; safe at any moment, also after an error. */
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
   * Clean OpenAI SSE (`data: {...}\n\n`, `data: [DONE]\n\n`), whatever came in. Cancelling it cancels the request.
   * If the request or the reply fails, an error frame is the last thing in it before it errors itself.
   */
  toReadableStream(): ReadableStream<Uint8Array>;
  /** The same as a Response. Headers given here win over its own. */
  toResponse(init?: ResponseInit): globalThis.Response;
}

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
  | { type: "finish"; reason: string }
  | { type: "usage"; usage: CompletionUsage };

export interface ResponseMeta {
  status: number;
  requestId: string | null;
  headers: Headers;
  rateLimit: { requests?: RateWindow; tokens?: RateWindow } | null;
  attempts: number;
}

export interface RateWindow {
  limit?: number;
  remaining?: number;
  resetMs?: number;
}

/**
 * What all errors of this package are: OpenAI's class names, and the provider's message first. `kind` is
 * provider-neutral and stable; no message, stack or JSON ever holds a key.
 */
export class TokenwireError extends Error {
  readonly kind: ErrorKind;
  /** The same request may succeed later. */
  readonly retryable: boolean;
  /** In how many ms to come back, where the provider said so, in headers or body. */
  readonly retryAfterMs?: number;
  /** Like instanceof, but also true for errors of another realm or of another copy of this package. */
  static isInstance<T extends TokenwireError>(this: abstract new (...args: any[]) => T, x: unknown): x is T;
  /** With name and message, which JSON leaves out of errors; without headers and body. */
  toJSON(): Record<string, unknown>;
}

/** The provider refused: it answered with a status that is not 2xx. */
export class APIError extends TokenwireError {
  readonly status: number;
  readonly code: string | null;
  readonly type: string | null;
  readonly param: string | null;
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
  /** What the model wrote. */
  readonly text: string;
}
/** What the caller got wrong, said before anything is sent. */
export class ConfigError extends TokenwireError {}

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
