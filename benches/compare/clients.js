/**
 * The clients that are compared, called as their documentation says, with retries off. `read(fetch, params, given)` reads
 * one reply and puts into `given` what the client gave its user; what it throws is how it failed. Only what a client has a
 * name for can be asked of it: `reasoning` and `choices`, more than one of them, say that it has.
 */
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { jsonSchema, streamText as aiStreamText, tool } from "ai";
import { EventSourceParserStream } from "eventsource-parser/stream";
import OpenAI from "openai";
import { chat } from "tokenwire";
import { streamText as xsaiStreamText } from "@xsai/stream-text";
import { ofCompletion, readThrough } from "../../tests/js/support/outcome.js";

const apiKey = "sk-0123456789abcdef";
const baseURL = "https://api.example.com/v1";
const messages = [{ role: "user", content: "Hi" }];
const asksForUsage = { stream: true, stream_options: { include_usage: true } };
const ANY_OBJECT = { type: "object", properties: {} };

// The model says what it wants to call; without that tool, some clients refuse the call.
const toolOf = (name) => ({ type: "function", function: { name, parameters: ANY_OBJECT } });

/** The request of a reply that calls these tools, in OpenAI's words. */
export function paramsFor(tools) {
  return { model: "m", messages, ...(tools.length > 0 && { tools: tools.map(toolOf) }) };
}

/** Before anything came. */
export function nothing() {
  return { text: "", reasoning: "", refusal: "", tool_calls: [], finish_reason: null, usage: null, choices: [], error: undefined };
}

/** For clients that hand out chunks: what a careful reader of OpenAI's documentation does with them. */
const folding = (chunks) => async (fetch, params, given) => {
  const calls = {};
  for await (const chunk of chunks(fetch, { ...params, ...asksForUsage })) fold(given, calls, chunk);
};

function fold(given, calls, chunk) {
  for (const { index = 0, delta, finish_reason } of chunk.choices ?? []) {
    given.choices[index] = (given.choices[index] ?? "") + (delta?.content ?? "");
    if (index !== 0) continue;
    for (const part of delta?.tool_calls ?? []) addCall(calls, part.index, part);
    if (delta?.function_call) addCall(calls, "legacy", { function: delta.function_call });
    if (finish_reason) given.finish_reason = finish_reason;
  }
  given.text = given.choices[0] ?? "";
  given.tool_calls = Object.values(calls);
  if (chunk.usage) given.usage = chunk.usage;
}

function addCall(calls, index, part) {
  const call = (calls[index] ??= { id: "", name: "", arguments: "" });
  call.id ||= part.id ?? "";
  call.name ||= part.function?.name ?? "";
  call.arguments += part.function?.arguments ?? "";
}

/** What people send who need no library. They look at the status, and show what the provider said. */
async function post(fetch, params) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${apiKey}` };
  const response = await fetch(`${baseURL}/chat/completions`, { method: "POST", headers, body: JSON.stringify(params) });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
  return response.body;
}

/** And they know that an error may come in the middle. */
function parsed(data) {
  const chunk = JSON.parse(data);
  if (chunk.error) throw new Error(chunk.error.message ?? JSON.stringify(chunk.error));
  return chunk;
}

async function* byHand(fetch, params) {
  const reader = (await post(fetch, params)).getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith("data:")) continue;
      const data = line.slice(5).trim();
      if (data === "[DONE]") return;
      yield parsed(data);
    }
  }
}

async function* eventsourceParser(fetch, params) {
  const body = await post(fetch, params);
  for await (const { data } of body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())) {
    if (data === "[DONE]") return;
    yield parsed(data);
  }
}

const openaiClient = (fetch) =>
  new OpenAI({ apiKey, baseURL, fetch, maxRetries: 0, dangerouslyAllowBrowser: true, logLevel: "off" });

async function* openai(fetch, params) {
  yield* await openaiClient(fetch).chat.completions.create(params);
}

async function openaiHelper(fetch, params, given) {
  const stream = openaiClient(fetch).chat.completions.stream({ ...params, stream_options: { include_usage: true } });
  stream.on("content", (delta) => { given.text += delta; });
  const completion = await stream.finalChatCompletion();
  Object.assign(given, ofCompletion(completion));
  const { function_call: legacy } = completion.choices[0]?.message ?? {};
  if (legacy) given.tool_calls.push({ id: "", ...legacy });
}

async function aiSdk(fetch, { tools = [] }, given) {
  const model = createOpenAICompatible({ name: "compared", baseURL, apiKey, fetch, includeUsage: true }).chatModel("m");
  const named = Object.fromEntries(tools.map(({ function: { name } }) => [name, tool({ inputSchema: jsonSchema(ANY_OBJECT) })]));
  const onError = () => {}; // the stream says it too
  let failure; // it goes on after one
  for await (const part of aiStreamText({ model, messages, tools: named, maxRetries: 0, onError }).stream) {
    if (part.type === "error") failure ??= part.error;
    else take(given, part);
  }
  if (failure !== undefined) throw failure;
}

function take(given, part) {
  if (part.type === "text-delta") given.text += part.text;
  if (part.type === "reasoning-delta") given.reasoning += part.text;
  if (part.type === "tool-call") given.tool_calls.push({ id: part.toolCallId, name: part.toolName, arguments: asText(part.input) });
  if (part.type === "finish-step") given.usage = part.usage.raw ?? null;
  if (part.type === "finish") given.finish_reason = part.rawFinishReason ?? null;
}

/** Arguments that are no JSON are handed out as they came. */
const asText = (input) => (typeof input === "string" ? input : JSON.stringify(input));

async function xsai(fetch, params, given) {
  const tools = params.tools?.map((one) => ({ ...one, execute: () => "done" }));
  const result = xsaiStreamText({ apiKey, baseURL: `${baseURL}/`, fetch, ...params, tools, streamOptions: { includeUsage: true } });
  for await (const event of result.fullStream) {
    if (event.type === "text-delta") given.text += event.text;
    if (event.type === "reasoning-delta") given.reasoning += event.text;
    if (event.type === "error") throw event.error;
  }
  const step = (await result.steps).at(-1);
  given.tool_calls = step.toolCalls.map((call) => ({ id: call.toolCallId, name: call.toolName, arguments: call.args }));
  given.finish_reason = step.finishReason === "other" ? null : step.finishReason; // "other" is its word for none
  given.usage = (await result.usage) ?? null;
}

async function tokenwire(fetch, params, given) {
  Object.assign(given, await readThrough("chunks", chat({ ...params, ...asksForUsage }, { apiKey, baseURL, fetch, maxRetries: 0 })));
}

/** In the order of the table. `strict`: held to all that its own tests ask. */
export const CLIENTS = {
  tokenwire: { read: tokenwire, strict: true },
  openai: { read: folding(openai), choices: true },
  "openai .stream()": { read: openaiHelper, choices: true },
  "AI SDK": { read: aiSdk, reasoning: true },
  xsai: { read: xsai, reasoning: true },
  "eventsource-parser": { read: folding(eventsourceParser), choices: true },
  "by hand": { read: folding(byHand), choices: true },
};
