// The core breaks down at any call into it, whatever that call is named: all that waits settles, once, and the next call works.
//
// A process of its own, and the exports are wrapped before the package is there; the nth call of an export traps.

import test from "node:test";
import assert from "node:assert/strict";
import { inTime, settle } from "./support/check.js";
import { completes, replay } from "./support/fake-fetch.js";
import { hello, says } from "./support/wire.js";
import "./support/unhandled.js";

/** How many calls of exports are left until one traps; the glue's own, for memory, are not meant. */
let left = Infinity;
const { Instance } = WebAssembly;
WebAssembly.Instance = function (...how) {
  const { exports } = Reflect.construct(Instance, how);
  return { exports: Object.fromEntries(Object.entries(exports).map(([name, value]) => [name, typeof value === "function" && !name.startsWith("__") ? trapping(value) : value])) };
};
const trapping = (original) => (...given) => {
  left -= 1;
  if (left !== 0) return original(...given);
  throw new WebAssembly.RuntimeError("unreachable");
};

const { TokenwireError, chat } = await import("tokenwire");
const streaming = { ...hello, stream: true };
const words = says("a", "b", "c");

async function works() {
  left = Infinity;
  assert.equal((await inTime(chat(streaming, { fetch: replay(words) }).final(), "the next call")).choices[0].message.content, "abc");
  assert.equal((await inTime(chat(hello, { fetch: completes() }), "the next plain call")).choices[0].message.content, "Hello");
}

const drain = async (items) => { for await (const item of items) assert.ok(item !== undefined); };
const reads = { text: (stream) => drain(stream.text), chunks: (stream) => drain(stream), events: (stream) => drain(stream.events), final: (stream) => stream.final(), SSE: (stream) => new Response(stream.toReadableStream()).text(), tee: (stream) => Promise.all(stream.tee().map((branch) => branch.final())) };

/** Settled: a value, or an error of ours. */
const outcome = (promise, what) => inTime(promise, what).then(() => undefined, (error) => { assert.ok(error instanceof TokenwireError, `${what}: ${error?.stack}`); return error; });

for (const [face, read] of Object.entries(reads)) {
  test(`a trap at any moment of ${face}: reader, response and onEnd learn of it, and the next call works`, { timeout: 120_000 }, async () => {
    await works();
    for (let nth = 1; nth < 400; nth += 1) {
      left = nth;
      const told = [];
      let stream;
      try {
        stream = chat(streaming, { fetch: replay(words), maxRetries: 0, onEnd: (report) => { told.push(report); } });
      } catch (error) {
        assert.fail(`chat() threw: ${error?.stack}`);
      }
      const error = await outcome(read(stream), `${face}, ${nth}`);
      await outcome(stream.response, `response, ${nth}`);
      await settle(1);
      assert.equal(told.length, 1, `told once, ${nth}`);
      assert.equal(stream.end, told[0].end, `stream.end, ${nth}`);
      // What one branch was given as a whole stays complete, whatever becomes of the other.
      if (error && !(face === "tee" && stream.end === "complete")) {
        assert.equal(stream.end, "error", `end, ${nth}`);
        assert.equal(told[0].error, error, `the very error, ${nth}`);
      }
      assert.ok(Array.isArray(stream.snapshot.choices), "the snapshot can be asked");
      const over = left > 0;
      await works();
      if (over && !error) return;
    }
    assert.fail("it makes more calls than are tried here");
  });
}
