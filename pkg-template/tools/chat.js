// What a run needs of an API, for Chat Completions. Another API is another such object.
//
// `formed`: see rungs.js. `messages(params)`: the conversation, a list of its own. `body(params, list, wire, choice)`: one request. `read(completion)`: what
// a reply says. `withCalls`: the same with calls that came as text. `result`: the message that answers a call. `said`: plain
// completions as events.

import { formed } from "./rungs.js";

export const chat = {
  name: "chat",

  formed,

  messages({ messages }, config) {
    if (Array.isArray(messages)) return [...messages];
    throw config('No messages: give `messages`, for example [{ role: "user", content: "Hello" }]');
  },

  body: (params, messages, tools, choice) => ({ ...params, messages: [...messages], tools, tool_choice: choice }),

  /** `{ message, calls, finish, text, isRefusal }`; the calls' ids are unique, in the message too. */
  read(completion) {
    const { message = {}, finish_reason: finish } = completion.choices[0] ?? {};
    const ids = new Set();
    const calls = (message.tool_calls ?? []).map((call) => callOf(call, ids));
    // What only replies have is not sent back.
    const { parsed, audio, ...rest } = message;
    if (audio?.id) rest.audio = { id: audio.id };
    return { message: rest, calls, finish, text: message.content ?? "", isRefusal: Boolean(message.refusal) && !calls.length };
  },

  /** The completion with calls in place of its text. */
  withCalls(completion, calls) {
    const [choice, ...others] = completion.choices;
    const message = { ...choice.message, content: null, tool_calls: calls.map(({ id, name, input }) => ({ id, type: "function", function: { name, arguments: input } })) };
    return { ...completion, choices: [{ ...choice, message, finish_reason: "tool_calls" }, ...others] };
  },

  result: ({ id }, text) => ({ role: "tool", tool_call_id: id, content: text }),

  usage: ({ usage }) => usage,

  *said({ choices: [choice], usage }) {
    const { message = {}, finish_reason: reason } = choice ?? {};
    if (message.reasoning_content) yield { type: "reasoning", text: message.reasoning_content };
    if (message.content) yield { type: "text", text: message.content };
    if (message.refusal) yield { type: "refusal", text: message.refusal };
    for (const [index, call] of (message.tool_calls ?? []).entries()) yield* eventsOf({ ...callOf(call, new Set()), index });
    if (reason) yield { type: "finish", reason };
    if (usage) yield { type: "usage", usage };
  },
};

function callOf(call, ids) {
  while (!call.id || ids.has(call.id)) call.id = freshId();
  ids.add(call.id);
  const part = call.custom ?? call.function ?? {};
  return { id: call.id, name: part.name ?? "", input: (call.custom ? part.input : part.arguments) ?? "", isText: Boolean(call.custom) };
}

/** Of letters and digits that all providers take. */
export const freshId = () => `call_${Math.random().toString(36).slice(2, 11).padEnd(9, "0")}`;

/** A whole call as the events of one that is streamed. */
export function* eventsOf({ index, id, name, input, isText }) {
  yield { type: "tool_call.start", index, id, name };
  const event = { type: "tool_call.done", index, id, name, arguments: input, value: isText ? input : undefined };
  try {
    if (!isText) event.value = JSON.parse(input || "{}");
  } catch (cause) {
    event.error = cause.message;
  }
  yield { type: "tool_call.delta", index, arguments: input, partial: event.value };
  yield event;
}
