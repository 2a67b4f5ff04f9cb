// The end of a call is one event: turn, clock, request and what waits are let go there. Runs in every runtime.

import { equal, inTime, ok, rejects, rejectsWith, settle } from "../support/check.js";
import { hangs, replay, unreachable } from "../support/fake-fetch.js";
import { collect, foldChunks, foldEvents } from "../support/outcome.js";
import { busy, holds, isFree, itemsOf, loops, oneTurn, refuses, sequence, streaming, throughAll } from "../support/provider.js";
import { delta, end, says, text, usage } from "../support/wire.js";

/** What a stream waits in: a provider, and how often next() is asked until one waits. */
const waits = {
  "a back-off after a lost connection": () => unreachable(),
  "a back-off that a 429 asked for": () => refuses(429, {}, { "retry-after-ms": "300" }),
  "a back-off after an empty stream": () => replay([""]),
  "a back-off after an error frame": () => replay([busy]),
  "the wait for the response": () => hangs(),
  "the wait for a response of a deaf fetch": () => hangs({ deaf: true }),
  "the wait for the first byte": () => holds(),
  "the wait for more": () => holds([text("Hi")]),
};

/** Two next() at once: the second waits whatever has come. Both settle, and the one that waited is done. */
async function leaves(items, leave, what) {
  const asked = [items.next(), items.next()];
  asked.forEach((next) => next.catch(() => {}));
  await settle(40);
  const left = await inTime(leave(), `leaving ${what}`, 2000);
  if (left !== undefined) equal(left.done, true, `${what}: return()`);
  equal((await inTime(asked[1], `the next() in ${what}`, 2000)).done, true, what);
  equal((await inTime(items.next(), `a next() after ${what}`, 2000)).done, true, what);
}

const leavings = {
  ...Object.fromEntries(loops.map((face) => [`return() of ${face}`, (stream) => {
    const items = itemsOf(stream, face);
    return [items, () => items.return()];
  }])),
  "disposal": (stream) => [stream[Symbol.asyncIterator](), () => stream[Symbol.asyncDispose]()],
  "cancel() of the ReadableStream": (stream) => {
    const reader = stream.toReadableStream().getReader();
    return [{ next: () => reader.read() }, () => reader.cancel("gone")];
  },
};

const quietly = Object.entries(waits).flatMap(([label, provider]) => Object.entries(leavings).map(([way, open]) => ({
  name: `${way} in ${label}: done, quiet, and the turn is given back`,
  async run(tw) {
    const fetch = provider();
    const client = oneTurn(tw, fetch, { maxRetries: 9 });
    const stream = client.chat(streaming);
    const [items, leave] = open(stream);
    await leaves(items, leave, label);
    equal(stream.end, "aborted");
    await isFree(client, way);
    if (fetch.left !== undefined) ok(fetch.left, "the request is cancelled");
  },
})));

const branches = {
  name: "both branches of a tee are left in a back-off: done, and the turn is given back",
  async run(tw) {
    for (const provider of [() => unreachable(), () => hangs(), () => holds()]) {
      const client = oneTurn(tw, provider(), { maxRetries: 9 });
      const [left, right] = client.chat(streaming).tee();
      const items = [left.text[Symbol.asyncIterator](), right[Symbol.asyncIterator]()];
      const pending = items.map((one) => one.next());
      await settle(40);
      for (const one of items) equal((await inTime(one.return(), "return()", 2000)).done, true);
      for (const next of pending) equal((await inTime(next, "a pending next()", 2000)).done, true);
      await isFree(client, "both branches were left");
    }
  },
};

const unread = [
  ...[
    ["total, as a number", 50], ["total", { total: 50 }], ["firstToken", { firstToken: 50 }], ["both", { total: 400, firstToken: 50 }],
  ].map(([label, timeout]) => ({
    name: `a timeout that passes while nobody reads gives the turn back: ${label}`,
    async run(tw) {
      const providers = { "no response": hangs(), "a deaf fetch": hangs({ deaf: true }), "no byte": holds(), "pings": holds([": ping\n\n", 10, ": ping\n\n"]) };
      for (const [what, fetch] of Object.entries(providers)) {
        const client = oneTurn(tw, fetch, { maxRetries: 0 });
        const stream = client.chat(streaming, { timeout });
        await isFree(client, what);
        equal(stream.end, "error", what);
        await rejectsWith(inTime(stream.final(), what), tw.APITimeoutError);
        await inTime(stream.response.catch(() => {}), `${what}: response`);
      }
    },
  })),
  {
    name: "the total time ends a stream whose reply is there and is not read",
    async run(tw) {
      for (const fetch of [holds([text("Hi")]), replay(says("Hi", " there", " you"))]) {
        const client = oneTurn(tw, fetch, { maxRetries: 0 });
        const stream = client.chat(streaming, { timeout: 60 });
        await isFree(client, "the total time");
        equal(stream.end, "error");
        equal((await rejectsWith(inTime(stream.final(), "final()"), tw.APITimeoutError)).phase, "total");
      }
    },
  },
];

/** One reply in several reads: [label, reads]. */
const tail = delta({}, "stop");
const cuts = [
  ["one chunk a read", says("a", "b", "c")],
  ["all in one read", [says("a", "b", "c").join("")]],
  ["the finish and [DONE] in one read", [...says("a", "b", "c").slice(0, -2), end().join("")]],
  ["usage after the finish", [...says("a", "b", "c").slice(0, -1), usage(), "data: [DONE]\n\n"]],
  ["usage and [DONE] in one read", [...says("a", "b", "c").slice(0, -1), `${usage()}data: [DONE]\n\n`]],
  ["no [DONE]", [text("a"), text("b"), text("c"), tail]],
  ["no [DONE], in one read", [[text("a"), text("b"), text("c"), tail].join("")]],
];

const untilEnd = cuts.map(([label, reads]) => ({
  name: `a loop that stops as soon as stream.end is set has every item and gives the turn back: ${label}`,
  async run(tw) {
    for (const face of loops) {
      for (const branch of [false, true]) {
        const client = oneTurn(tw, replay(reads));
        const [stream, other] = branch ? client.chat(streaming).tee() : [client.chat(streaming)];
        const items = itemsOf(stream, face);
        const found = [];
        while (!stream.end) {
          const { done, value } = await inTime(items.next(), `${face}: next()`);
          if (!done) found.push(value);
          ok(found.length < 20, "it ends");
        }
        const said = { chunks: () => foldChunks(found).text, text: () => found.join(""), events: () => foldEvents(found).text };
        equal(said[face](), "abc", face);
        if (face !== "text") equal((face === "chunks" ? foldChunks : foldEvents)(found).finish_reason, "stop", face);
        equal(stream.end, "complete");
        if (other) equal((await inTime(other.final(), "the other branch")).choices[0].message.content, "abc");
        await isFree(client, face);
      }
    }
  },
}));

const set = {
  name: "stream.end is set with the last item and not before it",
  async run(tw) {
    for (const [face, count] of [["text", 1], ["chunks", 4], ["events", 4]]) {
      const stream = tw.chat(streaming, { fetch: replay(says("a", "b", "c").join("")) });
      const items = itemsOf(stream, face);
      for (let at = 1; at <= count; at += 1) {
        equal((await items.next()).done, false, face);
        equal(stream.end, at < count ? undefined : "complete", `${face}: after item ${at}`);
      }
    }
  },
};

const stops = [["abort()", (stream) => stream.abort("enough")], ["the signal", (stream, control) => control.abort("enough")]];

const now = stops.flatMap(([way, stop]) => [
  {
    name: `${way} in the loop stops at that item, whatever was read already`,
    async run(tw) {
      const words = [..."abcdefghijklmnopqrst"];
      const bodies = { "twenty chunks in a read": [says(...words).join("")], "not ended": [words.map(text).join("")], "the end apart": [words.map(text).join(""), ...end()] };
      for (const [label, reads] of Object.entries(bodies)) {
        for (const face of ["chunks", "events"]) {
          const control = new AbortController();
          const stream = tw.chat(streaming, { fetch: replay(reads), signal: control.signal, maxRetries: 0 });
          let count = 0;
          const loop = async () => { for await (const item of stream[face] ?? stream) if (item && ++count === 2) stop(stream, control); };
          const error = await rejectsWith(inTime(loop(), face), tw.APIUserAbortError, undefined, `${label}, ${face}`);
          equal(error.cause, "enough");
          equal(count, 2, `${label}, ${face}: items`);
          equal(stream.end, "aborted", `${label}, ${face}`);
          equal(await rejects(stream.final()), error, "final() has the same");
        }
      }
    },
  },
  {
    name: `${way} drops items that final() has read ahead, in every loop`,
    async run(tw) {
      for (const face of loops) {
        for (const [branch, cut] of [[false, "reads"], [true, "reads"], [false, "one read"], [true, "one read"]]) {
          const control = new AbortController();
          const reads = says("a", "b", "c", "d", "e");
          const whole = tw.chat(streaming, { fetch: replay(cut === "one read" && face !== "text" ? [reads.join("")] : reads), signal: control.signal });
          const stream = branch ? whole.tee()[0] : whole;
          const items = itemsOf(stream, face);
          equal((await items.next()).done, false);
          await inTime(stream.final(), "final()");
          equal(stream.end, "complete", `${face}: final() has all of it`);
          stop(stream, control);
          const error = await rejectsWith(inTime(items.next(), face), tw.APIUserAbortError, undefined, face);
          equal(error.cause, "enough");
          equal(stream.end, "complete", face);
        }
      }
    },
  },
  {
    name: `${way} between two reads of the SSE gives an error frame and no further chunk`,
    async run(tw) {
      const control = new AbortController();
      const stream = tw.chat(streaming, { fetch: replay([text("a"), [..."bcdef"].map(text).join(""), ...end()]), signal: control.signal });
      const reader = stream.toReadableStream().getReader();
      let rest = "";
      equal((await reader.read()).done, false);
      stop(stream, control);
      const error = await rejectsWith(inTime((async () => {
        for (;;) { const { done, value } = await reader.read(); if (done) return; rest += new TextDecoder().decode(value); }
      })(), "the rest"), tw.APIUserAbortError);
      equal(error.cause, "enough");
      ok(!rest.includes("[DONE]") && !rest.includes('"f"'), rest);
    },
  },
]);

const broken = {
  name: "break while items of an ended reply wait is quiet, and aborted",
  async run(tw) {
    for (const face of ["chunks", "events"]) {
      const client = oneTurn(tw, replay(says("a", "b", "c").join("")));
      const stream = client.chat(streaming);
      for await (const item of stream[face] ?? stream) { ok(item); break; }
      equal(stream.end, "aborted", face);
      await isFree(client, face);
    }
  },
};

const completeness = [
  {
    name: "silence after the finish reason is an end, with idle set",
    async run(tw) {
      const bodies = { "after the finish": [text("Hi"), tail], "after usage": [text("Hi"), tail, usage()], "with pings": [text("Hi"), tail, ...Array(8).fill([20, ": ping\n\n"]).flat()] };
      for (const [label, reads] of Object.entries(bodies)) {
        await throughAll(() => tw.chat(streaming, { fetch: holds(reads), timeout: { idle: 60 }, maxRetries: 0 }), (outcome, way) => {
          equal(outcome.error, undefined, `${label}, ${way}`);
          equal(outcome.end, "complete", `${label}, ${way}`);
          equal(outcome.snapshot.text, "Hi", `${label}, ${way}`);
        });
      }
      const two = tw.chat({ ...streaming, n: 2 }, { fetch: holds([text("Hi"), tail]), timeout: { idle: 60 }, maxRetries: 0 });
      equal((await rejectsWith(inTime(two.final(), "one of two"), tw.APITimeoutError)).phase, "idle");
    },
  },
  {
    name: "n choices were asked for: a body that ends before all have finished is cut, unless [DONE] came",
    async run(tw) {
      const second = text("Ho").replace('"index":0', '"index":1');
      const bodies = { "before it began": [text("Hi"), tail], "in one read": [text("Hi") + tail], "before it finished": [text("Hi"), second, tail] };
      for (const [label, reads] of Object.entries(bodies)) {
        const faults = { close: replay(reads), fail: replay(reads, { fail: new TypeError("terminated") }) };
        for (const [how, fetch] of Object.entries(faults)) {
          await throughAll(() => tw.chat({ ...streaming, n: 2 }, { fetch, maxRetries: 0 }), ({ error, end: ended }, way) => {
            ok(error instanceof tw.StreamError && error.kind === "truncated", `${label}, ${how}, ${way}: ${error}`);
            equal(ended, "truncated", `${label}, ${how}, ${way}`);
          });
        }
        const extra = tw.chat(streaming, { fetch: replay(reads), maxRetries: 0, extraBody: { n: 3 } });
        equal((await rejectsWith(extra.final(), tw.StreamError)).kind, "truncated", "extraBody");
        const marked = tw.chat({ ...streaming, n: 2 }, { fetch: replay([...reads, "data: [DONE]\n\n"]) });
        equal((await marked.final()).choices[0].message.content, "Hi");
      }
      for (const n of [1, null]) equal((await tw.chat({ ...streaming, n }, { fetch: replay([text("Hi"), tail]) }).final()).choices.length, 1);
    },
  },
  {
    name: "firstToken is no time that the consumer takes before it reads",
    async run(tw) {
      const role = delta({ role: "assistant", content: "" });
      const bodies = { "content at once": says("Hi"), "in one read": [says("Hi").join("")], "a role chunk before it": [role, text("Hi"), ...end()], "content after 40 ms": [40, text("Hi"), ...end()] };
      for (const [label, reads] of Object.entries(bodies)) {
        const streams = [];
        await throughAll(() => streams.shift(), ({ error, end: ended }, way) => {
          equal(error, undefined, `${label}, ${way}`);
          equal(ended, "complete", `${label}, ${way}`);
        }, await opened(streams, () => tw.chat(streaming, { fetch: holds(reads, { closes: true }), timeout: { firstToken: 160 }, maxRetries: 0 })));
      }
      const late = tw.chat(streaming, { fetch: holds([": ping\n\n"]), timeout: { firstToken: 60 }, maxRetries: 0 });
      equal((await rejectsWith(inTime(collect(late.text).then(({ error }) => { throw error; }), "no content"), tw.APITimeoutError)).phase, "firstToken");
    },
  },
];

/** Opens one stream for each way to read, and lets 320 ms pass; gives the names of the ways. */
async function opened(streams, open) {
  const names = ["chunks", "text", "events", "final", "sse", "tee"];
  names.forEach(() => streams.push(open()));
  await settle(320);
  return names;
}

const meta = [
  {
    name: "stream.response waits between two tries",
    async run(tw) {
      for (const first of [refuses(500, {}, { "retry-after-ms": "150" }), unreachable(), replay([""]), replay([busy])]) {
        const stream = tw.chat(streaming, { fetch: sequence(first, replay(says("Hi"))) });
        const early = stream.response;
        const done = stream.final();
        await settle(60);
        const between = stream.response;
        equal((await inTime(between, "response")).attempts, 2, "asked between them");
        ok([1, 2].includes((await inTime(early, "response")).attempts));
        await inTime(done, "final()");
        equal((await stream.response).attempts, 2);
        equal((await stream.response).status, 200);
      }
    },
  },
  {
    name: "stream.response rejects with the failure of the last try",
    async run(tw) {
      const soon = { "retry-after-ms": "1" };
      const lasts = [refuses(400, { message: "final" }), refuses(500, {}, { ...soon, "x-should-retry": "false" }), async () => { throw new TypeError("fetch failed"); }];
      for (const last of lasts) {
        const stream = tw.chat(streaming, { fetch: sequence(refuses(500, {}, soon), last), maxRetries: 1 });
        const early = rejects(inTime(stream.response, "response"));
        const error = await rejects(inTime(stream.final(), "final()"));
        ok(error instanceof tw.TokenwireError, String(error));
        equal(await rejects(inTime(stream.response, "response")), error, "afterwards");
        equal(await early, error, "asked before");
      }
      const emptied = tw.chat(streaming, { fetch: sequence(replay([": ping\n\n"]), unreachable()), maxRetries: 1 });
      equal(await rejects(inTime(emptied.final(), "final()")), await rejects(inTime(emptied.response, "response")));
    },
  },
  {
    name: "stream.response of a call that was left or aborted before any response rejects with APIUserAbortError",
    async run(tw) {
      for (const fetch of [hangs(), unreachable(), refuses(429, {}, { "retry-after": "20" })]) {
        for (const leave of [(stream, items) => items.return(), (stream) => stream.abort("x"), (stream) => stream[Symbol.asyncDispose]()]) {
          const stream = tw.chat(streaming, { fetch, maxRetries: 5 });
          const items = stream[Symbol.asyncIterator]();
          items.next().catch(() => {});
          const before = rejects(inTime(stream.response, "response, asked before", 2000));
          await settle(20);
          await inTime(Promise.resolve(leave(stream, items)), "leaving", 2000);
          await rejectsWith(inTime(stream.response, "response, asked after", 2000), tw.APIUserAbortError);
          ok((await before) instanceof tw.APIUserAbortError, String(await before));
        }
      }
    },
  },
];

export const endCases = [...quietly, branches, ...unread, ...untilEnd, set, ...now, broken, ...completeness, ...meta];
