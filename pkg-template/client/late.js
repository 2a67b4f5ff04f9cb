// What a client does with tools and schemas is imported when it is first asked for (tools/). Until that is there, this stands in its
// place. What it needs of the page's own files it is given: were it to import them, a bundler would cut the page's file in two.
import { APIConnectionError, aborted } from "../call/errors.js";
import { EMPTY } from "../call/results.js";
import { bodyOf } from "./params.js";

/** The module; an error of ours where it cannot be had. */
export async function tools() {
  try {
    return await import("../tools/index.js");
  } catch (cause) {
    throw new APIConnectionError("tokenwire's tools could not be loaded (see cause)", { kind: "connection", retryable: true, cause });
  }
}

/**
 * What `begin(module, params)` gives, before it is there. The parameters are read as they are now; what is wrong with them is what it
 * fails of.
 */
export function late(params, begin) {
  let held, stop, text;
  const coming = new Promise((resolve, reject) => {
    text = bodyOf(params);
    stop = (reason = new DOMException("This operation was aborted", "AbortError")) => (stop = reject(aborted(reason)));
    tools().then((module) => stop && resolve((held = begin(module, JSON.parse(text))))).catch(reject);
  });
  coming.catch(() => {});
  return {
    final: async () => (await coming).final(),
    abort: (reason) => (held ? held.abort(reason) : stop?.(reason)),
    get snapshot() {
      if (held) return held.snapshot;
      const { messages = [] } = JSON.parse(text ?? "{}");
      return { completion: JSON.parse(EMPTY), messages, steps: 0, usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } };
    },
    get repairs() {
      return held ? held.repairs : [];
    },
    async *[Symbol.asyncIterator]() {
      yield* await coming;
    },
  };
}
