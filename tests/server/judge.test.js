// What goes out is a valid request, what is handed out is of OpenAI's shape: judged by OpenAI's own OpenAPI file.

import test from "node:test";
import assert from "node:assert/strict";
import * as tokenwire from "tokenwire";
import { richParams } from "../js/cases/params.js";
import { readsOf } from "../js/support/bytes.js";
import { answer, completes, replay } from "../js/support/fake-fetch.js";
import { announce, ownCases, quirks, recordedBodies, recordedStreams } from "../js/support/fixtures.js";
import { collect } from "../js/support/outcome.js";
import { hello, says } from "../js/support/wire.js";
import { hasJudge, judge, shape, withoutUnknownKeys } from "./support/judge.js";

const skip = hasJudge ? false : "../shared/spec is not beside this clone";
const streaming = { ...hello, stream: true };

/** One of each shape, with the name of where it was seen first. */
class Shapes {
  seen = new Map();
  count = 0;

  add(name, value) {
    this.count += 1;
    const key = shape(value);
    if (!this.seen.has(key)) this.seen.set(key, { name, value });
  }

  async faults(schema) {
    const all = [...this.seen.values()];
    const verdicts = await judge(schema, all.map(({ value }) => value));
    return verdicts.flatMap((faults, n) => withoutUnknownKeys(faults).map((fault) => `${all[n].name}: ${fault}`));
  }
}

async function sentBodies() {
  const sent = [];
  for (const { name, params } of richParams) {
    for (const stream of [false, true]) {
      const fetch = stream ? replay(says("Hi")) : completes();
      const reply = tokenwire.chat({ ...params, stream }, { fetch });
      await (stream ? reply.final() : reply);
      sent.push({ name: `${name}, stream ${stream}`, body: JSON.parse(fetch.calls[0].body) });
    }
  }
  return sent;
}

test("bodies that pass our checks are valid requests", { skip }, async (t) => {
  const sent = await sentBodies();
  const verdicts = await judge("CreateChatCompletionRequest", sent.map(({ body }) => body));
  const faults = verdicts.flatMap((list, n) => list.map((fault) => `${sent[n].name}: ${fault}`));
  t.diagnostic(`${sent.length} bodies judged`);
  assert.deepEqual(faults, []);
});

/** Every stream we have: {name, reads, options}. */
function allStreams() {
  const small = [...ownCases("streams"), ...quirks().streams].map((quirk) => ({
    name: quirk.name, reads: readsOf(quirk), options: { contentType: quirk.content_type },
  }));
  return [...recordedStreams().map(({ name, bytes }) => ({ name, reads: [bytes], options: {} })), ...small];
}

test("every chunk handed out is of OpenAI's shape", { skip }, async (t) => {
  const shapes = new Shapes();
  for (const { name, reads, options } of allStreams()) {
    const { items } = await collect(tokenwire.chat(streaming, { fetch: replay(reads, options), maxRetries: 0 }));
    for (const chunk of items) shapes.add(name, chunk);
  }
  announce(t, `${shapes.count} chunks, ${shapes.seen.size} shapes`, recordedStreams().length);
  assert.deepEqual(await shapes.faults("CreateChatCompletionStreamResponse"), []);
});

test("every completion handed out is of OpenAI's shape", { skip }, async (t) => {
  const shapes = new Shapes();
  for (const { name, reads, options } of allStreams()) {
    const stream = tokenwire.chat(streaming, { fetch: replay(reads, options), maxRetries: 0 });
    await stream.final().then((reply) => shapes.add(name, reply), () => undefined); // cut ones have no completion
  }
  for (const { name, bytes } of recordedBodies()) {
    shapes.add(name, await tokenwire.chat(hello, { fetch: answer(new TextDecoder().decode(bytes)) }));
  }
  announce(t, `${shapes.count} completions, ${shapes.seen.size} shapes`, recordedBodies().length);
  // Replies whose provider never said why they ended (an end marker alone, a body without a finish_reason): the schema wants
  // a word there, but nobody knows which, and one that is made up would be believed.
  const unsaid = [
    "variant-b", "multiple-choices-proxy", "image-input", "an end marker after content is an end",
    "a call without arguments before a lone end marker", "a reply beside choices null", "a response with calls in result",
  ];
  const isUnsaid = (fault) => /finish_reason: None/.test(fault) && unsaid.some((name) => fault.includes(name));
  const faults = await shapes.faults("CreateChatCompletionResponse");
  assert.deepEqual(faults.filter((fault) => !isUnsaid(fault)), []);
});
