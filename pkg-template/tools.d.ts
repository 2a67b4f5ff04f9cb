// Tools that run, and answers that fit a schema.
import type { CallOptions, ChatEvent } from "./index.js";
import type { ChatCompletion, ChatMessage, ChatParams, CompletionUsage } from "./wire.js";

/** A JSON Schema: 2020-12, or the forms of older drafts. */
export type JSONSchema = Record<string, unknown>;

/** A schema of zod (3.24 or above), valibot, arktype and others, by the Standard Schema specification. */
export interface StandardSchema<T> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown, ...more: any[]) => unknown;
    readonly types?: { readonly input: any; readonly output: T } | undefined;
  };
}

/** What a Standard Schema gives. */
export type OutputOf<S extends StandardSchema<any>> = NonNullable<S["~standard"]["types"]>["output"];

/** What `execute` is given beside the arguments. */
export interface ToolContext {
  /** Of the call. */
  id: string;
  /** Aborts with the run. */
  signal: AbortSignal;
  /** The run's own `context`. */
  context: unknown;
}

export interface RunnableTool {
  type: "function";
  function: { name: string; description?: string; parameters?: JSONSchema | StandardSchema<any>; strict?: boolean | null };
  /**
   * `args` have passed the schema; what does not pass goes back to the model as the call's result, as does what this throws.
   * What it gives is sent as JSON, a text as it is.
   */
  execute(args: any, context: ToolContext): unknown;
}

/** A tool that is the caller's to answer (`stopped: "pending"`), a custom one, or one of the provider's own. */
export interface OtherTool {
  type: string;
  execute?(input: any, context: ToolContext): unknown;
  [extra: string]: any;
}

/** As of a chat, with tools that run. */
export type RunParams = { [K in keyof ChatParams as K extends "tools" ? never : K]: ChatParams[K] } & {
  tools: Array<RunnableTool | OtherTool>;
};

export interface RunOptions {
  /** How many requests at most. Default 8. */
  maxSteps?: number;
  /** Only "chat" is there yet. */
  api?: "chat" | "responses";
  /** Reaches `execute`, never the body. */
  context?: unknown;
  /**
   * After each reply, before its tools run. `messages` is the run's own list: what is pushed is sent after the results of this step;
   * pushed onto an answer, it makes another step.
   */
  onStep?(step: { step: number; completion: ChatCompletion; messages: ChatMessage[] }): void | Promise<void>;
}

export type ToolRunEvent =
  | (ChatEvent & { step: number })
  | { type: "tool_result"; step: number; id: string; result: unknown; error?: string };

/** A run of the tool loop. It has one iteration; leaving that ends the run. */
export interface ToolRun extends AsyncIterable<ToolRunEvent> {
  /** Reads nothing by itself: the run goes on as it does. Rejects with what ended it. */
  final(): Promise<RunResult>;
  /** What there is so far, also after an abort or an error: results that are in are kept. */
  readonly snapshot: Omit<RunResult, "stopped">;
  /** What deviated in the replies and was repaired, calls that came as text (`tool_call_in_text`) among it. */
  readonly repairs: ReadonlyArray<{ code: string; count: number }>;
  /** Ends the run: running tools are told by their signal, and no request follows. */
  abort(reason?: unknown): void;
}

export interface RunResult {
  /** The last one. */
  completion: ChatCompletion;
  /** The whole conversation, ready to go on with. */
  messages: ChatMessage[];
  /** How many completions it took. */
  steps: number;
  /** Of all of them. */
  usage: CompletionUsage;
  /**
   * "forced": a named tool_choice was served. "pending": a tool without `execute` was called. "length", "content_filter", "refusal":
   * the reply ended so, and no tool of it ran.
   */
  stopped: "answer" | "maxSteps" | "forced" | "pending" | "length" | "content_filter" | "refusal";
}

export interface ParseOptions extends CallOptions {
  /** Only "chat" is there yet. */
  api?: "chat" | "responses";
}

export interface Parsed<T> {
  value: T;
  completion: ChatCompletion;
  /** How it was asked for: which rung of the ladder it took. */
  via: "json_schema" | "json_object" | "tool" | "prompt";
}

/**
 * Iterating gives the value so far: never a wrong one, for unfinished numbers and words are left out. It is one value that grows in
 * place, so copy what must not change; `final()` has what the schema made of it.
 */
export interface ParseStream<T> extends AsyncIterable<unknown> {
  final(): Promise<Parsed<T>>;
  abort(reason?: unknown): void;
}
