// All that a reply came to, as the core tells it at the end.
import { ask } from "./core.js";
import { setAside } from "./unfinished.js";

/** What stands between the results. */
const SEPARATOR = "\x1e";
/** A completion of which nothing came. */
export const EMPTY = '{"id":"","object":"chat.completion","created":0,"model":"","choices":[]}';

/** Takes them out of the core, which is freed. */
export function resultsOf(core) {
  const [end, meta, repairs, failure, body, snapshot, observed] = ask(() => core.results()).split(SEPARATOR);
  ask(() => core.free());
  return { end, meta, repairs, failure, body, snapshot, observed };
}

/** Says of a reply that was stopped that calls of it were not whole, of which its snapshot makes no calls any more. */
export function noteUnfinished(results) {
  const { end, snapshot, repairs } = results;
  if (end === "complete" || !snapshot.includes('"tool_calls":[') || repairs.includes("tool_call_unfinished")) return;
  const count = setAside(JSON.parse(snapshot));
  if (count) results.repairs = JSON.stringify([...JSON.parse(repairs), { code: "tool_call_unfinished", count }]);
}
