// The key: what it may look like, and where it may not go.
import { config } from "../call/errors.js";

/** Refuses to send a key to where others would read it. `page`: the origin of the page, undefined outside of pages. */
export function checkPlace(url, page, allowed) {
  const { protocol, hostname, origin } = new URL(url);
  if (/^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/.test(hostname)) return;
  if (protocol === "http:") {
    throw config(`a key is not sent over http: anyone on the way could read it. Use https for ${origin}, or send no apiKey`);
  }
  if (page !== undefined && page !== origin && !allowed) {
    throw config(
      "a key in a page can be read by everyone who opens it. Keep it on a server of yours that adds it (a gateway at the " +
        "edge) and give the page that server's base URL; or set dangerouslyAllowBrowser: true, for keys that are the reader's own",
    );
  }
}

/** The key of the option, or a promise of it; undefined where there is none. */
export function keyOf(key) {
  return typeof key === "function" ? answer(key) : checked(key);
}

async function answer(ask) {
  let key;
  try {
    key = await ask();
  } catch (cause) {
    throw config("the apiKey function failed (see cause)", cause);
  }
  if (key === undefined || key === "") throw config(`the apiKey function gave ${key === "" ? "an empty text" : "nothing"}: expected a key`);
  return checked(key);
}

function checked(key) {
  if (key === undefined) return undefined;
  if (typeof key !== "string") throw config(`apiKey must be a string, and is ${key === null ? "null" : `of type ${typeof key}`}`);
  key = key.trim();
  if (/[^\x21-\x7e]/.test(key))
    throw config("apiKey holds a character that no key has: a blank, a line break, a typographic sign");
  return key || undefined;
}
