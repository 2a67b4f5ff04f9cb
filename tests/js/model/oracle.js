// What must hold when a run is over, whatever was done in it. ../model.test.js lists the rules.

import { isBytes } from "./faces.js";
import { mayAskAgain } from "./waits.js";
import { judgeReports } from "./reports.js";

const ENDS = [undefined, "complete", "truncated", "aborted", "error"];
/** Errors of these classes say that the caller iterated twice. */
const isRefusal = (asked) => asked.value?.kind === "config" && (asked.reader?.isSecond || lineage(asked.held).some((held) => held?.isSecond));

/** A stream and all that it branches off. */
function lineage(held) {
  return held ? [held, ...lineage(held.parent)] : [];
}

const actsOn = (held) => lineage(held).flatMap((one) => one.acts).filter((act) => !act.reader?.isSecond);
const isQuietAct = (act) => act.type !== "abort";

/** Judges all calls of a run. */
export function judge(world) {
  for (const call of world.calls) {
    judgeSettling(world, call);
    judgeErrors(world, call);
    for (const held of world.held) if (held.call === call) judgeHeld(world, held);
    if (!call.stream) judgeWhole(world, call);
  }
  judgeReports(world, endOf);
}

/** How a call ended, as the caller sees it. */
function endOf(call) {
  if (call.stream) return call.stream.end;
  const [asked] = call.asked;
  if (asked.state === "ok") return "complete";
  return { aborted: "aborted", truncated: "truncated" }[asked.value?.kind] ?? "error";
}

function judgeSettling(world, call) {
  for (const asked of call.asked) {
    if (!asked.state) world.report("hang", `${asked.kind} of ${asked.reader?.face ?? call.plan.kind} never settles`);
    // The platform's own stream that has failed can't be cancelled.
    const isBroken = asked.reader && isBytes(asked.reader.face) && asked.reader.asked.some((one) => one.state === "error");
    if (asked.state === "error" && (asked.kind === "return" || asked.kind === "dispose") && !isBroken) world.report("return.rejects", `${asked.kind} rejects with ${asked.value}`);
  }
}

/** All readers of a call fail of the same object; a branch of its origin's, or of its own. */
function judgeErrors(world, call) {
  const failed = call.asked.filter((asked) => asked.state === "error" && asked.kind !== "return" && !isRefusal(asked));
  for (const { value, kind } of failed) {
    if (!world.tokenwire.TokenwireError.isInstance(value)) world.report("error.foreign", `${kind} rejects with ${value?.stack ?? value}`);
    else if (/broke down/.test(value.message)) world.report("trap", value.message);
    else if (value.kind === "config" && !call.exchange?.verdict.redirects) world.report("error.config", `${kind} rejects with ${value.message}`);
  }
  const errorsOf = (held) => new Set(failed.filter((asked) => asked.held === held && !(held?.parent && asked.kind === "response")).map((asked) => asked.value));
  const own = errorsOf(call.stream);
  const told = (errors) => [...errors].map((error) => `${error?.name}: ${error?.message}`).join(" and ");
  if (call.stream && own.size > 1) world.report("error.differs", told(own));
  for (const held of world.held) {
    if (held.call !== call || !held.parent) continue;
    const others = errorsOf(held).difference?.(own) ?? new Set([...errorsOf(held)].filter((error) => !own.has(error)));
    const isExplained = others.size === 0 || (others.size === 1 && (actsOn(held).length > 0 || own.size === 0));
    if (!isExplained) world.report("error.differs", `a branch: ${told(others)}; its origin: ${told(own)}`);
  }
}

function judgeHeld(world, held) {
  for (const reader of held.readers) if (reader.asked) judgeReader(world, reader);
  for (const act of held.acts) judgeAct(world, act);
  const finals = held.call.asked.filter((asked) => asked.held === held && asked.kind === "final" && asked.state === "ok");
  for (const { value } of finals) {
    const text = value?.choices?.[0]?.message?.content ?? "";
    if (text !== held.call.text) world.report("final.text", `final() says ${text}, the server ${held.call.text}`);
    if (held.end !== "complete") world.report("final.end", `final() resolves, and the end is ${held.end}`);
  }
  judgeEnd(world, held);
  if (!held.parent && !held.branches.length) judgeOutcome(world, held);
}

/** Items in order, a beginning of what was sent; then an end that is true. */
function judgeReader(world, reader) {
  const { held, face, asked } = reader;
  let text = "";
  let over;
  let marker = false;
  for (const { state, value, item } of asked) {
    if (!state) continue;
    const isItem = state === "ok" && !value.done;
    if (isItem && over) world.report("item.late", `${face}: an item after ${over}`);
    if (isItem && item) {
      text += item.text;
      marker ||= item.isMarker || item.error !== undefined;
      reader.frame ??= item.error;
      if (item.isMarker && held.end !== "complete" && !actsOn(held).length) world.report("sse.marker", `[DONE], and the end is ${held.end}`);
    } else if (!isItem) over ??= state === "ok" ? "done" : "an error";
  }
  Object.assign(reader, { text, over });
  const { call } = held;
  if (!call.text.startsWith(text)) world.report("text", `${face} gives ${text}, the server ${call.text}`);
  if (reader.isSecond && text && !reader.wasFinal) world.report("second.reads", `${face} reads beside another iteration`);
  if (over !== "done" || actsOn(held).length || reader.isSecond || held.isSecond) return;
  if (isBytes(face) && !marker) world.report("sse.unmarked", "neither [DONE] nor an error before the end");
  if (!reader.frame && held.end !== "complete") world.report("done.false", `${face} is done, and the end is ${held.end}`);
  if (!reader.frame && text !== call.text) world.report("text.missing", `${face} gave ${text} of ${call.text}`);
}

/** After abort() nothing is handed out, and all fail of it; after return() all is done. */
function judgeAct(world, act) {
  if (!act.wasQuiet || act.ended !== undefined || act.reader?.isSecond) return;
  const concerned = (asked) => (isQuietAct(act) ? asked.held === act.held : lineage(asked.held).includes(act.held));
  const concerns = (asked) => asked.kind === "next" && (act.reader ? asked.reader === act.reader : concerned(asked));
  const after = act.held.call.asked.filter((asked) => concerns(asked) && !isRefusal(asked) && (act.pending.includes(asked) || asked.askedAt > act.moment));
  const earlier = actsOn(act.held).some((other) => other.moment < act.moment);
  for (const { state, value, item, reader, askedAt } of after) {
    const isItem = state === "ok" && !value.done;
    if (isItem && !(isBytes(reader.face) && !item.chunks && !item.isMarker)) world.report(`${act.type}.items`, `${reader.face}: an item after ${act.type}()`);
    if (earlier || askedAt > act.moment) continue;
    if (act.type === "return" && state === "error") world.report("return.error", `${reader.face}: a next() that waits rejects with ${value}`);
    if (act.type === "abort" && state === "ok" && value.done && !isBytes(reader.face)) world.report("abort.done", `${reader.face}: a next() that waits is done, not aborted`);
  }
}

function judgeEnd(world, held) {
  const { end, call } = held;
  if (!ENDS.includes(end)) world.report("end.unknown", `end is ${end}`);
  if (end === undefined) return world.report("end.unset", "the stream was disposed of, and has no end");
  const verdict = call.exchange?.verdict;
  if (end === "complete" && verdict?.end !== "complete" && !(verdict?.isFinished && !verdict.end)) {
    world.report("end.false", `complete, and the server's reply is ${verdict?.end ?? "open"}`);
  }
}

/** How a stream that was not teed must have ended. */
function judgeOutcome(world, held) {
  const { call, end } = held;
  const errors = call.asked.filter((asked) => asked.held === held && asked.state === "error" && !isRefusal(asked)).map((asked) => asked.value);
  const first = actsOn(held).find((act) => act.ended === undefined);
  if (!first) return judgeUndisturbed(world, held, errors);
  if (!first.wasQuiet) return undefined;
  if (!isQuietAct(first)) {
    if (end !== "aborted") world.report("abort.end", `aborted, and the end is ${end}`);
    for (const error of errors) judgeCause(world, first, error);
  } else if (world.plan.finish === "read" && first.type === "dispose" && world.finishedAt <= first.moment) {
    world.report("end.unset", "all was read, and there is no end");
  } else if (end !== "aborted" && !held.wasFinal && !isAllHanded(held, first)) {
    world.report("return.end", `left before all was handed out, and the end is ${end}`);
  }
  return undefined;
}

const isAllHanded = (held, act) => held.readers.some((reader) => {
  const before = reader.asked.filter((asked) => asked.item && asked.settledAt <= act.moment);
  return before.map((asked) => asked.item.text).join("") === held.call.text;
});

function judgeCause(world, act, error) {
  const isRight = act.reason === undefined ? error?.cause?.name === "AbortError" : Object.is(error?.cause, act.reason);
  if (error?.name !== "APIUserAbortError") world.report("abort.class", `aborted, and it fails of ${error}`);
  else if (!isRight) world.report("abort.cause", `the reason was ${act.reason}, the cause is ${error?.cause}`);
}

function judgeUndisturbed(world, held, errors) {
  const { call, end } = held;
  const { verdict } = call.exchange ?? {};
  if (errors.some((error) => error?.kind === "timeout")) {
    if (end !== "error") world.report("timeout.end", `a time ran out, and the end is ${end}`);
    return;
  }
  // Its time ran out while nobody asked, and nobody asked later.
  const { total = Infinity, firstToken = 600_000, idle = 300_000 } = world.plan.client.timeout ?? {};
  const mayHaveRunOut = world.clock.now - call.startedAt >= Math.min(total, firstToken, idle) - 2;
  if (end === "error" && !errors.length && mayHaveRunOut) return;
  const expected = verdict?.end ?? (verdict?.isFinished ? "complete" : undefined);
  if (end === undefined) return;
  if (end !== expected) return void world.report("outcome", `${end}, where the server's reply is ${expected}: ${errors[0] ?? "no error"}`);
  if (end === "complete") return;
  if (verdict.retry === true && mayAskAgain(world, call) && total === Infinity && !mayHaveRunOut) world.report("retry.missing", `${end} after ${call.exchanges.length} requests: ${errors[0]}`);
  for (const error of errors) {
    if (verdict.classes.length && !verdict.classes.includes(error?.name)) world.report("error.class", `${error} in place of ${verdict.classes}`);
  }
  for (const reader of actsOn(held).length ? [] : held.readers) {
    if (reader.over === "an error" && !reader.isSecond && reader.text !== call.text) world.report("text.missing", `${reader.face} gave ${reader.text} of ${call.text} before the error`);
  }
}

/** A plain call, or the list of models. */
function judgeWhole(world, call) {
  const [{ state, value }] = call.asked;
  const { verdict } = call.exchange ?? {};
  const text = call.plan.kind === "models" ? value?.[0]?.id : value?.choices?.[0]?.message?.content;
  if (state === "ok" && (verdict?.end !== "complete" || text !== verdict.text)) world.report("whole.false", `resolves with ${text}, and the server said ${verdict?.text}`);
  if (state === "error" && call.signalled?.wasQuiet && value?.kind === "aborted") judgeCause(world, call.signalled, value);
}
