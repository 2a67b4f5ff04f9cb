/**
 * What is on the wire, in OpenAI's shapes and names: a value typed by `openai`'s declarations is assignable to these,
 * and one typed by these to theirs. Whatever providers may add to replies, the index signatures let through (as `any`, for only
 * that accepts interfaces declared elsewhere); requests have none, so that a slip is flagged.
 */
export type * from "./request.js";


/** What a provider may add. */
export interface Open {
  [extra: string]: any;
}

/**
 * One of a list of words that OpenAI makes longer ever again. Not spelt out, so that its older and its newer
 * declarations both fit these, and these both of them.
 */
export type Growing<_Known extends string> = any;

// ── The reply ──

/** A whole reply. */
export interface ChatCompletion extends Open {
  id: string;
  object: "chat.completion";
  created: number;
  model: string;
  choices: Choice[];
  usage?: CompletionUsage;
  service_tier?: ServiceTier;
  system_fingerprint?: string;
}

/** One of the `n` answers. */
export interface Choice extends Open {
  index: number;
  message: ChatCompletionMessage;
  finish_reason: FinishReason;
  logprobs: Logprobs | null;
}

/** What the model said. */
export interface ChatCompletionMessage extends Open {
  role: "assistant";
  content: string | null;
  refusal: string | null;
  /** Thinking, whatever the provider calls it. */
  reasoning_content?: string | null;
  tool_calls?: ToolCall[];
  annotations?: Annotation[];
  audio?: Audio | null;
  /** Before tools there were functions. */
  function_call?: FunctionCall | null;
}

/** A piece of a reply, as it is written. */
export interface ChatCompletionChunk extends Open {
  id: string;
  object: "chat.completion.chunk";
  created: number;
  model: string;
  choices: ChunkChoice[];
  usage?: CompletionUsage | null;
  service_tier?: ServiceTier;
  system_fingerprint?: string;
}

/** What a chunk adds to one of the answers. */
export interface ChunkChoice extends Open {
  index: number;
  delta: Delta;
  finish_reason: FinishReason | null;
  logprobs?: Logprobs | null;
}

/** What is new of a message. */
export interface Delta extends Open {
  role?: "developer" | "system" | "user" | "assistant" | "tool";
  content?: string | null;
  refusal?: string | null;
  /** Thinking, whatever the provider calls it. */
  reasoning_content?: string | null;
  tool_calls?: ToolCallDelta[];
  function_call?: Partial<FunctionCall>;
}

/** What is new of a tool call: by its `index`. */
export interface ToolCallDelta extends Open {
  index: number;
  id?: string;
  type?: Growing<"function" | "custom">;
  function?: Partial<FunctionCall>;
}

/** Why the model stopped. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "function_call";
/** How it was, or is to be, served. */
export type ServiceTier = Growing<"auto" | "default" | "flex" | "scale" | "priority" | "fast">;

/** Tokens. */
export interface CompletionUsage extends Open {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details?: PromptTokensDetails;
  completion_tokens_details?: CompletionTokensDetails;
}

/** Of the tokens of the prompt. */
export interface PromptTokensDetails extends Open {
  audio_tokens?: number;
  cached_tokens?: number;
}

/** Of the tokens of the reply. */
export interface CompletionTokensDetails extends Open {
  accepted_prediction_tokens?: number;
  audio_tokens?: number;
  reasoning_tokens?: number;
  rejected_prediction_tokens?: number;
}

/** How likely the tokens were. */
export interface Logprobs extends Open {
  content: TokenLogprob[] | null;
  refusal: TokenLogprob[] | null;
}

/** A token that might have been. */
export interface TopLogprob extends Open {
  token: string;
  bytes: number[] | null;
  logprob: number;
}

/** A token, and those that might have been. */
export interface TokenLogprob extends TopLogprob {
  top_logprobs: TopLogprob[];
}

/** Where it was found on the web. */
export interface Annotation extends Open {
  type: "url_citation";
  url_citation: { start_index: number; end_index: number; title: string; url: string };
}

/** The reply as sound. */
export interface Audio extends Open {
  id: string;
  data: string;
  expires_at: number;
  transcript: string;
}

/** A model that the provider serves. Only the id is certain. */
export interface Model extends Open {
  id: string;
}

// ── Tool calls, in replies and when they go back ──

/** A call that the model asks for. */
export type ToolCall = FunctionToolCall | CustomToolCall;

/** A call of a function of yours. */
export interface FunctionToolCall extends Open {
  id: string;
  type: "function";
  function: FunctionCall;
}

/** A call of a tool that takes free text. */
export interface CustomToolCall extends Open {
  id: string;
  type: "custom";
  custom: { name: string; input: string };
}

/** What is called, and with what. */
export interface FunctionCall {
  name: string;
  /** JSON text, as the model wrote it. */
  arguments: string;
}
