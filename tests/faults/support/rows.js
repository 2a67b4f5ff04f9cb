// Most cases are a row: a fault, the options of the call, and what must come out. Runs in every runtime.

import { equal } from "../../js/support/check.js";
import { expect, read, streaming, told } from "./outcome.js";

/**
 * `fault`: its name. `at`: the fault waits until this text was read ("": until the head is there). `options`: of the call.
 * `expected`: see outcome.js, with `requests` (1 unless told), `attempts` of a good end, and `left: true` where the client
 * must close the connection. `where`: {runtime: what is expected otherwise there}.
 */
export function row({ name, fault, at, options, expected, where = {}, todo }) {
  return {
    name: name ?? fault,
    todo,
    async run(tw, place) {
      const visit = place.at(fault);
      const { requests = 1, attempts, left, ...rest } = { ...expected, ...where[place.runtime] };
      const stream = tw.chat(streaming, { baseURL: visit.baseURL, ...options });
      const outcome = await read(stream, { at, then: () => visit.go() });
      const seen = (await visit.requests()).length;
      const line = told(outcome, seen);
      expect(tw, outcome, rest);
      equal(seen, requests, `requests of ${line}`);
      if (attempts !== undefined) equal((await stream.response).attempts, attempts, "attempts");
      if (left) await visit.left(requests - 1);
      return line;
    },
  };
}
