// The list of cases that runs alike in Node, workerd and a page. A case is {name, run(tokenwire)}.

import { abortCases } from "./abort.js";
import { dialectCases } from "./dialects.js";
import { endCases } from "./ends.js";
import { entryCases } from "./entry.js";
import { errorBodyCases, errorCases } from "./errors.js";
import { handedCases } from "./handed.js";
import { hostileCases } from "./hostile.js";
import { partCases } from "./parts.js";
import { refusalCases } from "./refusals.js";
import { recordedCases, replyCases } from "./replies.js";
import { baseUrlCases, requestCases } from "./requests.js";
import { retriedCases } from "./retried.js";
import { sseCases } from "./sse.js";
import { streamCases } from "./stream.js";
import { timeCases } from "./time.js";
import { toldCases } from "./told.js";

/** All cases, given the data of the case files: {baseUrls, streams, errors, recorded?}. */
export function allCases(data) {
  return [
    ...entryCases,
    ...requestCases,
    ...baseUrlCases(data.baseUrls),
    ...refusalCases,
    ...errorCases,
    ...errorBodyCases(data.errors),
    ...dialectCases,
    ...streamCases,
    ...timeCases,
    ...hostileCases,
    ...abortCases,
    ...sseCases,
    ...partCases,
    ...endCases,
    ...toldCases,
    ...retriedCases,
    ...handedCases,
    ...replyCases(data.streams),
    ...recordedCases(data.recorded ?? []),
  ];
}

/** Runs all cases one after the other: [{name, error}], error being text or null. For runtimes without node:test. */
export async function runAll(tw, data) {
  const results = [];
  for (const { name, run } of allCases(data)) {
    let error = null;
    await run(tw).catch((reason) => { error = String(reason?.stack ?? reason); });
    results.push({ name, error });
  }
  return results;
}
