// What the Responses API hands on is of OpenAI's shape: judged by OpenAI's own OpenAPI file.

import test from "node:test";
import assert from "node:assert/strict";
import * as tokenwire from "tokenwire";
import { replay } from "../js/support/fake-fetch.js";
import { announce, recordedResponseStreams } from "../js/support/fixtures.js";
import { eventsOf, frame, message, response } from "../js/support/respond.js";
import { hasJudge, judge, shape, withoutUnknownKeys } from "./support/judge.js";

const skip = hasJudge ? false : "../shared/spec is not beside this clone";
const client = (fetch) => tokenwire.createClient({ baseURL: "https://api.example.com/v1", fetch, maxRetries: 0 });

/** OpenAI sends these, and its schema does not know them. */
const UNDOCUMENTED = /^response\.apply_patch_call_operation_diff\./;

/** Poor providers: what they leave out is filled in. */
function poor() {
  const bare = eventsOf(["Hel", "lo"]).map(({ sequence_number, logprobs, output_index, content_index, ...event }) => ({ ...event, ...(event.response && { response: { id: "r", status: event.response.status, output: event.response.output } }) }));
  const texts = bare.filter(({ type }) => /output_text.delta|completed/.test(type));
  const plain = response({ output: [message("Hello")], usage: { input_tokens: 1, output_tokens: 2 } });
  return {
    "without numbers and indices": bare.map(frame).join(""),
    "nothing but texts": texts.map(frame).join(""),
    "a plain body": JSON.stringify(plain),
    "an error": bare.slice(0, 5).map(frame).join("") + frame({ type: "error", message: "No" }),
    "only a response": `data: ${JSON.stringify({ output: [{ content: [{ text: "Hello" }] }] })}\n\n`,
  };
}

test("every event that our SSE hands on passes OpenAI's schema", { skip }, async (t) => {
  const seen = new Map();
  let count = 0;
  const recorded = recordedResponseStreams().map(({ name, bytes }) => [name, bytes]);
  for (const [name, bytes] of [...recorded, ...Object.entries(poor())]) {
    const stream = client(replay([bytes])).respond({ model: "m", input: "Hi", stream: true });
    const text = await stream.toResponse().text().catch(() => "");
    const [one, other] = client(replay([bytes])).respond({ model: "m", input: "Hi", stream: true }).tee();
    let told = text;
    if (!told) [told] = await Promise.all([readAll(one.toReadableStream()), other.final().catch(() => undefined)]);
    for (const [, json] of told.matchAll(/^data: (.*)$/gm)) {
      const event = JSON.parse(json);
      count += 1;
      const key = `${event.type} ${shape(event)}`;
      if (!seen.has(key) && !UNDOCUMENTED.test(event.type)) seen.set(key, { name, event });
    }
    assert.match(told, /^data: /m, name);
  }
  const all = [...seen.values()];
  const verdicts = await judge("ResponseStreamEvent", all.map(({ event }) => event));
  // A tool of xAI's own, which the response repeats as it was asked for.
  const known = (list) => withoutUnknownKeys(list).filter((fault) => !/'x_search' is not one of/.test(fault));
  const faults = verdicts.flatMap((list, n) => known(list).map((fault) => `${all[n].name}: ${all[n].event.type}: ${fault}`));
  announce(t, `${count} events, ${all.length} shapes`, recorded.length);
  assert.deepEqual(faults, []);
});

/** What came before a stream errors itself. */
async function readAll(stream) {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const bytes of stream) text += decoder.decode(bytes, { stream: true });
  } catch {
    // As said.
  }
  return text;
}
