// What cannot be right is refused before anything is sent, with a ConfigError that says where. Runs in every runtime.

import { equal, lacks, match, rejectsWith } from "../support/check.js";
import { completes } from "../support/fake-fetch.js";
import { hello } from "../support/wire.js";

const user = { role: "user", content: "Hi" };
const withMessages = (...messages) => ({ model: "m", messages });
const asks = (id, args = "{}") => ({ role: "assistant", content: null, tool_calls: [{ id, type: "function", function: { name: "f", arguments: args } }] });

function cycle() {
  const params = { ...hello, metadata: {} };
  params.metadata.self = params;
  return params;
}

// label, params, what the message must say
const params = [
  ["no params", undefined, /params|object/i],
  ["null params", null, /params|object/i],
  ["params that are a string", "Hi", /params|object/i],
  ["params that are an array", [user], /params|object|array/i],
  ["no model", { messages: [user] }, /model/],
  ["an empty model", { model: "", messages: [user] }, /model/],
  ["a model that is no string", { model: 7, messages: [user] }, /model/],
  ["no messages", { model: "m" }, /messages/],
  ["messages that are no array", { model: "m", messages: "Hi" }, /messages/],
  ["empty messages", withMessages(), /messages/],
  ["a message that is null", withMessages(user, null), /messages\[1\]/],
  ["a message that is a string", withMessages("Hi"), /messages\[0\]/],
  ["a message without a role", withMessages(user, { content: "Hi" }), /messages\[1\].*role/s],
  ["an empty role", withMessages(user, { role: "", content: "Hi" }), /messages\[1\].*role/s],
  ["a role that is no string", withMessages({ role: 1, content: "Hi" }), /messages\[0\].*role/s],
  ["a tool message without tool_call_id", withMessages(user, asks("a"), { role: "tool", content: "1" }), /messages\[2\].*tool_call_id/s],
  ["a tool message whose call nobody made", withMessages(user, asks("a"), { role: "tool", tool_call_id: "b", content: "1" }), /messages\[2\].*tool_call_id/s],
  ["a tool message before its call", withMessages(user, { role: "tool", tool_call_id: "a", content: "1" }, asks("a")), /messages\[1\].*tool_call_id/s],
  ["arguments that are an object", withMessages(user, asks("a", { x: 1 })), /messages\[1\].*tool_calls\[0\].*arguments/s],
  ["arguments that are null", withMessages(user, asks("a", null)), /messages\[1\].*tool_calls\[0\].*arguments/s],
  ["arguments that are missing", withMessages(user, { role: "assistant", tool_calls: [{ id: "a", type: "function", function: { name: "f" } }] }), /messages\[1\].*tool_calls\[0\].*arguments/s],
  ["a cycle", cycle(), /cycl|circular|JSON/i],
  ["a BigInt", { ...hello, seed: 1n }, /BigInt|JSON/i],
  ["a toJSON that throws", { ...hello, metadata: { toJSON() { throw new Error("no"); } } }, /JSON/i],
];

const baseURLs = [
  ["a scheme that is not http", "ftp://api.example/v1", /baseURL|base URL/i],
  ["no host", "https://", /baseURL|base URL/i],
  ["blanks only", "   ", /baseURL|base URL/i],
  ["a host with a blank inside", "https://api .example/v1", /baseURL|base URL/i],
  ["a value that is no string", 42, /baseURL|base URL/i],
];

async function expectRefusal(tw, given, options, expression) {
  for (const stream of [false, true]) {
    const fetch = completes();
    const all = { fetch, apiKey: "sk-secret", dangerouslyAllowBrowser: true, ...options };
    const asked = given !== null && typeof given === "object" && !Array.isArray(given) && stream ? Object.assign(given, { stream: true }) : given;
    const reply = asked?.stream ? tw.chat(asked, all).final() : Promise.resolve().then(() => tw.chat(asked, all));
    const error = await rejectsWith(reply, tw.ConfigError, expression);
    equal(error.kind, "config");
    equal(error.retryable, false);
    equal(fetch.calls.length, 0, "nothing is sent");
    lacks(error.message, "sk-secret");
  }
}

const badKeys = {
  "throws": () => { throw new Error("no vault"); },
  "rejects": async () => { throw new Error("no vault"); },
  "gives no string": () => 42,
};

const keys = Object.entries(badKeys).map(([label, apiKey]) => ({
  name: `an apiKey function that ${label} is a ConfigError`,
  async run(tw) {
    await expectRefusal(tw, { ...hello }, { apiKey }, /apiKey/);
  },
}));

const never = [
  {
    name: "a bad baseURL of a client is said before anything is sent",
    async run(tw) {
      const fetch = completes();
      let error;
      try {
        await tw.createClient({ baseURL: "ftp://x", fetch }).chat(hello);
      } catch (reason) {
        error = reason;
      }
      equal(error instanceof tw.ConfigError, true, `got ${error}`);
      match(error.message, /http/);
      equal(fetch.calls.length, 0);
    },
  },
];

const noOptions = [["null", null], ["a string", "sk-secret"], ["an array", []], ["a function", () => {}]];

const options = noOptions.map(([label, given]) => ({
  name: `options that are ${label} are a ConfigError`,
  async run(tw) {
    const client = tw.createClient({ fetch: completes() });
    const asks = {
      createClient: async () => tw.createClient(given),
      chat: () => tw.chat({ ...hello }, given),
      "chat, streamed": () => tw.chat({ ...hello, stream: true }, given).final(),
      "client.chat": () => client.chat({ ...hello }, given),
      "client.chat, streamed": () => client.chat({ ...hello, stream: true }, given).final(),
      "client.models": () => client.models(given),
    };
    for (const ask of Object.values(asks)) {
      const error = await rejectsWith(ask(), tw.ConfigError, /options/);
      lacks(error.message, "sk-secret");
    }
  },
}));

export const refusalCases = [
  ...params.map(([label, given, expression]) => ({
    name: `refused before sending: ${label}`,
    run: (tw) => expectRefusal(tw, given, {}, expression),
  })),
  ...baseURLs.map(([label, baseURL, expression]) => ({
    name: `refused before sending: a base URL with ${label}`,
    run: (tw) => expectRefusal(tw, { ...hello }, { baseURL }, expression),
  })),
  ...options,
  ...keys,
  ...never,
];
