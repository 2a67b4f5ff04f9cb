// What a fetch gave, as plain values, read once and under `try`. What is not this runtime's own Response is foreign.js's.
import { quietly } from "./body.js";

/** A plain response: { status, headers, lines, native | source }, or a promise of it; a text that says what came where it is none. */
export function plainResponse(given) {
  try {
    if (typeof Response === "function" && given instanceof Response && Object.getPrototypeOf(given) === Response.prototype) {
      const { status, headers, type, body } = given;
      // Of a redirect that is not followed a page sees no more than status 0. A body that is no stream was put there by somebody.
      const isOne = status || type === "opaqueredirect";
      if (isOne && (body === null || body instanceof ReadableStream)) return { status, headers, lines: linesOf(headers), native: given };
    }
  } catch {
    // Said there.
  }
  return import("./foreign.js").then(({ foreignResponse }) => foreignResponse(given, { quietly, linesOf, messageOf }));
}

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
