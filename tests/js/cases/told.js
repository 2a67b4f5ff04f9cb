// onEnd and timing: every call tells once how it ended, whoever reads. Runs in every runtime.

import { equal, inTime, ok, rejects, same, settle } from "../support/check.js";
import { answer, completes, hangs, replay, unreachable } from "../support/fake-fetch.js";
import { busy, holds, itemsOf, loops, refuses, sequence, streaming, ways } from "../support/provider.js";
import { delta, end, hello, says, text, usage } from "../support/wire.js";

const ENDS = ["complete", "truncated", "aborted", "error"];
const models = answer('{"object":"list","data":[{"id":"m","object":"model"}]}');

/** An onEnd that keeps what it is told. */
function listener() {
  const told = [];
  return Object.assign((...given) => { told.push(given); }, { told });
}

function timed({ responseMs, firstContentMs, totalMs }, what) {
  const known = [responseMs, firstContentMs, totalMs].filter((ms) => ms !== null);
  ok(known.every((ms) => typeof ms === "number" && ms >= 0 && ms < 60_000), `${what}: ${JSON.stringify(known)}`);
  ok(known.every((ms, at) => at === 0 || known[at - 1] <= ms), `${what}: in order: ${known}`);
}

/** It was told once, with a report of this end; gives the report. */
async function reported(onEnd, expected, what) {
  await settle(20);
  equal(onEnd.told.length, 1, `${what}: told once`);
  equal(onEnd.told[0].length, 1, `${what}: one argument`);
  const [report] = onEnd.told[0];
  equal(report.end, expected, what);
  ok(ENDS.includes(report.end), what);
  for (const key of ["model", "repairs", "response", "timing", "usage"]) ok(key in report, `${what}: ${key}`);
  timed(report.timing, what);
  equal(typeof report.timing.totalMs, "number", `${what}: totalMs`);
  return report;
}

/** Runs with onEnd as an option of chat(), of a client, and of a client's call that has its own. */
const places = {
  "chat()": (tw, onEnd, options) => (params) => tw.chat(params, { ...options, onEnd }),
  "createClient()": (tw, onEnd, options) => {
    const { signal, ...rest } = options;
    return (params) => tw.createClient({ ...rest, onEnd }).chat(params, signal && { signal });
  },
};

const word = (reply) => reply.choices[0].message.content;

// label, options, what the reader does (gives the error that it got), the end, whether a response came
const stopping = (moment) => async (stream) => {
  const error = rejects(inTime(stream.final(), "final()"));
  await settle(20);
  moment(stream);
  return error;
};
const streams = [
  ["read to its end", () => ({ fetch: replay(says("Hi")) }), async (stream) => void (await stream.final()), "complete"],
  ["nobody reads, and it times out", () => ({ fetch: holds(), timeout: 40 }), async () => void (await settle(90)), "error"],
  ["refused", () => ({ fetch: refuses(400) }), (stream) => rejects(stream.final()), "error"],
  ["refused for good after retries", () => ({ fetch: refuses(500, {}, { "retry-after-ms": "1" }), maxRetries: 2 }), (stream) => rejects(stream.final()), "error"],
  ["unreachable", () => ({ fetch: unreachable() }), (stream) => rejects(stream.final()), "error"],
  ["a fetch that throws", () => ({ fetch: () => { throw new RangeError("no"); } }), (stream) => rejects(stream.final()), "error"],
  ["cut", () => ({ fetch: replay([text("Hi")]) }), (stream) => rejects(stream.final()), "truncated"],
  ["an error frame", () => ({ fetch: replay([text("Hi"), busy]) }), (stream) => rejects(stream.final()), "error"],
  ["no reply", () => ({ fetch: answer("<html>", { contentType: "text/html" }) }), (stream) => rejects(stream.final()), "error"],
  ["a limit", () => ({ fetch: replay(says("a", "b", "c")), limits: { maxResponseBytes: 200 } }), (stream) => rejects(stream.final()), "error"],
  ["a timeout while reading", () => ({ fetch: holds([text("Hi")]), timeout: { idle: 40 } }), (stream) => rejects(stream.final()), "error"],
  ["abort() while reading", () => ({ fetch: holds([text("Hi")]) }), stopping((stream) => stream.abort("x")), "aborted"],
  ["abort() before the response", () => ({ fetch: hangs() }), stopping((stream) => stream.abort("x")), "aborted"],
  ["abort() in a back-off", () => ({ fetch: unreachable(), maxRetries: 5 }), stopping((stream) => stream.abort("x")), "aborted"],
  ["a signal that fired before", () => ({ fetch: replay(says("Hi")), signal: AbortSignal.abort("x") }), (stream) => rejects(stream.final()), "aborted"],
  ["disposal before any read", () => ({ fetch: holds() }), async (stream) => void (await stream[Symbol.asyncDispose]()), "aborted"],
  ["cancel() of the SSE", () => ({ fetch: holds([text("Hi")]) }), async (stream) => {
    const reader = stream.toReadableStream().getReader();
    await reader.read();
    await reader.cancel();
  }, "aborted"],
  ["both branches left", () => ({ fetch: holds([text("Hi")]) }), async (stream) => {
    for (const branch of stream.tee()) for await (const item of branch.text) { ok(item); break; }
  }, "aborted"],
  ...loops.map((face) => [`break out of ${face}`, () => ({ fetch: replay(says("a", "b", "c")) }), async (stream) => {
    for await (const item of stream[face] ?? stream) { ok(item); break; }
  }, "aborted"]),
  ["return() with a next() pending", () => ({ fetch: hangs() }), async (stream) => {
    const items = itemsOf(stream, "text");
    items.next().catch(() => {});
    await items.return();
  }, "aborted"],
];

const ofStreams = streams.map(([label, options, read, expected]) => ({
  name: `onEnd is told once of a stream: ${label}`,
  async run(tw) {
    for (const [place, calls] of Object.entries(places)) {
      const onEnd = listener();
      const stream = calls(tw, onEnd, { maxRetries: 0, ...options() })(streaming);
      const error = await inTime(read(stream), label);
      const report = await reported(onEnd, expected, `${label}, ${place}`);
      equal(report.end, stream.end, "stream.end is the same");
      if (error) equal(report.error, error, `${label}: the very error that was read`);
      if (!error && expected === "aborted") equal(report.error, undefined, `${label}: quiet`);
      if (expected === "complete") ok(!("error" in report) || report.error === undefined, "no error");
      if (expected === "error" || expected === "truncated") ok(report.error instanceof tw.TokenwireError, `${label}: ${report.error}`);
      same(stream.timing, report.timing, "stream.timing");
      stream.abort("late");
      await stream.final().catch(() => {});
      await settle(10);
      equal(onEnd.told.length, 1, `${label}: not again`);
    }
  },
}));

// label, options, the end
const plains = [
  ["a reply", () => ({ fetch: completes() }), "complete"],
  ["a refusal", () => ({ fetch: refuses(401) }), "error"],
  ["no connection", () => ({ fetch: unreachable() }), "error"],
  ["a timeout", () => ({ fetch: hangs(), timeout: 30 }), "error"],
  ["an aborted one", () => ({ fetch: hangs(), signal: AbortSignal.timeout(20) }), "aborted"],
  ["a body that is cut", () => ({ fetch: replay(['{"choices":['], { contentType: "application/json" }) }), "truncated"],
  ["a body that is no JSON", () => ({ fetch: answer("<html></html>", { contentType: "text/html" }) }), "error"],
  ["a fetch that gives nothing", () => ({ fetch: async () => undefined }), "error"],
];

const ofPlain = plains.map(([label, options, expected]) => ({
  name: `onEnd is told once of a plain call: ${label}`,
  async run(tw) {
    for (const [place, calls] of Object.entries(places)) {
      const onEnd = listener();
      let error;
      await inTime(calls(tw, onEnd, { maxRetries: 0, ...options() })(hello), label).catch((reason) => { error = reason; });
      const report = await reported(onEnd, expected, `${label}, ${place}`);
      equal(report.error, error, `${label}: the very error`);
      if (expected !== "complete") return;
      equal(report.model, "m");
      equal(report.usage.total_tokens, 2);
      equal(report.response.status, 200);
    }
  },
}));

const others = [
  {
    name: "onEnd is told of configuration errors, with and without a client",
    async run(tw) {
      const wrongs = [[{ ...hello, messages: [] }, {}], [{ messages: hello.messages, model: "" }, {}], [hello, { apiKey: async () => 7, dangerouslyAllowBrowser: true }]];
      for (const [params, options] of wrongs) {
        for (const stream of [false, true]) {
          const onEnd = listener();
          const call = tw.chat({ ...params, stream }, { fetch: completes(), ...options, onEnd });
          const error = await rejects(inTime(stream ? call.final() : call, "the call"));
          ok(error instanceof tw.ConfigError, String(error));
          equal((await reported(onEnd, "error", "a ConfigError")).error, error);
        }
      }
    },
  },
  {
    name: "onEnd is told of models(), good and bad",
    async run(tw) {
      for (const [fetch, expected] of [[models, "complete"], [refuses(404), "error"], [hangs(), "aborted"]]) {
        const onEnd = listener();
        const client = tw.createClient({ baseURL: "https://api.example/v1", fetch, onEnd, maxRetries: 0 });
        let error;
        await inTime(client.models({ signal: AbortSignal.timeout(40) }), "models()").catch((reason) => { error = reason; });
        const report = await reported(onEnd, expected, "models()");
        equal(report.error, error);
        equal(report.usage, null);
      }
    },
  },
  {
    name: "onEnd is told of a call that leaves the queue, by its signal and by its time",
    async run(tw) {
      const told = [];
      const client = tw.createClient({ fetch: holds(), maxConcurrency: 1, onEnd: (report) => { told.push(report); } });
      const first = client.chat(streaming);
      await settle();
      for (const options of [{ signal: AbortSignal.timeout(20) }, { timeout: 20 }]) {
        const error = await rejects(inTime(client.chat(hello, options), "the one that leaves"));
        await settle();
        equal(told.length, 1, "one more");
        equal(told[0].error, error);
        equal(told[0].end, options.signal ? "aborted" : "error");
        equal(told[0].response, null);
        equal(told.shift().timing.responseMs, null);
      }
      first.abort();
      await settle();
      equal(told.length, 1);
    },
  },
  {
    name: "onEnd of a call stands beside that of its client, or in its place, and is told once",
    async run(tw) {
      const [ofClient, ofCall] = [listener(), listener()];
      await tw.createClient({ fetch: completes(), onEnd: ofClient }).chat(hello, { onEnd: ofCall });
      await settle();
      equal(ofCall.told.length, 1, "the call's");
      ok(ofClient.told.length <= 1, "the client's");
    },
  },
  {
    name: "onEnd drives no reading: what nobody reads is not read",
    async run(tw) {
      const onEnd = listener();
      const fetch = replay(says(..."abcdefgh"));
      const stream = tw.chat(streaming, { fetch, onEnd });
      await settle(60);
      ok(fetch.pulls <= 1, `${fetch.pulls} reads`);
      equal(onEnd.told.length, 0);
      await stream.final();
      await reported(onEnd, "complete", "after final()");
    },
  },
  {
    name: "an onEnd that throws or calls back changes nothing",
    async run(tw) {
      const bad = {
        throws: () => { throw new Error("mine"); },
        "throws a trap's class": () => { throw new WebAssembly.RuntimeError("unreachable"); },
        "is async": async () => {},
        "gives a thenable": () => ({ then() { throw new Error("mine"); } }),
      };
      for (const [label, onEnd] of Object.entries(bad)) {
        const other = tw.chat(streaming, { fetch: replay(says("a", "b")) });
        for (const way of Object.keys(ways)) {
          const outcome = await ways[way](tw.chat(streaming, { fetch: replay(says("Hi")), onEnd }));
          equal(outcome.error, undefined, `${label}, ${way}`);
          equal(outcome.end, "complete");
        }
        equal(word(await tw.chat(hello, { fetch: completes(), onEnd })), "Hello", label);
        equal((await rejects(tw.chat(hello, { fetch: refuses(400), onEnd }))).status, 400, label);
        equal(word(await other.final()), "ab", "the others go on");
      }
      let stream;
      const seen = [];
      const inside = () => { seen.push(stream.end, stream.snapshot.choices.length); stream.abort("x"); stream.final().catch(() => {}); };
      stream = tw.chat(streaming, { fetch: replay(says("Hi")), onEnd: inside });
      equal(word(await inTime(stream.final(), "final()")), "Hi");
      same(seen, ["complete", 1]);
    },
  },
  {
    name: "an onEnd that is no function is a ConfigError",
    async run(tw) {
      for (const onEnd of [7, "log", {}]) ok((await rejects(Promise.resolve().then(() => tw.chat(hello, { fetch: completes(), onEnd })))) instanceof tw.ConfigError);
    },
  },
  {
    name: "the report has model, usage, repairs, response and timing",
    async run(tw) {
      const reads = [20, ...says("Hi").slice(0, -1), usage(3, 2), "data: [DONE]\n\n"];
      const fetch = sequence(replay([""]), holds(reads, { headers: { "content-type": "text/event-stream", "x-request-id": "req_9" }, closes: true }));
      for (const way of Object.keys(ways)) {
        fetch.calls = 0;
        const onEnd = listener();
        await ways[way](tw.chat(streaming, { fetch, onEnd }));
        const report = await reported(onEnd, "complete", way);
        equal(report.model, "m", way);
        equal(report.usage.total_tokens, 5, way);
        equal(report.response.requestId, "req_9", way);
        equal(report.response.attempts, 2, way);
        ok(report.response.headers instanceof Headers);
        ok([...report.repairs].every(({ code, count }) => typeof code === "string" && count > 0));
        ok(report.timing.firstContentMs >= 15, `${way}: ${JSON.stringify(report.timing)}`);
      }
    },
  },
  {
    name: "stream.timing fills as the reply comes",
    async run(tw) {
      const fetch = holds([30, delta({ role: "assistant", content: "" }), 60, text("Hi"), 60, ...end()], { closes: true });
      const stream = tw.chat(streaming, { fetch });
      same(stream.timing, { responseMs: null, firstContentMs: null, totalMs: null });
      await stream.response;
      equal(typeof stream.timing.responseMs, "number");
      equal(stream.timing.firstContentMs, null);
      const items = stream.text[Symbol.asyncIterator]();
      await items.next();
      const first = stream.timing.firstContentMs;
      ok(first >= 60, `first content after ${first} ms: a role is none`);
      equal(stream.timing.totalMs, null);
      await items.next();
      timed(stream.timing, "at the end");
      ok(stream.timing.totalMs >= first + 40, JSON.stringify(stream.timing));
      equal(stream.timing.firstContentMs, first);
    },
  },
  {
    name: "firstContentMs is null where nothing of worth came, and what is no text counts",
    async run(tw) {
      const timing = async (reads) => { const stream = tw.chat(streaming, { fetch: replay(reads), maxRetries: 0 }); await stream.final().catch(() => {}); return stream.timing; };
      equal((await timing([delta({ role: "assistant" }), busy])).firstContentMs, null);
      equal((await timing([""])).firstContentMs, null);
      for (const content of [{ reasoning_content: "hm" }, { refusal: "no" }, { audio: { data: "AA" } }]) {
        equal(typeof (await timing([delta(content), ...end()])).firstContentMs, "number", JSON.stringify(content));
      }
    },
  },
];

export const toldCases = [...ofStreams, ...ofPlain, ...others];
