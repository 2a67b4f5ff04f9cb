// What may not grow: memory of the wasm and of JavaScript, listeners, timers, bodies that nobody has let go of. Import this
// before the package. Node only.

import { getEventListeners } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc");

/** The package's memory is told by its glue's exports: Node's own fetch has wasm of its own. */
let memory;
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    if (Object.keys(this.exports).some((name) => name.startsWith("__wbindgen"))) memory = this.exports.memory;
  }
};

const timers = new Set();
const real = { setTimeout, clearTimeout };
/** Counts also those that do not keep Node from ending. */
globalThis.setTimeout = (call, ms, ...given) => {
  const timer = real.setTimeout(() => {
    timers.delete(timer);
    call(...given);
  }, ms);
  timers.add(timer);
  return timer;
};
globalThis.clearTimeout = (timer) => {
  timers.delete(timer);
  real.clearTimeout(timer);
};

const alive = { bodies: 0, streams: 0 };
const collected = new FinalizationRegistry((what) => { alive[what] -= 1; });

/** Counts an object for as long as it is not collected. */
export function watch(what, object) {
  alive[what] += 1;
  collected.register(object, what);
  return object;
}

export const pause = (ms) => new Promise((resolve) => real.setTimeout(resolve, ms));

/** The figures now, after all garbage was collected. */
export async function gauge(signal) {
  for (let round = 0; round < 4; round += 1) {
    gc();
    await pause(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return {
    wasm: memory.buffer.byteLength,
    heap: heapUsed,
    external,
    listeners: getEventListeners(signal, "abort").length,
    timers: timers.size,
    ...alive,
    resources: tally(process.getActiveResourcesInfo()),
  };
}

function tally(names) {
  const counts = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
