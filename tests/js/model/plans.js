// A plan is all that a run does, as plain data: a seed makes one, a finding is one, and shrinking takes parts of it away.
//
// { client: { maxConcurrency, maxRetries, timeout }, calls: [{ kind, hook, exchanges: [{ steps, … }] }], ops: [[name, …, pause]],
//   finish }. Whatever an operation names (a stream, an iterator) is taken modulo what there is, so that any part of a plan is one.

import { Choices } from "./random.js";

/** What an operation is followed by: nothing, one turn of the microtask queue, some, or all that is queued. */
export const PAUSES = { none: 0, turn: 1, turns: 4, all: Infinity };
export const FACES = ["chunks", "text", "events", "sse", "response"];

const OPERATIONS = {
  serve: 26, next: 24, nexts: 4, iterate: 4, final: 5, time: 7, peek: 6, response: 3, return: 4, abort: 3, signal: 3, tee: 3, dispose: 3, call: 5,
};
const HOOKS = ["fetch", "headers", "pull", "cancel", "abort", "end", "timer"];
const HOOKED = ["peek", "peek", "response", "abort", "signal", "return", "next", "final", "tee", "dispose", "serve"];
const BEFORE_HEAD = { "429": 2, "429:1": 3, "429:120": 1, "429:open": 1, "500": 3, "503:1": 3, "400": 1, "400:adapt": 2, "302": 1, drop: 3, null: 1, stall: 2 };
const ENDS = { whole: 45, cut: 10, broken: 7, marker: 8, unmarked: 8, silent: 8, stall: 6, overloaded: 6, failure: 3, garbage: 4 };

const ENDINGS = {
  whole: ["finish", "done", "close"], cut: ["close"], broken: ["break"], marker: ["done", "close"], unmarked: ["finish", "close"],
  silent: ["finish", "stall"], stall: ["stall"], overloaded: ["overloaded", "close"], failure: ["failure", "close"], garbage: ["garbage", "text", "finish", "done", "close"],
};

function streamSteps(choices) {
  const steps = ["head"];
  if (choices.chance(50)) steps.push("role");
  for (let left = choices.pick([0, 0, 1, 1, 2, 3, 4]); left > 0; left--) {
    steps.push(choices.weighted({ text: 6, texts: 3, half: 1, ping: 1 }));
  }
  const ending = ENDINGS[choices.weighted(ENDS)];
  if (ending[0] === "finish" && choices.chance(25)) return [...steps, "finish", "usage", ...ending.slice(1)];
  if (ending.includes("done") && choices.chance(30)) return [...steps, ...ending.slice(0, -1), "stall"];
  return [...steps, ...ending];
}

const PLAIN = [["head", "json", "close"], ["head", "json", "close"], ["head", "half", "rest", "close"], ["head", "half", "close"], ["head", "half", "break"], ["head", "half", "stall"], ["json", "stall"]];

function exchange(choices, kind) {
  const isRefused = choices.chance(30);
  const steps = isRefused ? [choices.weighted(BEFORE_HEAD)] : kind === "stream" ? streamSteps(choices) : choices.pick(PLAIN);
  return {
    steps, ...(choices.chance(35) && { isPulled: true }), ...(choices.chance(8) && { isDeaf: true }), ...(choices.chance(12) && { isObject: true }),
  };
}

function operation(choices, name) {
  const some = () => choices.int(0, 5);
  if (name === "serve") return [name, some(), choices.pick([1, 1, 1, 2, 3, 6])];
  if (name === "next" || name === "iterate") return [name, some(), choices.pick(FACES)];
  if (name === "nexts") return [name, some(), choices.pick(FACES), choices.int(2, 4)];
  if (name === "time") return [name, choices.pick([1, 20, 100, 300, 1000, 4000, 61_000])];
  if (name === "abort" || name === "signal") return [name, some(), choices.int(0, 4)];
  return [name, some()];
}

function call(choices) {
  const kind = choices.weighted({ stream: 88, plain: 8, models: 4 });
  const made = { kind, exchanges: Array.from({ length: 4 }, () => exchange(choices, kind)) };
  if (kind !== "stream" || choices.chance(60)) made.hasSignal = true;
  if (choices.chance(20)) {
    made.hook = { at: choices.pick(HOOKS), times: choices.int(1, 2), after: choices.int(0, 2), op: operation(choices, choices.pick(HOOKED)) };
  }
  return made;
}

function timeouts(choices) {
  if (choices.chance(65)) return undefined;
  const made = {};
  for (const phase of ["total", "firstToken", "idle"]) if (choices.chance(50)) made[phase] = choices.pick([50, 100, 400, 2000]);
  // A client that looks at the clock by the shortest of them would look very often until the longest.
  if (made.idle && !made.total) made.firstToken ??= choices.pick([100, 400, 2000]);
  return made;
}

/** The plan of a seed. */
export function planOf(seed) {
  const choices = new Choices(seed);
  const client = { maxConcurrency: choices.pick([undefined, undefined, 1, 1, 2]), maxRetries: choices.pick([0, 1, 1, 2]), timeout: timeouts(choices) };
  const calls = Array.from({ length: choices.pick([1, 1, 1, 2, 3]) }, () => call(choices));
  // Some operations are likelier in one run than in another: a run that aborts early sees nothing else.
  const weights = { ...OPERATIONS };
  for (const name of ["abort", "signal", "return", "dispose", "tee", "final"]) if (choices.chance(50)) weights[name] = 0;
  const ops = Array.from({ length: choices.int(3, 18) }, () => {
    const pause = choices.weighted({ all: 60, none: 16, turn: 10, turns: 14 });
    return [...operation(choices, choices.weighted(weights)), pause];
  });
  return { client, calls, ops, finish: choices.weighted({ read: 60, leave: 20, abort: 20 }) };
}
