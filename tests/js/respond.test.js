// The recorded replies of the Responses API, through the package: every one, every face, in whole, bytes and pieces.

import test from "node:test";
import assert from "node:assert/strict";
import * as tokenwire from "tokenwire";
import { cutEvery, cutAt, random, randomCuts } from "./support/bytes.js";
import { answer, replay } from "./support/fake-fetch.js";
import { announce, hasRecorded, recordedResponseBodies, recordedResponseStreams } from "./support/fixtures.js";
import { collect } from "./support/outcome.js";
import "./support/unhandled.js";

const streamed = { model: "m", input: "Hi", stream: true };
const read = (reads) => tokenwire.createClient({ baseURL: "https://api.example.com/v1", fetch: replay(reads), maxRetries: 0 }).respond(streamed);
const streams = recordedResponseStreams();
const bodies = recordedResponseBodies();

/** What text said of the deltas that the fixture's author cut short cannot be taken back. */
const SHORTENED = /shell-container-1-i0-2/;

const textOf = (events, type) => events.filter((event) => event.type === type).map(({ text }) => text).join("");
const framesOf = (sse) => sse.split("\n\n").filter(Boolean).map((frame) => JSON.parse(/^data: (.*)$/m.exec(frame)[1]));

for (const { name, bytes, expected } of streams) {
  test(`recorded response ${name}`, async () => {
    const stream = read([bytes]);
    const { items, error } = await collect(stream);
    const failed = expected.error != null;
    assert.equal(stream.end, failed ? "error" : "complete");
    if (failed) assert.equal(error.message, expected.error.message);
    const { snapshot } = stream;
    const sse = await new Response(read([bytes]).toReadableStream()).text().catch(() => "");
    if (!failed) assert.deepEqual(framesOf(sse), items, "events and clean SSE");
    for (const [size, reads] of [[1, bytes.length < 20_000 ? cutEvery(bytes, 1) : cutEvery(bytes, 97)], [1460, cutEvery(bytes, 1460)], ["random", cutAt(bytes, randomCuts(bytes, 5, random(7)))]]) {
      const cut = read(reads);
      assert.deepEqual((await collect(cut)).items, items, `in pieces of ${size}`);
      assert.deepEqual(cut.repairs, stream.repairs);
      assert.deepEqual(cut.snapshot, snapshot);
    }
    const text = (await collect(read([bytes]).text)).items.join("");
    const events = (await collect(read([bytes]).events)).items;
    assert.equal(textOf(events, "text"), text);
    if (failed) return;
    if (!SHORTENED.test(name)) assert.equal(text, snapshot.output_text);
    assert.deepEqual(await read([bytes]).final(), snapshot);
  });
}

for (const { name, bytes, expected } of bodies) {
  test(`recorded body ${name}`, async () => {
    const fetch = answer(new TextDecoder().decode(bytes));
    const reply = await tokenwire.createClient({ baseURL: "https://api.example.com/v1", fetch, maxRetries: 0 }).respond({ model: "m", input: "Hi" });
    assert.equal(reply.output_text, expected.text);
    const calls = reply.output.filter(({ type }) => /^(function|custom_tool)_call$/.test(type));
    assert.deepEqual(calls.map((call) => [call.call_id, call.name, call.arguments ?? call.input]), expected.tool_calls.map((call) => [call.id, call.name, call.arguments]));
  });
}

test("the recorded responses were there", { skip: hasRecorded ? false : "../shared/fixtures is not beside this clone" }, (t) => {
  announce(t, "Responses streams", streams.length);
  announce(t, "Responses bodies", bodies.length);
  assert.ok(streams.length >= 60 && bodies.length >= 40);
});
