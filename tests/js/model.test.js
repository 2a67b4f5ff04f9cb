// Random lives of calls, against a model: next, return, final, tee, abort, signal, snapshot, response, dispose and time, against
// servers of every outcome, interleaved in any way, also from inside what the client calls.
//
// TOKENWIRE_SEED and TOKENWIRE_RUNS say where to begin and how many runs to make; TOKENWIRE_WITHOUT, rules that are not looked
// at, by their codes (`onEnd.never,timing`). A seed gives one plan: `TOKENWIRE_SEED=7 TOKENWIRE_RUNS=1 node --test tests/js/model.test.js`
// runs it alone. What was found once is in model/findings.json, as plans: a seed means another one when the generator changes.

import test from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { countedClasses } from "./model/memory.js";
import { planOf } from "./model/plans.js";
import { run } from "./model/run.js";
import { print, shrink } from "./model/shrink.js";
import "./support/unhandled.js";

const tokenwire = await import("tokenwire");
const findings = JSON.parse(readFileSync(new URL("model/findings.json", import.meta.url), "utf8"));
const runs = Number(process.env.TOKENWIRE_RUNS ?? 20_000);
// CI decides of a change by the same lives as its author; elsewhere each run makes others.
const first = Number(process.env.TOKENWIRE_SEED ?? (process.env.CI ? 5_000_000 : Math.floor(Math.random() * 2 ** 31)));
const without = (process.env.TOKENWIRE_WITHOUT ?? "").split(",").filter(Boolean);
// Much of what a run costs are stacks that nobody reads.
Error.stackTraceLimit = 4;
/** Of more kinds of failure than this, only the names are told. */
const MOST_SHRUNK = 12;

const judged = async (plan, seed) => (await run(plan, tokenwire, seed)).filter(({ code }) => !without.includes(code));

test("the model sees the core's objects", async () => {
  await judged(planOf(1), 1);
  assert.ok(countedClasses().length > 0, "no export is a constructor with its free");
});

for (const { name, seed, plan } of findings) {
  test(`found once: ${name}`, async () => {
    const wrong = await judged(plan, seed);
    assert.deepEqual(wrong.map(({ code, what }) => `${code}: ${what}`), [], print(plan));
  });
}

/** The failure, as small as it gets, and how to have it again. */
async function explained({ code, what, seed }) {
  const fails = async (plan) => (await judged(plan, seed)).some((wrong) => wrong.code === code);
  const plan = await shrink(planOf(seed), fails);
  const wrong = (await judged(plan, seed)).find((one) => one.code === code);
  return `${code} (seed ${seed}): ${wrong?.what ?? what}\n${print(plan)}\n${JSON.stringify({ name: code, seed, plan })}`;
}

test(`${runs} random lives of calls`, async (t) => {
  assert.ok(runs > 0 && Number.isInteger(first), "TOKENWIRE_RUNS and TOKENWIRE_SEED must be numbers");
  // At once, too: a run that never ends could not say it later.
  console.log(`model: seed ${first}, ${runs} runs`);
  t.diagnostic(`seed ${first}, ${runs} runs${without.length ? `, without ${without}` : ""}`);
  const began = process.cpuUsage();
  const found = new Map();
  for (let seed = first; seed < first + runs; seed++) {
    for (const wrong of await judged(planOf(seed), seed)) {
      const one = found.get(wrong.code) ?? { ...wrong, seed, count: 0 };
      found.set(wrong.code, { ...one, count: one.count + 1 });
    }
  }
  const { user, system } = process.cpuUsage(began);
  t.diagnostic(`${Math.round(runs / ((user + system) / 1e6))} runs per second of CPU`);
  const texts = [];
  for (const one of [...found.values()].slice(0, MOST_SHRUNK)) texts.push(await explained(one));
  const counts = [...found.values()].map(({ code, count, seed }) => `${code} ${count}x, first by seed ${seed}`);
  assert.equal(found.size, 0, `seed ${first}: ${counts.join("; ")}\n\n${texts.join("\n\n")}\n\nAgain: TOKENWIRE_SEED=<seed> TOKENWIRE_RUNS=1 node --test tests/js/model.test.js`);
});
