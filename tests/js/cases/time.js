// Time limits, retries, the queue, and where keys may go. Runs in every runtime.

import { equal, inTime, match, ok, rejectsWith, same, settle } from "../support/check.js";
import { completes, hangs, replay } from "../support/fake-fetch.js";
import { hello, says, text, usage } from "../support/wire.js";

const streaming = { ...hello, stream: true };

/** A body that comes in pieces, each `every` ms; it ends when the request is aborted. */
function paced(pieces, every) {
  const fake = async (input, { signal }) => {
    fake.calls += 1;
    let at = 0;
    const body = new ReadableStream({
      start(controller) {
        signal.addEventListener("abort", () => { fake.aborted += 1; controller.error(signal.reason); });
      },
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, every));
        if (signal.aborted) return;
        const piece = pieces(at++);
        if (piece === undefined) return new Promise(() => {});
        controller.enqueue(new TextEncoder().encode(piece));
      },
    }, { highWaterMark: 0 });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  return Object.assign(fake, { calls: 0, aborted: 0 });
}

/** Answers with these, one after the other; the last one again and again. */
function sequence(...answers) {
  const fake = async (input, init) => {
    const answer = answers[Math.min(fake.calls++, answers.length - 1)];
    return typeof answer === "function" ? answer(input, init) : answer.clone();
  };
  return Object.assign(fake, { calls: 0 });
}

const refusal = (status, headers = {}, error = { message: "no" }) => new Response(JSON.stringify({ error }), { status, headers });
const busy = 'data: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\n';

async function expired(tw, phase, timeout, fetch, read = (stream) => stream.final()) {
  const stream = tw.chat(streaming, { fetch, timeout, maxRetries: 0 });
  const error = await inTime(rejectsWith(read(stream), tw.APITimeoutError), phase);
  equal(error.phase, phase);
  equal(error.kind, "timeout");
  equal(stream.end, "error");
  return stream;
}

const times = [
  {
    name: "a number is the total time, and counts from the call on",
    async run(tw) {
      await expired(tw, "total", 40, hangs());
      await expired(tw, "total", { total: 60 }, paced(() => text("x"), 10));
      const waits = tw.chat(hello, { fetch: hangs(), timeout: 30 });
      equal((await inTime(rejectsWith(waits, tw.APITimeoutError), "plain")).phase, "total");
    },
  },
  {
    name: "no content in time is a firstToken timeout, whatever else comes",
    async run(tw) {
      await expired(tw, "firstToken", { firstToken: 40 }, hangs());
      const fetch = paced(() => ": ping\n\n", 5);
      await expired(tw, "firstToken", { firstToken: 40 }, fetch);
      equal(fetch.aborted, 1);
    },
  },
  {
    name: "comments, pings and empty chunks do not count as life",
    async run(tw) {
      const empty = 'data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":null}]}\n\n';
      for (const ping of [": ping\n\n", "event: ping\ndata: {}\n\n", empty]) {
        const stream = await expired(tw, "idle", { idle: 60 }, paced((at) => (at ? ping : text("Hi")), 5));
        equal(stream.snapshot.choices[0].message.content, "Hi");
      }
      await expired(tw, "idle", { idle: 60 }, paced((at) => (at ? undefined : text("Hi")), 1));
    },
  },
  {
    name: "a slow reply is no idle one, nor is a slow reader",
    async run(tw) {
      const steps = [...says("a", "b", "c", "d", "e")];
      const stream = tw.chat(streaming, { fetch: paced((at) => steps[at], 25), timeout: { idle: 90 } });
      equal((await stream.final()).choices[0].message.content, "abcde");
      const reader = tw.chat(streaming, { fetch: replay(says("a", "b")), timeout: { idle: 40, firstToken: 40 } });
      const seen = [];
      for await (const part of reader.text) {
        seen.push(part);
        await settle(100);
      }
      equal(seen.join(""), "ab");
    },
  },
  {
    name: "a time that is none is a ConfigError",
    async run(tw) {
      for (const timeout of [0, -1, NaN, "5", { idle: 0 }, { total: "x" }]) {
        match((await rejectsWith(tw.chat(hello, { fetch: completes(), timeout }), tw.ConfigError)).message, /timeout/);
      }
      for (const maxRetries of [-1, 1.5, "2"]) {
        match((await rejectsWith(tw.chat(hello, { fetch: completes(), maxRetries }), tw.ConfigError)).message, /maxRetries/);
      }
    },
  },
];

const retries = [
  {
    name: "a failure that may pass is tried again, and told of",
    async run(tw) {
      const wait = { "retry-after-ms": "5" };
      const fetch = sequence(refusal(429, wait), refusal(503, wait), replay(says("Hi")));
      const stream = tw.chat(streaming, { fetch });
      equal((await stream.final()).choices[0].message.content, "Hi");
      equal((await stream.response).attempts, 3);
      same(stream.repairs, []);
      const plain = sequence(refusal(500, wait), completes("Hi"));
      equal((await tw.chat(hello, { fetch: plain })).choices[0].message.content, "Hi");
    },
  },
  {
    name: "through every face, an overloaded provider and an empty stream are tried again before the first content",
    async run(tw) {
      const read = async (items) => { let all = ""; for await (const item of items) all += item.text ?? item.choices?.[0]?.delta?.content ?? (typeof item === "string" ? item : ""); return all; };
      const faces = [(stream) => read(stream), (stream) => read(stream.text), (stream) => read(stream.events), async (stream) => (await stream.final()).choices[0].message.content];
      for (const first of [[busy], [""], [": ping\n\n"], [busy.slice(0, 20), busy.slice(20)]]) {
        for (const face of faces) {
          const fetch = sequence(replay(first), replay(says("H", "i")));
          const stream = tw.chat(streaming, { fetch });
          equal(await inTime(face(stream), "a face"), "Hi");
          equal(fetch.calls, 2);
          equal(stream.end, "complete");
        }
      }
    },
  },
  {
    name: "a fetch that gives the same response again and again: what it said counts",
    async run(tw) {
      const limited = refusal(429, { "retry-after-ms": "1" });
      const error = await rejectsWith(tw.chat(hello, { fetch: async () => limited }), tw.RateLimitError);
      equal(error.message, "no");
      const overloaded = new Response(busy);
      equal((await rejectsWith(tw.chat(streaming, { fetch: async () => overloaded }).final(), tw.StreamError)).kind, "overloaded");
    },
  },
  {
    name: "after the first content nothing is tried again",
    async run(tw) {
      const fetch = sequence(replay([text("Hi"), busy]), replay(says("no")));
      const stream = tw.chat(streaming, { fetch });
      const error = await rejectsWith(stream.final(), tw.StreamError);
      equal(error.kind, "overloaded");
      equal(fetch.calls, 1);
      equal(stream.snapshot.choices[0].message.content, "Hi");
    },
  },
  {
    name: "what cannot pass by itself is not tried again",
    async run(tw) {
      for (const answer of [refusal(400), refusal(401), refusal(404), refusal(429, {}, { message: "no", code: "insufficient_quota" }), refusal(500, { "x-should-retry": "false" }), refusal(429, { "retry-after": "3600" })]) {
        const fetch = sequence(answer);
        await rejectsWith(tw.chat(hello, { fetch }), tw.APIError);
        equal(fetch.calls, 1);
      }
    },
  },
  {
    name: "retry-after may be a date, and no wait goes beyond the total time",
    async run(tw) {
      const soon = { "retry-after": new Date(Date.now() + 300).toUTCString() };
      const fetch = sequence(refusal(429, soon), completes());
      equal((await inTime(tw.chat(hello, { fetch }), "a date")).choices.length, 1);
      const late = sequence(refusal(429, { "retry-after": "5" }), completes());
      await inTime(rejectsWith(tw.chat(hello, { fetch: late, timeout: 1000 }), tw.RateLimitError), "too late", 900);
      equal(late.calls, 1);
    },
  },
  {
    name: "an abort ends the wait before another try",
    async run(tw) {
      const control = new AbortController();
      const fetch = sequence(refusal(429, { "retry-after": "30" }), completes());
      const call = rejectsWith(tw.chat(hello, { fetch, signal: control.signal }), tw.APIUserAbortError);
      await settle();
      control.abort("enough");
      equal((await inTime(call, "the abort")).cause, "enough");
      equal(fetch.calls, 1);
    },
  },
];

const queues = [
  {
    name: "maxConcurrency lets so many calls run at once, in order",
    async run(tw) {
      let running = 0;
      let most = 0;
      const order = [];
      const good = completes();
      const fetch = async (input, init) => {
        most = Math.max(most, ++running);
        order.push(JSON.parse(init.body).seed);
        await settle(5);
        running--;
        return good(input, init);
      };
      const client = tw.createClient({ fetch, maxConcurrency: 2 });
      await Promise.all(Array.from({ length: 8 }, (_, seed) => client.chat({ ...hello, seed })));
      equal(most, 2);
      same(order, [0, 1, 2, 3, 4, 5, 6, 7]);
    },
  },
  {
    name: "a call gives its turn back however it ends, and an aborted one leaves the queue",
    async run(tw) {
      const fetch = sequence(replay(says("a")), refusal(400), replay([text("cut")]), replay(says("d")), completes("e"));
      const client = tw.createClient({ fetch, maxConcurrency: 1, maxRetries: 0 });
      const first = client.chat(streaming);
      const control = new AbortController();
      const left = rejectsWith(client.chat(hello, { signal: control.signal }), tw.APIUserAbortError);
      control.abort();
      await inTime(left, "the one that leaves");
      equal((await first.final()).choices[0].message.content, "a");
      await rejectsWith(client.chat(hello), tw.BadRequestError);
      await rejectsWith(client.chat(streaming).final(), tw.StreamError);
      for await (const part of client.chat(streaming).text) { equal(part, "d"); break; }
      equal((await inTime(client.chat(hello), "the last")).choices[0].message.content, "e");
    },
  },
  {
    name: "a 429 that says when to come back makes the queue wait",
    async run(tw) {
      const starts = [];
      const good = completes();
      const fetch = async (input, init) => {
        starts.push(performance.now());
        return starts.length === 1 ? refusal(429, { "retry-after-ms": "120" }) : good(input, init);
      };
      const client = tw.createClient({ fetch, maxConcurrency: 2 });
      const first = client.chat(hello);
      await settle(20);
      await Promise.all([first, client.chat(hello), client.chat(hello)]);
      ok(starts.slice(1).every((at) => at - starts[0] >= 100), `began after ${starts.map((at) => Math.round(at - starts[0]))}`);
      match((await rejectsWith(tw.chat(hello, { maxConcurrency: 0 }), tw.ConfigError)).message, /maxConcurrency/);
    },
  },
];

const places = [
  {
    name: "no key goes over http to a public host, unless it is told to",
    async run(tw) {
      const at = (baseURL, more) => tw.chat(hello, { baseURL, apiKey: "sk-very-secret", fetch: completes(), dangerouslyAllowBrowser: true, ...more });
      const error = await rejectsWith(at("http://gw.example/v1"), tw.ConfigError);
      match(error.message, /https.*allowInsecureKey/);
      ok(!JSON.stringify(error).includes("very-secret"));
      for (const baseURL of ["http://localhost:11434", "http://127.0.0.1:8080/v1", "http://[::1]:1234"]) await at(baseURL);
      await tw.chat(hello, { baseURL: "http://gw.example/v1", fetch: completes() });
      await at("http://gw.example/v1", { allowInsecureKey: true });
      await rejectsWith(at("http://gw.example/v1", { allowInsecureKey: "yes" }), tw.ConfigError, /allowInsecureKey/);
    },
  },
  {
    name: "a page keeps its key, unless it is told otherwise",
    async run(tw) {
      const page = globalThis.location?.origin;
      const call = (more) => tw.chat(hello, { baseURL: "https://api.example/v1", apiKey: "sk-very-secret", fetch: completes(), ...more });
      if (page === undefined) return void (await call());
      match((await rejectsWith(call(), tw.ConfigError)).message, /gateway.*dangerouslyAllowBrowser/);
      await call({ dangerouslyAllowBrowser: true });
      await call({ baseURL: `${page}/v1` });
    },
  },
];

places.push({
  name: "a redirect is not followed with a key, and the error says where it leads",
  async run(tw) {
    const modes = [];
    const fetch = async (input, init) => {
      modes.push(init.redirect);
      return new Response(null, { status: 307, headers: { location: "https://elsewhere.example/v1/chat/completions?key=secret" } });
    };
    for (const options of [{ apiKey: "sk-very-secret", dangerouslyAllowBrowser: true }, { headers: { "x-api-key": "sk-very-secret" } }]) {
      const error = await rejectsWith(tw.chat(hello, { fetch, ...options }), tw.APIError);
      equal(error.status, 307);
      match(error.message, /redirects to https:\/\/elsewhere\.example\/v1\/chat\/completions,.*baseURL/);
    }
    await rejectsWith(tw.chat(hello, { fetch }), tw.APIError);
    same(modes, ["manual", "manual", undefined]);
  },
});

const bounds = [
  {
    name: "limits are bounds of what is held",
    async run(tw) {
      const error = async (limits, reads) => rejectsWith(tw.chat(streaming, { fetch: replay(reads), limits, maxRetries: 0 }).final(), tw.StreamError);
      for (const [limits, reads] of [[{ maxEventBytes: 500 }, [text("x".repeat(600))]], [{ maxResponseBytes: 500 }, [text("a"), text("b"), text("c"), text("d"), usage()]], [{ maxToolCalls: 0 }, [says("a")[0].replace('"content":"a"', '"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}]')]]]) {
        equal((await error(limits, reads)).kind, "limit");
      }
      match((await rejectsWith(tw.chat(hello, { limits: { maxEventBytes: "1" } }), tw.ConfigError)).message, /maxEventBytes/);
    },
  },
];

export const timeCases = [...times, ...retries, ...queues, ...places, ...bounds];
