// The expectations of the fixtures, and how a reply is held against them. Runs in every runtime.

import { difference } from "./check.js";

const THINKING = /^\s*<think>([\s\S]*?)<\/think>\s*/;
const OPENAI_FINISH = { eos: "stop", end_turn: "stop", max_tokens: "length", function_call: "tool_calls" };

function endOf(expected) {
  if (expected.error) return "error";
  return expected.finish_reason || expected.done ? "complete" : "truncated";
}

function finishOf(expected) {
  const reason = OPENAI_FINISH[expected.finish_reason] ?? expected.finish_reason;
  return reason === "stop" && expected.tool_calls.length > 0 ? "tool_calls" : reason;
}

/**
 * `.expected.json` (made by reference.py) as tokenwire answers it. All that differs on purpose is here:
 * - a leading `<think>…</think>` of the text is reasoning, blanks after the closing tag are dropped;
 * - finish_reason is OpenAI's: "eos" → "stop", "stop" with tool calls → "tool_calls";
 * - a stream ends in "complete", "truncated" or "error" by the rule of the fixtures' README;
 * - of a stream that ends in an error, what came before the error is compared, and no finish or usage;
 * - a tool call id that never came is made up: any non-empty one is right;
 * - a complete reply to which the provider gave no finish_reason may have any (judge.test.js says which are OpenAI's).
 */
export function adjust(expected) {
  const thought = THINKING.exec(expected.text);
  const end = endOf(expected);
  return {
    text: thought ? expected.text.slice(thought[0].length) : expected.text,
    reasoning: thought ? expected.reasoning + thought[1] : expected.reasoning,
    refusal: expected.refusal,
    tool_calls: expected.tool_calls,
    finish_reason: end === "error" ? null : finishOf(expected),
    usage: end === "error" ? null : expected.usage,
    end,
  };
}

/** Arguments are compared as text; as JSON where the provider sent an object, which reference.py writes compactly. */
function sameArguments(actual, expected) {
  if (actual === expected) return true;
  if (expected === "") return actual === "{}"; // absent, null and "" look alike in the expectation
  try {
    const value = JSON.parse(expected);
    return JSON.stringify(value) === expected && difference(JSON.parse(actual), value) === undefined;
  } catch {
    return false;
  }
}

function toolDifference(actual, expected) {
  if (actual.length !== expected.length) return `${actual.length} tool calls instead of ${expected.length}`;
  for (const [n, call] of expected.entries()) {
    const got = actual[n];
    if (call.id !== null && call.id !== undefined && got.id !== call.id) return `tool_calls[${n}].id: ${got.id} instead of ${call.id}`;
    if (typeof got.id !== "string" || got.id === "") return `tool_calls[${n}].id is missing`;
    if (got.name !== call.name) return `tool_calls[${n}].name: ${got.name} instead of ${call.name}`;
    if (!sameArguments(got.arguments, call.arguments)) return `tool_calls[${n}].arguments: ${got.arguments} instead of ${call.arguments}`;
  }
  return undefined;
}

/** All that the provider counted is there; fields that OpenAI requires may have been added, nulls dropped. */
function usageDifference(actual, expected) {
  if (!expected) return undefined;
  if (!actual) return "usage is missing";
  for (const [key, value] of Object.entries(expected)) {
    if (value === null) continue;
    const nested = typeof value === "object" && !Array.isArray(value);
    const found = nested ? usageDifference(actual[key], value) : difference(actual[key], value, `usage.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function textDifference(name, actual, expected) {
  if (actual === expected) return undefined;
  let at = 0;
  while (actual[at] === expected[at] && at < actual.length) at += 1;
  const around = (text) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 40));
  return `${name} differs at ${at}: ${around(actual)} instead of ${around(expected)}`;
}

/** The first difference between what was read and what is expected of choice 0, or undefined. */
export function replyDifference(actual, expected, parts = ["text", "reasoning", "refusal", "tools", "finish", "usage"]) {
  const compare = {
    text: () => textDifference("text", actual.text, expected.text),
    reasoning: () => textDifference("reasoning", actual.reasoning, expected.reasoning),
    refusal: () => textDifference("refusal", actual.refusal, expected.refusal),
    tools: () => toolDifference(actual.tool_calls, expected.tool_calls),
    finish: () => (expected.finish_reason === null ? undefined : difference(actual.finish_reason, expected.finish_reason, "finish_reason")),
    usage: () => usageDifference(actual.usage, expected.usage),
  };
  return parts.map((part) => compare[part]()).find((found) => found !== undefined);
}

/** How the stream ended, by `end` and by the error that reading it threw. */
export function endDifference(actual, end, { StreamError }) {
  if (actual.end !== end) return `end: ${actual.end} instead of ${end} (${actual.error?.message ?? "no error"})`;
  if (end === "complete") return actual.error === undefined ? undefined : `complete, and yet it threw ${actual.error.message}`;
  if (!(actual.error instanceof StreamError)) return `expected a StreamError, got ${actual.error}`;
  if ((end === "truncated") !== (actual.error.kind === "truncated")) return `kind ${actual.error.kind} of a stream that ended in ${end}`;
  return actual.error.message === "" ? "the error has no message" : undefined;
}

/** A case of quirks.json (or of tests/cases) as an expectation of the same form. */
export function expectationOf(quirk) {
  const expected = quirk.expected;
  return {
    text: expected.text ?? "",
    reasoning: expected.reasoning ?? "",
    refusal: expected.refusal ?? "",
    tool_calls: (expected.tool_calls ?? []).map((call) => ({ id: null, name: call.name, arguments: JSON.stringify(call.arguments) })),
    finish_reason: expected.finish_reason ?? null,
    usage: expected.usage_total === undefined ? null : { total_tokens: expected.usage_total },
    end: expected.end,
  };
}
