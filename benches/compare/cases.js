/** What every client is asked to read: the quirks and the recorded streams of ../shared/fixtures, each with what is right. */
import { STATUS_CODES } from "node:http";
import { cutEvery, join, readsOf, toBytes, toText } from "../../tests/js/support/bytes.js";
import { adjust, expectationOf } from "../../tests/js/support/expected.js";
import { fieldCases } from "../../tests/js/cases/field.js";
import { fieldReports, hasRecorded, quirks, recordedStreams } from "../../tests/js/support/fixtures.js";

/** No source kept the cuts of the network: what fits into one packet is a read. */
const PACKET = 1460;

/**
 * Cases { part, name, fetch, body, wanted }. `wanted` is what `expectationOf` and `adjust` give, with `words`, which the
 * message of a failure must hold, and `several`: the reply has more than one choice.
 */
export function cases() {
  if (!hasRecorded) throw new Error("../shared/fixtures is not there: nothing can be compared without its cases");
  const { streams, errors } = quirks();
  const recorded = recordedStreams().filter(({ expected }) => expected);
  const all = [...streams.map(quirkStream), ...errors.map(quirkError), ...recorded.map(recordedStream), ...fieldReports().map(report)];
  for (const part of ["streams", "errors", "recorded", "field"]) {
    if (!all.some((one) => one.part === part)) throw new Error(`../shared/fixtures holds no case of the part "${part}"`);
  }
  return all;
}

function quirkStream(quirk) {
  const { error: words, choices } = quirk.expected;
  const wanted = { ...expectationOf(quirk), words, choices, several: choices !== undefined };
  return made("streams", quirk.name, readsOf(quirk), wanted, quirk.status, quirk.content_type);
}

function quirkError({ name, status, content_type, body, expected }) {
  const wanted = { ...expectationOf({ expected: { end: "error" } }), words: expected.message_includes, kinds: expected.kind, status };
  return made("errors", name, [toBytes(body)], wanted, status, content_type);
}

function recordedStream({ name, bytes, expected }) {
  const wanted = { ...adjust(expected), words: expected.error?.message, several: expected.n > 1 };
  return made("recorded", name, cutEvery(bytes, PACKET), wanted);
}

/** `own`: tokenwire by the cases of its own tests, whole and cut, in every face, its requests too. */
function report(given) {
  const [{ body, status = 200, type = "text/event-stream" }] = given.wire;
  const calls = Object.entries(given.expect).filter(([path]) => path.includes("tool_calls")).map(([, { name }]) => name).filter(Boolean);
  const wanted = { tool_calls: calls.map((name) => ({ name })), end: given.expect.end === "error" ? "error" : "complete" };
  return { ...made("field", given.id, [toBytes(body)], wanted, status, type), report: given, own: fieldCases([given])[0].run };
}

function made(part, name, reads, wanted, status = 200, contentType = "text/event-stream") {
  return { part, name, body: toText(join(reads)), wanted, fetch: answering(reads, status, contentType) };
}

/** With the status in words, as HTTP/1.1 has it: some clients take their message from there. */
function answering(reads, status, contentType) {
  const head = { status, statusText: STATUS_CODES[status], headers: { "content-type": contentType } };
  return async () => {
    let at = 0;
    const pull = (controller) => (at < reads.length ? controller.enqueue(reads[at++].slice()) : controller.close());
    return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), head);
  };
}
