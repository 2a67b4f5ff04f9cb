// Headers and query parameters: merged, checked, and which of them are secret.
import { config, typed } from "../call/errors.js";

/** A name, by RFC 9110: a token. */
const NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
/** A value: what fits into bytes, and no control characters. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Headers of several over `base`, the later win, whatever their case. In the plain object that it gives, null says that one was
 * taken away; undefined says nothing.
 */
export function headersOf(all, base) {
  const headers = Object.assign(Object.create(null), base);
  for (const given of all) {
    for (const [name, value] of pairsOf(given, "headers")) {
      if (!NAME.test(name)) throw config(`headers: ${JSON.stringify(`${name}`.slice(0, 40))} is no valid header name`);
      if (value === undefined) continue;
      const text = value === null ? null : textOf(value, "headers", name).trim();
      if (text !== null && !VALUE.test(text)) throw config(`headers: the value of ${name} has characters that no header can have`);
      headers[name.toLowerCase()] = text;
    }
  }
  return headers;
}

/** Adds query parameters over those that are there; null takes away. */
export function addQuery(query, given) {
  const pairs = [...pairsOf(given, "query")].filter(([, value]) => value !== undefined);
  for (const [name] of pairs) query.delete(name);
  for (const [name, value] of pairs) if (value !== null) query.append(name, textOf(value, "query", name));
  return query;
}

/** Of a record, a Headers, a Map, a URLSearchParams, an array of pairs. */
function* pairsOf(given, what) {
  for (const pair of given == null ? [] : typeof given[Symbol.iterator] === "function" ? given : Object.entries(given)) {
    if (!Array.isArray(pair) || pair.length !== 2) throw config(`${what} must be a record, or pairs of a name and a value, and holds one that is ${typed(pair)}`);
    yield pair;
  }
}

function textOf(value, what, name) {
  if (Array.isArray(value)) return value.join(", ");
  if (/obj|fun|sym/.test(typeof value)) throw config(`${what}: the value of ${name} must be a string, and is ${typed(value)}`);
  return `${value}`;
}

const SECRET = /auth|key|token|secret|cookie|signature|password|credential|^sig$/i;

/** The values of [name, value] pairs whose names say that they are secret. */
export function secretsIn(pairs) {
  const found = [...pairs].filter(([name, value]) => value && SECRET.test(name));
  return found.map(([, value]) => value.replace(/^(bearer|basic) +/i, ""));
}
