// What a fetch may give: polyfills, mocks, plain objects, and what cannot be read. Runs in every runtime.

import { cutEvery, toBytes } from "../support/bytes.js";
import { equal, inTime, lacks, match, ok, rejectsWith, same, settle } from "../support/check.js";
import { answer, openBody, replay } from "../support/fake-fetch.js";
import { streaming, ways } from "../support/provider.js";
import { hello, says, text } from "../support/wire.js";

const reads = says("Hel", "lo", " é😀");
const whole = reads.join("");
const said = "Hello é😀";
const completion = { id: "c1", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, message: { role: "assistant", content: said, refusal: null }, finish_reason: "stop", logprobs: null }] };
const word = (reply) => reply.choices[0].message.content;
const chunksOf = (data) => cutEvery(toBytes(data), 50);

async function* generated(items) { for (const item of items) yield item; }

/** A reader of another make: no cancel, no releaseLock, no closed. */
const reader = (items) => { const rest = [...items]; return { read: async () => (rest.length > 0 ? { done: false, value: rest.shift() } : { done: true, value: undefined }) }; };

/** As Node's Readable shows itself: on, pipe, and iterated. */
const readable = (items) => ({ readable: true, on() { return this; }, once() { return this; }, removeListener() { return this; }, pipe() {}, destroy() {}, [Symbol.asyncIterator]: () => generated(items) });

/** A part of a greater buffer. */
function slice(bytes) {
  const greater = new Uint8Array(bytes.length + 24).fill(63);
  greater.set(bytes, 8);
  return new Uint8Array(greater.buffer, 8, bytes.length);
}
const buffered = (bytes) => bytes.slice().buffer;
const viewed = (bytes) => { const part = slice(bytes); return new DataView(part.buffer, part.byteOffset, part.byteLength); };

/** Shared memory, where the runtime has it. */
function shared(bytes) {
  let memory;
  try { memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer; } catch { return slice(bytes); }
  const view = new Uint8Array(memory, 16, bytes.length);
  view.set(bytes);
  return view;
}

const chunkForms = {
  strings: (bytes, at, all) => (at === 0 ? new TextDecoder().decode(joined(all)) : undefined),
  ArrayBuffers: buffered,
  DataViews: viewed,
  "slices of a greater buffer": slice,
  "views of shared memory": shared,
  "signed and clamped bytes": (bytes, at) => new (at % 2 ? Int8Array : Uint8ClampedArray)(buffered(bytes)),
  "views of wider numbers": (bytes) => (bytes.length % 2 ? bytes : new Uint16Array(buffered(bytes))),
};
const joined = (parts) => { const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0)); let at = 0; for (const part of parts) { all.set(part, at); at += part.length; } return all; };
const formed = (form, data) => chunksOf(data).map(form).filter((chunk) => chunk !== undefined);

const streamOf = (items) => new ReadableStream({ start(controller) { for (const item of items) controller.enqueue(item); controller.close(); } });

/** Bodies by form: of this text. */
const bodies = {
  "an async iterable": (data) => ({ [Symbol.asyncIterator]: () => generated(chunksOf(data)) }),
  "an async generator": (data) => generated(chunksOf(data)),
  "a Readable": (data) => readable(chunksOf(data)),
  "a Readable of strings": (data) => readable([data]),
  "an array of chunks": chunksOf,
  "a sync iterable": (data) => new Set(chunksOf(data)),
  "a Uint8Array": toBytes,
  "a slice": (data) => slice(toBytes(data)),
  "an ArrayBuffer": (data) => buffered(toBytes(data)),
  "a DataView": (data) => viewed(toBytes(data)),
  "shared memory": (data) => shared(toBytes(data)),
  "a Blob": (data) => new Blob([data]),
  "a string": (data) => data,
  "a reader without cancel": (data) => ({ getReader: () => reader(chunksOf(data)) }),
  "a stream of another make": (data) => ({ locked: false, getReader: () => ({ ...reader(chunksOf(data)), releaseLock() {}, cancel: async () => {} }) }),
  "a reader that fills one buffer again and again": (data) => {
    const rest = chunksOf(data);
    const buffer = new Uint8Array(64);
    return { getReader: () => ({ async read() { const part = rest.shift(); if (!part) return { done: true }; buffer.set(part); return { done: false, value: buffer.subarray(0, part.length) }; } }) };
  },
  "a reader that answers at once": (data) => { const rest = chunksOf(data); return { getReader: () => ({ read: () => (rest.length ? { done: false, value: rest.shift() } : { done: true }) }) }; },
  ...Object.fromEntries(Object.entries(chunkForms).flatMap(([label, form]) => [
    [`a ReadableStream of ${label}`, (data) => streamOf(formed(form, data))],
    [`an iterable of ${label}`, (data) => generated(formed(form, data))],
  ])),
};

const fields = { "Content-Type": "text/event-stream", "X-Request-Id": "req_1" };
const headersLike = () => { const real = new Headers(fields); return { get: (name) => real.get(name), has: (name) => real.has(name), forEach: (each) => real.forEach(each), entries: () => real.entries(), [Symbol.iterator]: () => real.entries() }; };
const headerForms = {
  "a plain object": () => fields,
  "an object of arrays": () => ({ "content-type": ["text/event-stream"], "x-request-id": ["req_1"] }),
  "an object without a prototype": () => Object.assign(Object.create(null), fields),
  "a Map": () => new Map(Object.entries(fields)),
  "pairs": () => Object.entries(fields),
  "something like Headers": headersLike,
  "something with get() and forEach()": () => { const { get, forEach } = headersLike(); return { get, forEach }; },
  "a frozen object": () => Object.freeze({ ...fields }),
};

const json = JSON.stringify(completion);
/** The usual mocks of a unit test. */
const mocks = {
  "ok, status, json and text": { ok: true, status: 200, json: async () => structuredClone(completion), text: async () => json },
  "status and json": { status: 200, json: async () => structuredClone(completion) },
  "status and text": { status: 200, text: async () => json },
  "a json that answers at once": { ok: true, status: 200, json: () => structuredClone(completion) },
  "with headers, a plain object": { ok: true, status: 200, headers: { "content-type": "application/json" }, json: async () => structuredClone(completion) },
  "with a body that is null": { ok: true, status: 200, headers: new Headers(), body: null, json: async () => structuredClone(completion), text: async () => json },
};

const proxied = (response) => new Proxy(response, { get(target, key) { const value = Reflect.get(target, key, target); return typeof value === "function" ? value.bind(target) : value; } });

async function readsAll(tw, give, what, only = Object.keys(ways)) {
  for (const way of only) {
    const outcome = await ways[way](tw.chat(streaming, { fetch: async () => give(), maxRetries: 0 }));
    equal(outcome.error, undefined, `${what}, ${way}`);
    equal(outcome.end, "complete", `${what}, ${way}`);
    equal(outcome.snapshot.text, said, `${what}, ${way}`);
  }
}

const plainly = async (tw, give, what) => equal(word(await inTime(tw.chat(hello, { fetch: async () => give(), maxRetries: 0 }), what, 2000)), said, what);

const read = [
  ...Object.entries(bodies).map(([label, make]) => ({
    name: `a response whose body is ${label} is read`,
    async run(tw) {
      await readsAll(tw, () => ({ ok: true, status: 200, headers: { "content-type": "text/event-stream" }, body: make(whole) }), label);
      await readsAll(tw, () => ({ status: 200, body: make(whole) }), `${label}, no headers`, ["text"]);
      await readsAll(tw, () => ({ status: 200, body: make(json) }), `${label}, JSON for a stream`, ["final"]);
      await plainly(tw, () => ({ ok: true, status: 200, headers: { "content-type": "application/json" }, body: make(json) }), `${label}, plain`);
      const refused = tw.chat(hello, { fetch: async () => ({ ok: false, status: 404, body: make('{"error":{"message":"No such thing"}}') }), maxRetries: 0 });
      await rejectsWith(inTime(refused, label), tw.NotFoundError, /No such thing/, label);
    },
  })),
  ...Object.entries(headerForms).map(([label, make]) => ({
    name: `a response whose headers are ${label}: they are known`,
    async run(tw) {
      const give = () => ({ ok: true, status: 200, headers: make(), body: replayed() });
      const replayed = () => streamOf(reads.map(toBytes));
      await readsAll(tw, give, label, ["chunks", "final"]);
      const stream = tw.chat(streaming, { fetch: async () => give(), maxRetries: 0 });
      const meta = await inTime(stream.response, "response");
      equal(meta.status, 200);
      equal(meta.requestId, "req_1", label);
      ok(meta.headers instanceof Headers && meta.headers.get("x-request-id") === "req_1", "as Headers");
      await stream.final();
      const body = '{"error":{"message":"Wait"}}';
      const limited = tw.chat(hello, { fetch: async () => ({ status: 429, headers: make(), body }), maxRetries: 0 });
      equal((await rejectsWith(inTime(limited, label), tw.RateLimitError, /Wait/)).requestId, "req_1", label);
    },
  })),
  ...Object.entries(mocks).map(([label, mock]) => ({
    name: `a mock of a response is read: ${label}`,
    async run(tw) {
      await plainly(tw, () => mock, label);
      await plainly(tw, () => mock, `${label}, a second time`);
      await readsAll(tw, () => mock, label, ["text", "final", "sse"]);
      const client = tw.createClient({ fetch: () => ({ ...mock, json: async () => ({ data: [{ id: "m" }] }), text: async () => '{"data":[{"id":"m"}]}' }) });
      equal((await inTime(client.models(), "models()"))[0].id, "m", label);
    },
  })),
  {
    name: "a mock of a refusal is told as one",
    async run(tw) {
      const body = { error: { message: "Slow down", type: "requests", code: "rate_limit_exceeded" } };
      const forms = [{ json: async () => body }, { text: async () => JSON.stringify(body) }, { json: async () => { throw new SyntaxError("no JSON"); }, text: async () => "Slow down" }];
      for (const form of forms) {
        for (const stream of [false, true]) {
          const call = tw.chat({ ...hello, stream }, { fetch: async () => ({ ok: false, status: 429, ...form }), maxRetries: 0 });
          await rejectsWith(inTime(stream ? call.final() : call, "the refusal"), tw.RateLimitError, /Slow down/);
        }
      }
    },
  },
  {
    name: "a mock whose text() is a stream of events is read as one",
    run: (tw) => readsAll(tw, () => ({ ok: true, status: 200, text: async () => whole }), "text()"),
  },
  {
    name: "a Proxy around a Response is read, or refused by an error",
    async run(tw) {
      await readsAll(tw, () => proxied(new Response(whole, { headers: fields })), "bound");
      await plainly(tw, () => proxied(new Response(json)), "bound, plain");
      const bare = tw.chat(streaming, { fetch: async () => new Proxy(new Response(whole), {}), maxRetries: 0 });
      await inTime(bare.final().catch((error) => ok(error instanceof tw.TokenwireError, String(error))), "bare");
    },
  },
  {
    name: "a fetch that gives its response at once, or a thenable, is read",
    async run(tw) {
      for (const fetch of [() => new Response(whole), () => ({ then: (done) => done(new Response(whole)) }), () => Promise.resolve({ status: 200, body: whole })]) {
        equal(word(await inTime(tw.chat(streaming, { fetch, maxRetries: 0 }).final(), "the reply")), said);
      }
    },
  },
];

const nothingLike = { undefined: [undefined, /undefined/], null: [null, /null/], "a number": [42, /number|42/], "a string": ["text", /string/], "an empty object": [{}, /object|\{\}|status/], "an array": [[], /array|object|\[\]/], "true": [true, /boolean|true/], "a symbol": [Symbol("s"), /symbol/i], "a function": [() => {}, /function/] };
const noBodies = { "a number": [42, /number|42/], "true": [true, /boolean|true/], "an empty object": [{}, /object|\{\}/], "a symbol": [Symbol("s"), /symbol/i], "a function": [() => {}, /function/], "a getReader that is none": [{ getReader: 1 }, /object|getReader/], "a getReader that gives nothing": [{ getReader: () => undefined }, /undefined|reader/i], "a Date": [new Date(0), /Date|object/] };
const noChunks = { "a number": [42, /number|42/], "an empty object": [{}, /object|\{\}/], "null": [null, /null/], "undefined": [undefined, /undefined/], "true": [true, /boolean|true/], "an array of numbers": [[1, 2], /array|object/], "a symbol": [Symbol("s"), /symbol/i] };

/** Both calls fail with an error that says what came, and a stream beside them goes on. */
async function refusedBoth(tw, fetch, expression, what) {
  const feed = openBody();
  const other = tw.chat(streaming, { fetch: feed, maxRetries: 0 }).text[Symbol.asyncIterator]();
  feed.push(text("a"));
  equal((await other.next()).value, "a");
  for (const stream of [false, true]) {
    const call = tw.chat({ ...hello, stream }, { fetch, maxRetries: 0 });
    const error = await rejectsWith(inTime(stream ? call.final() : call, what, 2000), tw.TokenwireError, expression, `${what}, stream: ${stream}`);
    lacks(error.message, "broke down", what);
    if (stream) ok(["error", "truncated"].includes(call.end), `${what}: ${call.end}`);
  }
  feed.push(text("b"));
  equal((await inTime(other.next(), "the stream beside it")).value, "b", what);
}

const unread = [
  ...Object.entries(nothingLike).map(([label, [given, expression]]) => ({
    name: `a fetch that gives ${label} is refused by an error that says so`,
    run: (tw) => refusedBoth(tw, async () => given, expression, label),
  })),
  ...Object.entries(noBodies).map(([label, [body, expression]]) => ({
    name: `a body that is ${label} is refused by an error that says so`,
    run: (tw) => refusedBoth(tw, async () => ({ ok: true, status: 200, headers: new Headers(), body }), expression, label),
  })),
  ...Object.entries(noChunks).map(([label, [chunk, expression]]) => ({
    name: `a chunk of a body that is ${label} is refused by an error that says so`,
    async run(tw) {
      const give = [() => generated([toBytes(text("a")), chunk]), () => ({ getReader: () => reader([toBytes(text("a")), chunk]) })];
      if (chunk !== undefined) give.push(() => new Set([toBytes(text("a")), chunk]));
      for (const make of give) await refusedBoth(tw, async () => ({ status: 200, headers: fields, body: make() }), expression, label);
    },
  })),
  {
    name: "a mock with nothing to read is refused by an error",
    async run(tw) {
      for (const mock of [{ ok: true, status: 200 }, { ok: true, status: 200, json: 1 }, { ok: true, status: 200, json: async () => undefined }, { status: 200, text: async () => 7 }, { status: 200, body: undefined, headers: {} }]) {
        await refusedBoth(tw, async () => mock, /\S/, Object.keys(mock).join());
      }
    },
  },
];

const left = {
  name: "leaving a body of another make lets it go",
  async run(tw) {
    let returned = 0;
    const items = () => { const rest = reads.map(toBytes); return { next: async () => ({ done: false, value: rest.shift() ?? toBytes(text("x")) }), return: async () => { returned += 1; return { done: true }; } }; };
    let cancelled = 0;
    const forms = [{ [Symbol.asyncIterator]: items }, { getReader: () => { const { next } = items(); return { read: next, cancel: async () => { cancelled += 1; } }; } }];
    for (const body of forms) {
      for await (const part of tw.chat(streaming, { fetch: async () => ({ status: 200, headers: fields, body }) }).text) { equal(part, "Hel"); break; }
    }
    await settle(30);
    same({ returned, cancelled }, { returned: 1, cancelled: 1 });
    equal(word(await tw.chat(streaming, { fetch: replay(reads) }).final()), said);
    equal(word(await tw.chat(hello, { fetch: answer(json) })), said);
  },
};

export const foreignCases = [...read, ...unread, left];
