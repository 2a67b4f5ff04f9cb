// The list of cases that runs alike in Node, workerd and a page. A case is {name, run(tokenwire)}.

import { inTime } from "../support/check.js";
import { abortCases } from "./abort.js";
import { askedCases } from "./asked.js";
import { callerCases } from "./caller.js";
import { dialectCases } from "./dialects.js";
import { endCases } from "./ends.js";
import { entryCases } from "./entry.js";
import { errorBodyCases, errorCases } from "./errors.js";
import { fieldCases } from "./field.js";
import { foreignCases } from "./foreign.js";
import { handedCases } from "./handed.js";
import { holeCases } from "./holes.js";
import { hostileCases } from "./hostile.js";
import { parseCases } from "./parse.js";
import { partCases } from "./parts.js";
import { proseCases } from "./prose.js";
import { refusalCases } from "./refusals.js";
import { placeCases } from "./places.js";
import { plainCases } from "./plain.js";
import { proxiedCases } from "./proxied.js";
import { recordedCases, replyCases } from "./replies.js";
import { baseUrlCases, requestCases } from "./requests.js";
import { respondCases } from "./respond.js";
import { retriedCases } from "./retried.js";
import { ruleCases } from "./rules.js";
import { schemaCases } from "./schema.js";
import { secretCases } from "./secrets.js";
import { sseCases } from "./sse.js";
import { strangerCases } from "./strangers.js";
import { streamCases } from "./stream.js";
import { timeCases } from "./time.js";
import { toldCases } from "./told.js";
import { toolEndCases } from "./tool-ends.js";
import { toolCases } from "./tools.js";

/** All cases, given the data of the case files: {baseUrls, streams, errors, reports?, recorded?}. */
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
    ...respondCases,
    ...retriedCases,
    ...handedCases,
    ...foreignCases,
    ...strangerCases,
    ...secretCases,
    ...ruleCases,
    ...holeCases,
    ...askedCases,
    ...callerCases,
    ...plainCases,
    ...proxiedCases,
    ...placeCases,
    ...toolCases,
    ...toolEndCases,
    ...proseCases,
    ...parseCases,
    ...schemaCases,
    ...replyCases(data.streams),
    ...fieldCases(data.reports ?? []),
    ...recordedCases(data.recorded ?? []),
  ];
}

/** Runs all cases one after the other: [{name, error}], error being text or null. For runtimes without node:test. */
export async function runAll(tw, data) {
  const results = [];
  for (const { name, run } of allCases(data)) {
    let error = null;
    // One that hangs must not take the others with it.
    await inTime(run(tw), name, 60_000).catch((reason) => { error = String(reason?.stack ?? reason); });
    results.push({ name, error });
  }
  return results;
}
