// One run of a plan: its operations, then the rest of what the servers say, then everything is let go and judged.

import { Clock, drain } from "./clock.js";
import { look, next, perform } from "./operations.js";
import { World } from "./world.js";
import { forget, liveObjects } from "./memory.js";
import { judge } from "./oracle.js";
import { watching } from "./spoilt.js";
import { judgeTimeout, judgeTurns, judgeWaits } from "./waits.js";

/** No wait of a client may need more jumps from timer to timer than this. */
const MOST_JUMPS = 1000;
/** No reply of a plan has more items than this. */
const MOST_ROUNDS = 200;
/** How long what ended may linger (a connection that is kept), in ms. */
const LINGERS = 5000;

async function pause(world, how) {
  if (how === "all") return settle(world);
  for (let turns = { none: 0, turn: 1, turns: 4 }[how]; turns > 0; turns--) await undefined;
}

async function settle(world) {
  await drain();
  world.settled();
}

async function operate(world, [name, ...given]) {
  const how = given.pop();
  world.moment += 1;
  if (name === "time") {
    await settle(world);
    await world.clock.advance(given[0]);
    world.settled();
    judgeWaits(world);
  } else {
    perform(world, [name, ...given]);
    world.isQuiet = false;
  }
  if (!world.isQuiet) await pause(world, how);
  if (!world.isQuiet) return;
  for (const held of world.held) look(world, held);
  judgeTurns(world);
}

const isDone = (reader) => reader.asked.some((asked) => asked.state === "error" || (asked.state === "ok" && asked.value.done));

/** Asks each open reader for one more item; a stream that has none is read by final(). True if something was asked. */
function readOn(world) {
  let asked = 0;
  for (const reader of world.readers) {
    if (reader.isClosed || isDone(reader) || reader.asked.some((one) => !one.state)) continue;
    next(world, reader);
    asked += 1;
  }
  for (const [index, held] of world.held.entries()) {
    if (held.isTaken || held.wasFinal) continue;
    perform(world, ["final", index]);
    asked += 1;
  }
  return asked > 0;
}

function startAll(world) {
  while (world.calls.length < world.plan.calls.length) world.start();
}

/** All that servers still have to say, and all that is still to be read, until nothing moves without time. Quiet before and after. */
async function exhaust(world, reads) {
  let rounds = 0;
  for (let moved = true; moved;) {
    if (++rounds > MOST_ROUNDS) return void world.report("item.endless", `more than ${MOST_ROUNDS} items`);
    world.moment += 1;
    moved = false;
    for (const call of world.calls) while (call.exchange?.step()) {
      moved = true;
      await settle(world);
    }
    if (!reads || !readOn(world)) continue;
    moved = true;
    await settle(world);
  }
}

/** The same, and time passes for as long as somebody waits. */
async function finish(world, reads) {
  startAll(world);
  await settle(world);
  for (let jumps = 0; jumps < MOST_JUMPS; jumps++) {
    await exhaust(world, reads);
    if (!jumps) judgeWaits(world);
    if (!world.calls.some((call) => call.isWaiting)) return;
    if (!(await world.clock.jump())) return;
    world.settled();
  }
  world.report("timer.endless", `more than ${MOST_JUMPS} timers, one after the other`);
}

async function letGo(world) {
  startAll(world);
  await settle(world);
  if (world.plan.finish === "abort") {
    for (const index of world.held.keys()) perform(world, ["abort", index, 1]);
    await settle(world);
  }
  // Plain calls have nothing to dispose of.
  for (const [index, call] of world.calls.entries()) if (!call.stream && call.isWaiting) perform(world, ["signal", index, 1]);
  for (const index of world.held.keys()) perform(world, ["dispose", index]);
  await settle(world);
}

/** Afterwards another call of the same client is answered, and nothing is left. */
async function judgeRest(world, seed) {
  if (world.plan.client.maxConcurrency || seed % 8 === 0) await judgeNext(world);
  await world.clock.advance(LINGERS);
  if (world.clock.size) world.report("timer.left", `${world.clock.size} timers are left`);
  for (const call of world.calls) judgeLeft(world, call);
  if (liveObjects()) world.report("memory", `${liveObjects()} objects of the core are left`);
  forget();
}

async function judgeNext(world) {
  let answer;
  const patient = { timeout: { total: 1e6, firstToken: 1e6, idle: 1e6 } };
  world.client.chat({ model: "m", messages: [{ role: "user", content: "Hi" }] }, patient).then((value) => (answer = value), (error) => (answer = error));
  await settle(world);
  for (let jumps = 0; !answer && jumps < 30 && (await world.clock.jump()); jumps++);
  if (answer?.choices?.[0]?.message.content !== "fresh") world.report("turn.lost", `afterwards a call of the same client gets ${answer}`);
}

function judgeLeft(world, { listeners, controller, exchanges }) {
  if (listeners.size && !controller?.signal.aborted) world.report("listener.left", `${listeners.size} listeners are left on the signal`);
  for (const exchange of exchanges) {
    if (!exchange.isReleased) world.report("body.left", `the body of ${exchange.id} is neither read to its end nor cancelled`);
  }
}

/** Carries out a plan. Gives what was wrong, as [{ code, what, moment }]. */
export async function run(plan, tokenwire, seed) {
  let world;
  return watching((code, what) => world?.report(code, what), () => lives(plan, tokenwire, seed, (made) => (world = made)));
}

async function lives(plan, tokenwire, seed, tell) {
  const clock = new Clock();
  clock.install(seed);
  let world;
  try {
    world = new World(plan, tokenwire, clock);
    world.perform = (op) => perform(world, op);
    world.onTimeout = (call, error) => judgeTimeout(world, call, error);
    tell(world);
    world.start();
    for (const op of plan.ops) await operate(world, op);
    if (plan.finish === "read") await finish(world, true);
    world.finishedAt = world.moment;
    await letGo(world);
    await finish(world, false);
    for (const held of world.held) look(world, held);
    judge(world);
    await judgeRest(world, seed);
  } finally {
    clock.restore();
  }
  return world.violations;
}
