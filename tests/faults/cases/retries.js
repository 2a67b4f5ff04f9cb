// What passes by itself is tried again, before the first content and never after it.

import { equal, ok } from "../../js/support/check.js";
import { expectError, settled, streaming, told } from "../support/outcome.js";
import { row } from "../support/rows.js";
import { hello } from "../../js/support/wire.js";

const good = { end: "complete", text: "good" };
const thrice = { requests: 3 };

export const retryCases = [
  row({
    name: "429 thrice: two retries, then the error",
    fault: "limited-thrice",
    expected: { end: "error", error: "RateLimitError", kind: "rate_limit", status: 429, message: /Rate limit reached/, notBefore: 80, ...thrice },
  }),
  row({ name: "429 twice, then good", fault: "limited-twice", expected: { ...good, notBefore: 80, attempts: 3, ...thrice } }),
  row({
    name: "429 twice and one retry: the error",
    fault: "limited-twice",
    options: { maxRetries: 1 },
    expected: { end: "error", error: "RateLimitError", kind: "rate_limit", requests: 2 },
  }),
  row({
    name: "a quota is not tried again",
    fault: "quota",
    expected: { end: "error", error: "RateLimitError", kind: "quota", status: 429 },
  }),
  row({
    name: "retry-after beyond the call's time is not waited for",
    fault: "limited-for-long",
    options: { timeout: 3000 },
    expected: { end: "error", error: "RateLimitError", kind: "rate_limit", within: 1500 },
  }),
  row({
    name: "the time for the first content runs while waiting to try again",
    fault: "limited-for-long",
    options: { timeout: { firstToken: 300 } },
    expected: { end: "error", error: "APITimeoutError", kind: "timeout", phase: "firstToken", notBefore: 300, within: 2500 },
  }),
  row({ name: "500, then good", fault: "failed-once", expected: { ...good, requests: 2, attempts: 2 } }),
  row({
    name: "x-should-retry: false",
    fault: "failed-for-good",
    expected: { end: "error", error: "InternalServerError", kind: "server", status: 500 },
  }),
  row({ name: "an overloaded error inside a 200, then good", fault: "overloaded-once", expected: { ...good, requests: 2, attempts: 2 } }),
  row({ name: "an empty stream, then good", fault: "empty-once", expected: { ...good, requests: 2, attempts: 2 } }),
  row({ name: "[DONE] and nothing else, then good", fault: "done-only-once", expected: { ...good, requests: 2, attempts: 2 } }),
  row({ name: "a reset before the head, then good", fault: "reset-once", expected: { ...good, requests: 2, attempts: 2 } }),
  row({ name: "an end before the head, then good", fault: "fin-once", expected: { ...good, requests: 2, attempts: 2 } }),
  row({ name: "a reset after the head, then good", fault: "reset-after-head-once", at: "", expected: { ...good, requests: 2, attempts: 2 } }),
  row({ name: "a refusal with a cut body, then good", fault: "limited-and-cut", expected: { ...good, requests: 2, attempts: 2 } }),
  row({
    name: "a reset before the head, each time",
    fault: "reset-before-head",
    expected: { end: "error", error: "APIConnectionError", kind: "connection", ...thrice },
  }),
  row({
    name: "an empty stream, each time",
    fault: "fin-after-head",
    expected: { end: "truncated", error: "StreamError", kind: "truncated", ...thrice },
  }),
  {
    name: "a plain reply that is cut each time",
    async run(tw, place) {
      const visit = place.at("plain-cut");
      const outcome = await settled(tw.chat(hello, { baseURL: visit.baseURL }));
      expectError(tw, outcome, { error: "StreamError", kind: "truncated" });
      equal((await visit.requests()).length, 3);
      return told(outcome, 3);
    },
  },
  {
    name: "final() is tried again as well",
    async run(tw, place) {
      for (const fault of ["reset-once", "empty-once", "overloaded-once", "limited-twice"]) {
        const stream = tw.chat(streaming, { baseURL: place.at(fault).baseURL });
        const { value, error } = await settled(stream.final());
        ok(error === undefined, `${fault}: ${error}`);
        equal(value.choices[0].message.content, "good", fault);
      }
    },
  },
  {
    name: "the SSE face is tried again as well",
    async run(tw, place) {
      const stream = tw.chat(streaming, { baseURL: place.at("empty-once").baseURL });
      const { value, error } = await settled(new Response(stream.toReadableStream()).text());
      ok(error === undefined, String(error));
      ok(value.includes('"good"') && value.endsWith("data: [DONE]\n\n") && !value.includes('"error"'), value);
    },
  },
];
