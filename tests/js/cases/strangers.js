// Foreign code that throws, calls back, or gives odd reasons: one call ends, the others go on. Runs in every runtime.

import { toBytes } from "../support/bytes.js";
import { equal, inTime, lacks, match, ok, rejects, settle } from "../support/check.js";
import { completes, hangs, openBody, replay } from "../support/fake-fetch.js";
import { holds, isFree, oneTurn, refuses, sequence, streaming } from "../support/provider.js";
import { end, hello, says, text } from "../support/wire.js";

const word = (reply) => reply.choices[0].message.content;
const nope = () => { throw new RangeError("a trap of the proxy"); };
const traps = Object.fromEntries(["get", "set", "has", "getPrototypeOf", "ownKeys", "getOwnPropertyDescriptor", "defineProperty", "isExtensible", "apply"].map((name) => [name, nope]));
const hostile = () => new Proxy(() => {}, traps);
class Odd extends Error { get message() { throw new Error("no message"); } get name() { throw new Error("no name"); } get stack() { throw new Error("no stack"); } }

const reasons = {
  "a RangeError": () => new RangeError("mine"),
  "a RuntimeError of WebAssembly": () => new WebAssembly.RuntimeError("unreachable"),
  "a CompileError of WebAssembly": () => new WebAssembly.CompileError("mine"),
  "a SyntaxError": () => new SyntaxError("mine"),
  "a TypeError": () => new TypeError("null pointer passed to rust"),
  "a frozen error": () => Object.freeze(new Error("frozen")),
  "a frozen object": () => Object.freeze({ why: "left" }),
  "a proxy that throws on every trap": hostile,
  "an error whose getters throw": () => new Odd(),
  "an object without a prototype": () => Object.create(null),
  "a symbol": () => Symbol("left"),
  "a string": () => "left",
  "an empty string": () => "",
  "false": () => false,
  "a BigInt": () => 1n,
};

/** A stream beside the one that ends: gives a function that sees it through. */
async function beside(tw) {
  const feed = openBody();
  const stream = tw.chat(streaming, { fetch: feed, maxRetries: 0 });
  const items = stream.text[Symbol.asyncIterator]();
  feed.push(text("a"));
  equal((await items.next()).value, "a");
  return async (what) => {
    feed.push(text("b"));
    equal((await inTime(items.next(), `the stream beside ${what}`)).value, "b", what);
    for (const part of end()) feed.push(part);
    equal((await inTime(items.next(), "its end")).done, true);
    equal(stream.end, "complete");
    equal(word(await tw.chat(hello, { fetch: completes() })), "Hello", "and calls go on");
  };
}

/** The very reason is the cause; nothing is printed of it, for it may throw. */
function causedBy(tw, error, reason, what) {
  ok(error instanceof tw.APIUserAbortError, `${what}: an APIUserAbortError`);
  ok(Object.is(error.cause, reason), `${what}: the cause is the very reason`);
  match(error.message, /\S/, what);
  lacks(error.message, "broke down", what);
}

const moments = {
  "before the response": () => hangs(),
  "in a deaf fetch": () => hangs({ deaf: true }),
  "before the first byte": () => holds(),
  "after content": () => holds([text("Hi")]),
  "in a back-off": () => async () => { throw new TypeError("fetch failed"); },
};

/** workerd looks into a reason, and throws what that throws: such a reason never gets to a signal there. */
function isTaken(reason) {
  try {
    new AbortController().abort(reason);
    return true;
  } catch {
    return false;
  }
}

const odd = Object.entries(reasons).map(([label, make]) => ({
  name: `${label} as the reason of an abort ends that one call, and is its cause`,
  async run(tw) {
    const goesOn = await beside(tw);
    for (const [moment, provider] of Object.entries(moments)) {
      for (const way of isTaken(make()) ? ["abort()", "signal"] : ["abort()"]) {
        const what = `${label}, ${moment}, ${way}`;
        const reason = make();
        const control = new AbortController();
        const client = oneTurn(tw, provider(), { maxRetries: 5 });
        const stream = client.chat(streaming, { signal: control.signal });
        const done = rejects(inTime(stream.final(), what, 2000), what);
        await settle(5);
        if (way === "abort()") stream.abort(reason);
        else control.abort(reason);
        causedBy(tw, await done, reason, what);
        equal(stream.end, "aborted", what);
        await isFree(client, what);
      }
    }
    if (!isTaken(make())) return goesOn(label);
    const reason = make();
    const control = new AbortController();
    control.abort(reason);
    causedBy(tw, await rejects(inTime(tw.chat(hello, { fetch: completes(), signal: control.signal }), "before the call")), reason, "before the call");
    const late = new AbortController();
    const plain = rejects(inTime(tw.chat(hello, { fetch: hangs(), signal: late.signal }), "a plain call"));
    await settle(5);
    late.abort(reason);
    causedBy(tw, await plain, reason, "a plain call");
    await goesOn(label);
  },
}));

const throws = {
  "undefined": () => undefined, "null": () => null, "a string": () => "down", "a number": () => 7, "a frozen object": () => Object.freeze({ code: "X" }),
  "a frozen error": () => Object.freeze(new TypeError("fetch failed")), "a proxy that throws on every trap": hostile, "an error whose getters throw": () => new Odd(),
  "a RuntimeError of WebAssembly": () => new WebAssembly.RuntimeError("unreachable"), "a RangeError": () => new RangeError("mine"), "a symbol": () => Symbol("x"),
};

/** The call fails with an error of ours, in time, in both forms. */
async function fails(tw, fetch, what, type = tw.TokenwireError) {
  for (const stream of [false, true]) {
    const call = tw.chat({ ...hello, stream }, { fetch, maxRetries: 0 });
    const error = await rejects(inTime(stream ? call.final() : call, what, 2000), what);
    ok(error instanceof type, `${what}: a ${type.name}`);
    match(error.message, /\S/, what);
    lacks(error.message, "broke down", what);
  }
}

const thrown = Object.entries(throws).flatMap(([label, make]) => [
  {
    name: `a fetch that rejects with, or throws, ${label} is an APIConnectionError`,
    async run(tw) {
      const goesOn = await beside(tw);
      await fails(tw, () => Promise.reject(make()), `rejects with ${label}`, tw.APIConnectionError);
      await fails(tw, () => { throw make(); }, `throws ${label}`, tw.APIConnectionError);
      let tries = 0;
      const second = (url, init) => { tries += 1; if (tries % 2) throw make(); return replay(says("Hi"))(url, init); };
      equal(word(await inTime(tw.chat(streaming, { fetch: second }).final(), "the second try")), "Hi", "it is tried again");
      await goesOn(label);
    },
  },
  {
    name: `a response whose getters throw ${label} is an error of that call`,
    async run(tw) {
      const goesOn = await beside(tw);
      const broken = (...names) => Object.defineProperties({ ok: true, status: 200, headers: new Headers(), body: null }, Object.fromEntries(names.map((name) => [name, { get() { throw make(); } }])));
      for (const name of ["status", "headers", "body"]) await fails(tw, async () => broken(name), `${name}: ${label}`);
      await fails(tw, async () => broken("ok", "status", "headers", "body"), label);
      await goesOn(label);
    },
  },
  {
    name: `a body that throws ${label} is an error of that call, and what came is kept`,
    async run(tw) {
      const goesOn = await beside(tw);
      const bad = () => { throw make(); };
      const bodies = {
        "getReader()": () => ({ getReader: bad }),
        "the iterator": () => ({ [Symbol.asyncIterator]: bad }),
        "next(), at once": () => ({ [Symbol.asyncIterator]: () => ({ next: bad }) }),
        "read(), at once": () => ({ getReader: () => ({ read: bad, cancel: bad, releaseLock: bad }) }),
        "read(), later": () => { let first = true; return { getReader: () => ({ read() { if (!first) return Promise.reject(make()); first = false; return Promise.resolve({ done: false, value: toBytes(text("Hi")) }); }, cancel: bad, releaseLock: bad }) }; },
        "value": () => ({ getReader: () => ({ read: async () => ({ done: false, get value() { throw make(); } }) }) }),
        "done": () => ({ getReader: () => ({ read: async () => ({ get done() { throw make(); } }) }) }),
        "nothing, but gives none": () => ({ getReader: () => ({ read: async () => undefined }) }),
      };
      for (const [what, body] of Object.entries(bodies)) {
        await fails(tw, async () => ({ ok: true, status: 200, headers: new Headers({ "content-type": "text/event-stream" }), body: body() }), `${what}: ${label}`);
      }
      const stream = tw.chat(streaming, { fetch: async () => ({ status: 200, body: bodies["read(), later"]() }), maxRetries: 0 });
      await rejects(inTime(stream.final(), "read(), later"));
      equal(stream.snapshot.choices[0].message.content, "Hi");
      await goesOn(label);
    },
  },
]);

/** What a caller may do at a moment when foreign code runs. */
const acts = {
  "abort()": (stream) => stream.abort("inside"),
  "the signal": (stream, control) => control.abort("inside"),
  "snapshot": (stream) => stream.snapshot.choices,
  "end, repairs and response": (stream) => { ok(stream.repairs); stream.response.catch(() => {}); return stream.end; },
  "final()": (stream) => { stream.final().catch(() => {}); },
  "disposal": (stream) => { stream[Symbol.asyncDispose]().catch(() => {}); },
  "another call": (stream, control, tw) => { tw.chat(streaming, { fetch: replay(says("x")) }).final().catch(() => {}); },
};

/** Timers that do this whenever one is set or cleared; gives what undoes it. */
function timersThat(act) {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  for (const [name, given] of Object.entries(real)) globalThis[name] = (...how) => { act(); return given.call(globalThis, ...how); };
  return () => Object.assign(globalThis, real);
}

/** Where foreign code runs: gives the options of the call, and what undoes it. */
const inside = {
  "the body's pull": (act) => {
    const rest = says("Hi", " there").map(toBytes);
    return { fetch: async () => new Response(new ReadableStream({ pull(controller) { act(); if (rest.length) controller.enqueue(rest.shift()); else controller.close(); } }, { highWaterMark: 0 })) };
  },
  "a foreign read()": (act) => {
    const rest = says("Hi", " there").map(toBytes);
    return { fetch: async () => ({ status: 200, body: { getReader: () => ({ read() { act(); return Promise.resolve(rest.length ? { done: false, value: rest.shift() } : { done: true }); }, async cancel() { act(); } }) } }) };
  },
  "headers.get()": (act) => ({ fetch: async () => ({ status: 200, headers: { get(name) { act(); return name.toLowerCase() === "content-type" ? "text/event-stream" : null; } }, body: says("Hi", " there").join("") }) }),
  "the getters of a response": (act) => ({ fetch: async () => ({ get ok() { act(); return true; }, get status() { act(); return 200; }, get headers() { act(); return new Headers(); }, get body() { act(); return says("Hi", " there").join(""); } }) }),
  "fetch itself": (act) => ({ fetch: async (url, init) => { await null; act(); return replay(says("Hi", " there"))(url, init); } }),
  "setTimeout and clearTimeout": (act) => ({ fetch: holds([text("Hi"), text(" there"), ...end()], { closes: true }), timeout: { idle: 5000, firstToken: 5000, total: 9000 }, undo: timersThat(act) }),
  "setTimeout of a back-off": (act) => ({ fetch: sequence(refuses(500, {}, { "retry-after-ms": "30" }), replay([""]), replay(says("Hi", " there"))), maxRetries: 2, undo: timersThat(act) }),
  "setTimeout of a back-off, with times": (act) => ({ fetch: sequence(async () => { throw new TypeError("fetch failed"); }, replay(says("Hi", " there"))), maxRetries: 2, timeout: 9000, undo: timersThat(act) }),
};

const within = Object.entries(inside).flatMap(([place, open]) => Object.entries(acts).map(([label, act]) => ({
  name: `${label} inside ${place} works, and the others go on`,
  async run(tw) {
    const goesOn = await beside(tw);
    for (const read of [(stream) => stream.final(), async (stream) => { let all = ""; for await (const part of stream.text) all += part; return { choices: [{ message: { content: all } }] }; }]) {
      const control = new AbortController();
      let stream;
      let failure;
      let busy = false;
      // Another call sets timers of its own.
      let times = 0;
      const once = () => {
        if (!stream || busy || times >= 20) return;
        times += 1;
        busy = true;
        try { act(stream, control, tw); } catch (error) { failure ??= error; }
        busy = false;
      };
      const { undo = () => {}, ...options } = open(once);
      try {
        stream = tw.chat(streaming, { maxRetries: 0, ...options, signal: control.signal });
        const [reply, error] = await inTime(read(stream).then((given) => [given], (reason) => [undefined, reason]), label, 4000);
        equal(failure, undefined, "what was done inside does not throw");
        if (label === "abort()" || label === "the signal") causedBy(tw, error, "inside", label);
        else if (label !== "disposal") equal(error ?? word(reply), "Hi there", label);
        else ok(error === undefined || error instanceof tw.APIUserAbortError, String(error));
        ok(stream.end !== undefined, "it has ended");
      } finally {
        undo();
      }
    }
    await goesOn(`${label} inside ${place}`);
  },
})));

const atOnce = {
  name: "a fake clock whose short timers fire inside setTimeout breaks nothing",
  async run(tw) {
    const failing = [refuses(500, {}, { "retry-after-ms": "300" }), refuses(429, {}, { "retry-after": "1" }), async () => { throw new TypeError("fetch failed"); }, replay([""])];
    for (const first of failing) {
      for (const timeout of [undefined, 900_000]) {
        const goesOn = await beside(tw);
        const real = globalThis.setTimeout;
        const fake = (call, ms, ...how) => (ms < 5000 ? (call(...how), 0) : real.call(globalThis, call, ms, ...how));
        const stream = tw.chat(streaming, { fetch: sequence(first, replay(says("Hi"))), ...(timeout && { timeout }) });
        globalThis.setTimeout = fake;
        let reply;
        try {
          reply = await inTime(stream.final(), "final()", 5000);
        } finally {
          globalThis.setTimeout = real;
        }
        equal(word(reply), "Hi");
        await goesOn("a fake clock");
      }
    }
  },
};

const clock = {
  name: "a fake clock that fires at once, or never, breaks nothing",
  async run(tw) {
    const goesOn = await beside(tw);
    const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
    const queue = [];
    globalThis.setTimeout = (call) => { queue.push(call); return queue.length; };
    globalThis.clearTimeout = () => {};
    try {
      const stream = tw.chat(streaming, { fetch: holds([text("Hi")]), timeout: { idle: 50, total: 1000 }, maxRetries: 0 });
      const items = stream.text[Symbol.asyncIterator]();
      equal((await items.next()).value, "Hi");
      const call = stream.snapshot.choices[0].message.content;
      for (const fire of queue.splice(0)) fire();
      equal(call, "Hi");
      stream.abort("over");
      causedBy(tw, await rejects(items.next()), "over", "the abort");
      for (const fire of queue.splice(0)) fire();
    } finally {
      Object.assign(globalThis, real);
    }
    await goesOn("a fake clock");
  },
};

export const strangerCases = [...odd, ...thrown, ...within, atOnce, clock];
