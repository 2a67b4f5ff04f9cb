// What the consumer and the server do, one function per operation. None of them may throw, whatever the moment.

import { openers, readItem } from "./faces.js";

const at = (list, index) => (list.length ? list[index % list.length] : undefined);

/** Reasons to abort with; nobody may take one for something else. */
const reasons = [
  () => undefined,
  () => "left",
  () => new RangeError("mine"),
  () => ({ why: "closed" }),
  () => Object.freeze(new WebAssembly.RuntimeError("unreachable")),
];

const isConfig = (error) => error?.kind === "config";

/** Calls into the package. What it throws at once is a violation, unless `mayRefuse` and a ConfigError says so. */
function calling(world, what, ask, mayRefuse = false) {
  try {
    return ask();
  } catch (error) {
    if (!(mayRefuse && isConfig(error))) world.report("throws", `${what} threw ${error?.stack ?? error}`);
    return undefined;
  }
}

function asking(world, held, what, ask, about) {
  const promise = calling(world, what, ask);
  if (promise === undefined) return undefined;
  if (typeof promise?.then !== "function") return void world.report("promise", `${what} gave ${promise}`);
  return world.ask(held.call, promise, { held, ...about });
}

/** Remembers what was done to whom, and what stood then: the oracle judges by it. */
function act(world, held, type, more = {}) {
  const made = {
    type, held, moment: world.moment, wasQuiet: world.isQuiet, ended: calling(world, "end", () => held.stream.end),
    handed: held.call.hasHandedContent, pending: held.call.asked.filter((asked) => !asked.state), ...more,
  };
  held.acts.push(made);
  return made;
}

function iterate(world, held, face) {
  const isSecond = held.isTaken;
  const reader = { held, face, isSecond, wasFinal: held.wasFinal, openedAt: world.moment, reads: held.call.exchange?.contentReads ?? 0 };
  // Said before: opening it may call foreign code that looks.
  held.readers.push(reader);
  reader.source = calling(world, face, () => openers[face](held.stream), isSecond);
  if (!reader.source) return void held.readers.pop();
  reader.read = (item) => readItem(face, item);
  reader.asked = [];
  world.readers.push(reader);
  return reader;
}

function next(world, reader) {
  // Its place is taken first: what is called may ask again before it returns.
  const place = reader.asked.length;
  reader.asked.push({});
  const asked = asking(world, reader.held, `next() of ${reader.face}`, () => reader.source.next(), { kind: "next", reader });
  if (asked) reader.asked[place] = asked;
}

/** The reader that is named, or a new one where the stream has none. */
function readerOf(world, index, face) {
  const reader = at(world.readers, index);
  if (reader) return reader;
  const held = at(world.held, index);
  return held && iterate(world, held, face);
}

/** Looks at all that can be looked at. Gives the text of the snapshot. */
export function look(world, held) {
  const { stream } = held;
  const snapshot = calling(world, "snapshot", () => stream.snapshot);
  calling(world, "repairs", () => stream.repairs.map((repair) => repair.code));
  const timing = calling(world, "timing", () => stream.timing);
  const end = calling(world, "end", () => stream.end);
  if (typeof timing !== "object") world.report("timing", `timing is ${timing}`);
  const text = snapshot?.choices?.[0]?.message?.content ?? "";
  if (!text.startsWith(held.seenText)) world.report("snapshot.shrinks", `snapshot said ${held.seenText}, and then ${text}`);
  if (!held.call.text.startsWith(text)) world.report("snapshot.invents", `snapshot says ${text}, the server ${held.call.text}`);
  held.seenText = text;
  if (held.end !== undefined && end !== held.end) world.report("end.changes", `end was ${held.end}, and then ${end}`);
  if (end !== undefined && held.end === undefined) Object.assign(held, { end, endedAt: world.moment });
  return text;
}

const operations = {
  call: (world) => world.start(),
  serve(world, index, steps = 1) {
    for (let left = steps; left > 0; left--) at(world.calls, index)?.exchange?.step();
  },
  iterate(world, index, face) {
    const held = at(world.held, index);
    if (held) iterate(world, held, face ?? "text");
  },
  next: (world, index, face) => operations.nexts(world, index, face, 1),
  nexts(world, index, face, times) {
    const reader = readerOf(world, index, face ?? "text");
    if (reader) for (let left = times; left > 0; left--) next(world, reader);
  },
  return(world, index) {
    const reader = at(world.readers, index);
    if (!reader) return;
    act(world, reader.held, "return", { reader });
    asking(world, reader.held, `return() of ${reader.face}`, () => reader.source.return(), { kind: "return", reader });
  },
  final(world, index) {
    const held = at(world.held, index);
    if (!held) return;
    held.wasFinal = true;
    asking(world, held, "final()", () => held.stream.final(), { kind: "final" });
  },
  tee(world, index) {
    const held = at(world.held, index);
    // Of a branch of a branch nothing new is learnt.
    if (!held || held.parent?.parent) return;
    const isSecond = held.isTaken;
    const branches = calling(world, "tee()", () => held.stream.tee(), isSecond);
    for (const stream of branches ?? []) held.branches.push(Object.assign(world.hold(held.call, stream, held), { isSecond }));
  },
  abort(world, index, reason) {
    const held = at(world.held, index);
    if (!held) return;
    const made = act(world, held, "abort", { reason: reasons[reason]() });
    calling(world, "abort()", () => held.stream.abort(made.reason));
  },
  signal(world, index, reason) {
    const call = at(world.calls, index);
    const controller = call?.controller;
    if (!controller || controller.signal.aborted) return;
    const why = reasons[reason]();
    call.signalled = call.stream ? act(world, call.stream, "abort", { reason: why }) : { reason: why, wasQuiet: world.isQuiet };
    calling(world, "the signal's abort()", () => controller.abort(why));
  },
  peek(world, index) {
    const held = at(world.held, index);
    if (held) look(world, held);
  },
  response(world, index) {
    const held = at(world.held, index);
    if (held) asking(world, held, "response", () => held.stream.response, { kind: "response" });
  },
  dispose(world, index) {
    const held = at(world.held, index);
    if (!held) return;
    act(world, held, "dispose");
    asking(world, held, "dispose", () => held.stream[Symbol.asyncDispose ?? "asyncDispose"](), { kind: "dispose" });
  },
};

/** Carries out what takes no time; see run.js for what does. */
export function perform(world, [name, ...given]) {
  operations[name](world, ...given);
}

/** Begins the next read of a reader. */
export { next };
