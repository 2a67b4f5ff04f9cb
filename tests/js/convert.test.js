// One conversation in either API's form: what both can say survives the way there and back, what not is named.

import test from "node:test";
import assert from "node:assert/strict";
import { toChatMessages, toResponsesInput } from "tokenwire";
import { random } from "./support/bytes.js";

/** Numbers below a bound, and one of a list. */
function dice(seed) {
  const next = random(seed);
  const below = (bound) => Math.floor(next() * bound);
  return { below, pick: (...list) => list[below(list.length)], some: (make) => (below(2) ? make() : undefined) };
}

const WORDS = ["", "Hello", "naïve 🙂", "a\nb", '{"a":1}', "__proto__"];

function messagesOf(seed) {
  const { below, pick } = dice(seed);
  const text = () => pick(...WORDS.slice(1));
  const parts = () => Array.from({ length: 1 + below(3) }, () => pick(
    { type: "text", text: text() },
    { type: "image_url", image_url: pick({ url: "https://x/y.png" }, { url: "data:image/png;base64,AA==", detail: "low" }) },
    { type: "file", file: pick({ file_id: "file_1" }, { filename: "a.pdf", file_data: "data:application/pdf;base64,AA==" }) },
    { type: "input_audio", input_audio: { data: "AA==", format: "wav" } },
  ));
  const content = () => (below(2) ? text() : parts());
  const messages = [];
  if (below(2)) messages.push({ role: "system", content: text() });
  if (below(3) === 0) messages.push({ role: "developer", content: content() });
  for (let turn = 1 + below(4); turn > 0; turn--) {
    messages.push({ role: pick("user", "user", "system"), content: content() });
    const calls = Array.from({ length: below(3) }, (_, n) => {
      const id = `call_${turn}_${n}`;
      return below(3) ? { id, type: "function", function: { name: "f", arguments: '{"a":1}' } } : { id, type: "custom", custom: { name: "g", input: text() } };
    });
    const said = pick({ content: text() }, { content: [{ type: "text", text: text() }] }, { content: null, refusal: text() }, ...(calls.length ? [{ content: null }] : []));
    const reasoning = below(3) ? {} : { reasoning_content: text() };
    messages.push({ role: "assistant", ...reasoning, ...said, ...(calls.length && { tool_calls: calls }) });
    for (const { id } of calls) messages.push({ role: "tool", tool_call_id: id, content: below(2) ? text() : [{ type: "text", text: text() }] });
  }
  return messages;
}

/** A system message that begins a conversation is what `instructions` say, so no item of a seed begins with one. */
function inputOf(seed) {
  const { input, instructions } = toResponsesInput(messagesOf(seed));
  return { input, instructions };
}

test("messages come back as they were, and nothing is lost", () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const messages = messagesOf(seed);
    const before = structuredClone(messages);
    const { input, instructions, lost } = toResponsesInput(messages);
    assert.deepEqual(messages, before, "nothing given is changed");
    assert.deepEqual(lost, [], `seed ${seed}`);
    const back = toChatMessages(structuredClone(input), instructions);
    assert.deepEqual(back, { messages, lost: [] }, `seed ${seed}`);
    const again = toResponsesInput(back.messages);
    assert.deepEqual({ input: again.input, instructions: again.instructions }, { input, instructions }, `seed ${seed}`);
  }
});

test("input comes back as it was", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const { input, instructions } = inputOf(seed);
    const { messages, lost } = toChatMessages(input, instructions);
    assert.deepEqual(lost, []);
    const back = toResponsesInput(messages);
    assert.deepEqual(back.input, input, `seed ${seed}`);
    assert.equal(back.instructions, instructions);
  }
});

/** The pointers, each of which leads to something that was given. */
function lostOf({ lost }, given) {
  for (const pointer of lost) {
    let at = given;
    for (const step of pointer.split("/").slice(1)) at = at[step.replaceAll("~1", "/").replaceAll("~0", "~")];
    assert.notEqual(at, undefined, pointer);
  }
  return lost;
}

test("what the Responses API cannot say is named", () => {
  const call = { id: "c", type: "function", function: { name: "f", arguments: "{}" } };
  for (const [message, ...lost] of [
    [{ role: "user", content: "Hi", name: "Ann" }, "/0/name"],
    [{ role: "system", content: "Be brief", name: "x" }, "/0/name"],
    [{ role: "user", content: [{ type: "text", text: "a" }, { type: "video_url", video_url: { url: "x" } }] }, "/0/content/1"],
    [{ role: "user", content: [{ type: "text", text: "a", cache_control: { type: "ephemeral" } }] }, "/0/content/0/cache_control"],
    [{ role: "assistant", content: "a", audio: { id: "x" } }, "/0/audio"],
    [{ role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } }, "/0/function_call"],
    [{ role: "assistant", content: null, tool_calls: [call, { id: "d", type: "builtin_function", "a/b~c": 1 }] }, "/0/tool_calls/1"],
    [{ role: "assistant", content: "a", "x/y~z": 1 }, "/0/x~1y~0z"],
    [{ role: "function", name: "f", content: "1" }, "/0"],
  ]) {
    const given = [message];
    assert.deepEqual(lostOf(toResponsesInput(given), given), lost, JSON.stringify(message));
  }
  const two = [{ role: "assistant", content: "a" }, { role: "assistant", content: null, tool_calls: [call] }];
  assert.deepEqual(lostOf(toResponsesInput(two), two), ["/1"]);
});

test("what Chat Completions cannot say is named", () => {
  for (const [item, ...lost] of [
    [{ type: "item_reference", id: "x" }, "/0"],
    [{ type: "web_search_call", id: "ws", status: "completed", action: { type: "search", query: "q" } }, "/0"],
    [{ type: "reasoning", id: "rs", summary: [], encrypted_content: "zzz" }, "/0/encrypted_content"],
    [{ type: "reasoning", id: "rs", summary: [{ type: "summary_text", text: "s" }], content: [{ type: "reasoning_text", text: "t" }] }, "/0/summary"],
    [{ type: "message", id: "m", role: "assistant", status: "completed", content: [{ type: "output_text", text: "a", annotations: [{ type: "url_citation" }], logprobs: [] }] }, "/0/content/0/annotations"],
    [{ role: "user", content: [{ type: "input_image", file_id: "f" }] }, "/0/content/0"],
    [{ type: "function_call_output", call_id: "c", output: [{ type: "input_file", file_url: "x" }] }, "/0/output/0"],
  ]) {
    const given = [item];
    assert.deepEqual(lostOf(toChatMessages(given), given), lost, JSON.stringify(item));
  }
});

test("what a model gave goes into the next request of either API", () => {
  const output = [
    { type: "reasoning", id: "rs", summary: [{ type: "summary_text", text: "Think" }] },
    { type: "message", id: "m", role: "assistant", status: "completed", content: [{ type: "output_text", text: "Hello", annotations: [], logprobs: [] }] },
    { type: "function_call", id: "fc", call_id: "call_1", name: "f", arguments: "{}", status: "completed" },
  ];
  const { messages, lost } = toChatMessages([{ role: "user", content: "Hi" }, ...output, { type: "function_call_output", call_id: "call_1", output: "1" }], "Be brief");
  assert.deepEqual(lost, []);
  assert.deepEqual(messages, [
    { role: "system", content: "Be brief" },
    { role: "user", content: "Hi" },
    { role: "assistant", reasoning_content: "Think", content: "Hello", tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }] },
    { role: "tool", tool_call_id: "call_1", content: "1" },
  ]);
  assert.deepEqual(toChatMessages("Hi"), { messages: [{ role: "user", content: "Hi" }], lost: [] });
});
