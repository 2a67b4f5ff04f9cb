// The key: given or asked for, and what it may look like.
import { config, typed } from "../call/errors.js";

/** Throws for an option that is no key. */
export function checkKey(key) {
  if (typeof key !== "function") checked(key);
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
  if (typeof key !== "string") throw config(`apiKey must be a string, and is ${typed(key)}`);
  key = bare(key);
  const wrong = /[^\x21-\x7e]/.exec(key);
  if (wrong) {
    const code = key.codePointAt(wrong.index).toString(16).toUpperCase().padStart(4, "0");
    throw config(`apiKey holds a character that no header can carry (U+${code})`);
  }
  return key || undefined;
}

/** Without what gets copied along: blanks, quotes, what stands before it in a header. */
function bare(key) {
  const less = key.replace(/^[\s\u200b-\u200d\u2060"'`“”‘’]+|[\s\u200b-\u200d\u2060"'`“”‘’]+$/g, "").replace(/^(authorization:|bearer(?=\s|$))/i, "");
  return less === key ? key : bare(less);
}
