// Odd, and whole all the same: nothing may be lost, and nothing that comes after the end may be read.

import { equal, ok } from "../../js/support/check.js";
import { expect, read, streaming, told } from "../support/outcome.js";
import { row } from "../support/rows.js";

const whole = { end: "complete", text: "Hello", attempts: 1 };
const accents = { end: "complete", text: "naïve 日本 😀 done", attempts: 1 };

export const wholeCases = [
  row({ fault: "byte-by-byte", expected: accents }),
  row({ name: "the head byte by byte", fault: "slow-head", expected: whole }),
  row({ name: "every letter of several bytes in two packets", fault: "letter-in-two", expected: accents }),
  row({
    name: "early hints before the head",
    fault: "early-hints",
    expected: whole,
    // workerd takes them for the response itself.
    where: { workerd: { text: "", end: "error", error: "APIError", kind: "server", status: 103, attempts: undefined } },
  }),
  row({ name: "events after [DONE] are not read, and the connection is closed", fault: "after-done", expected: { ...whole, left: true } }),
  row({ name: "a connection that stays after [DONE] is closed", fault: "stays-after-done", expected: { ...whole, left: true } }),
  row({ name: "gzip as a whole", fault: "gzip-at-once", expected: whole }),
  row({ name: "gzip, event by event", fault: "gzip", at: "Hel", expected: whole }),
  row({
    name: "an error frame after content ends it, and the connection is closed",
    fault: "error-frame-late",
    expected: { end: "error", text: "Hel", error: "StreamError", kind: "overloaded", message: /The engine is overloaded/, left: true },
  }),
  {
    name: "calls that have ended hold no connection: ten in a row to a server that keeps them open",
    async run(tw, place) {
      for (let turn = 0; turn < 10; turn += 1) {
        const outcome = await read(tw.chat(streaming, { baseURL: place.at("stays-after-done").baseURL, timeout: 3000 }));
        expect(tw, outcome, { end: "complete", text: "Hello" });
      }
    },
  },
  {
    name: "twenty calls at once, each with its own fault",
    async run(tw, place) {
      const plan = { "fin-mid-event": "truncated", good: "complete", "gzip-at-once": "complete", "after-done": "complete" };
      const names = Array.from({ length: 20 }, (_, index) => Object.keys(plan)[index % 4]);
      const streams = names.map((fault) => tw.chat(streaming, { baseURL: place.at(fault).baseURL }));
      const outcomes = await Promise.all(streams.map((stream) => read(stream)));
      names.forEach((fault, index) => equal(outcomes[index].end, plan[fault], `${fault}: ${told(outcomes[index])}`));
      ok(outcomes.every(({ text }) => ["Hel", "good", "Hello"].includes(text)), "no text of another call");
      expect(tw, outcomes[0], { end: "truncated", text: "Hel", error: "StreamError", kind: "truncated", within: 8000 });
    },
  },
];
