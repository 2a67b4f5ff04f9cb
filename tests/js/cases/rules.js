// Rules where lists of exceptions were: what may be dropped, what counts as content, what is opaque, what is sent. Runs in every runtime.

import { equal, inTime, ok, rejectsWith, same } from "../support/check.js";
import { answer, completes, replay } from "../support/fake-fetch.js";
import { collect, readCleanSse } from "../support/outcome.js";
import { allAtOnce, busy, holds, itemsOf, refuses, refusesName, sent, sequence, streaming, throughAll } from "../support/provider.js";
import { cutEvery, toBytes } from "../support/bytes.js";
import { delta, end, hello, says, text } from "../support/wire.js";

const word = (reply) => reply.choices[0].message.content;

const meant = {
  max_output_tokens: 5, stop_sequences: ["x"], guided_json: { type: "object" }, guided_regex: "a+", guided_choice: ["a"], grammar: "root ::= x", data_sources: [{ type: "azure_search" }],
  documents: [{ id: "1" }], guardrails: ["pii"], safe_prompt: true, provider: { only: ["x"] }, json_schema: { type: "object" }, safety_settings: [{}], system: "Be kind", plugins: [{ id: "web" }],
  transforms: ["middle-out"], response_mime_type: "application/json", thinking: { type: "enabled" }, min_tokens: 3, tool_choice: "none", data_retention: "none", x_unheard_of: 1, constructor: 1,
};

/** The ways in which providers refuse a name. */
const wordings = (name) => [
  { message: `Unsupported parameter: '${name}' is not supported with this model.`, type: "invalid_request_error", param: name, code: "unsupported_parameter" },
  { message: `Unrecognized request argument supplied: ${name}`, type: "invalid_request_error", param: null, code: null },
  { message: `Unknown parameter: '${name}'.`, param: name, code: "unknown_parameter" },
];

const drops = [
  ...Object.entries(meant).map(([name, value]) => ({
    name: `refused ${name} is the caller's to know: nothing is left out`,
    async run(tw) {
      for (const error of wordings(name)) {
        for (const place of ["params", "params of a stream"]) {
          const fetch = sequence(refuses(400, error), completes());
          const client = tw.createClient({ fetch });
          const call = client.chat({ ...hello, [name]: value, ...(place === "params" ? {} : { stream: true }) });
          const failure = await rejectsWith(inTime(place === "params" ? call : call.final(), name), tw.BadRequestError, undefined, error.message);
          ok(failure.message.includes(name), failure.message);
          equal(fetch.calls, 1, error.message);
          await client.chat({ ...hello, [name]: value });
          same(fetch.bodies[1][name], value, "and is sent again by the next call");
        }
      }
    },
  })),
  {
    name: "what is harmless is left out, with its meaning intact",
    async run(tw) {
      for (const [name, value] of Object.entries({ temperature: 1, top_p: 0.5, seed: 1, frequency_penalty: 1, presence_penalty: 1, store: true, metadata: { a: "1" }, user: "u" })) {
        const fetch = sequence(refusesName(name), completes());
        equal(word(await tw.chat({ ...hello, [name]: value }, { fetch })), "Hello", name);
        ok(!(name in fetch.bodies[1]), name);
      }
    },
  },
];

// name, the value that is refused, the one that is fine, the error
const values = [
  ["reasoning_effort", "none", "high", { message: "Invalid value: 'none'. Supported values are: 'low', 'medium', and 'high'.", type: "invalid_request_error", param: "reasoning_effort", code: "invalid_value" }],
  ["reasoning_effort", "minimal", "high", { message: "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'low', 'medium', and 'high'.", param: "reasoning_effort", code: "unsupported_value" }],
  ["temperature", 0.5, 1, { message: "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported.", param: "temperature", code: "unsupported_value" }],
  ["temperature", 3, 1, { message: "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 instead.", param: "temperature", code: "decimal_above_max_value" }],
  ["service_tier", "flex", "auto", { message: "Unsupported value: 'service_tier' does not support 'flex' with this model. Supported values are: 'auto', 'default'.", param: "service_tier", code: "unsupported_value" }],
  ["verbosity", "low", "medium", { message: "Unsupported value: 'low' is not supported with the 'm' model. Supported values are: 'medium'.", param: "verbosity", code: "unsupported_value" }],
  ["top_p", 0, 0.9, { message: "Unsupported value: 'top_p' does not support 0 with this model. Supported values are: 0.1 to 1.", param: "top_p", code: "unsupported_value" }],
];

const taught = values.map(([name, bad, good, error], at) => ({
  name: `a refused value is not a refused name: ${name} ${bad}, then ${good} (${at + 1})`,
  async run(tw) {
    for (const stream of [false, true]) {
      const answers = completes();
      const streamed = replay(says("Hello"));
      const bodies = [];
      const fetch = async (url, init) => {
        const body = await sent(init);
        bodies.push(body);
        return (body[name] === bad ? refuses(400, error) : body.stream ? streamed : answers)(url, init);
      };
      const client = tw.createClient({ fetch });
      const call = (value) => (stream ? client.chat({ ...streaming, [name]: value }).final() : client.chat({ ...hello, [name]: value }));
      await call(bad).catch((failure) => ok(failure instanceof tw.BadRequestError, String(failure)));
      const before = bodies.length;
      ok(before <= 2, `${before} requests`);
      equal(word(await call(good)), "Hello");
      equal(bodies.at(-1)[name], good, "the good value is sent");
      equal(bodies.length, before + 1);
    }
  },
}));

const parts = {
  "text": { content: "Hi" }, "reasoning": { reasoning_content: "hm" }, "a refusal": { refusal: "No" }, "audio": { audio: { id: "a", data: "AAAA" } }, "a transcript": { audio: { transcript: "Hi" } },
  "images": { images: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA" } }] }, "encrypted reasoning": { reasoning_details: [{ type: "reasoning.encrypted", data: "gAAA", index: 0 }] },
  "a tool call": { tool_calls: [{ index: 0, id: "c", type: "function", function: { name: "f", arguments: "[" } }] }, "annotations": { annotations: [{ type: "url_citation", url_citation: { url: "https://x.example" } }] },
  "thinking blocks": { thinking_blocks: [{ type: "thinking", thinking: "hm", signature: "s" }] }, "an unknown member": { x_brand_new: "something" }, "an unknown object": { x_brand_new: { deep: [1] } }, "an unknown number": { x_count: 7 },
};

const something = Object.entries(parts).flatMap(([label, part]) => [
  {
    name: `${label} is something: it stops a retry, in every face`,
    async run(tw) {
      const first = delta({ role: "assistant", ...part });
      for (const reads of [[first, busy], [first + busy], [first, ""]]) {
        const open = () => { const fetch = sequence(replay(reads), replay(says("no"))); return { fetch, stream: tw.chat(streaming, { fetch }) }; };
        await allAtOnce(open, ({ error, end: ended }, way, stream, fetch) => {
          equal(fetch.calls, 1, `${way}: requests`);
          equal(error?.kind, reads[1] === "" ? "truncated" : "overloaded", way);
          equal(ended, reads[1] === "" ? "truncated" : "error", way);
        });
      }
    },
  },
  {
    name: `${label} is something: with [DONE] after it the reply is complete`,
    async run(tw) {
      const reads = [delta({ role: "assistant", content: "" }), delta(part), "data: [DONE]\n\n"];
      await throughAll(() => tw.chat(streaming, { fetch: replay(reads), maxRetries: 0 }), ({ error, end: ended }, way) => {
        equal(error, undefined, way);
        equal(ended, "complete", way);
      });
    },
  },
  {
    name: `${label} is something: the clocks see it`,
    async run(tw) {
      const one = delta(part);
      // What is said again may be taken for a repetition: each differs.
      const other = (n) => one.replace('"c"', `"c${n}"`).replace('"index":0,"id"', `"index":${n},"id"`).replace(/"hm"|"Hi"|"something"/, `"${n}"`);
      const first = { fetch: () => holds([20, one, 330, ...end()], { closes: true }), timeout: { firstToken: 200 } };
      const steady = { fetch: () => holds([...[0, 1, 2, 3, 4, 5].flatMap((n) => [70, other(n)]), ...end()], { closes: true }), timeout: { idle: 250, firstToken: 2000 } };
      for (const { fetch, timeout } of [first, steady]) {
        const open = () => ({ stream: tw.chat(streaming, { fetch: fetch(), timeout, maxRetries: 0 }) });
        await allAtOnce(open, ({ error, end: ended }, way) => {
          equal(error, undefined, `${way}, ${JSON.stringify(timeout)}`);
          equal(ended, "complete", way);
        });
      }
    },
  },
]);

const nothing = {
  name: "members that are empty are nothing: asked again, and the clocks do not see them",
  async run(tw) {
    for (const part of [{ x_new: null }, { x_new: "" }, { refusal: "" }, { audio: null }, { images: [] }, { reasoning_content: "" }, { tool_calls: null }, { reasoning_details: [] }, { x_new: [] }, { x_new: {} }]) {
      const what = JSON.stringify(part);
      const fetch = sequence(replay([delta({ role: "assistant", ...part }), busy]), replay(says("Hi")));
      equal(word(await inTime(tw.chat(streaming, { fetch }).final(), what)), "Hi", what);
      const silent = holds(Array(30).fill([20, delta(part)]).flat());
      equal((await rejectsWith(inTime(tw.chat(streaming, { fetch: silent, timeout: { firstToken: 80 }, maxRetries: 0 }).final(), what), tw.APITimeoutError, undefined, what)).phase, "firstToken", what);
    }
  },
};

const custom = (fragments, finish = "tool_calls") => [
  delta({ role: "assistant", content: null, tool_calls: [{ index: 0, id: "call_1", type: "custom", custom: { name: "run", input: "" } }] }),
  ...fragments.map((input) => delta({ tool_calls: [{ index: 0, custom: { input } }] })), ...end(finish),
];
const inputs = {
  "[] and {} as pieces": ["[]", "{}"], "{} and more": ["{}", '{"a":1}'], "a piece that repeats": ['{"a":1}', '{"a":1}'], "JSON lines": ['{"a":1}\n', '{"b":2}\n'], "the empty text": [], "an empty piece": [""], "JSON in a string": ['"{\\"a\\":1}"'],
  "words": ["select ", "1 from t"], "NaN and control characters": ["NaN\u0001", "\ttab\r\n"], "broken JSON": ['{"a":'], "blanks": ["  ", "\n"], "null": ["null"], "code": ["if (x) {\n", "  return [];\n}"], "<think>": ["<think>", "no</think>"],
};

const foldInput = (chunks) => chunks.flatMap((chunk) => chunk.choices.flatMap((choice) => choice.delta.tool_calls ?? [])).map((call) => call.custom?.input ?? "").join("");

const opaque = Object.entries(inputs).map(([label, fragments]) => ({
  name: `the input of a custom tool is opaque, byte for byte, in all faces: ${label}`,
  async run(tw) {
    const input = fragments.join("");
    const bytes = toBytes(custom(fragments).join(""));
    for (const reads of [custom(fragments), [bytes], cutEvery(bytes, 7)]) {
      const open = () => tw.chat(streaming, { fetch: replay(reads), maxRetries: 0 });
      const [call] = (await open().final()).choices[0].message.tool_calls;
      same(call, { id: "call_1", type: "custom", custom: { name: "run", input } });
      equal(foldInput((await collect(open())).items), input, "chunks");
      const events = (await collect(open().events)).items;
      equal(events.filter(({ type }) => type === "tool_call.delta").map((event) => event.arguments).join(""), input, "the deltas of events");
      const done = events.find(({ type }) => type === "tool_call.done");
      same([done.name, done.arguments, done.error], ["run", input, undefined], "done");
      equal(foldInput(readCleanSse(await open().toResponse().text()).slice(0, -1)), input, "SSE");
      equal(foldInput((await collect(open().tee()[0])).items), input, "a branch");
    }
    const message = { role: "assistant", content: null, refusal: null, tool_calls: [{ id: "call_1", type: "custom", custom: { name: "run", input } }] };
    const body = JSON.stringify({ id: "c", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, message, finish_reason: "tool_calls", logprobs: null }] });
    same((await tw.chat(hello, { fetch: answer(body) })).choices[0].message.tool_calls, message.tool_calls, "a plain reply");
  },
}));

const members = {
  "nothing unknown": () => ({}), "an unknown object": () => ({ x_top: { a: 1, b: [1, { c: null }] } }), "usage null": () => ({ usage: null }), "an unknown list": () => ({ x_list: [[1, 2], []] }),
};
const inDelta = { "text": (content) => ({ content }), "text and an object": (content) => ({ content, x_delta: { q: [1, 2] } }), "reasoning": (content) => ({ reasoning_content: content }), "renamed reasoning": (content) => ({ reasoning: content }) };
const indents = [1, 2, 4, "\t"];

const alike = Object.entries(members).flatMap(([label, more]) => Object.entries(inDelta).map(([what, part]) => ({
  name: `pretty-printed chunks over several data lines go out the same, whichever way they were read: ${what}, ${label}`,
  async run(tw) {
    for (const indent of indents) {
      const lines = (content, finish = null) => {
        const chunk = { id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta: part(content), logprobs: null, finish_reason: finish }], ...more() };
        return `${JSON.stringify(chunk, null, indent).split("\n").map((line) => `data: ${line}\n`).join("")}\n`;
      };
      const spread = [...Array(8).fill(lines("a")), lines(" b "), lines("c\n"), lines("", "stop"), "data: [DONE]\n\n"];
      const whole = toBytes(spread.join(""));
      const outs = [];
      for (const reads of [spread, [whole], cutEvery(whole, 1), cutEvery(whole, 13), [spread.join("").replaceAll("\n", "\r\n")]]) {
        const out = await tw.chat(streaming, { fetch: replay(reads), maxRetries: 0 }).toResponse().text();
        equal(new Set(out.split("\n\n").slice(1, 8)).size, 1, "alike chunks are alike, read on the predicted way or in full");
        equal(readCleanSse(out).length, 12, "one line a frame");
        outs.push(out);
      }
      equal(new Set(outs).size, 1, "at every cut");
    }
  },
})));

const roles = ["control", "user_system", "latest_reminder", "ipython", "sistem", "Function", "context", "gutachter", "観察", "tool_results"].map((role) => ({
  name: `any role is sent: ${role}`,
  async run(tw) {
    for (const stream of [false, true]) {
      const fetch = sequence(stream ? replay(says("Hi")) : completes());
      const call = tw.chat({ ...hello, stream, messages: [{ role, content: "x" }, ...hello.messages] }, { fetch });
      await (stream ? call.final() : call);
      same(fetch.bodies[0].messages[0], { role, content: "x" });
    }
    for (const none of ["", 7, null, undefined]) await rejectsWith(tw.chat({ ...hello, messages: [{ role: none, content: "x" }] }, { fetch: completes() }), tw.ConfigError, /role/);
  },
}));

const modelless = {
  "a deployment in the URL": [{ baseURL: "https://me.openai.azure.com/openai/deployments/gpt-4o" }, {}],
  "a deployment in another's URL": [{ baseURL: "https://gw.example/openai/deployments/mine?api-version=1" }, {}],
  "models are given": [{ baseURL: "https://openrouter.ai/api/v1" }, { models: ["a/b", "c/d"] }],
  "models are given to anybody": [{ baseURL: "https://gw.example/v1" }, { models: ["a"] }],
  "localhost": [{ baseURL: "http://localhost:8080/v1" }, {}],
  "127.0.0.1": [{ baseURL: "127.0.0.1:1234" }, {}],
  "::1": [{ baseURL: "http://[::1]:8080" }, {}],
  "a model in extraBody": [{ baseURL: "https://gw.example/v1", extraBody: { model: "m" } }, {}],
};

const unnamed = Object.entries(modelless).map(([label, [options, more]]) => ({
  name: `no model is needed where ${label} says it`,
  async run(tw) {
    for (const stream of [false, true]) {
      const fetch = sequence(stream ? replay(says("Hi")) : completes());
      const call = tw.chat({ messages: hello.messages, stream, ...more }, { fetch, ...options });
      await inTime(stream ? call.final() : call, label);
      same([fetch.calls, fetch.bodies[0].messages], [1, hello.messages]);
      same(fetch.bodies[0].models, more.models);
    }
    await rejectsWith(tw.chat({ messages: hello.messages }, { baseURL: "https://gw.example/v1", fetch: completes() }), tw.ConfigError, /model/);
  },
}));

const seen = {
  name: "what the text face hands out has nothing to do with what is something",
  async run(tw) {
    const fetch = sequence(replay([delta({ refusal: "No" }), text(""), busy]), replay(says("no")));
    const items = itemsOf(tw.chat(streaming, { fetch }), "text");
    equal((await rejectsWith(inTime(items.next(), "text"), tw.StreamError)).kind, "overloaded");
    equal(fetch.calls, 1);
  },
};

export const ruleCases = [...drops, ...taught, ...something, nothing, ...opaque, ...alike, ...roles, ...unnamed, seen];
