/**
 * What is on the wire, in OpenAI's shapes and names: a value typed by `openai`'s declarations is assignable to these,
 * and one typed by these to theirs. Whatever providers may add, the index signatures let through (as `any`, for only
 * that accepts interfaces declared elsewhere).
 */

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

export interface Choice extends Open {
  index: number;
  message: ChatCompletionMessage;
  finish_reason: FinishReason;
  logprobs: Logprobs | null;
}

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

export interface ChunkChoice extends Open {
  index: number;
  delta: Delta;
  finish_reason: FinishReason | null;
  logprobs?: Logprobs | null;
}

export interface Delta extends Open {
  role?: "developer" | "system" | "user" | "assistant" | "tool";
  content?: string | null;
  refusal?: string | null;
  /** Thinking, whatever the provider calls it. */
  reasoning_content?: string | null;
  tool_calls?: ToolCallDelta[];
  function_call?: Partial<FunctionCall>;
}

export interface ToolCallDelta extends Open {
  index: number;
  id?: string;
  type?: Growing<"function" | "custom">;
  function?: Partial<FunctionCall>;
}

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "function_call";
export type ServiceTier = Growing<"auto" | "default" | "flex" | "scale" | "priority" | "fast">;

export interface CompletionUsage extends Open {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details?: PromptTokensDetails;
  completion_tokens_details?: CompletionTokensDetails;
}

export interface PromptTokensDetails extends Open {
  audio_tokens?: number;
  cached_tokens?: number;
}

export interface CompletionTokensDetails extends Open {
  accepted_prediction_tokens?: number;
  audio_tokens?: number;
  reasoning_tokens?: number;
  rejected_prediction_tokens?: number;
}

export interface Logprobs extends Open {
  content: TokenLogprob[] | null;
  refusal: TokenLogprob[] | null;
}

export interface TopLogprob extends Open {
  token: string;
  bytes: number[] | null;
  logprob: number;
}

export interface TokenLogprob extends TopLogprob {
  top_logprobs: TopLogprob[];
}

export interface Annotation extends Open {
  type: "url_citation";
  url_citation: { start_index: number; end_index: number; title: string; url: string };
}

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

export type ToolCall = FunctionToolCall | CustomToolCall;

export interface FunctionToolCall extends Open {
  id: string;
  type: "function";
  function: FunctionCall;
}

export interface CustomToolCall extends Open {
  id: string;
  type: "custom";
  custom: { name: string; input: string };
}

export interface FunctionCall {
  name: string;
  /** JSON text, as the model wrote it. */
  arguments: string;
}

// ── The request ──

/** The body of POST /chat/completions. Everything goes through as it is. */
export interface ChatParams extends Open {
  messages: ChatMessage[];
  /** May be left out where the client has a default. */
  model?: string;
  stream?: boolean | null;
  stream_options?: StreamOptions | null;
  max_completion_tokens?: number | null;
  max_tokens?: number | null;
  temperature?: number | null;
  top_p?: number | null;
  n?: number | null;
  stop?: string | string[] | null;
  seed?: number | null;
  presence_penalty?: number | null;
  frequency_penalty?: number | null;
  logit_bias?: Record<string, number> | null;
  logprobs?: boolean | null;
  top_logprobs?: number | null;
  response_format?: ResponseFormat;
  tools?: Tool[];
  tool_choice?: ToolChoice;
  parallel_tool_calls?: boolean;
  reasoning_effort?: Growing<"none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max">;
  verbosity?: Growing<"low" | "medium" | "high">;
  modalities?: Array<Growing<"text" | "audio">> | null;
  metadata?: Record<string, string> | null;
  service_tier?: ServiceTier;
  store?: boolean | null;
  user?: string;
  /** Before tools there were functions. */
  functions?: LegacyFunction[];
  function_call?: "none" | "auto" | { name: string };
}

export interface StreamOptions extends Open {
  include_usage?: boolean;
  include_obfuscation?: boolean;
}

export type ChatMessage =
  DeveloperMessage | SystemMessage | UserMessage | AssistantMessage | ToolMessage | FunctionMessage;

export interface DeveloperMessage extends Open {
  role: "developer";
  content: string | TextPart[];
  name?: string;
}

export interface SystemMessage extends Open {
  role: "system";
  content: string | TextPart[];
  name?: string;
}

export interface UserMessage extends Open {
  role: "user";
  content: string | ContentPart[];
  name?: string;
}

export interface AssistantMessage extends Open {
  role: "assistant";
  content?: string | Array<TextPart | RefusalPart> | null;
  refusal?: string | null;
  /** Some providers want the thinking back, some refuse it. */
  reasoning_content?: string | null;
  name?: string;
  tool_calls?: ToolCall[];
  audio?: { id: string } | null;
  function_call?: FunctionCall | null;
}

export interface ToolMessage extends Open {
  role: "tool";
  content: string | TextPart[];
  /** The id of a tool call in an assistant message before this one. */
  tool_call_id: string;
}

export interface FunctionMessage extends Open {
  role: "function";
  name: string;
  content: string | null;
}

export type ContentPart = TextPart | ImagePart | AudioPart | FilePart;

export interface TextPart extends Open {
  type: "text";
  text: string;
}

export interface ImagePart extends Open {
  type: "image_url";
  image_url: { url: string; detail?: Growing<"auto" | "low" | "high" | "original"> };
}

export interface AudioPart extends Open {
  type: "input_audio";
  input_audio: { data: string; format: "wav" | "mp3" };
}

export interface FilePart extends Open {
  type: "file";
  file: { file_data?: string; file_id?: string; filename?: string };
}

export interface RefusalPart extends Open {
  type: "refusal";
  refusal: string;
}

export type Tool = FunctionTool | CustomTool;

export interface FunctionTool extends Open {
  type: "function";
  function: FunctionDefinition;
}

export interface FunctionDefinition extends Open {
  name: string;
  description?: string;
  /** A JSON Schema. */
  parameters?: Record<string, unknown>;
  strict?: boolean | null;
}

export interface CustomTool extends Open {
  type: "custom";
  custom: {
    name: string;
    description?: string;
    format?: { type: "text" } | { type: "grammar"; grammar: { definition: string; syntax: "lark" | "regex" } };
  };
}

export interface LegacyFunction extends Open {
  name: string;
  description?: string;
  parameters?: Record<string, unknown>;
}

export type ToolChoice = "none" | "auto" | "required" | NamedFunction | NamedCustom | AllowedTools;

export interface NamedFunction extends Open {
  type: "function";
  function: { name: string };
}

export interface NamedCustom extends Open {
  type: "custom";
  custom: { name: string };
}

export interface AllowedTools extends Open {
  type: "allowed_tools";
  allowed_tools: { mode: "auto" | "required"; tools: Array<Record<string, unknown>> };
}

export type ResponseFormat = FormatText | FormatObject | FormatSchema;

export interface FormatText extends Open {
  type: "text";
}

export interface FormatObject extends Open {
  type: "json_object";
}

export interface FormatSchema extends Open {
  type: "json_schema";
  json_schema: { name: string; description?: string; schema?: Record<string, unknown>; strict?: boolean | null };
}
