/**
 * What is right. tokenwire is held to what its own tests ask of a case. The others are judged by what they promise, in
 * their favour where there is doubt:
 *
 * - a complete reply must end without an error and bring the text, the tool calls, a finish reason and the usage that the
 *   provider sent; reasoning is asked of those that have a name for it. Who has none for a second choice cannot have asked
 *   for it, and only has to give text and end well where one comes;
 * - a leading <think>…</think> may stay in the text, and a finish reason may be the provider's own word for it: nobody
 *   but tokenwire says that it changes them, and nothing is lost;
 * - arguments are compared as JSON, none at all may be "" or {}; an id is asked for only if the provider sent one;
 * - a reply that was cut, failed or refused must end in an error with a message, and what the provider said is in it (or
 *   in the status beside it). Text from before the failure may be missing, for here it came in the same network read; it
 *   may not be other text.
 *
 * A report from the field is asked of the others where they stream it, and of what they have a name for; tokenwire is held to
 * all of it.
 */
import * as tw from "tokenwire";
import { checkApiError } from "../../tests/js/cases/errors.js";
import { check } from "../../tests/js/cases/field.js";
import { difference } from "../../tests/js/support/check.js";
import { adjust, endDifference, replyDifference } from "../../tests/js/support/expected.js";

/** { verdict, why } of what a client gave; `passedOff` if a reply that is not whole was given as a finished answer. */
export function judge(client, given, one) {
  if (one.report) return judgeReport(client, given, one);
  const why = client.strict ? strictly(given, one) : fairly(client, given, one.wanted, one.body);
  const passedOff = one.wanted.end !== "complete" && given.error === undefined;
  return { verdict: why === undefined ? "right" : "wrong", why, ...(passedOff && { passedOff, finish_reason: given.finish_reason }) };
}

const ASKED = /^(text|end|error\.message|differentIds|final\.(usage|choices\.0\.(finish_reason|message\.tool_calls\.(length|\d\.function))))/;

function judgeReport(client, given, { report, wanted }) {
  const isAsked = (path) => ASKED.test(path) || (client.reasoning && path.endsWith("reasoning_content"));
  const asked = Object.entries(report.expect).filter(([path]) => isAsked(path));
  if (client.strict) return given.error ? { verdict: "wrong", why: messageOf(given.error) } : { verdict: "right" };
  if (report.request.params?.stream === false || !asked.length) return { verdict: "not asked" };
  const tool_calls = given.tool_calls.map(({ id, name, arguments: text }) => ({ id, function: { name, arguments: text } }));
  const message = { tool_calls, reasoning_content: given.reasoning };
  const choice = { message, finish_reason: given.finish_reason };
  const seen = { ...given, end: given.error ? "error" : "complete", final: { usage: given.usage, choices: [choice] } };
  const passedOff = wanted.end === "error" && !given.error && { passedOff: true, finish_reason: given.finish_reason };
  try {
    for (const [path, expected] of asked) check(seen, path, expected, "given");
    return { verdict: "right" };
  } catch (failure) {
    return { verdict: "wrong", why: failure.message, ...passedOff };
  }
}

function strictly(given, { part, wanted, body }) {
  if (part === "errors") return refusalDifference(given.error, wanted, body);
  return endDifference(given, wanted.end, tw)
    ?? replyDifference(given, wanted)
    ?? choicesDifference(given, wanted)
    ?? wordsDifference(given.error, wanted.words);
}

function refusalDifference(error, wanted, body) {
  try {
    checkApiError(tw, error, wanted.status, body);
  } catch (failure) {
    return failure.message;
  }
  if (!wanted.kinds.includes(error.kind)) return `kind ${error.kind} instead of ${wanted.kinds.join(" or ")}`;
  return wordsDifference(error, wanted.words);
}

function fairly(client, given, wanted, body) {
  const seen = adjust(given);
  if (wanted.end !== "complete") return failureDifference(given.error, seen.text, wanted, body);
  if (given.error !== undefined) return `a good reply failed: ${messageOf(given.error)}`;
  if (wanted.several && !client.choices) return seen.text === "" ? "no text" : undefined;
  const parts = ["text", "tools", "finish", "usage", ...(client.reasoning ? ["reasoning"] : [])];
  const named = seen.tool_calls.map((call) => ({ ...call, id: call.id || "none" })); // differs from any that was sent
  return replyDifference(compacted(seen, named), compacted(wanted, wanted.tool_calls), parts) ?? choicesDifference(given, wanted);
}

/** Arguments in one form, whoever hands them out. */
function compacted(reply, calls) {
  return { ...reply, tool_calls: calls.map((call) => ({ ...call, arguments: compact(call.arguments) })) };
}

function compact(text) {
  try {
    return JSON.stringify(JSON.parse(text || "{}"));
  } catch {
    return text;
  }
}

function failureDifference(error, text, wanted, body) {
  if (error === undefined) return `${wanted.end === "error" ? "a failed" : "a cut"} reply ended without an error`;
  if (!/\S/.test(messageOf(error))) return "the error has no message";
  if (!wanted.text.startsWith(text)) return `text before the failure: ${JSON.stringify(text)} instead of ${JSON.stringify(wanted.text)}`;
  // Words that the provider did not send are tokenwire's own.
  return body.includes(wanted.words) ? wordsDifference(error, wanted.words) : undefined;
}

function wordsDifference(error, words) {
  if (words === undefined) return undefined;
  const said = `${statusOf(error) ?? ""} ${messageOf(error)}`;
  return said.includes(words) ? undefined : `message ${JSON.stringify(messageOf(error))} without ${JSON.stringify(words)}`;
}

const choicesDifference = (given, wanted) => wanted.choices && difference(given.choices, wanted.choices, "choices");

const statusOf = (error) => error?.status ?? error?.statusCode ?? error?.response?.status;

/** Not every client throws errors: some hand out what the provider sent. */
const messageOf = (error) => String(error?.message ?? (typeof error === "object" ? JSON.stringify(error) : error));
