// The connection breaks, or says something else than it does.

import { equal } from "../../js/support/check.js";
import { expect, read, settled, expectError, streaming, told } from "../support/outcome.js";
import { row } from "../support/rows.js";
import { hello } from "../../js/support/wire.js";

/** One try, so that the outcome is that of one fault. */
const once = { maxRetries: 0 };
const nothing = { end: "error", error: "APIConnectionError", kind: "connection" };
const cut = { end: "truncated", error: "StreamError", kind: "truncated" };
const whole = { end: "complete", text: "Hello" };

const beforeHead = [
  // Only Node and workerd say what broke; to a page every network error is one TypeError, on purpose.
  row({ fault: "reset-before-head", options: once, expected: nothing, where: { node: { ...nothing, message: /ECONNRESET/ } } }),
  row({ fault: "fin-before-head", options: once, expected: nothing, where: { node: { ...nothing, message: /other side closed/ } } }),
  row({ fault: "fin-mid-head", options: once, expected: nothing }),
  row({ fault: "garbage-head", options: once, expected: nothing }),
  {
    name: "connection refused",
    async run(tw, { refused, runtime }) {
      const stream = tw.chat(streaming, { baseURL: `${refused}/v1`, ...once });
      const outcome = await read(stream);
      expect(tw, outcome, { ...nothing, message: runtime === "node" ? /ECONNREFUSED/ : /No response from http/ });
      return told(outcome);
    },
  },
  {
    name: "connection refused, a plain call and a list of models",
    async run(tw, { refused }) {
      const client = tw.createClient({ baseURL: `${refused}/v1`, ...once });
      for (const call of [() => client.chat(hello), () => client.models()]) expectError(tw, await settled(call()), nothing);
    },
  },
];

const inReply = [
  // Firefox gives no response before the first byte of its body.
  row({ fault: "reset-after-head", at: "", options: once, expected: cut, where: { firefox: nothing } }),
  row({ fault: "reset-mid-event", at: "Hel", expected: { ...cut, text: "Hel" } }),
  row({ name: "reset after finish_reason is complete", fault: "reset-after-finish", at: "Hello", expected: whole }),
  row({ name: "reset after [DONE] is complete", fault: "reset-after-done", at: "Hello", expected: whole }),
  row({ fault: "fin-after-head", options: once, expected: cut }),
  row({ fault: "fin-mid-event", expected: { ...cut, text: "Hel", left: true } }),
  row({ fault: "fin-after-event", expected: { ...cut, text: "Hel", left: true } }),
  row({ name: "fin after finish_reason is complete", fault: "fin-after-finish", expected: { ...whole, left: true } }),
  row({ name: "fin in the middle of a letter gives no half of it", fault: "fin-mid-letter", expected: { ...cut, text: "Hel" } }),
  row({ fault: "chunked-cut", at: "Hel", expected: { ...cut, text: "Hel" } }),
  row({ fault: "chunked-cut-after-event", at: "Hel", expected: { ...cut, text: "Hel" } }),
  row({ name: "chunked, cut after finish_reason, is complete", fault: "chunked-cut-after-finish", at: "Hello", expected: whole }),
  row({ fault: "chunked-garbage", at: "Hel", expected: { ...cut, text: "Hel" } }),
  row({ fault: "gzip-cut", at: "Hel", expected: { ...cut, text: "Hel" } }),
];

const lies = [
  row({ name: "content-length too long, all of the reply came", fault: "length-too-long", at: "Hello", expected: whole }),
  row({ name: "content-length too short cuts the reply", fault: "length-too-short", expected: { ...cut, text: "Hel" } }),
  row({ name: "content-length not reached", fault: "length-cut", at: "Hel", expected: { ...cut, text: "Hel" } }),
  row({
    fault: "says-gzip-and-is-not",
    options: { ...once, timeout: 1000 },
    expected: cut,
    // Node's fetch neither gives nor rejects anything here (undici of Node 20), so it is the clock that ends it.
    where: { node: { end: "error", error: "APITimeoutError", kind: "timeout", phase: "total" } },
  }),
  row({ name: "a stream that calls itself JSON", fault: "says-json", expected: whole }),
];

const plain = [
  {
    name: "a plain reply that is cut",
    async run(tw, place) {
      const visit = place.at("plain-cut");
      const outcome = await settled(tw.chat(hello, { baseURL: visit.baseURL, ...once }));
      expectError(tw, outcome, { error: "StreamError", kind: "truncated" });
      equal((await visit.requests()).length, 1);
      return told(outcome);
    },
  },
  {
    name: "final() of a cut stream rejects, and the snapshot has what came",
    async run(tw, place) {
      const stream = tw.chat(streaming, { baseURL: place.at("fin-mid-event").baseURL });
      expectError(tw, await settled(stream.final()), cut);
      equal(stream.snapshot.choices[0].message.content, "Hel");
      equal(stream.end, "truncated");
    },
  },
  {
    name: "the status of a refusal counts, though its body is cut",
    async run(tw, place) {
      const outcome = await settled(tw.chat(hello, { baseURL: place.at("limited-and-cut").baseURL, ...once }));
      expectError(tw, outcome, { error: "RateLimitError", kind: "rate_limit", status: 429 });
      return told(outcome);
    },
  },
];

export const breakCases = [...beforeHead, ...inReply, ...lies, ...plain];
