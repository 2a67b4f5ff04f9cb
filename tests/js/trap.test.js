// The core breaks down in the middle of things: what was in flight is rejected, and the next call works.
//
// A process of its own, and the exports are wrapped before the package is there: a trap is forced where it is wanted.

import test from "node:test";
import assert from "node:assert/strict";
import { completes, replay } from "./support/fake-fetch.js";
import { hello, says, text } from "./support/wire.js";
import "./support/unhandled.js";

/** How the name of the export begins that traps next. */
let next;
const { Instance } = WebAssembly;
WebAssembly.Instance = function (...how) {
  const { exports } = Reflect.construct(Instance, how);
  const wrapped = Object.fromEntries(Object.entries(exports).map(([name, value]) => [name, typeof value === "function" ? trapping(name, value) : value]));
  return { exports: wrapped };
};

const trapping = (name, original) => (...given) => {
  if (next === undefined || !name.startsWith(next)) return original(...given);
  next = undefined;
  throw new WebAssembly.RuntimeError("unreachable");
};

const { TokenwireError, chat } = await import("tokenwire");
const streaming = { ...hello, stream: true };
const open = (reads) => chat(streaming, { fetch: replay(reads), maxRetries: 0 });

const brokeDown = (error) => {
  assert.ok(error instanceof TokenwireError, `got ${error?.stack}`);
  assert.match(error.message, /broke down \(unreachable\).*the next call works again/);
  assert.ok(error.cause instanceof WebAssembly.RuntimeError);
  return true;
};

async function works() {
  assert.equal((await open(says("fine")).final()).choices[0].message.content, "fine");
  assert.equal((await chat(hello, { fetch: completes() })).choices[0].message.content, "Hello");
}

test("before any trap, calls work", works);

for (const name of ["call_new", "call_send", "call_took", "call_over", "call_drain", "call_open", "call_reader"]) {
  test(`a trap in ${name} rejects the call, and the next works`, async () => {
    // These two are called in the caller's own tick.
    if (name === "call_new" || name === "call_send") next = name;
    const stream = open([text("Hi")]);
    const read = async () => {
      for await (const item of stream.text) assert.equal(item, "Hi");
    };
    next ??= name === "call_new" || name === "call_send" ? undefined : name;
    await assert.rejects(name === "call_drain" ? stream.final() : read(), brokeDown);
    assert.equal(next, undefined, "it was trapped");
    assert.equal(stream.end, "error");
    await works();
  });
}

test("a trap rejects all that is in flight, however it is waited for", async () => {
  const forever = () => ({ fetch: () => new Promise(() => {}) });
  const held = async (input, { signal }) => {
    const start = (controller) => {
      controller.enqueue(new TextEncoder().encode(text("Hi")));
      signal.addEventListener("abort", () => controller.error(signal.reason));
    };
    return new Response(new ReadableStream({ start }));
  };
  const waiting = chat(hello, forever());
  const reading = chat(streaming, { fetch: held }).text[Symbol.asyncIterator]();
  assert.equal((await reading.next()).value, "Hi");
  const final = chat(streaming, { fetch: held }).final();
  const others = [waiting, reading.next(), final].map((promise) => assert.rejects(promise, brokeDown));
  const victim = open([text("Hi")]).text[Symbol.asyncIterator]();
  next = "call_took";
  await assert.rejects(victim.next(), brokeDown);
  await Promise.all(others);
  await works();
});

test("a trap in what a promise calls rejects the call, too", async () => {
  const stream = open([text("Hi")]);
  await stream.response;
  const final = stream.final();
  next = "wasm_bindgen__convert__closures";
  await assert.rejects(final, brokeDown);
  await works();
});
