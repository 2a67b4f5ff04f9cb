// The list of cases, alike for Node, workerd, Chromium and Firefox. A case is {name, run(tokenwire, place), todo?}: what
// `run` gives is one line for the log; `todo` says why the case cannot pass yet, for all runtimes or by runtime.

import { abortCases } from "./cases/aborts.js";
import { breakCases } from "./cases/breaks.js";
import { redirectCases } from "./cases/redirects.js";
import { retryCases } from "./cases/retries.js";
import { silenceCases } from "./cases/silences.js";
import { unendedCases } from "./cases/unended.js";
import { wholeCases } from "./cases/wholes.js";
import { Place } from "./support/place.js";

export const allCases = [...breakCases, ...wholeCases, ...silenceCases, ...retryCases, ...abortCases, ...redirectCases, ...unendedCases];

/** Why a case cannot pass in a runtime, or undefined. */
export const todoIn = (runtime, { todo }) => (typeof todo === "object" ? todo[runtime] : todo);

/** Firefox's stacks do not begin with the message. */
const textOf = (reason) => (reason?.stack?.includes(reason.message) ? reason.stack : `${reason}\n${reason?.stack}`);

/** Runs all cases one after the other: [{name, error, outcome}], error being text or null. For runtimes without node:test. */
export async function runAll(tw, where) {
  const place = new Place(where);
  const results = [];
  for (const { name, run } of allCases) {
    let error = null;
    const outcome = await run(tw, place).catch((reason) => { error = textOf(reason); });
    await place.sweep();
    results.push({ name, error, outcome });
  }
  return results;
}
