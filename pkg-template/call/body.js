// The body of a response as something to read from: `read()` gives plain { done, value }, `cancel()` ends a read that is under way.
// Bodies of this runtime's own are opened by the core; all others are read under `try`, and none is waited for beyond the end.
import { open } from "./core.js";

const NOTHING = { read: async () => ({ done: true, value: undefined }), cancel() {} };

/** The source of a plain response (see response.js); a text that says what came where it cannot be read. */
export function sourceOf({ native, source }) {
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

/** The bytes of what a read gave; a text that says what came where it has none. `text`: makes bytes of texts. */
export function bytesOf(value, text) {
  try {
    if (typeof value === "string") return text(value);
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    if (isBytes(value)) return new Uint8Array(value);
  } catch {
    // Said below.
  }
  return `The body gave ${named(value)} where bytes or text were expected`;
}

/** Texts to bytes; half of a letter at the end of one waits for the next. */
export function texts() {
  const encoder = new TextEncoder();
  let half = "";
  return (text) => {
    const all = half + text;
    half = /[\ud800-\udbff]$/.test(all) ? all.slice(-1) : "";
    return encoder.encode(half ? all.slice(0, -1) : all);
  };
}

const BUFFERS = ["[object ArrayBuffer]", "[object SharedArrayBuffer]"];
export const isBytes = (value) => ArrayBuffer.isView(value) || BUFFERS.includes(Object.prototype.toString.call(value));

/** What something is, in words; throws nothing. */
export function named(value) {
  try {
    if (value === null || value === undefined) return `${value}`;
    if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
    if (typeof value === "object") return Array.isArray(value) ? "an array" : `an object of class ${value.constructor?.name || "Object"}`;
    return `the ${typeof value} ${JSON.stringify(value).slice(0, 40)}`;
  } catch {
    return "an object that cannot be read";
  }
}
