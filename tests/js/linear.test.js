// Four times the input costs about four times the time, whatever it is made of. Node only: the other runtimes run the same code.
//
// The bound is twice what linear would be, and what is above it is measured up to three times, so that a noisy machine passes.

import test from "node:test";
import assert from "node:assert/strict";
import { chat } from "tokenwire";
import { replay } from "./support/fake-fetch.js";
import { callsTool, delta, end, hello, text } from "./support/wire.js";
import "./support/unhandled.js";

const streaming = { ...hello, stream: true };
const open = (reads, options) => chat(streaming, { fetch: replay(reads), maxRetries: 0, ...options });
const drain = async (items) => { let count = 0; for await (const item of items) count += item === undefined ? 0 : 1; return count; };
const words = (count) => [...Array.from({ length: count }, (_, at) => text(`w${at} `)), ...end()];
const members = (count, name = (at) => `x_${at}`) => Object.fromEntries(Array.from({ length: count }, (_, at) => [name(at), at]));
const wide = (more, content) => `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta: { content: "a", ...content }, finish_reason: null }], ...more })}\n\n`;
const calls = (count) => Array.from({ length: count }, (_, index) => ({ index, id: `c${index}`, type: "function", function: { name: "f", arguments: "{}" } }));
const asReader = async (stream) => { const reader = stream.toReadableStream().getReader(); while (!(await reader.read()).done); };

// label, the smaller size, what is made of a size, what is done with it and timed
const kinds = [
  ["final() beside an iteration that is not read", 6_000, words, async (reads) => {
    const stream = open(reads);
    const items = stream[Symbol.asyncIterator]();
    await items.next();
    await stream.final();
    await drain({ [Symbol.asyncIterator]: () => items });
  }],
  ["final() beside text that is not read", 6_000, words, async (reads) => {
    const stream = open(reads);
    const items = stream.text[Symbol.asyncIterator]();
    await items.next();
    await stream.final();
    await drain({ [Symbol.asyncIterator]: () => items });
  }],
  ["many chunks in one read, beside final()", 4_000, (count) => [words(count).join("")], async (reads) => {
    const stream = open(reads);
    const items = stream[Symbol.asyncIterator]();
    await items.next();
    await stream.final();
    await drain({ [Symbol.asyncIterator]: () => items });
  }],
  ...["chunks", "text", "events", "sse"].map((face) => [`the slower branch of a tee, ${face}`, 8_000, words, async (reads) => {
    const [left, right] = open(reads).tee();
    await drain(left);
    await (face === "sse" ? asReader(right) : drain(right[face] ?? right));
  }]),
  ["a branch of a branch, all in one read", 4_000, (count) => [words(count).join("")], async (reads) => {
    const [left, right] = open(reads).tee();
    const [one, other] = right.tee();
    await drain(left);
    await drain(one.events);
    await drain(other);
  }],
  ["a branch that is left unread", 3_000, words, async (reads) => {
    const [left, right] = open(reads).tee();
    await drain(left);
    await right.final();
  }],
  ["iterating after final()", 3_000, words, async (reads) => {
    const stream = open(reads);
    await stream.final();
    await drain(stream);
  }],
  ["one event with very many unknown members", 8_000, (count) => [wide(members(count)), ...end()], (reads) => drain(open(reads))],
  ["one delta with very many unknown members", 8_000, (count) => [wide({}, members(count)), ...end()], (reads) => drain(open(reads))],
  ["very many unknown members, twice, to final()", 6_000, (count) => [wide(members(count)), wide(members(count)), wide({}, members(count)), ...end()], (reads) => open(reads).final()],
  ["very many members of one name", 8_000, (count) => [`data: {"choices":[{"index":0,"delta":{"content":"a"}}]${',"x":1'.repeat(count)}}\n\n`, ...end()], (reads) => drain(open(reads))],
  ["very many members deep inside", 8_000, (count) => [wide({ x: { y: members(count) } }), ...end()], (reads) => drain(open(reads))],
  ["very many tool calls in one chunk", 250, (count) => [delta({ tool_calls: calls(count) }), ...end("tool_calls")], (reads) => drain(open(reads, { limits: { maxToolCalls: 100_000 } }).events)],
  ["very many tool calls in one chunk, to final()", 250, (count) => [delta({ tool_calls: calls(count) }), ...end("tool_calls")], (reads) => open(reads, { limits: { maxToolCalls: 100_000 } }).final()],
  ["very many tool calls, a chunk each, the last first", 250, (count) => [...calls(count).reverse().map((call) => delta({ tool_calls: [call] })), ...end("tool_calls")], (reads) => open(reads, { limits: { maxToolCalls: 100_000 } }).final()],
  ["very many data lines in one event", 20_000, (count) => [`data: {"choices":[{"index":0,"delta":{"content":"a"}}],"x":[\n${"data: 1,\n".repeat(count)}data: 1]}\n\n`, ...end()], (reads) => drain(open(reads))],
  ["arguments in very many pieces", 10_000, (count) => [callsTool("f", ['{"a":"', ...Array(count).fill("xy"), '"}']).join("")], (reads) => drain(open(reads).events)],
  ["a long event in very small reads", 20_000, (count) => { const whole = text("x".repeat(count)); return [...whole.match(/[^]{1,4}/g), ...end()]; }, (reads) => drain(open(reads))],
  ["next() asked very often at once", 3_000, words, async (reads) => {
    const items = open(reads)[Symbol.asyncIterator]();
    await Promise.all(Array.from({ length: reads.length + 5 }, () => items.next()));
  }],
];

async function timed(run, reads) {
  const begun = performance.now();
  await run(reads);
  return performance.now() - begun;
}

for (const [label, size, make, run] of kinds) {
  test(`linear: ${label}`, { timeout: 60_000 }, async (t) => {
    const [small, great] = [make(size), make(size * 4)];
    await run(small);
    // What takes no time at all has no ratio. Another process may have had the machine meanwhile: what is slow is measured again.
    let once = Math.max(8, await timed(run, small));
    let four = await timed(run, great);
    for (let turn = 0; turn < 2 && four >= once * 8; turn += 1) {
      once = Math.max(once, await timed(run, small));
      four = Math.min(four, await timed(run, great));
    }
    t.diagnostic(`${Math.round(once)} ms, then ${Math.round(four)} ms`);
    assert.ok(four < once * 8, `four times as much took ${(four / once).toFixed(1)} times as long: ${Math.round(once)} and ${Math.round(four)} ms`);
  });
}

for (const face of ["chunks", "text", "events"]) {
  test(`linear: the slower branch of a tee costs what the faster one does, ${face}`, { timeout: 60_000 }, async (t) => {
    const [left, right] = open(words(90_000)).tee();
    const faster = await timed(() => drain(left[face] ?? left));
    const slower = await timed(() => drain(right[face] ?? right));
    t.diagnostic(`${Math.round(faster)} and ${Math.round(slower)} ms`);
    assert.ok(slower < Math.max(faster, 100) * 2, `the faster took ${Math.round(faster)} ms, the slower ${Math.round(slower)} ms`);
  });
}
