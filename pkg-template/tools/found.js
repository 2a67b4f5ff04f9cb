// JSON in an answer of words: within fences, or with words around it. Only where nothing better was to be had.
import { endOfJson, isJson } from "./prose.js";

/** More beginnings than these are not tried, so that the work is bounded. */
const MOST = 64;

/** The values in a text that could be meant, the likeliest first. */
export function* valuesIn(text) {
  const bare = text.trim();
  if (isJson(bare)) return yield JSON.parse(bare);
  for (const [, inside] of text.matchAll(/```[\w-]*\s*\n?([^`]*(?:`(?!``)[^`]*)*)```/g)) if (isJson(inside)) yield JSON.parse(inside);
  let tries = 0;
  for (let at = 0; at < text.length && tries < MOST; at++) {
    if (text[at] !== "{" && text[at] !== "[") continue;
    tries++;
    const end = endOfJson(text, at);
    if (end) yield JSON.parse(text.slice(at, end));
    if (end) at = end - 1;
  }
  return undefined;
}

/** Where in a text that is still being written the JSON begins; -1 while that is not known. */
export function startOfJson(text) {
  const fence = /```[\w-]*[ \t]*\n\s*(?=[[{"])/.exec(text);
  if (fence) return fence.index + fence[0].length;
  const start = /^\s*[[{]/.exec(text) ?? /\{\s*"/.exec(text);
  return start ? start.index + start[0].search(/[[{]/) : -1;
}
