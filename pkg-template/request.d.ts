/** What a request holds, in OpenAI's shapes and names. Without index signatures: a slip is flagged. */
import type { ModelName } from "./options.js";
import type { FunctionCall, Growing, ServiceTier, ToolCall } from "./wire.js";

/**
 * The body of POST /chat/completions. What stands here goes through as it is, and what is spelt otherwise is flagged; parameters that
 * only some provider has and that are not named here go into the option `extraBody`.
 */
export interface ChatParams extends ProviderParams {
  messages: ChatMessage[];
  /** May be left out where the client has a default. */
  model?: ModelName | null;
  /** true: a stream of chunks, as they are written. */
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
  safety_identifier?: string | null;
  prompt_cache_key?: string | null;
  prompt_cache_retention?: Growing<"in-memory" | "24h">;
  prompt_cache_options?: any;
  audio?: { voice: any; format: Growing<"wav" | "mp3"> } | null;
  prediction?: { type: "content"; content: string | TextPart[] } | null;
  web_search_options?: any;
  moderation?: any;
  /** Before tools there were functions. */
  functions?: LegacyFunction[];
  function_call?: "none" | "auto" | { name: string };
}

/** Parameters of well-known providers, beyond OpenAI's. */
export interface ProviderParams {
  /** Of most open models. */
  top_k?: number | null;
  min_p?: number | null;
  repetition_penalty?: number | null;
  /** OpenRouter: whom to ask, and in which order. */
  provider?: Record<string, unknown>;
  models?: string[];
  transforms?: string[];
  plugins?: Array<Record<string, unknown>>;
  /** OpenRouter: thinking. */
  reasoning?: Record<string, unknown> | null;
  include_reasoning?: boolean;
  /** Thinking, as DeepSeek, Zhipu and Anthropic turn it on; Qwen. */
  thinking?: Record<string, unknown> | null;
  enable_thinking?: boolean;
  thinking_budget?: number;
  reasoning_format?: string | null;
  /** vLLM and SGLang. */
  chat_template_kwargs?: Record<string, unknown>;
  guided_json?: unknown;
  stop_token_ids?: number[];
  ignore_eos?: boolean;
  min_tokens?: number;
  /** Mistral. */
  random_seed?: number | null;
  safe_prompt?: boolean;
  prompt_mode?: string | null;
  /** Perplexity, xAI. */
  search_parameters?: Record<string, unknown>;
  /** Ollama, llama.cpp, LM Studio. */
  keep_alive?: string | number;
  options?: Record<string, unknown>;
  cache_prompt?: boolean;
  grammar?: string;
  /** Gemini, which takes it literally. */
  extra_body?: Record<string, unknown>;
}

/** What a stream holds besides. */
export interface StreamOptions {
  /** The last chunk has the usage, and no choices. */
  include_usage?: boolean;
  include_obfuscation?: boolean;
  /** vLLM: in every chunk. */
  continuous_usage_stats?: boolean;
}

/** A message of the conversation. */
export type ChatMessage =
  DeveloperMessage | SystemMessage | UserMessage | AssistantMessage | ToolMessage | FunctionMessage;

/** Instructions, as newer models of OpenAI take them. */
export interface DeveloperMessage {
  role: "developer";
  content: string | TextPart[];
  name?: string;
}

/** Instructions. */
export interface SystemMessage {
  role: "system";
  content: string | TextPart[];
  name?: string;
}

/** What the user says. */
export interface UserMessage {
  role: "user";
  content: string | ContentPart[];
  name?: string;
}

/** What the model said before. */
export interface AssistantMessage {
  role: "assistant";
  content?: string | Array<TextPart | RefusalPart> | null;
  refusal?: string | null;
  /** Some providers want the thinking back, some refuse it. */
  reasoning_content?: string | null;
  reasoning?: string | null;
  reasoning_details?: any;
  thinking_blocks?: any;
  annotations?: any;
  /** Goes on with this text: `prefix` of DeepSeek and Mistral, `partial` of Moonshot. */
  prefix?: boolean;
  partial?: boolean;
  name?: string;
  tool_calls?: ToolCall[];
  audio?: { id: string } | null;
  function_call?: FunctionCall | null;
}

/** What a tool call gave. */
export interface ToolMessage {
  role: "tool";
  content: string | TextPart[];
  /** The id of a tool call in an assistant message before this one. */
  tool_call_id: string;
}

/** What a function gave, before there were tools. */
export interface FunctionMessage {
  role: "function";
  name: string;
  content: string | null;
}

/** A part of what the user says. */
export type ContentPart = TextPart | ImagePart | AudioPart | FilePart;

/** Text. */
export interface TextPart {
  /** Anthropic, and OpenRouter before it. */
  cache_control?: CacheControl;
  type: "text";
  text: string;
}

/** An image; `imagePart` makes one. */
export interface ImagePart {
  /** Anthropic, and OpenRouter before it. */
  cache_control?: CacheControl;
  type: "image_url";
  image_url: { url: string; detail?: Growing<"auto" | "low" | "high" | "original"> };
}

/** Sound. */
export interface AudioPart {
  type: "input_audio";
  input_audio: { data: string; format: "wav" | "mp3" };
}

/** A file; `filePart` makes one. */
export interface FilePart {
  /** Anthropic, and OpenRouter before it. */
  cache_control?: CacheControl;
  type: "file";
  file: { file_data?: string; file_id?: string; filename?: string };
}

/** What is kept for the next request, up to here. */
export interface CacheControl {
  type: string;
  ttl?: string;
}

/** What the model refused to say. */
export interface RefusalPart {
  type: "refusal";
  refusal: string;
}

/** What the model may call. */
export type Tool = FunctionTool | CustomTool;

/** A function of yours. */
export interface FunctionTool {
  type: "function";
  function: FunctionDefinition;
}

/** What a function is called, does and takes. */
export interface FunctionDefinition {
  name: string;
  description?: string;
  /** A JSON Schema. */
  parameters?: Record<string, unknown>;
  strict?: boolean | null;
}

/** A tool that takes free text. */
export interface CustomTool {
  type: "custom";
  custom: {
    name: string;
    description?: string;
    format?: { type: "text" } | { type: "grammar"; grammar: { definition: string; syntax: "lark" | "regex" } };
  };
}

/** A function, before there were tools. */
export interface LegacyFunction {
  name: string;
  description?: string;
  parameters?: Record<string, unknown>;
}

/** Whether and what the model is to call. */
export type ToolChoice = "none" | "auto" | "required" | NamedFunction | NamedCustom | AllowedTools;

/** This function. */
export interface NamedFunction {
  type: "function";
  function: { name: string };
}

/** This tool. */
export interface NamedCustom {
  type: "custom";
  custom: { name: string };
}

/** One of these. */
export interface AllowedTools {
  type: "allowed_tools";
  allowed_tools: { mode: "auto" | "required"; tools: Array<Record<string, unknown>> };
}

/** In which form the model is to answer. */
export type ResponseFormat = FormatText | FormatObject | FormatSchema;

/** In words. */
export interface FormatText {
  type: "text";
}

/** In some JSON. */
export interface FormatObject {
  type: "json_object";
}

/** In JSON of this schema. */
export interface FormatSchema {
  type: "json_schema";
  json_schema: { name: string; description?: string; schema?: Record<string, unknown>; strict?: boolean | null };
}
