/**
 * Reads what callers give to `simulate` and says what is wrong with it, before the first request.
 */
import { errorObject } from "./refusal.js";

const optionNames = ["reply", "models", "apiKey", "error", "bytes", "cuts", "delays", "status", "headers", "pace", "usage", "fault"];
const sharedNames = ["cuts", "delays", "status", "headers", "pace", "usage", "fault"];
const messageNames = ["role", "content", "reasoning_content", "tool_calls", "refusal", "finish_reason"];
const replyNames = [...messageNames, "choices", "error", "bytes", ...sharedNames];

/** `{ script, fixed?, defaults, models, strictModels, apiKey }`. */
export function readOptions(options) {
  checkNames(options, "options", optionNames);
  atMostOne(options, "options", ["reply", "error", "bytes"]);
  check(options.apiKey === undefined || typeof options.apiKey === "string", "options.apiKey", "a string", options.apiKey);
  const script = options.reply;
  check(!Array.isArray(script) || script.length > 0, "options.reply", "at least one scripted reply", script);
  const given = Array.isArray(script) ? script : [script];
  given.forEach((reply, index) => {
    const where = Array.isArray(script) ? `options.reply[${index}]` : "options.reply";
    if (reply !== undefined && typeof reply !== "function") readReply(reply, where);
  });
  return {
    script,
    fixed: options.error !== undefined || options.bytes !== undefined ? readSource(options, "options") : undefined,
    defaults: readShared(options, "options"),
    models: readModels(options.models),
    strictModels: options.models !== undefined,
    apiKey: options.apiKey,
  };
}

/** One scripted reply: a text, a message, `{ choices }`, `{ error }` or `{ bytes }`, with options of its own. */
export function readReply(reply, where) {
  if (typeof reply === "string") return { content: reply };
  checkNames(reply, where, replyNames);
  atMostOne(reply, where, ["choices", "error", "bytes"]);
  const { choices } = reply;
  check(choices === undefined || (Array.isArray(choices) && choices.length > 0), `${where}.choices`, "an array of messages", choices);
  return {
    ...readMessage(reply, where),
    ...(choices && { choices: choices.map((one, index) => readChoice(one, `${where}.choices[${index}]`)) }),
    ...readSource(reply, where),
    ...readShared(reply, where),
  };
}

function readChoice(choice, where) {
  if (typeof choice === "string") return { content: choice };
  checkNames(choice, where, messageNames);
  return readMessage(choice, where);
}

function readMessage(message, where) {
  for (const name of ["content", "reasoning_content", "refusal"]) {
    check(message[name] == null || typeof message[name] === "string", `${where}.${name}`, "a string or null", message[name]);
  }
  const calls = message.tool_calls;
  check(calls == null || Array.isArray(calls), `${where}.tool_calls`, "an array", calls);
  const { content, reasoning_content, refusal, finish_reason } = message;
  return { content, reasoning_content, refusal, finish_reason, tool_calls: calls?.map((call, index) => readCall(call, index, `${where}.tool_calls[${index}]`)) };
}

/** OpenAI's shape, or `{ name, arguments }` in short; arguments that are no string become JSON text. */
function readCall(call, index, where) {
  check(isObject(call), where, "an object", call);
  const { name, arguments: given = {} } = call.function ?? call;
  check(typeof name === "string" && name !== "", `${where}.name`, "the name of a function", name);
  return { id: call.id ?? `call_sim_${index + 1}`, type: "function", function: { name, arguments: typeof given === "string" ? given : JSON.stringify(given) } };
}

function readSource({ error, bytes }, where) {
  if (error !== undefined) return { error: readError(error, `${where}.error`) };
  if (bytes === undefined) return {};
  const known = typeof bytes === "string" || typeof bytes === "function" || bytes instanceof Uint8Array || bytes instanceof ArrayBuffer;
  check(known, `${where}.bytes`, "a string, a Uint8Array, an ArrayBuffer or a function that gives one", bytes);
  return { bytes: bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes };
}

function readError(error, where) {
  const full = typeof error === "number" ? { status: error } : error;
  checkNames(full, where, ["status", "message", "type", "param", "code", "body", "headers"]);
  check(isStatus(full.status) && full.status >= 400, `${where}.status`, "an HTTP status from 400 to 599", full.status);
  readHeaders(full.headers, `${where}.headers`);
  return full;
}

function readShared(options, where) {
  const { cuts, delays, status, headers, pace, usage, fault } = options;
  check(cuts === undefined || cuts === "byte" || isCount(cuts, 1) || isRising(cuts), `${where}.cuts`, '"byte", a number of bytes per read, or rising offsets', cuts);
  check(delays === undefined || isTime(delays) || (Array.isArray(delays) && delays.every(isTime)), `${where}.delays`, "milliseconds, or an array of them", delays);
  check(status === undefined || isStatus(status), `${where}.status`, "an HTTP status from 200 to 599", status);
  check(usage === undefined || isObject(usage), `${where}.usage`, "an object", usage);
  readHeaders(headers, `${where}.headers`);
  const read = { cuts, delays, status, headers, usage, pace: readPace(pace, `${where}.pace`), fault: readFault(fault, `${where}.fault`) };
  // What was not said must not hide what was said for all replies.
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

/** Tokens per second, or milliseconds. */
function readPace(pace, where) {
  if (pace === undefined) return undefined;
  if (typeof pace === "number") {
    check(pace > 0 && pace < Infinity, where, "more than 0 tokens per second", pace);
    return { firstTokenMs: 1000 / pace, tokenMs: 1000 / pace };
  }
  checkNames(pace, where, ["headersMs", "firstTokenMs", "tokenMs"]);
  for (const [name, ms] of Object.entries(pace)) check(ms === undefined || isTime(ms), `${where}.${name}`, "milliseconds", ms);
  return pace;
}

const faultKinds = ["refuse", "error", "close", "reset", "stall"];

function readFault(fault, where) {
  if (fault === undefined) return undefined;
  const full = typeof fault === "string" ? { kind: fault } : fault;
  checkNames(full, where, ["kind", "after", "error"]);
  const { kind, after = 0, error = {} } = full;
  check(faultKinds.includes(kind), `${where}.kind`, `one of ${faultKinds.join(", ")}`, kind);
  check(isCount(after, 0), `${where}.after`, "a whole number of pieces", after);
  check(isObject(error), `${where}.error`, "an object", error);
  const body = errorObject({ status: 500, ...error });
  return { kind, after, error: body, frame: new TextEncoder().encode(`data: ${JSON.stringify({ error: body })}\n\n`) };
}

function readModels(models = ["simulator"]) {
  check(Array.isArray(models), "options.models", "an array of ids or model objects", models);
  const data = models.map((model, index) => {
    const given = typeof model === "string" ? { id: model } : model;
    check(isObject(given) && typeof given.id === "string", `options.models[${index}]`, "an id or an object with one", model);
    return { object: "model", created: 1_700_000_000, owned_by: "tokenwire", ...given };
  });
  return { object: "list", data };
}

function readHeaders(headers, where) {
  const plain = headers === undefined || (isObject(headers) && Object.values(headers).every((value) => typeof value === "string"));
  check(plain, where, "an object of strings", headers);
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isCount = (value, least) => Number.isSafeInteger(value) && value >= least;
const isTime = (value) => typeof value === "number" && value >= 0 && value < Infinity;
const isStatus = (value) => isCount(value, 200) && value <= 599;
const isRising = (value) => Array.isArray(value) && value.every((at, index) => isCount(at, 1) && (index === 0 || at > value[index - 1]));

function checkNames(value, where, names) {
  check(isObject(value), where, "an object", value);
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) throw new TypeError(`simulate: ${where} has no "${name}"; it takes ${names.join(", ")}`);
  }
}

function atMostOne(value, where, names) {
  const given = names.filter((name) => value[name] !== undefined);
  if (given.length > 1) throw new TypeError(`simulate: ${where} takes one of ${names.join(", ")}, not ${given.join(" and ")}`);
}

function check(holds, where, expected, value) {
  if (!holds) throw new TypeError(`simulate: ${where} must be ${expected}, not ${shown(value)}`);
}

function shown(value) {
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || typeof value !== "object") return String(value);
  return Array.isArray(value) ? `an array of ${value.length}` : `an object (${Object.prototype.toString.call(value).slice(8, -1)})`;
}
