// The public surface, as a caller writes it.
import * as tokenwire from "tokenwire";
import {
  APIError,
  APITimeoutError,
  APIUserAbortError,
  ConfigError,
  RateLimitError,
  StreamError,
  TokenwireError,
  chat,
  createClient,
  filePart,
  imagePart,
  init,
  version,
  type Call,
  type ChatCompletion,
  type ChatCompletionChunk,
  type ChatEvent,
  type ChatParams,
  type ChatStream,
  type ClientOptions,
  type CompletionUsage,
  type EndReport,
  type ErrorKind,
  type FilePart,
  type ImagePart,
  type Model,
  type ResponseMeta,
  type Timing,
} from "tokenwire";
import * as slim from "tokenwire/slim";
import { exactly, fits } from "./same.js";

const messages = [{ role: "user" as const, content: "hello" }];

export async function calls(): Promise<void> {
  const client = createClient({
    baseURL: "http://localhost:8080",
    apiKey: async () => "key",
    model: "m",
    headers: { "x-a": "1" },
    query: { "api-version": "1" },
    fetch,
    onEnd: ended,
  });
  exactly<string>()(client.baseURL);
  exactly<Model[]>()(await client.models({ signal: AbortSignal.timeout(1) }));
  exactly<ChatStream>()(client.chat({ messages, stream: true }, { extraBody: { top_k: 1 } }));
  exactly<ChatStream>()(chat({ model: "m", messages, stream: true }, { baseURL: "", signal: AbortSignal.abort() }));
  exactly<Call<ChatCompletion>>()(chat({ model: "m", messages }));
  exactly<Call<ChatCompletion>>()(client.chat({ messages, stream: false }, { headers: { "x-a": null, "x-b": undefined } }));
  exactly<string>()(version);
  exactly<Promise<void>>()(init());
  exactly<Promise<void>>()(slim.init(new URL("https://host.example/core.wasm")));
  exactly<Promise<void>>()(init(new Uint8Array()));
  exactly<ChatStream>()(slim.chat({ messages, stream: true }));
}

/** What is handed on: a flag that is known later, whole parameters, an environment's key, headers of any form. */
export async function handedOn(params: ChatParams, stream: boolean, key: string | undefined, headers: Headers): Promise<void> {
  const client = createClient({ apiKey: key, headers, query: new URLSearchParams(), fetchOptions: { credentials: "include" } });
  createClient({ headers: [["x-a", "1"]], baseURL: key, query: null, fetch: async () => ({ ok: true, json: async () => ({}) }) });
  const either = client.chat({ ...params, stream });
  exactly<ChatStream | Call<ChatCompletion>>()(either);
  exactly<ChatStream | Call<ChatCompletion>>()(client.chat(params, { headers, fetchOptions: { cache: "no-store" } }));
  exactly<ChatStream>()(client.chat({ ...params, stream: true }));
  const call = client.chat({ ...params, stream: null });
  exactly<Call<ChatCompletion>>()(call);
  const { data, response, repairs } = await call.withResponse();
  exactly<ChatCompletion>()(data);
  exactly<ResponseMeta>()(response);
  exactly<number | undefined>()(repairs[0]?.count);
  // What only some provider takes.
  void client.chat({ messages, top_k: 5, provider: { order: ["a"] }, thinking: { type: "enabled" } }, { extraBody: { anything: 1 } });
  const part = { type: "text" as const, text: "x", cache_control: { type: "ephemeral" } };
  void client.chat({ messages: [{ role: "user", content: [part] }] });
  // Any name may be given, known ones are completed.
  exactly<ClientOptions["model"]>()(params.model);
  // Options that may be missing, under exactOptionalPropertyTypes too.
  const may: { ms: number | undefined; signal: AbortSignal | undefined } = { ms: 1, signal: undefined };
  void client.chat({ messages }, { signal: may.signal, timeout: may.ms });
}

/** An error made by hand, a class of one's own, and what a proxy answers. */
export function byHand(): Response {
  class Mine extends RateLimitError {}
  const error: unknown = new Mine("slow", { retryAfterMs: 5, requestId: "r" });
  if (Mine.isInstance(error)) exactly<Mine>()(error);
  if (!RateLimitError.isInstance(error)) throw error;
  exactly<string | undefined>()(error.url);
  return error.toResponse({ headers: { "x-a": "1" } });
}

export async function streams(stream: ChatStream): Promise<void> {
  for await (const chunk of stream) exactly<ChatCompletionChunk>()(chunk);
  for await (const text of stream.text) exactly<string>()(text);
  for await (const event of stream.events) show(event);
  exactly<ChatCompletion>()(await stream.final());
  exactly<ChatCompletion>()(stream.snapshot);
  exactly<"complete" | "truncated" | "aborted" | "error" | undefined>()(stream.end);
  exactly<ResponseMeta>()(await stream.response);
  exactly<number | undefined>()((await stream.response).rateLimit?.requests?.remaining);
  exactly<number | undefined>()(stream.repairs[0]?.count);
  exactly<Timing>()(stream.timing);
  exactly<number | null>()(stream.timing.firstContentMs);
  exactly<[ChatStream, ChatStream]>()(stream.tee());
  stream.abort("any reason");
  new Response(stream.toReadableStream());
  exactly<Response>()(stream.toResponse({ status: 200, headers: { "x-a": "1" } }));
  await stream[Symbol.asyncDispose]();
}

/** All that onEnd is told. */
function ended(report: EndReport): void {
  exactly<"complete" | "truncated" | "aborted" | "error">()(report.end);
  exactly<TokenwireError | undefined>()(report.error);
  exactly<string | null>()(report.model);
  exactly<CompletionUsage | null>()(report.usage);
  exactly<number | undefined>()(report.repairs[0]?.count);
  exactly<ResponseMeta | null>()(report.response);
  exactly<Timing>()(report.timing);
  exactly<number | null>()(report.timing.totalMs ?? report.timing.responseMs);
}

/** Every kind of event is told by its type, and none is left over. */
function show(event: ChatEvent): string {
  switch (event.type) {
    case "text":
    case "reasoning":
    case "refusal":
      return event.text;
    case "tool_call.start":
      return event.name + event.id + event.index;
    case "tool_call.delta":
      exactly<unknown>()(event.partial);
      return event.arguments;
    case "tool_call.done":
      exactly<unknown>()(event.value);
      return event.error ?? event.arguments;
    case "audio":
      return event.transcript ?? event.data ?? event.id ?? "";
    case "image":
      return event.url;
    case "annotation":
      exactly<unknown>()(event.annotation);
      return "";
    case "finish":
      return event.reason;
    case "usage":
      return `${event.usage.total_tokens}`;
    default:
      return event satisfies never;
  }
}

export function replies(completion: ChatCompletion, chunk: ChatCompletionChunk): void {
  const message = completion.choices[0]?.message;
  exactly<string | null | undefined>()(message?.content);
  exactly<string | null | undefined>()(message?.reasoning_content);
  exactly<string | null | undefined>()(chunk.choices[0]?.delta.reasoning_content);
  // What a provider adds is there to be read.
  completion.citations.length;
  chunk.choices[0]?.delta.reasoning_details;
  // @ts-expect-error: the reply is an object of known shape all the same
  completion.id.nothing;
  for (const call of message?.tool_calls ?? []) {
    if (call.type === "function") exactly<string>()(call.function.arguments);
    else exactly<string>()(call.custom.input);
  }
}

export async function parts(): Promise<void> {
  exactly<ImagePart>()(await imagePart(new Blob([]), { detail: "low" }));
  exactly<FilePart>()(await filePart(new Uint8Array(), { filename: "a.pdf", type: "application/pdf" }));
  const content = [{ type: "text" as const, text: "what is it?" }, await imagePart("https://host.example/a.png")];
  await chat({ model: "m", messages: [{ role: "user", content }] });
  // @ts-expect-error: a number is no image
  await imagePart(5);
}

export function errors(error: unknown): void {
  if (TokenwireError.isInstance(error)) {
    exactly<ErrorKind>()(error.kind);
    exactly<boolean>()(error.retryable);
    // @ts-expect-error: not every error has a status
    error.status;
  }
  if (RateLimitError.isInstance(error)) exactly<number>()(error.status);
  if (error instanceof APIError) {
    exactly<Headers>()(error.headers);
    exactly<string | null>()(error.code);
    exactly<string | null>()(error.type);
    exactly<string | null>()(error.param);
    exactly<string | null>()(error.requestId);
    exactly<unknown>()(error.body);
    // @ts-expect-error: read only
    error.status = 1;
  }
  if (error instanceof StreamError) {
    exactly<string | undefined>()(error.code);
    exactly<Headers | undefined>()(error.headers);
    exactly<unknown>()(error.body);
    // @ts-expect-error: the reply began well
    error.status;
  }
  if (error instanceof APITimeoutError) exactly<"total" | "firstToken" | "idle">()(error.phase);
  fits<ConfigError, Error>();
  fits<typeof APIUserAbortError, abstract new (...args: never[]) => TokenwireError>();
}

export async function mistakes(): Promise<void> {
  const client = createClient();
  // @ts-expect-error: no messages
  void client.chat({ model: "m" });
  // @ts-expect-error: no such role
  void client.chat({ messages: [{ role: "boss", content: "hello" }] });
  // @ts-expect-error: a user message has content
  void client.chat({ messages: [{ role: "user" }] });
  // @ts-expect-error: a tool message names the call it answers
  void client.chat({ messages: [{ role: "tool", content: "4" }] });
  const call = { id: "1", type: "function" as const, function: { name: "f", arguments: {} } };
  // @ts-expect-error: arguments are JSON text
  void client.chat({ messages: [{ role: "assistant", tool_calls: [call] }] });
  // @ts-expect-error: a content part has its type's own field
  void client.chat({ messages: [{ role: "user", content: [{ type: "image_url", url: "x" }] }] });
  // @ts-expect-error: a slip
  void client.chat({ messages, temprature: 1 });
  // @ts-expect-error: a slip in a message
  void client.chat({ messages: [{ role: "user", content: "x", nmae: "y" }] });
  // @ts-expect-error: a slip in a tool
  void client.chat({ messages, tools: [{ type: "function", function: { name: "f", paramters: {} } }] });
  // @ts-expect-error: a slip in stream_options
  void client.chat({ messages, stream_options: { includeUsage: true } });
  // @ts-expect-error: an option is no parameter
  void client.chat({ messages, apiKey: "x" });
  // @ts-expect-error: nor is a signal
  void client.chat({ messages, signal: AbortSignal.abort() });
  // @ts-expect-error: an option's slip
  createClient({ baseUrl: "x" });
  // @ts-expect-error: one of a call's is none of a client's
  createClient({ signal: AbortSignal.abort() });
  // @ts-expect-error: a member's slip
  createClient({ timeout: { first_token: 1 } });
  // @ts-expect-error: a plain call has nothing to iterate
  for await (const chunk of client.chat({ messages })) void chunk;
  // @ts-expect-error: temperature is a number
  void client.chat({ messages, temperature: "hot" });
  // @ts-expect-error: options are camelCase
  createClient({ base_url: "x" });
  // @ts-expect-error: a key is a string or gives one
  createClient({ apiKey: 5 });
  // @ts-expect-error: what is told is a report
  createClient({ onEnd: (end: string) => void end });
  // @ts-expect-error: the client's options are not the call's
  void client.chat({ messages }, { baseURL: "x" });
  // @ts-expect-error: a stream is no promise
  void client.chat({ messages, stream: true }).then();
  // @ts-expect-error: a promise is no stream
  client.chat({ messages }).text;
  // @ts-expect-error: an event has no other type
  const event: ChatEvent = { type: "done" };
  void event;
  // @ts-expect-error: read only
  client.baseURL = "x";
  // @ts-expect-error: tools are needed
  client.runTools({ messages });
  // @ts-expect-error: and messages
  client.runTools({ tools: [] });
  // @ts-expect-error: temperature is a number
  client.runTools({ messages, tools: [], temperature: "hot" });
  // @ts-expect-error: a schema is an object
  void client.parse({ messages }, "string");
  // @ts-expect-error: what is not there yet is not promised
  tokenwire.probe;
}
