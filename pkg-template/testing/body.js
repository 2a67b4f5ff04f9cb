/**
 * How bytes reach the reader: cut into reads, delayed, and ended in one of several ways.
 */

/** Cuts bytes into reads: "byte", a number of bytes per read, or the offsets to cut at. */
export function recut(bytes, cuts) {
  if (cuts === undefined) return bytes.length === 0 ? [] : [bytes];
  const ends = Array.isArray(cuts) ? cuts.filter((at) => at < bytes.length) : steps(bytes.length, cuts === "byte" ? 1 : cuts);
  const reads = [];
  let from = 0;
  for (const to of [...ends, bytes.length]) {
    if (to > from) reads.push(bytes.subarray(from, to));
    from = to;
  }
  return reads;
}

function steps(length, size) {
  return Array.from({ length: Math.ceil(length / size) - 1 }, (_, index) => (index + 1) * size);
}

/** Pairs each read with the milliseconds to wait before it: one number for all, or one per read. */
export function withDelays(reads, delays = 0) {
  return reads.map((bytes, index) => ({ bytes, delay: (Array.isArray(delays) ? delays[index] : delays) ?? 0 }));
}

/** Resolves after `ms`, or rejects with the signal's reason as `fetch` does. No timer for 0. */
export function wait(ms, signal) {
  if (!(ms > 0)) return Promise.resolve();
  let timer;
  const waited = new Promise((resolve) => { timer = setTimeout(resolve, ms); });
  return unlessAborted(waited, signal).finally(() => clearTimeout(timer));
}

/** The promise, or a rejection with the signal's reason as soon as that aborts. Leaves no listener behind. */
export function unlessAborted(promise, signal) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/**
 * The body of a response. Nothing is made ahead of the reader (highWaterMark 0): one pull gives one read.
 * `ending`: "close" as it should be, "reset" as a connection that breaks, "stall" as one that falls silent.
 * What the reader did is written into `record`.
 */
export function scriptedBody(reads, ending, record, signal) {
  let next = 0;
  let timer;
  let controller;
  const settle = () => { clearTimeout(timer); signal?.removeEventListener("abort", onAbort); };
  const onAbort = () => { record.aborted = true; settle(); controller.error(signal.reason); };

  function end() {
    if (ending === "stall") return new Promise(() => {});
    settle();
    if (ending === "reset") return controller.error(new TypeError("terminated (the simulator broke the connection, as it was told)"));
    record.ended = true;
    controller.close();
  }

  function give({ bytes, delay }) {
    // A copy: whoever takes the buffer away (transfer, wasm memory) must not empty the script.
    if (!(delay > 0)) return controller.enqueue(bytes.slice());
    return new Promise((resolve) => {
      timer = setTimeout(() => { controller.enqueue(bytes.slice()); resolve(); }, delay);
    });
  }

  return new ReadableStream({
    start(own) {
      controller = own;
      signal?.addEventListener("abort", onAbort, { once: true });
    },
    pull() {
      record.reads += 1;
      return next < reads.length ? give(reads[next++]) : end();
    },
    cancel() {
      record.cancelled = true;
      settle();
    },
  }, { highWaterMark: 0 });
}

/** Reads and ending of a body that comes whole: a fault leaves the first half of its bytes, or the error instead. */
export function wholeBody(bytes, { fault, cuts, delays }) {
  const isCut = fault !== undefined && fault.kind !== "error";
  const sent = fault?.kind === "error" ? new TextEncoder().encode(JSON.stringify({ error: fault.error })) : bytes;
  const kept = isCut ? sent.subarray(0, Math.floor(sent.length / 2)) : sent;
  return { reads: withDelays(recut(kept, cuts), delays), ending: isCut ? fault.kind : "close" };
}
