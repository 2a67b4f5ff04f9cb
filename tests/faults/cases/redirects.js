// A provider that sends on to somewhere else. A key is for the origin that it was given for.

import { equal, ok } from "../../js/support/check.js";
import { read, streaming, told } from "../support/outcome.js";
import { row } from "../support/rows.js";

/** Every runtime takes `authorization` away where it follows to another origin, and no other header: none is followed. */
const key = "sk-test-0123456789abcdef";

/** Follows to the other origin; {outcome, arrived}: how it ended, and the requests that came there. */
async function follow(tw, place, options) {
  const visit = place.at("redirect");
  const outcome = await read(tw.chat(streaming, { baseURL: visit.baseURL, apiKey: key, maxRetries: 0, ...options }));
  const requests = await visit.requests();
  equal(JSON.stringify(requests[0].headers).includes(key), true, "the key came to where it belongs");
  return { outcome, arrived: requests.slice(1) };
}

function expectNoKey({ outcome, arrived }) {
  const leaked = arrived.filter(({ headers }) => JSON.stringify(headers).includes(key));
  equal(leaked.length, 0, `the key must not come to another origin; ${told(outcome, arrived.length + 1)}`);
  ok(outcome.end === "complete" || outcome.error, "it ended");
  return told(outcome, arrived.length + 1);
}

export const redirectCases = [
  {
    name: "a redirect to another origin: no Bearer key arrives there",
    run: async (tw, place) => expectNoKey(await follow(tw, place)),
  },
  {
    name: "a redirect to another origin: no key in a header of its own arrives there",
    run: async (tw, place) => expectNoKey(await follow(tw, place, { provider: "azure" })),
  },
  {
    name: "a redirect to another origin: no key in the caller's headers arrives there",
    run: async (tw, place) => expectNoKey(await follow(tw, place, { headers: { "x-api-key": key } })),
  },
  row({ name: "a redirect within the origin is followed", fault: "redirect-here", expected: { end: "complete", text: "good", requests: 2 } }),
  row({
    name: "redirects without end",
    fault: "redirect-for-ever",
    options: { maxRetries: 0 },
    expected: { end: "error", error: "APIConnectionError", kind: "connection", requests: 21 },
  }),
];
