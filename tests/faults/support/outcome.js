// What a stream came to, and what it should have. Runs in every runtime.

import { equal, Failure, inTime, match, ok, settle } from "../../js/support/check.js";
import { hello } from "../../js/support/wire.js";

export const streaming = { ...hello, stream: true };

/** However slow the machine, a call that has not ended by then hangs. */
const BOUND = 8000;

/** Waits for the head; Firefox tells of it with the first byte of the body only, so not for ever. */
export const headOf = (stream) => Promise.race([stream.response, settle(300)]);

/** Reads the text to its end: {text, end, error, ms}. `then` is called once, when `at` is all the text so far. */
export async function read(stream, { at, then } = {}) {
  const begun = performance.now();
  let text = "";
  let error;
  const loop = async () => {
    if (at === "") await headOf(stream).then(then, () => {});
    for await (const part of stream.text) {
      text += part;
      if (text === at) await then();
    }
  };
  await inTime(loop(), "the stream", BOUND).catch((reason) => { error = reason; });
  if (error instanceof Failure) throw error;
  return { text, end: stream.end, error, ms: performance.now() - begun };
}

/** The same of a promise. */
export async function settled(promise) {
  const begun = performance.now();
  let [value, error] = [];
  await inTime(promise, "the call", BOUND).then((given) => { value = given; }, (reason) => { error = reason; });
  if (error instanceof Failure) throw error;
  return { value, error, ms: performance.now() - begun };
}

/** One line, for the log: who wants to know what a fault looks like in a runtime reads it there. */
export function told({ text, end, error, ms }, requests) {
  const failed = error ? `${error.name} ${error.kind}${error.phase ? ` (${error.phase})` : ""}: ${error.message}` : "no error";
  const tries = requests === undefined ? "" : `, ${requests} request${requests === 1 ? "" : "s"}`;
  return `${end ?? "-"}, ${JSON.stringify(text ?? "")}, ${failed}${tries}, ${Math.round(ms)} ms`;
}

/** Text, end, error's class, kind and phase, as they must be; `expected.error` is the name of the class. */
export function expect(tw, outcome, expected) {
  const line = told(outcome);
  if (expected.text instanceof RegExp) match(outcome.text, expected.text, line);
  else equal(outcome.text, expected.text ?? "", `text of ${line}`);
  equal(outcome.end, expected.end, `end of ${line}`);
  expectError(tw, outcome, expected);
}

/** The same of a call that has no stream. */
export function expectError(tw, outcome, { error, kind, phase, status, message, within = 4000, notBefore = 0 }) {
  const line = told(outcome);
  if (error === undefined) equal(outcome.error, undefined, line);
  else {
    ok(outcome.error instanceof tw[error] && outcome.error.name === error, `${error}, not ${line}`);
    equal(outcome.error.kind, kind, `kind of ${line}`);
    equal(outcome.error.phase, phase, `phase of ${line}`);
    if (status !== undefined) equal(outcome.error.status, status, `status of ${line}`);
    if (message !== undefined) match(outcome.error.message, message, line);
  }
  ok(outcome.ms < within, `within ${within} ms: ${line}`);
  // Timers may fire a little early, and the call began before it was read.
  ok(outcome.ms >= notBefore - 50, `not before ${notBefore} ms: ${line}`);
}
