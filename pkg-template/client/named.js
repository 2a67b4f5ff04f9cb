// Headers and query parameters: merged, checked, and which of them are secret.
import { config } from "../call/errors.js";

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
    for (const [name, value] of pairsOf(given)) {
      if (!NAME.test(name)) throw config(`headers: ${JSON.stringify(`${name}`.slice(0, 40))} is no valid header name`);
      if (value === undefined) continue;
      const text = value === null ? null : `${value}`.trim();
      if (text !== null && !VALUE.test(text)) throw config(`headers: the value of ${name} has characters that no header can have`);
      headers[name.toLowerCase()] = text;
    }
  }
  return headers;
}

/** Query parameters of several, as `headersOf`; null takes away what the base URL says, too. */
export function queryOf(...all) {
  const query = new Map();
  for (const given of all) {
    for (const [name, value] of pairsOf(given)) if (value !== undefined) query.set(name, value === null ? null : `${value}`);
  }
  return query;
}

const pairsOf = (given) => (given == null ? [] : typeof given[Symbol.iterator] === "function" ? given : Object.entries(given));

const SECRET = /auth|key|token|secret|cookie|signature|password|credential|^sig$/i;

/** The values of [name, value] pairs whose names say that they are secret. */
export function secretsIn(pairs) {
  const found = pairs.filter(([name, value]) => value && SECRET.test(name));
  return found.map(([, value]) => value.replace(/^(bearer|basic) +/i, ""));
}
