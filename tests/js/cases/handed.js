// Handing a stream on: tee, final() beside a Response, and reading once more after final(). Runs in every runtime.

import { equal, inTime, match, ok, rejects, rejectsWith, same, settle } from "../support/check.js";
import { replay } from "../support/fake-fetch.js";
import { collect, foldChunks, foldEvents, ofCompletion, readCleanSse } from "../support/outcome.js";
import { busy, holds, itemsOf, loops, oneTurn, isFree, streaming, ways } from "../support/provider.js";
import { delta, end, says, text, usage } from "../support/wire.js";

const words = [..."abcdefghijklmnopqrstuvwxyz"];
const open = (tw, reads, options) => tw.chat(streaming, { fetch: replay(reads), maxRetries: 0, ...options });
const said = { chunks: (items) => foldChunks(items).text, text: (items) => items.join(""), events: (items) => foldEvents(items).text };

const calls = (count) => Array.from({ length: count }, (_, index) => delta({ tool_calls: [{ index, id: `c${index}`, type: "function", function: { name: "f", arguments: "{}" } }] }));

const tees = [
  {
    name: "a branch of a tee has the limits of its origin: wider ones",
    async run(tw) {
      const reads = [calls(1500).join(""), ...end("tool_calls")];
      for (const nested of [false, true]) {
        const stream = open(tw, reads, { limits: { maxToolCalls: 3000 } });
        const [left, right] = nested ? stream.tee()[0].tee() : stream.tee();
        const [whole, loop] = await inTime(Promise.all([left.final(), collect(right.events)]), "both", 20_000);
        equal(whole.choices[0].message.tool_calls.length, 1500);
        equal(loop.error, undefined);
        equal(loop.items.filter(({ type }) => type === "tool_call.done").length, 1500);
      }
    },
  },
  {
    name: "a branch of a tee has the limits of its origin: tighter ones, told as the very error",
    async run(tw) {
      const bounds = { maxToolCalls: [{ maxToolCalls: 2 }, [...calls(5), ...end("tool_calls")]], maxResponseBytes: [{ maxResponseBytes: 300 }, says("a", "b", "c")], maxEventBytes: [{ maxEventBytes: 400 }, [text("a"), text("x".repeat(500)), ...end()]] };
      for (const [label, [limits, reads]] of Object.entries(bounds)) {
        const stream = open(tw, reads, { limits });
        const [left, right] = stream.tee();
        const error = await rejectsWith(inTime(left.final(), label), tw.StreamError);
        equal(error.kind, "limit", label);
        equal((await collect(right.text)).error, error, label);
        for (const one of [left, right, stream]) equal(one.end, "error", label);
      }
    },
  },
  ...loops.map((face) => ({
    name: `tee() after final() gives branches that read the whole reply: ${face}`,
    async run(tw) {
      for (const reads of [says(...words), [says(...words).join("")]]) {
        const stream = open(tw, reads);
        const whole = await stream.final();
        const [left, right] = stream.tee();
        const { items, error } = await inTime(collect(left[face] ?? left), face);
        equal(error, undefined, face);
        equal(said[face](items), words.join(""), face);
        same(await inTime(right.final(), "the other"), whole);
        for (const one of [left, right, stream]) equal(one.end, "complete");
        same([...left.repairs], [...stream.repairs]);
        equal((await left.response).status, 200);
      }
    },
  })),
  {
    name: "tee() after a final() that failed gives all that came, and then the very error",
    async run(tw) {
      for (const [reads, how] of [[[text("Hel"), text("lo")], "truncated"], [[text("Hel"), text("lo"), busy], "error"]]) {
        const stream = open(tw, reads);
        const failure = await rejectsWith(stream.final(), tw.StreamError);
        const [left, right] = stream.tee();
        const { items, error } = await inTime(collect(left.text), how);
        equal(items.join(""), "Hello", how);
        equal(error, failure, how);
        equal(await rejects(inTime(right.final(), how)), failure);
        for (const one of [left, right, stream]) equal(one.end, how);
      }
    },
  },
  {
    name: "tee() after an abort, and an abort of the origin: branches end as it did",
    async run(tw) {
      const before = open(tw, says(...words));
      before.abort("gone");
      for (const branch of before.tee()) {
        equal((await rejectsWith(inTime(branch.final(), "branch"), tw.APIUserAbortError)).cause, "gone");
        equal(branch.end, "aborted");
      }
      const stream = tw.chat(streaming, { fetch: holds([text("a")]) });
      const branches = stream.tee();
      const pending = branches.map((branch) => rejectsWith(inTime(branch.final(), "branch"), tw.APIUserAbortError));
      await settle();
      stream.abort("gone");
      for (const error of await Promise.all(pending)) equal(error.cause, "gone");
      for (const one of [...branches, stream]) equal(one.end, "aborted");
    },
  },
  {
    name: "a branch of a tee ends as its origin: complete by [DONE] alone, n choices, a filled snapshot",
    async run(tw) {
      for (const [reads, more, how] of [[[text("Hi"), "data: [DONE]\n\n"], {}, "complete"], [[text("Hi"), delta({}, "stop")], { n: 2 }, "truncated"], [[text("Hi"), delta({}, "length")], {}, "complete"]]) {
        const stream = tw.chat({ ...streaming, ...more }, { fetch: replay(reads), maxRetries: 0 });
        const branches = stream.tee();
        await inTime(Promise.all(branches.map((branch) => collect(branch))), "both");
        for (const one of [...branches, stream]) {
          equal(one.end, how);
          equal(one.snapshot.choices[0].message.content, "Hi");
        }
      }
    },
  },
];

const again = [
  {
    name: "a stream can be iterated after final(): the whole reply at once",
    async run(tw) {
      const reads = [...says(...words).slice(0, -1), usage(), "data: [DONE]\n\n"];
      for (const way of Object.keys(ways)) {
        for (const cut of [reads, [reads.join("")]]) {
          const fetch = replay(cut);
          const stream = tw.chat(streaming, { fetch });
          const whole = ofCompletion(await stream.final());
          const pulls = fetch.pulls;
          const outcome = await ways[way](stream);
          equal(outcome.error, undefined, way);
          equal(outcome.text, words.join(""), way);
          if (way !== "text") same(outcome.usage, whole.usage, way);
          equal(stream.end, "complete", way);
          equal(fetch.pulls, pulls, `${way}: nothing more is read`);
          equal(fetch.calls.length, 1, way);
        }
      }
    },
  },
  {
    name: "after a final() that failed, an iteration gives what came and then the very error",
    async run(tw) {
      for (const face of loops) {
        const stream = open(tw, [text("Hel"), text("lo")]);
        const failure = await rejectsWith(stream.final(), tw.StreamError);
        const { items, error } = await inTime(collect(stream[face] ?? stream), face);
        equal(said[face](items), "Hello", face);
        equal(error, failure, face);
      }
    },
  },
  {
    name: "a second iteration stays a ConfigError, also after final()",
    async run(tw) {
      const stream = open(tw, says(...words));
      await stream.final();
      equal((await collect(stream.text)).items.join(""), words.join(""));
      for (const face of loops) await rejectsWith(itemsOf(stream, face).next(), tw.ConfigError, /tee|once|already|single/i);
      await rejectsWith(stream.toReadableStream().getReader().read(), tw.ConfigError);
    },
  },
];

const reply = says(...words);

/** final() and the SSE of one stream, asked in this order: {done, body}. */
const orders = {
  "final() first, toResponse()": (stream) => { const done = stream.final(); return { done, body: stream.toResponse().body }; },
  "toResponse() first": (stream) => { const { body } = stream.toResponse(); return { done: stream.final(), body }; },
  "final() first, toReadableStream()": (stream) => { const done = stream.final(); return { done, body: stream.toReadableStream() }; },
  "toReadableStream() first": (stream) => { const body = stream.toReadableStream(); return { done: stream.final(), body }; },
  "final() on both sides": (stream) => { stream.final().catch(() => {}); const { body } = stream.toResponse(); return { done: stream.final(), body }; },
};

const beside = Object.entries(orders).flatMap(([label, both]) => [
  {
    name: `final() beside a Response, ${label}: both have the whole reply`,
    async run(tw) {
      for (const reads of [reply, [reply.join("")]]) {
        const stream = open(tw, reads);
        const { done, body } = both(stream);
        const [whole, sse] = await inTime(Promise.all([done, new Response(body).text()]), label);
        equal(ofCompletion(whole).text, words.join(""));
        const frames = readCleanSse(sse);
        equal(foldChunks(frames.slice(0, -1)).text, words.join(""));
        equal(frames.at(-1), "[DONE]");
        equal(stream.end, "complete");
      }
    },
  },
  {
    name: `final() beside a Response, ${label}: the provider is read as fast as the Response is`,
    async run(tw) {
      const fetch = replay(reply);
      const { done, body } = both(tw.chat(streaming, { fetch }));
      await settle(60);
      ok(fetch.pulls <= 3, `${fetch.pulls} reads before the client reads`);
      const reader = body.getReader();
      for (let taken = 1; taken <= 5; taken += 1) {
        await inTime(reader.read(), "a read");
        await settle(10);
        ok(fetch.pulls <= taken + 3, `${fetch.pulls} reads after ${taken}`);
      }
      while (!(await inTime(reader.read(), "the rest")).done);
      equal(ofCompletion(await inTime(done, "final()")).text, words.join(""));
    },
  },
  {
    name: `final() beside a Response, ${label}: when the client leaves, the request ends and final() rejects`,
    async run(tw) {
      for (const taken of [0, 1]) {
        const fetch = holds([text("a"), text("b")]);
        const client = oneTurn(tw, fetch);
        const stream = client.chat(streaming);
        const { done, body } = both(stream);
        const ended = rejects(inTime(done, "final()", 2000));
        const reader = body.getReader();
        for (let n = 0; n < taken; n += 1) await reader.read();
        await settle();
        await inTime(reader.cancel("left"), "cancel()");
        ok((await ended) instanceof tw.APIUserAbortError, String(await ended));
        equal(stream.end, "aborted");
        ok(fetch.left, "the request is cancelled");
        await isFree(client, "the client left");
      }
    },
  },
  {
    name: `final() beside a Response, ${label}: a failure is told to both`,
    async run(tw) {
      const stream = open(tw, [text("a"), busy]);
      const { done, body } = both(stream);
      const [error, sse] = await inTime(Promise.all([rejects(done), collectBytes(body)]), label);
      equal(error.kind, "overloaded");
      match(sse, /"a".*Overloaded/s);
      equal(stream.end, "error");
    },
  },
]);

async function collectBytes(body) {
  const reader = body.getReader();
  let all = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return all;
      all += new TextDecoder().decode(value);
    }
  } catch {
    return all;
  }
}

const later = {
  name: "final() asked, the response awaited, then toResponse(): the whole reply still goes out",
  async run(tw) {
    const stream = open(tw, reply);
    const done = stream.final();
    await stream.response;
    const sse = await inTime(stream.toResponse().text(), "the Response");
    equal(foldChunks(readCleanSse(sse).slice(0, -1)).text, words.join(""));
    equal(ofCompletion(await inTime(done, "final()")).text, words.join(""));
  },
};

export const handedCases = [...tees, ...again, ...beside, later];
