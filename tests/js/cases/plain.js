// A plain call and what is asked of it, where errors say that they come from, the usage that nobody asked for, and what a reply that was
// stopped leaves. Runs in every runtime.

import { equal, inTime, match, ok, rejects, rejectsWith, same, settle } from "../support/check.js";
import { answer, completes, openBody, replay } from "../support/fake-fetch.js";
import { refuses, streaming } from "../support/provider.js";
import { callsTool, delta, hello, says, text, usage } from "../support/wire.js";

const open = { baseURL: "https://gw.example/v1", maxRetries: 0 };

const calls = [
  {
    name: "withResponse() gives the reply, the response and what was repaired; a failure rejects it",
    async run(tw) {
      const client = tw.createClient({ ...open, fetch: answer(JSON.stringify({ choices: [{ message: { content: "Hi" } }] }), { headers: { "x-request-id": "r1" } }) });
      const { data, response, repairs } = await client.chat(hello).withResponse();
      equal(data.choices[0].message.content, "Hi");
      same([response.status, response.requestId, response.attempts], [200, "r1", 1]);
      ok(Array.isArray(repairs));
      const models = await tw.createClient({ ...open, fetch: answer('{"data":[{"id":"a"}]}') }).models().withResponse();
      same([models.data[0].id, models.response.status], ["a", 200]);
      await rejectsWith(tw.chat(hello, { ...open, fetch: refuses(404) }).withResponse(), tw.NotFoundError);
    },
  },
  {
    name: "a plain call is a promise that goes on by itself and rejects nobody unasked",
    async run(tw) {
      const failing = tw.chat(hello, { ...open, fetch: refuses(400) });
      ok(failing instanceof Promise);
      await settle(30);
      equal(await failing.catch((error) => error.name), "BadRequestError");
      let done = 0;
      const call = tw.chat(hello, { ...open, fetch: completes() }).finally(() => done++);
      equal((await Promise.all([call, 1]))[0].object, "chat.completion");
      equal(done, 1);
      const told = [];
      void tw.chat(hello, { ...open, fetch: completes(), onEnd: ({ end }) => told.push(end) });
      await settle(30);
      same(told, ["complete"]);
    },
  },
  {
    name: "whoever iterates a plain call, or what it gave, is told of stream: true",
    async run(tw) {
      const make = () => tw.chat(hello, { ...open, fetch: completes() });
      const iterating = {
        "the call": async () => { for await (const part of make()) void part; },
        "what it gave": async () => { for await (const part of await make()) void part; },
        "the call, without await": async () => { for (const part of make()) void part; },
        spread: async () => [...make()],
        text: async () => { for await (const part of make().text) void part; },
        events: async () => { for await (const part of make().events) void part; },
      };
      for (const [label, act] of Object.entries(iterating)) await rejectsWith(inTime(act(), label), tw.ConfigError, /stream: true/, label);
      same(Object.keys(await make()), ["id", "object", "created", "model", "choices", "usage"]);
    },
  },
];

/** Named so that it is found in a stack; neither ours nor the tests' helpers stand before it. */
async function theCallersOwnLine(act) {
  return act();
}

const stacks = [
  {
    name: "a stack begins at the caller's line, however it is asked and whoever failed",
    async run(tw) {
      if (typeof Error.captureStackTrace !== "function") return;
      const failing = { ...open, fetch: refuses(404) };
      const cut = { ...open, fetch: replay(says("a").slice(0, 1)) };
      const client = tw.createClient(failing);
      const drain = async (iterable) => { for await (const item of iterable) void item; };
      // The first frame of each is the arrow function that stands here.
      const acts = {
        "await chat()": function here() { return tw.chat(hello, failing); },
        "await client.chat()": function here() { return client.chat(hello); },
        "models()": function here() { return client.models(); },
        "withResponse()": function here() { return client.chat(hello).withResponse(); },
        "final()": function here() { return client.chat(streaming).final(); },
        "chunks, cut": function here() { return drain(tw.chat(streaming, cut)); },
        "text, cut": function here() { return drain(tw.chat(streaming, cut).text); },
        "events, cut": function here() { return drain(tw.chat(streaming, cut).events); },
        "a wrong option": function here() { return client.chat(hello, { apikey: "x" }); },
        "an aborted call": function here() { return client.chat(hello, { signal: AbortSignal.abort() }); },
        "createClient()": async function here() { return tw.createClient({ baseUrl: "x" }); },
        "an iterated call": async function here() { return drain(tw.chat(hello, { ...open, fetch: completes() })); },
      };
      for (const [label, act] of Object.entries(acts)) {
        const error = await rejects(theCallersOwnLine(act), label);
        ok(error instanceof tw.TokenwireError, `${label}: ${error}`);
        // The line of the message, then the first frame, where the runtime writes one: Firefox writes frames alone.
        const [first] = error.stack.slice(error.stack.startsWith(error.name) ? `${error.name}: ${error.message}\n`.length : 0).split("\n");
        match(first, /here|drain/, `${label}: ${error.stack}`);
      }
    },
  },
  {
    name: "an error knows the address that was asked, without query and secrets; a 404 says it, a 401 that no key was given",
    async run(tw) {
      const at = "https://gw.example/v1/chat/completions";
      const asked = async (options, params = hello) => rejects(tw.chat(params, { ...open, dangerouslyAllowBrowser: true, ...options }));
      const lost = await asked({ fetch: refuses(404, { message: "File Not Found" }), query: { token: "very-secret" } });
      same([lost.url, lost.kind], [at, "not_found"]);
      match(lost.message, new RegExp(`^File Not Found.*${at}`));
      match((await asked({ fetch: refuses(405, { message: "Method Not Allowed" }) })).message, new RegExp(at));
      match((await asked({ fetch: refuses(401, { message: "Who is it" }) })).message, /^Who is it.*no apiKey was given/);
      for (const given of [{ apiKey: "sk-secret" }, { headers: { "x-api-key": "sk-secret" } }]) equal((await asked({ fetch: refuses(401, { message: "Who is it" }), ...given })).message, "Who is it");
      const others = { connection: { fetch: async () => { throw new TypeError("no"); } }, timeout: { fetch: () => new Promise(() => {}), timeout: 20 }, truncated: { fetch: replay([""]) } };
      for (const [kind, options] of Object.entries(others)) same([(await asked(options)).url, (await asked(options)).kind], [at, kind]);
      equal((await asked({ fetch: refuses(500), baseURL: "https://gw.example/very-secret/v1", apiKey: "very-secret" })).url, "https://gw.example/***/v1/chat/completions");
      equal((await asked({ fetch: completes() }, { ...hello, messages: [] })).url, undefined);
    },
  },
];

const withUsage = () => [text("Hi"), delta({}, "stop"), usage(), "data: [DONE]\n\n"];
const asks = { stream_options: { include_usage: true } };

const usages = [
  {
    name: "the usage goes out in SSE where the caller asked for it, be it handed on, read from a tee or after final()",
    async run(tw) {
      const read = async (params, options, how) => {
        const stream = how(tw.chat({ ...streaming, ...params }, { ...open, fetch: replay(withUsage()), ...options }));
        const sse = await new Response((await stream).toReadableStream()).text();
        return sse.split("\n\n").filter((frame) => frame.startsWith("data: {")).map((frame) => JSON.parse(frame.slice(6)));
      };
      const hows = { itself: (stream) => stream, "a branch": (stream) => stream.tee()[0], "after final()": async (stream) => (await stream.final(), stream), response: (stream) => ({ toReadableStream: () => stream.toResponse().body }) };
      for (const [label, how] of Object.entries(hows)) {
        const plain = await read({}, {}, how);
        ok(plain.length > 0 && plain.every(({ choices, usage: told }) => choices.length === 1 && (!told || choices.length)), `${label}: ${JSON.stringify(plain)}`);
        ok((await read({ stream_options: { include_usage: false } }, {}, how)).every(({ choices }) => choices.length), label);
        for (const [params, options] of [[asks, {}], [{}, { extraBody: asks }]]) {
          const told = (await read(params, options, how)).filter((chunk) => chunk.usage);
          equal(told.at(-1)?.usage.total_tokens, 5, label);
        }
      }
    },
  },
  {
    name: "in iteration every chunk has a choice unless the usage was asked for, and the usage is told all the same",
    async run(tw) {
      for (const reads of [withUsage(), [withUsage().join("")]]) {
        const stream = tw.chat(streaming, { ...open, fetch: replay(reads) });
        let [said, told] = ["", 0];
        for await (const chunk of stream) {
          said += chunk.choices[0].delta.content ?? "";
          told = chunk.usage?.total_tokens ?? told;
        }
        same([said, told, stream.snapshot.usage.total_tokens], ["Hi", 5, 5]);
        const chunks = [];
        for await (const chunk of tw.chat({ ...streaming, ...asks }, { ...open, fetch: replay(reads) })) chunks.push(chunk);
        same([chunks.at(-1).choices, chunks.at(-1).usage.total_tokens], [[], 5]);
      }
    },
  },
];

/** A stream that was stopped after these reads, in one of the ways to be stopped. */
const stops = {
  cut: async (tw, reads) => {
    const stream = tw.chat(streaming, { ...open, fetch: replay(reads) });
    await rejects(stream.final());
    return stream;
  },
  "an error frame": async (tw, reads) => {
    const stream = tw.chat(streaming, { ...open, fetch: replay([...reads, 'data: {"error":{"message":"no"}}\n\n']) });
    await rejects(stream.final());
    return stream;
  },
  abort: async (tw, reads) => {
    const fetch = openBody();
    const stream = tw.chat(streaming, { ...open, fetch });
    const reading = rejects(stream.final());
    await settle();
    fetch.push(reads.join(""));
    await settle();
    stream.abort("enough");
    await reading;
    return stream;
  },
};
const whole = callsTool("weather", ['{"city":', '"Paris"}']).slice(0, 3);
const half = delta({ tool_calls: [{ index: 1, id: "call_2", type: "function", function: { name: "time", arguments: '{"zone":"Eu' } }] });
const custom = delta({ tool_calls: [{ index: 1, id: "call_3", type: "custom", custom: { name: "grep", input: "ab" } }] });

const left = [
  {
    name: "the message of a reply that was stopped can be sent back: calls that are not whole stand aside, and it is said",
    async run(tw) {
      for (const [label, stop] of Object.entries(stops)) {
        for (const rest of [half, custom]) {
          const stream = await stop(tw, [...whole, rest]);
          const [{ message, unfinished_tool_calls: aside }] = stream.snapshot.choices;
          same(message.tool_calls.map(({ id }) => id), ["call_1"], label);
          equal(aside.length, 1, label);
          same(stream.repairs.filter(({ code }) => code === "tool_call_unfinished"), [{ code: "tool_call_unfinished", count: 1 }], label);
          const fetch = completes();
          await tw.chat({ ...hello, messages: [...hello.messages, message, { role: "tool", tool_call_id: "call_1", content: "Rain" }] }, { ...open, fetch });
          for (const call of JSON.parse(fetch.calls[0].body).messages[1].tool_calls) JSON.parse(call.function.arguments);
        }
        const only = await stop(tw, callsTool("weather", ['{"ci']).slice(0, 2));
        const { message } = only.snapshot.choices[0];
        same([message.content, "tool_calls" in message], ["", false], label);
        await tw.chat({ ...hello, messages: [...hello.messages, message, ...hello.messages] }, { ...open, fetch: completes() });
      }
    },
  },
  {
    name: "while a reply runs its snapshot has the calls as they are, and a complete one loses none",
    async run(tw) {
      const fetch = openBody();
      const stream = tw.chat(streaming, { ...open, fetch });
      const reading = stream.final();
      await settle();
      fetch.push([...whole, half].join(""));
      await settle();
      equal(stream.snapshot.choices[0].message.tool_calls.length, 2);
      fetch.push(delta({}, "tool_calls") + "data: [DONE]\n\n");
      fetch.close();
      equal((await reading).choices[0].message.tool_calls.length, 2);
      ok(!stream.repairs.some(({ code }) => code === "tool_call_unfinished"));
    },
  },
];

export const plainCases = [...calls, ...stacks, ...usages, ...left];
