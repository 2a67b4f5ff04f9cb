// The oracle's rules of time: what may run out, what must have, and what needs no time at all.

const DEFAULTS = { total: Infinity, firstToken: 600_000, idle: 300_000 };
/** Timers may come a little early. */
const EARLY = 2;
/** A client may look now and then instead of setting a timer per read. */
const late = (ms) => ms * 1.3 + 50;

function limitsOf(world) {
  const given = world.plan.client.timeout ?? {};
  return Object.fromEntries(Object.keys(DEFAULTS).map((phase) => [phase, given[phase] ?? DEFAULTS[phase]]));
}

/** Tries that may still be made after what the call got last. */
export function mayAskAgain(world, call) {
  const { retry, adapts } = call.exchange.verdict;
  const adapted = call.exchanges.filter((exchange) => exchange.verdict.adapts).length;
  return (adapts && adapted === 1) || (retry !== false && call.exchanges.length - Math.min(adapted, 1) <= world.plan.client.maxRetries);
}

/** A time ran out: rightly? */
export function judgeTimeout(world, call, { phase }) {
  // Who reads later is told of it again.
  if (call.hasTimedOut) return;
  call.hasTimedOut = true;
  const limit = limitsOf(world)[phase];
  const sinceStart = world.clock.now - call.startedAt;
  // Where nobody reads and nothing came that could be read, the time of the first content passes all the same.
  const cameInTime = call.contentAt !== undefined && call.contentAt - call.startedAt < limit;
  const forContent = cameInTime ? call.waited : sinceStart;
  const passed = { total: sinceStart, firstToken: forContent, idle: call.waitedInSilence }[phase];
  // A branch that was left while it waited has the next one wait from then on.
  const isShared = world.held.some((held) => held.call === call && held.parent);
  if (!(passed >= limit - EARLY) && !(isShared && phase === "idle")) world.report("timeout.early", `${phase}, though only ${passed} ms of ${limit} were waited`);
  if (phase === "firstToken" && call.hasHandedContent) world.report("timeout.early", "firstToken after content was handed out");
  const { exchange } = call;
  if (exchange?.verdict.isFinished && !exchange.verdict.end && !exchange.hasUnread && call.waitedHard > 0) world.report("timeout.finished", `${phase} after the finish reason`);
}

/** Called when nothing moves without time. */
export function judgeWaits(world) {
  judgeTurns(world);
  for (const call of world.calls) {
    judgeSettled(world, call);
    judgeExpired(world, call);
  }
}

const hasEnded = (call) => (call.stream ? call.stream.stream.end !== undefined : !call.isWaiting);

/** Who has ended has given his turn back: nobody waits for one that is free. Called when nothing moves without time. */
export function judgeTurns(world) {
  const { maxConcurrency } = world.plan.client;
  // After a refusal that may pass, the queue may rest for as long as a back-off of the client's own takes.
  const mayRest = world.calls.some((call) => call.exchanges.some(({ verdict }) => verdict.end === "error" && verdict.retry !== false) || call.exchanges.some(({ plan }) => plan.steps.some((step) => step.startsWith("429"))));
  if (!maxConcurrency || mayRest || world.clock.now < world.closedUntil) return;
  const open = world.calls.filter((call) => !hasEnded(call));
  const running = open.filter((call) => call.exchanges.length).length;
  if (running < maxConcurrency && running < open.length) world.report("turn.kept", `${running} of ${maxConcurrency} calls run, and ${open.length - running} wait`);
}

/** A reply that has ended needs no time to be told of. */
function judgeSettled(world, call) {
  const { exchange } = call;
  if (!exchange?.verdict.end || exchange.plan.steps.includes("429:open") || call.plan.kind !== "stream" || mayAskAgain(world, call)) return;
  for (const asked of call.asked) if (!asked.state && waitsHard(asked)) world.report("late", `${asked.kind} waits, though the reply has ended (${exchange.verdict.end})`);
}

/** Somebody waits for what comes, and not at the pace of another reader. */
export function waitsHard(asked) {
  if (asked.state) return false;
  // Of a stream that was teed, the branches' readers set the pace.
  if (asked.kind === "final") return !asked.held.branches.length && !asked.held.readers.some((reader) => reader.face === "sse" || reader.face === "response");
  return asked.kind === "next" || asked.kind === "whole";
}

function judgeExpired(world, call) {
  const limits = limitsOf(world);
  const { exchange } = call;
  if (hasEnded(call) || !exchange || exchange.verdict.end) return;
  const miss = (phase, ms) => world.report("timeout.missed", `${phase} is ${limits[phase]} ms, and ${ms} passed`);
  const inAll = world.clock.now - call.startedAt;
  if (inAll >= late(limits.total)) return miss("total", inAll);
  if (exchange.hasUnread || !call.asked.some(waitsHard)) return;
  if (!exchange.verdict.hasContent && !exchange.verdict.isFinished && call.waitedHard >= late(limits.firstToken)) miss("firstToken", call.waitedHard);
  if (exchange.verdict.hasContent && call.waitedHard >= late(limits.idle)) miss("idle", call.waitedHard);
}
