// The body of a response as something to read from: `read()` gives plain { done, value }, `cancel()` ends a read that is under way.
// Bodies of this runtime's own are opened by the core (`open`); all others are read under `try`, and none is waited for beyond the end.

const NOTHING = { read: async () => ({ done: true, value: undefined }), cancel() {} };

/** The source of a plain response (see response.js); a text that says what came where it cannot be read. */
export function sourceOf({ native, body, whole }, open) {
  if (native) {
    const reader = open(native);
    if (reader === null) return "fetch gave a Response whose body is already being read";
    if (reader) return reader;
  } else if (body != null) return sourceOfBody(body);
  return whole ? once(whole) : NOTHING;
}

function sourceOfBody(body) {
  if (typeof body === "string" || isBytes(body)) return once(() => body);
  if (typeof body === "object" || typeof body === "function") {
    if (typeof body.getReader === "function") return new Source(body.getReader(), "read", "cancel", body);
    for (const key of [Symbol.asyncIterator, Symbol.iterator]) {
      if (typeof body[key] === "function") return new Source(body[key](), "next", "return", body);
    }
    if (typeof body.arrayBuffer === "function") return once(() => body.arrayBuffer());
  }
  return `fetch gave a response whose body is ${named(body)}: expected a ReadableStream, bytes, text, a Blob or something to iterate`;
}

/** One piece, got when it is asked for. */
function once(get) {
  let isRead = false;
  const next = async () => {
    if (isRead) return { done: true };
    isRead = true;
    return { done: false, value: await get() };
  };
  return new Source({ next }, "next");
}

/** Somebody else's reader or iterator. */
class Source {
  #from;
  #next;
  #leave;
  #body;
  #end;

  constructor(from, next, leave, body) {
    this.#from = from;
    this.#next = next;
    this.#leave = leave;
    this.#body = body;
  }

  read() {
    return new Promise((resolve, reject) => {
      this.#end = resolve;
      Promise.resolve(this.#from[this.#next]()).then((result) => {
        if (result === null || typeof result !== "object") throw new TypeError(`the body's reader gave ${named(result)}`);
        resolve({ done: Boolean(result.done), value: result.value });
      }).catch(reject);
    });
  }

  cancel() {
    this.#end?.({ done: true, value: undefined });
    quietly(() => this.#from[this.#leave]?.());
    // A generator that waits in its next() hears of nothing else.
    quietly(() => this.#body?.destroy?.());
  }
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
const isBytes = (value) => ArrayBuffer.isView(value) || BUFFERS.includes(Object.prototype.toString.call(value));

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
