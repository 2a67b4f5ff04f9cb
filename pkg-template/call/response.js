// What a fetch gave, as plain values, read once and under `try`: a Response, a polyfill's, a test's plain object.
import { named } from "./body.js";

/** A plain response: { status, headers, lines, native | body | whole }; a text that says what came where it is none. */
export function plainResponse(given) {
  if (given === null || (typeof given !== "object" && typeof given !== "function")) return NONE + named(given);
  try {
    return typeof Response === "function" && given instanceof Response && Object.getPrototypeOf(given) === Response.prototype
      ? ofOwn(given)
      : ofForeign(given);
  } catch (cause) {
    if (cause instanceof Refused) throw cause.cause;
    return `${NONE}one that cannot be read: ${messageOf(cause)}`;
  }
}

const NONE = "fetch must resolve to a Response, and gave ";

/** A rejection that fetch should have made. */
class Refused {
  constructor(message) {
    this.cause = new TypeError(message);
  }
}

/** No response came at all, unless it is a redirect that is not followed: of that a page sees no more than status 0. */
function checkReal(status, type) {
  if (type === "opaque") throw new Refused('fetch gave a response that a page may not read (mode "no-cors")');
  if (type === "error" || (status === 0 && type !== "opaqueredirect")) throw new Refused("fetch gave no response: a network error");
}

function ofOwn(response) {
  const { status, headers, type } = response;
  checkReal(status, type);
  // A body that is none of this runtime's streams was put there by somebody.
  const { body } = response;
  if (body instanceof ReadableStream) return { status, headers, lines: linesOf(headers), native: response };
  return { status, headers, lines: linesOf(headers), body };
}

function ofForeign(given) {
  const { ok, type } = given;
  let { status } = given;
  if (typeof status === "string" && /^\d+$/.test(status)) status = Number(status);
  // What tests make of a response is sometimes `{ ok: true, json }` and no more.
  if (status === undefined && typeof ok === "boolean") status = ok ? 200 : 500;
  if (!Number.isInteger(status) || status < 0 || status > 999) {
    return NONE + (status === undefined ? `${named(given)} without a status` : `one whose status is ${named(status)}`);
  }
  checkReal(status, type);
  const headers = headersOf(given.headers);
  const { body } = given;
  if (body == null || isUsed(body)) return { status, headers, lines: linesOf(headers), whole: wholeOf(given) };
  return { status, headers, lines: linesOf(headers), body };
}

const isUsed = (body) => body.locked === true;

/** How to get all of a body, where there is no stream of it. */
function wholeOf(given) {
  if (typeof given.text === "function") return () => given.text();
  if (typeof given.arrayBuffer === "function") return () => given.arrayBuffer();
  if (typeof given.json === "function") return async () => JSON.stringify(await given.json());
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

/** For each header a line break, its name, a colon, its value. */
function linesOf(headers) {
  let lines = "";
  for (const [name, value] of headers) lines += `\n${name}:${name === "retry-after" ? seconds(value) : value}`;
  return lines;
}

/** The core has no calendar: where `retry-after` is a date, it is told the seconds until then. */
function seconds(value) {
  const moment = /^[\d.\s]*$/.test(value) ? NaN : Date.parse(value);
  return moment > 0 ? Math.floor(Math.max(0, moment - Date.now()) / 1000) + 1 : value;
}

/** What something thrown says; throws nothing. */
export function messageOf(cause) {
  const text = (value) => {
    try {
      return typeof value === "string" ? value : typeof value?.message === "string" ? value.message : "";
    } catch {
      return "";
    }
  };
  const inner = innerOf(cause);
  const deeper = typeof inner === "object" ? text(inner) : "";
  return deeper ? `${text(cause)} (${deeper})` : text(cause);
}

/** Node tells in `cause` why a fetch failed. */
function innerOf(cause) {
  try {
    return cause?.cause;
  } catch {
    return undefined;
  }
}

/** What a caller may know of the HTTP response, from the core's JSON and the headers. */
export function responseMeta(json, headers) {
  const { status, requestId, rateLimit, attempts } = JSON.parse(json);
  return { status, requestId, headers, rateLimit, attempts };
}
