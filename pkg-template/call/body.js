// The body of a response as something to read from: `read()` gives plain { done, value }, `cancel()` ends a read that is under way.
// Bodies of this runtime's own are opened by the core (`open`); all others are read under `try`, and none is waited for beyond the end.

const NOTHING = { read: async () => ({ done: true, value: undefined }), cancel() {} };

/** The source of a plain response (see response.js); a text that says what came where it cannot be read. */
export function sourceOf({ native, source }, open) {
  if (!native) return source();
  const reader = open(native);
  return reader === null ? "fetch gave a Response whose body is already being read" : (reader ?? NOTHING);
}

/** Lets go of a body: nothing more of it is wanted, and nobody waits for its answer. */
export function release(source) {
  if (source) quietly(() => source.cancel());
}

/** Does what may fail, now or later, and is nobody's concern. */
export function quietly(act) {
  try {
    const done = act();
    if (typeof done?.then === "function") done.then(undefined, () => {});
  } catch {
    // As said.
  }
}

/** A read gave something else than bytes of this runtime's own. */
export const isForeign = ({ done, value, isMade }) =>
  !done && !isMade && (!ArrayBuffer.isView(value) || Object.getPrototypeOf(value) !== Uint8Array.prototype);

/** The same as bytes. `kept`: from read to read. */
export async function asBytes({ value }, kept) {
  const { bytesOf, texts } = await import("./foreign.js");
  const bytes = bytesOf(value, (kept.texts ??= texts()));
  return { done: false, isMade: true, ...(typeof bytes === "string" ? { problem: bytes } : { value: bytes }) };
}
