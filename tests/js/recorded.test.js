// Every recorded Chat Completions stream, body and error body of ../shared/fixtures.

import test, { after } from "node:test";
import assert from "node:assert/strict";
import * as tokenwire from "tokenwire";
import { checkApiError, classOf } from "./cases/errors.js";
import { checkBody, checkRecorded } from "./cases/replies.js";
import { cutAt, cutEvery, random, randomCuts } from "./support/bytes.js";
import { adjust } from "./support/expected.js";
import { answer, replay } from "./support/fake-fetch.js";
import { announce, hasRecorded, recordedBodies, recordedErrors, recordedStreams } from "./support/fixtures.js";
import { faceNames } from "./support/outcome.js";
import { Tally } from "./support/tally.js";
import { hello } from "./support/wire.js";
import "./support/unhandled.js";

const streams = recordedStreams();
const bodies = recordedBodies();
const errors = recordedErrors();
const tallies = [new Tally("recorded streams", streams.length), new Tally("recorded bodies", bodies.length), new Tally("recorded error bodies", errors.length)];
const [streamTally, bodyTally, errorTally] = tallies;
after(() => tallies.forEach((tally) => tally.print()));

// Byte by byte costs a promise per byte, so only the smaller streams are read so; the native tests do every split of all.
const BYTE_BY_BYTE = 4_000;
const MANY_CUTS = 40_000;

for (const [n, { name, bytes, expected }] of streams.entries()) {
  test(`recorded stream ${name}`, () => streamTally.count(async () => {
    const wanted = adjust(expected);
    await checkRecorded(tokenwire, wanted, { whole: [bytes] });
    await checkRecorded(tokenwire, wanted, { "1,460 at a time": cutEvery(bytes, 1460) }, ["chunks", "text"]);
    if (bytes.length > MANY_CUTS) return;
    const next = random(n + 1);
    for (const face of faceNames) {
      const places = randomCuts(bytes, 3, next);
      await checkRecorded(tokenwire, wanted, { [`cut at ${places}`]: cutAt(bytes, places) }, [face]);
    }
    if (bytes.length <= BYTE_BY_BYTE) await checkRecorded(tokenwire, wanted, { "byte by byte": cutEvery(bytes, 1) }, ["chunks", "events"]);
  }));
}

/** What is handed out in compact form is to the last comma what clean SSE says: members, their order, numbers. */
for (const { name, bytes } of streams) {
  test(`recorded stream ${name}: chunks are those of clean SSE`, async () => {
    const asked = { ...hello, stream: true, stream_options: { include_usage: true } };
    const open = () => tokenwire.chat(asked, { fetch: replay(cutEvery(bytes, 4000)), maxRetries: 0 });
    const chunks = [];
    const failure = await (async () => {
      for await (const chunk of open()) chunks.push(JSON.stringify(chunk));
    })().catch((error) => error);
    let text = "";
    const tell = async () => {
      for await (const bytes of open().toReadableStream()) text += new TextDecoder().decode(bytes);
    };
    // Its error frame comes, then the stream breaks.
    assert.deepEqual(await tell().catch((error) => error.message), failure?.message);
    const frames = text.split("\n\n").filter(Boolean).map((frame) => frame.slice("data: ".length));
    assert.match(frames.pop(), failure ? /^\{"error":/ : /^\[DONE\]$/);
    // Ids of calls that came without one are made up anew in every reading.
    const known = (json) => json.replaceAll(/"call_[a-z2-9]{16}"/g, '"call_"');
    assert.deepEqual(chunks.map(known), frames.map((frame) => known(JSON.stringify(JSON.parse(frame)))));
  });
}

for (const { name, bytes, expected } of bodies) {
  test(`recorded body ${name}`, () => bodyTally.count(() => checkBody(tokenwire, new TextDecoder().decode(bytes), adjust(expected))));
}

/** An error body in a 200 is an error all the same; in any other status its class goes by the status. */
async function checkError({ bytes, meta }) {
  const body = new TextDecoder().decode(bytes);
  const status = meta.http_status;
  for (const stream of [false, true]) {
    const fetch = answer(body, { status, contentType: meta.content_type ?? "application/json" });
    const reply = stream ? tokenwire.chat({ ...hello, stream }, { fetch, maxRetries: 0 }).final() : tokenwire.chat(hello, { fetch, maxRetries: 0 });
    const error = await reply.then(() => assert.fail("no error"), (reason) => reason);
    if (status >= 400) {
      checkApiError(tokenwire, error, status, body);
      assert.equal(error.constructor, tokenwire[classOf(status)]);
    }
    assert.ok(error instanceof tokenwire.TokenwireError, `got ${error}`);
    assert.match(error.message, /\S/);
  }
}

for (const record of errors) test(`recorded error ${record.name}`, () => errorTally.count(() => checkError(record)));

test("the recorded data was there", { skip: hasRecorded ? false : "../shared/fixtures is not beside this clone" }, (t) => {
  announce(t, "streams", streams.length);
  announce(t, "bodies", bodies.length);
  announce(t, "error bodies", errors.length);
  assert.ok(streams.length > 100 && bodies.length > 50 && errors.length > 20);
});
