// Bytes and the ways to cut them. Runs in every runtime.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Text as UTF-8 bytes; bytes are left as they are. */
export function toBytes(data) {
  return typeof data === "string" ? encoder.encode(data) : data;
}

/** UTF-8 bytes as text. */
export function toText(bytes) {
  return decoder.decode(bytes);
}

/** Base64 as bytes. */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/** The reads of a case file ({utf8} or {base64}) as bytes. */
export function readsOf(record) {
  return record.reads.map((read) => (read.utf8 === undefined ? fromBase64(read.base64) : toBytes(read.utf8)));
}

/** All parts as one. */
export function join(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The bytes cut at these places. */
export function cutAt(bytes, places) {
  const edges = [0, ...places, bytes.length];
  return edges.slice(1).map((end, n) => bytes.subarray(edges[n], end)).filter((part) => part.length > 0);
}

/** The bytes in reads of one size. */
export function cutEvery(bytes, size) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size));
  return parts;
}

/** A small seeded generator (mulberry32), so that a failing cut can be repeated. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` sorted random places to cut at. */
export function randomCuts(bytes, count, next) {
  return Array.from({ length: count }, () => Math.floor(next() * bytes.length)).sort((a, b) => a - b);
}
