// Streams of a case file, read through every face and cut in several ways. Runs in every runtime.

import { Failure, equal, ok, same } from "../support/check.js";
import { cutAt, cutEvery, fromBase64, join, random, randomCuts, readsOf } from "../support/bytes.js";
import { adjust, endDifference, expectationOf, replyDifference } from "../support/expected.js";
import { answer, replay } from "../support/fake-fetch.js";
import { faceNames, ofCompletion, readThrough } from "../support/outcome.js";
import { hello } from "../support/wire.js";

// With its usage in all faces, for SSE hands that on only where it was asked for.
const streaming = { ...hello, stream: true, stream_options: { include_usage: true } };
const partsOf = { text: ["text"] };

/** Reads these reads through one face and gives the first difference from what is expected. */
export async function streamDifference(tw, face, reads, expected, options = {}) {
  const stream = tw.chat(streaming, { fetch: replay(reads, options), maxRetries: 0 });
  const outcome = await readThrough(face, stream);
  const found = endDifference(outcome, expected.end, tw)
    ?? replyDifference(outcome, expected, partsOf[face])
    ?? prefixed("snapshot ", replyDifference(outcome.snapshot, expected));
  return { found: prefixed(`${face}: `, found), outcome };
}

const prefixed = (prefix, text) => (text === undefined ? undefined : prefix + text);

/** What a case file asks beyond the fields of choice 0. */
function extraDifference(quirk, outcome) {
  const { choices, error } = quirk.expected;
  if (choices) same(outcome.snapshot.choices, choices, "choices");
  if (error) ok(outcome.error?.message.includes(error), `message ${JSON.stringify(outcome.error?.message)} without ${JSON.stringify(error)}`);
  if (outcome.fragments) {
    for (const [index, text] of outcome.fragments) equal(text, outcome.tool_calls[index]?.arguments, "fragments of arguments");
  }
}

/** One case per stream of a case file: {name, status, content_type, reads, expected}. */
export function replyCases(quirks) {
  return quirks.map((quirk) => ({
    name: `stream ${quirk.name}`,
    async run(tw) {
      const given = readsOf(quirk);
      const whole = join(given);
      const ways = { "as given": given, whole: [whole], "byte by byte": cutEvery(whole, 1), "in sevens": cutEvery(whole, 7) };
      const options = { status: quirk.status, contentType: quirk.content_type };
      for (const [way, reads] of Object.entries(ways)) {
        for (const face of faceNames) {
          const { found, outcome } = await streamDifference(tw, face, reads, expectationOf(quirk), options);
          if (found !== undefined) throw new Failure(`${way}, ${found}`);
          extraDifference(quirk, outcome);
        }
      }
    },
  }));
}

/** One recorded stream, cut in these ways ({label: reads}), through these faces. */
export async function checkRecorded(tw, expected, ways, faces = faceNames) {
  for (const [way, reads] of Object.entries(ways)) {
    for (const face of faces) {
      const { found } = await streamDifference(tw, face, reads, expected);
      if (found !== undefined) throw new Failure(`${way}, ${found}`);
    }
  }
}

/** Recorded streams as cases for runtimes that get them as JSON: {name, base64, expected}. */
export function recordedCases(records) {
  return records.map(({ name, base64, expected }, n) => ({
    name: `recorded stream ${name}`,
    async run(tw) {
      const bytes = fromBase64(base64);
      const places = randomCuts(bytes, 3, random(n + 1));
      await checkRecorded(tw, adjust(expected), { whole: [bytes], [`cut at ${places}`]: cutAt(bytes, places) });
    },
  }));
}

/** One recorded body of a plain call. */
export async function checkBody(tw, text, expected) {
  const reply = await tw.chat(hello, { fetch: answer(text), maxRetries: 0 });
  equal(reply.object, "chat.completion");
  const found = replyDifference(ofCompletion(reply), expected);
  if (found !== undefined) throw new Failure(found);
  return reply;
}
