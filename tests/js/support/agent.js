// Providers for the cases of runTools and parse: replies in OpenAI's wire form, one after the other. Runs in every runtime.

import { sequence } from "./provider.js";
import { delta, end, text, usage } from "./wire.js";

/** What ends a stream, usage included. */
const ending = (reason = "stop") => {
  const [finish, done] = end(reason);
  return [finish, usage(), done];
};

const asStream = { headers: { "content-type": "text/event-stream" } };

/** A reply that is streamed, of these frames. */
export const streams = (...frames) => async () => new Response(frames.flat().join(""), asStream);

/** Says this, piece by piece. */
export const saying = (...words) => streams(words.map(text), ending());

/** Makes these calls: { id, name, input } (or the whole wire form), arguments in two pieces. */
export function calling(calls, reason = "tool_calls", before = []) {
  const frames = calls.flatMap((call, index) => {
    const { id = `call_${index + 1}`, name = "weather", input = {}, ...whole } = call;
    const json = typeof input === "string" ? input : JSON.stringify(input);
    const half = json.length >> 1;
    if (whole.type) return [delta({ tool_calls: [{ index, id, ...whole }] })];
    return [
      delta({ tool_calls: [{ index, id, type: "function", function: { name, arguments: json.slice(0, half) } }] }),
      delta({ tool_calls: [{ index, function: { arguments: json.slice(half) } }] }),
    ];
  });
  return streams(before, frames, ending(reason));
}

/** A plain completion with this message. */
export const plain = (message, reason = "stop") => async () =>
  Response.json({
    id: "c1", object: "chat.completion", created: 1, model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: null, refusal: null, ...message }, finish_reason: reason, logprobs: null }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  });

/** { client, fetch } of a provider that answers with these, one after the other. */
export function agent(tw, answers, options = {}) {
  const fetch = sequence(...answers);
  return { fetch, client: tw.createClient({ baseURL: "https://api.example.com/v1", model: "m", maxRetries: 0, fetch, ...options }) };
}

export const ask = Object.freeze([{ role: "user", content: "Rain in Paris?" }]);

export const cities = Object.freeze({ type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false });

/** A tool named `name` that does this. */
export const tool = (execute, name = "weather", parameters = cities) => ({ type: "function", function: { name, parameters }, ...(execute && { execute }) });

/** All events of a run, and what ended it. */
export async function eventsOf(run) {
  const events = [];
  try {
    for await (const event of run) events.push(event);
  } catch (error) {
    return { events, error };
  }
  return { events };
}

/** The tool messages of a request's body: [id, content]. */
export const resultsIn = ({ messages }) => messages.filter(({ role }) => role === "tool").map(({ tool_call_id: id, content }) => [id, content]);
