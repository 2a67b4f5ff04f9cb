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

/** Those that are called in the caller's own tick. */
const EAGER = ["call_new", "call_request", "call_step"];

for (const name of [...EAGER, "send", "call_responded", "call_pause", "call_open", "call_took", "call_progress", "call_over", "call_results", "__wbg_call_free"]) {
  test(`a trap in ${name} rejects the call, and the next works`, async () => {
    const isEager = EAGER.includes(name) || name === "send";
    if (isEager) next = name;
    // What is not OpenAI's ends in the other core.
    const stream = open(name === "call_results" ? says("Hi") : [text("Hi")]);
    if (!isEager) next = name;
    const refused = name === "call_pause" ? chat(hello, { fetch: async () => new Response("{}", { status: 429 }), maxRetries: 0 }) : undefined;
    const read = async () => {
      for await (const item of stream.text) assert.equal(item, "Hi");
    };
    await assert.rejects(refused ?? read(), brokeDown);
    assert.equal(next, undefined, "it was trapped");
    if (!refused) assert.equal(stream.end, "error");
    await works();
  });
}

test("what a caller throws is no trap, whatever its class", async () => {
  const other = open([text("Hi"), text("!")]).text[Symbol.asyncIterator]();
  assert.equal((await other.next()).value, "Hi");
  for (const reason of [new RangeError("mine"), new WebAssembly.RuntimeError("mine"), Object.freeze(new Error("mine"))]) {
    const thrown = async () => {
      throw reason;
    };
    await assert.rejects(chat(hello, { fetch: thrown, maxRetries: 0 }), { name: "APIConnectionError", cause: reason });
    const stream = open([text("Hi")]);
    stream.abort(reason);
    await assert.rejects(stream.final(), { name: "APIUserAbortError", cause: reason });
  }
  assert.equal((await other.next()).value, "!");
});

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
