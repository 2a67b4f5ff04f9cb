// The key: given or asked for, and what it may look like.
import { config } from "../call/errors.js";

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
