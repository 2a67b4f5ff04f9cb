/** What a client and a call may be told. */
import type { EndReport } from "./index.js";

/** A model, by the name that the provider has for it. */
export type ModelName = (string & {}) | "gpt-5" | "gpt-5-mini" | "gpt-4.1" | "gpt-4.1-mini" | "gpt-4o" | "gpt-4o-mini" | "o3" | "o4-mini";

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

/** Headers: a record, a Headers, pairs. undefined says nothing, null takes one away. */
export type GivenHeaders =
  | Headers
  | Iterable<readonly [string, string | null | undefined]>
  | Record<string, string | number | boolean | null | undefined>;

/** A query: a record, a URLSearchParams, pairs. undefined says nothing, null takes away what the base URL says. */
export type GivenQuery =
  | URLSearchParams
  | Iterable<readonly [string, string | null | undefined]>
  | Record<string, string | number | boolean | null | undefined>;

/** Options of a client. There are no others: what is spelt otherwise is a ConfigError that says what was meant. */
export interface ClientOptions {
  /**
   * With or without /v1, trailing slash, or a pasted full endpoint. "/api" and "./v1" are resolved against the page's address (a
   * ConfigError where there is no page). Default "https://api.openai.com/v1".
   */
  baseURL?: string | URL | undefined;
  /** Sent as a Bearer token, without blanks, quotes or "Bearer" around it. A function is asked at every call. */
  apiKey?: string | (() => string | Promise<string>) | undefined;
  /** Default model for calls that name none. */
  model?: ModelName | null | undefined;
  /**
   * "auto" (default) goes by the base URL's host, then by what the replies show. Or a name, which also gives the base URL
   * where none is given, or what `client.dialect` once gave.
   */
  provider?: "auto" | ProviderName | Dialect | null | undefined;
  /**
   * Default true: a limit or a role that a provider refuses by name (400, 422) is renamed, and what is on a short list of
   * harmless parameters left out, and the request sent again, at most eight times a call. `repairs` and `dialect` tell of it.
   */
  adapt?: boolean | null | undefined;
  /**
   * Added to every request: a record, a Headers or pairs; undefined says nothing, null takes away. In a page, each one beyond the
   * safelisted must be allowed by the provider's CORS.
   */
  headers?: GivenHeaders | null | undefined;
  /** Added to every request's URL: a record or a URLSearchParams; undefined says nothing, null takes away what the base URL says. */
  query?: GivenQuery | null | undefined;
  /**
   * Used in place of the global one, called as `fetch(url, init)`. May give whatever has a status: a Response, a polyfill's, a
   * test's plain object.
   */
  fetch?: ((url: string, init: RequestInit) => Promise<unknown>) | null | undefined;
  /**
   * Handed to fetch as they are: credentials, cache, keepalive, priority, redirect, dispatcher, … Method, body, signal and headers
   * are the call's own, and a ConfigError here.
   */
  fetchOptions?: Record<string, unknown> | null | undefined;
  /**
   * Told once for every call when it has ended, however it ended and whoever reads; where all that came waits to be read, with
   * the last of it. It drives no reading, and what it throws changes nothing.
   */
  onEnd?: ((report: EndReport) => void) | null | undefined;
  /** Default 2. Retries happen only before anything of worth came, and so before anything is handed out. */
  maxRetries?: number | null | undefined;
  /**
   * In ms. A number is the total. `idle` counts from the last event with meaning: comments and pings don't reset it.
   * Default: 600,000 to the first content, 300,000 between contents, none in all.
   */
  timeout?: number | Timeouts | null | undefined;
  /** Calls in flight at once for this client; the rest wait in order. Default: no limit. */
  maxConcurrency?: number | null | undefined;
  /** Hard bounds on what a provider can make us hold. Default: 64 MiB an event, 256 MiB a response, 1,024 tool calls. */
  limits?: Limits | null | undefined;
  /** A key in a page is readable by everyone who opens it; without this, a key given in a browser page is refused. */
  dangerouslyAllowBrowser?: boolean | null | undefined;
  /**
   * A key goes over http to this machine and its network: private and link-local addresses, single-label hosts, .local, .internal and
   * the like. Elsewhere only with this: anyone on the way could read it.
   */
  allowInsecureKey?: boolean | null | undefined;
}

/** In ms. */
export interface Timeouts {
  /** The whole call, retries too. */
  total?: number | undefined;
  /** Until the first content. */
  firstToken?: number | undefined;
  /** Between contents, while somebody reads: comments and pings are none. */
  idle?: number | undefined;
}

/** What a provider can make us hold. */
export interface Limits {
  maxEventBytes?: number | undefined;
  maxResponseBytes?: number | undefined;
  maxToolCalls?: number | undefined;
}

/** Options of one call; what is said here counts more than what the client says. There are no others. */
export interface CallOptions {
  /** Its reason is the `cause` of the APIUserAbortError. */
  signal?: AbortSignal | null | undefined;
  /** Win over the client's, whatever their case; undefined says nothing, null takes one away. */
  headers?: ClientOptions["headers"];
  /** Over the client's. */
  fetchOptions?: ClientOptions["fetchOptions"];
  /** In the client's place. */
  timeout?: ClientOptions["timeout"];
  /** In the client's place. */
  maxRetries?: ClientOptions["maxRetries"];
  /** In the client's place. */
  onEnd?: ClientOptions["onEnd"];
  /** Merged into the body last, as it is: parameters that only some provider has. */
  extraBody?: Record<string, unknown> | null | undefined;
}
