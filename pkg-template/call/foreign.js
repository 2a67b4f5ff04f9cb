// What a fetch gave that is no Response of this runtime's: a polyfill's, a test's plain object, nothing; and bodies of any make.
// Loaded with the first of them; it imports nothing, for what two parts of a bundle share is a third.

/** What the other files of this folder have. */
let quietly, linesOf, messageOf;

const NONE = "fetch must resolve to a Response, and gave ";

/** As `plainResponse`, of anything. */
export function foreignResponse(given, tools) {
  ({ quietly, linesOf, messageOf } = tools);
  if (given === null || (typeof given !== "object" && typeof given !== "function")) return NONE + named(given);
  try {
    return ofForeign(given);
  } catch (cause) {
    if (cause instanceof Refused) throw cause.cause;
    return `${NONE}one that cannot be read: ${messageOf(cause)}`;
  }
}

/** A rejection that fetch should have made. */
class Refused {
  constructor(message) {
    this.cause = new TypeError(message);
  }
}

function ofForeign(given) {
  const { ok, type } = given;
  let { status } = given;
  if (typeof status === "string" && /^\d+$/.test(status)) status = Number(status);
  // What tests make of a response is sometimes `{ ok: true, json }` and no more.
  if (status === undefined && typeof ok === "boolean") status = ok ? 200 : 500;
  if (type === "opaque") throw new Refused('fetch gave a response that no page may read: fetchOptions say mode "no-cors"');
  if (type === "error" || (status === 0 && type !== "opaqueredirect")) throw new Refused("fetch gave no response: a network error");
  if (!Number.isInteger(status) || status < 0 || status > 999) {
    return NONE + (status === undefined ? `${named(given)} without a status` : `one whose status is ${named(status)}`);
  }
  const headers = headersOf(given.headers);
  const { body } = given;
  const source = body == null || isUsed(body) ? wholeOf(given) : () => sourceOfBody(body);
  return { status, headers, lines: linesOf(headers), source };
}

const isUsed = (body) => body.locked === true;

/** The source of all of a body, where there is no stream of it. */
function wholeOf(given) {
  if (typeof given.text === "function") return () => once(() => given.text());
  if (typeof given.arrayBuffer === "function") return () => once(() => given.arrayBuffer());
  if (typeof given.json === "function") return () => once(async () => JSON.stringify(await given.json()));
  return () => once(() => "");
}

/** Headers of any form: a Headers, a Map, pairs, a plain object whose values may be arrays. */
function headersOf(given) {
  const headers = new Headers();
  if (given === null || typeof given !== "object") return headers;
  const add = (value, name) => {
    try {
      for (const one of Array.isArray(value) ? value : [value]) if (one != null) headers.append(name, `${one}`);
    } catch {
      // A name or a value that no header has.
    }
  };
  if (typeof given[Symbol.iterator] === "function") for (const [name, value] of given) add(value, name);
  else if (typeof given.forEach === "function") given.forEach(add);
  else if (typeof given.get === "function") for (const name of USED) add(given.get(name), name);
  else for (const name of Object.keys(given)) add(given[name], name);
  return headers;
}

/** What the core looks at: asked for by name where headers cannot be listed. */
const USED = ["content-type", "location", "retry-after", "retry-after-ms", "x-should-retry", "x-request-id", "request-id"];
for (const what of ["limit", "remaining", "reset"]) USED.push(`x-ratelimit-${what}-requests`, `x-ratelimit-${what}-tokens`);

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
function named(value) {
  try {
    if (value === null || value === undefined) return `${value}`;
    if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
    if (typeof value === "object") return Array.isArray(value) ? "an array" : `an object of class ${value.constructor?.name || "Object"}`;
    return `the ${typeof value} ${JSON.stringify(value).slice(0, 40)}`;
  } catch {
    return "an object that cannot be read";
  }
}
