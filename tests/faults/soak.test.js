// Very many streams of mixed outcome in one process: what they take must be given back. TOKENWIRE_SOAK: how many.

import "./soak/gauge.js";
import test, { after } from "node:test";
import assert from "node:assert/strict";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import * as tokenwire from "tokenwire";
import { gauge, pause } from "./soak/gauge.js";
import { Mix } from "./soak/mix.js";

const total = Number(process.env.TOKENWIRE_SOAK ?? 2000);
const looks = 10;
const atOnce = 32;
const seed = Number(process.env.TOKENWIRE_SEED ?? Date.now() % 2 ** 31);

const unhandled = [];
process.on("unhandledRejection", (reason) => unhandled.push(String(reason?.stack ?? reason)));

const server = new Worker(new URL("soak/server.js", import.meta.url));
after(() => server.terminate());
const ask = async () => (server.postMessage("?"), (await once(server, "message"))[0]);
const [{ port }] = await once(server, "message");

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function randomFrom(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const { signal } = new AbortController();
const mix = new Mix(tokenwire, `http://127.0.0.1:${port}`, signal, randomFrom(seed));

async function run(count, ways) {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await mix.one(ways);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/** The figures when all is quiet: what is dropped goes when the collector finds it, and that takes a few rounds. */
async function quiet() {
  let figures = await gauge(signal);
  for (let round = 0; round < 30 && figures.streams + figures.bodies + figures.timers > 0; round += 1) {
    await pause(50);
    figures = await gauge(signal);
  }
  return figures;
}

const mb = (bytes) => `${(bytes / 2 ** 20).toFixed(2)} MB`;
const line = (streams, { wasm, heap, external, listeners, timers, bodies, streams: held, resources }) =>
  `soak: ${streams} streams: wasm ${mb(wasm)}, heap ${mb(heap)}, external ${mb(external)}, listeners ${listeners}, timers ${timers}, ` +
  `bodies ${bodies}, streams held ${held}, ${JSON.stringify(resources)}`;

test(`soak: ${total} streams`, { timeout: 20 * 60_000 }, async (t) => {
  t.diagnostic(`soak: seed ${seed}`);
  // The first streams are not measured: code is compiled, caches fill.
  await run(Math.min(total / looks, 500), Mix.ways);
  const figures = [await quiet()];
  t.diagnostic(line("before", figures[0]));
  const begun = performance.now();
  for (let look = 1; look <= looks; look += 1) {
    await run(total / looks, Mix.ways);
    figures.push(await quiet());
    t.diagnostic(line(Math.round((total / looks) * look), figures[look]));
  }
  t.diagnostic(`soak: ${Math.round((performance.now() - begun) / 1000)} s`);
  t.diagnostic(`soak: outcomes ${JSON.stringify(mix.counts, Object.keys(mix.counts).sort())}`);
  t.diagnostic(`soak: connections that the server has open ${(await ask()).open}`);
  check(figures);
});

function check(figures) {
  const [first, last] = [figures[0], figures.at(-1)];
  for (const what of ["listeners", "timers", "bodies", "streams"]) {
    assert.equal(last[what], 0, `${what} are left`);
  }
  const half = figures[looks / 2];
  assert.equal(last.wasm, half.wasm, "wasm memory grows in the second half");
  const least = (from, to) => Math.min(...figures.slice(from, to).map(({ heap }) => heap));
  const growth = least(looks - 2) - least(4, 7);
  assert.ok(growth < 2 ** 19, `the heap grew by ${mb(growth)} from the middle to the last third`);
  assert.deepEqual(Object.keys(last.resources).sort(), Object.keys(first.resources).sort(), "active resources");
  assert.deepEqual(unhandled, [], "unhandled rejections");
}

test("soak: streams that are forgotten", { timeout: 5 * 60_000 }, async (t) => {
  const before = await quiet();
  const count = Math.max(100, total / 20);
  await run(count, Mix.forgotten);
  const figures = await quiet();
  t.diagnostic(line(count, figures));
  // A few may still stand in a frame that nobody has written over.
  assert.ok(figures.bodies <= before.bodies + 5, `${figures.bodies} bodies are left`);
  // The connections need a while longer: the server learns last.
  await pause(5000);
  const { open } = await ask();
  t.diagnostic(`soak: connections that the server has open ${open}`);
  assert.ok(open <= 5, `${open} connections are open`);
  assert.deepEqual(unhandled, [], "unhandled rejections");
});
