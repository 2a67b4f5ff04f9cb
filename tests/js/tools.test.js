// runTools and parseStream where it counts: recorded deviations, work that must be linear, and random lives of runs. Node only.

import test from "node:test";
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import * as tokenwire from "tokenwire";
import { agent, ask, calling, eventsOf, plain, resultsIn, saying, streams, tool } from "./support/agent.js";
import { readsOf } from "./support/bytes.js";
import { announce, fieldReports, ownCases, quirks } from "./support/fixtures.js";
import { packedRoot } from "./support/packed.js";
import { Choices } from "./model/random.js";
import { inTime } from "./support/check.js";
import { refuses } from "./support/provider.js";
import { delta, end, text } from "./support/wire.js";
import "./support/unhandled.js";

const { callsIn, mayBeCalls } = await import(pathToFileURL(`${packedRoot}tools/prose.js`));
const { valuesIn, startOfJson } = await import(pathToFileURL(`${packedRoot}tools/found.js`));
const free = (name) => ({ type: "function", function: { name } });

// ── All that providers do to calls ──

const badly = [...quirks().streams, ...ownCases("streams")].filter(({ expected, reads }) => reads && expected.end === "complete" && expected.tool_calls?.length && ["tool_calls", "stop"].includes(expected.finish_reason));

test("runTools carries out the calls of every stream that deviates", async (t) => {
  announce(t, "streams with calls", badly.length);
  for (const record of badly) {
    const { name, expected, content_type: type = "text/event-stream" } = record;
    const body = () => new Response(new ReadableStream({ start(controller) { for (const read of readsOf(record)) controller.enqueue(read); controller.close(); } }), { headers: { "content-type": type } });
    const seen = [];
    const names = [...new Set(expected.tool_calls.map((call) => call.name))];
    const tools = names.filter(Boolean).map((one) => ({ ...free(one), execute: (args) => { seen.push({ name: one, args }); return "ok"; } }));
    if (!tools.length) continue;
    const { client, fetch } = agent(tokenwire, [async () => body(), saying("done")]);
    const run = client.runTools({ messages: ask, tools });
    const { stopped, messages } = await inTime(run.final(), name);
    assert.equal(stopped, "answer", name);
    const called = expected.tool_calls.filter((call) => names.includes(call.name) && call.name);
    const parsedArguments = ({ arguments: given }) => { try { return typeof given === "string" ? JSON.parse(given || "{}") : given; } catch { return undefined; } };
    const good = called.filter((call) => parsedArguments(call) !== undefined);
    assert.deepEqual(seen.map(({ name: one }) => one).sort(), good.map((call) => call.name).sort(), name);
    for (const call of good) assert.ok(seen.some(({ name: one, args }) => one === call.name && JSON.stringify(args) === JSON.stringify(parsedArguments(call))), `${name} ${JSON.stringify(seen)}`);
    assert.equal(resultsIn({ messages }).length, messages.find(({ role }) => role === "assistant").tool_calls.length, name);
    assert.equal(new Set(resultsIn(fetch.bodies[1]).map(([id]) => id)).size, resultsIn(fetch.bodies[1]).length, `${name}: ids`);
  }
  assert.ok(badly.length > 5);
});

test("runTools carries out the calls of the reports from the field", async (t) => {
  const reports = fieldReports().filter(({ wire: [{ body, status = 200 }] }) => status === 200 && /tool_calls/.test(body) && !/"custom": ?{/.test(body));
  announce(t, "reports with calls", reports.length);
  for (const { id, wire: [{ body, type }] } of reports) {
    const names = [...new Set([...body.matchAll(/"name": ?"([^"]+)"/g)].map(([, name]) => name.replace(/<\|.*/, "")))];
    let ran = 0;
    const { client, fetch } = agent(tokenwire, [async () => new Response(body, { headers: { "content-type": type ?? "text/event-stream" } }), saying("done")]);
    const run = client.runTools({ messages: ask, tools: names.map((name) => ({ ...free(name), execute: () => { ran++; return "ok"; } })) });
    const outcome = await inTime(run.final().catch((error) => error), id);
    if (outcome instanceof Error) {
      assert.ok(tokenwire.TokenwireError.isInstance(outcome), `${id}: ${outcome}`);
      continue;
    }
    const { tool_calls: calls } = outcome.messages.find(({ role }) => role === "assistant");
    assert.equal(ran, calls?.length ?? 0, id);
    if (calls) assert.equal(fetch.calls, 2, id);
  }
});

// ── Linear work ──

const arguments64k = (count) => streams(
  delta({ tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "weather", arguments: '{"city":"' } }] }),
  Array.from({ length: count }, () => delta({ tool_calls: [{ index: 0, function: { arguments: "xy" } }] })),
  delta({ tool_calls: [{ index: 0, function: { arguments: '"}' } }] }), end("tool_calls"),
);
const list = (count) => saying("[", ...Array.from({ length: count }, (_, at) => `{"n":${at}},`), "0]");
const kinds = {
  "parseStream, a value in very many pieces": [list, (client) => client.parseStream({ messages: ask }, { type: "array" })],
  "parseStream, one long text": [(count) => saying('"', ...Array(count).fill("xy"), '"'), (client) => client.parseStream({ messages: ask }, { type: "string" })],
  "parseStream, very many words before it": [(count) => saying(...Array(count).fill("so it is "), '{"a":1}'), (client) => client.parseStream({ messages: ask, response_format: { type: "regex" } }, { type: "object" })],
  "runTools, arguments in very many pieces": [arguments64k, (client) => client.runTools({ messages: ask, tools: [tool(() => "x")] }, { maxSteps: 1 })],
  "runTools, a call that comes as text": [(count) => saying('<tool_call>{"name":"weather","arguments":{"city":"', ...Array(count).fill("xy"), '"}}</tool_call>'), (client) => client.runTools({ messages: ask, tools: [tool(() => "x")] }, { maxSteps: 1 })],
};

for (const [name, [make, open]] of Object.entries(kinds)) {
  test(`linear: ${name}, 1k to 64k deltas`, { timeout: 60_000 }, async (t) => {
    const took = {};
    for (const count of [1_000, 1_000, 16_000, 64_000]) {
      const { client } = agent(tokenwire, [make(count)]);
      const begun = performance.now();
      const run = open(client);
      let seen = 0;
      for await (const item of run) seen += item === undefined ? 0 : 1;
      took[count] = performance.now() - begun;
      await run.final();
      assert.equal(seen > 0, !name.includes("very many words"));
    }
    t.diagnostic(Object.entries(took).map(([count, ms]) => `${count}: ${Math.round(ms)} ms`).join(", "));
    assert.ok(took[64_000] < Math.max(took[16_000], 40) * 8, JSON.stringify(took));
  });
}

test("linear: texts that look like calls, or like JSON, for ever", () => {
  const n = 20_000;
  const texts = ["<function=".repeat(n), "<function=a><parameter=b>".repeat(n / 20), `<tool_call>a${"<arg_key>k</arg_key><arg_value>v</arg_value>".repeat(600)}!`, "{".repeat(n), "[{\"name\":".repeat(n), `{"name":"${"\\".repeat(n)}`, "```json\n".repeat(n), '{"a":'.repeat(n), "`".repeat(n), '"'.repeat(n), "<|".repeat(n), " ".repeat(n), `[TOOL_CALLS]${"a ".repeat(n)}{}`];
  for (const one of texts) {
    const begun = performance.now();
    mayBeCalls(one.slice(0, 120));
    assert.equal(callsIn(one, () => true) === undefined || one.startsWith("<function"), true, one.slice(0, 30));
    assert.deepEqual([...valuesIn(one)].filter((value) => typeof value !== "object"), []);
    startOfJson(one.slice(0, 4096));
    assert.ok(performance.now() - begun < 1500, `${one.slice(0, 30)} took ${Math.round(performance.now() - begun)} ms`);
  }
});

// ── Random lives ──

const KINDS = { ok: 6, slow: 3, throws: 2, unknown: 1, invalid: 1, broken: 1, pending: 0.5 };
const ENDINGS = { answer: 6, more: 2, length: 1, content_filter: 0.5, refusal: 0.5, cut: 1, refused: 1 };
const inputs = { invalid: '{"city":5}', broken: '{"city":' };

function planOf(choices) {
  const steps = Array.from({ length: choices.int(0, 4) }, () => Array.from({ length: choices.int(1, 4) }, () => choices.weighted(KINDS)));
  return {
    steps,
    ending: choices.weighted(ENDINGS),
    maxSteps: choices.int(1, 6),
    isStream: choices.chance(70),
    isSerial: choices.chance(20),
    pushes: choices.chance(15) ? 1 : 0,
    abort: choices.chance(35) ? { how: choices.pick(["abort", "signal", "break"]), at: choices.int(0, 12) } : undefined,
    isRead: choices.chance(70),
  };
}

const nameOf = { ok: "good", slow: "slow", throws: "bad", unknown: "__proto__", invalid: "good", broken: "good", pending: "ask" };

function answersOf({ steps, ending, isStream }) {
  const made = steps.map((kinds) => {
    const calls = kinds.map((kind, at) => ({ id: `c${at}`, name: nameOf[kind], input: inputs[kind] ?? '{"city":"A"}' }));
    return isStream ? calling(calls) : plain({ tool_calls: calls.map(({ id, name, input }) => ({ id, type: "function", function: { name, arguments: input } })) }, "tool_calls");
  });
  const whole = (content, reason, more = {}) => (isStream ? streams(delta({ ...(content && { content }), ...more }), end(reason)) : plain({ content, ...more }, reason));
  const last = {
    answer: () => whole("done", "stop"), more: () => made[0] ?? whole("done", "stop"), length: () => whole("do", "length"), content_filter: () => whole("do", "content_filter"),
    refusal: () => whole(null, "stop", { refusal: "no" }), cut: () => (isStream ? streams(text("do")) : async () => new Response('{"id":"c1","choi')), refused: () => refuses(401),
  };
  return [...made, last[ending]()];
}

/** How it must end, were it not aborted: `stopped`, or the class of its error, and how many requests it takes. */
function expectedOf({ steps, ending, maxSteps, pushes }) {
  const isMore = ending === "more" && steps.length > 0;
  for (let step = 1; step <= maxSteps; step++) {
    const kinds = steps[step - 1] ?? (isMore ? steps[0] : undefined);
    if (kinds) {
      if (kinds.includes("pending")) return ["pending", step];
      continue;
    }
    const name = { answer: "answer", more: "answer", cut: "StreamError", refused: "AuthenticationError" }[ending] ?? ending;
    if (name === "answer" && pushes-- > 0) continue;
    return [name, step];
  }
  return ["maxSteps", maxSteps];
}

async function live(seed) {
  const choices = new Choices(seed);
  const plan = planOf(choices);
  const { client, fetch } = agent(tokenwire, answersOf(plan));
  const controller = new AbortController();
  let isOver = false, late = 0, pushes = plan.pushes;
  const given = (work) => async (args, { signal }) => {
    if (isOver) late++;
    if (typeof args.city !== "string") throw new Error("invalid arguments got through");
    assert.equal(signal.aborted, false);
    return work();
  };
  const tools = [tool(given(() => "in"), "good"), tool(given(() => new Promise((resolve) => setTimeout(resolve, choices.int(0, 3), 5n))), "slow"), tool(given(() => { throw new Error("bad"); }), "bad"), tool(undefined, "ask")];
  const onStep = ({ completion, messages }) => { if (completion.choices[0].message.content === "done" && pushes-- > 0) messages.push({ role: "user", content: "more" }); };
  const run = client.runTools({ messages: ask, tools, stream: plan.isStream, ...(plan.isSerial && { parallel_tool_calls: false }) }, { maxSteps: plan.maxSteps, signal: controller.signal, onStep });
  const stop = () => { isOver = true; plan.abort.how === "signal" ? controller.abort("why") : run.abort("why"); };
  const events = [];
  let ended;
  const reading = async () => {
    try {
      for await (const event of run) {
        if (plan.abort && events.length === plan.abort.at) {
          if (plan.abort.how === "break") break;
          stop();
        }
        events.push(event);
      }
    } catch (error) {
      ended = error;
    }
    isOver = true;
  };
  if (!plan.isRead && plan.abort) setTimeout(stop, plan.abort.at / 3);
  const [outcome] = await inTime(Promise.all([run.final().catch((error) => error), plan.isRead ? reading() : undefined]), `seed ${seed}`, 4000);
  const calls = fetch.calls;
  await new Promise((resolve) => setTimeout(resolve, plan.abort ? 5 : 0));
  check({ plan, outcome, ended, events, run, fetch, calls, late, isOver });
}

function check({ plan, outcome, ended, events, run, fetch, calls, late, isOver }) {
  const [end, requests] = expectedOf(plan);
  const { messages, usage, steps } = run.snapshot;
  assert.equal(late, 0, "a tool began after the end");
  assert.equal(fetch.calls, calls, "a request after the end");
  assert.ok(fetch.calls <= plan.maxSteps);
  if (outcome instanceof tokenwire.APIUserAbortError) {
    assert.ok(plan.abort && isOver);
    if (plan.isRead && plan.abort.how !== "break") assert.equal(ended, outcome, "one error");
  } else {
    assert.equal(outcome.stopped ?? outcome.name, end);
    assert.equal(fetch.calls, requests);
    // Of a reply that was cut there is a part.
    assert.equal(outcome.steps ?? (end === "StreamError" && plan.isStream ? requests : requests - 1), steps);
    assertWhole(messages, end);
  }
  for (const message of fetch.bodies) assertWhole(message.messages, "sent");
  assert.equal(usage.total_tokens % 5, 0);
  assert.ok(events.every((event, at) => at === 0 || event.step >= events[at - 1].step), "steps grow");
  const results = events.filter(({ type }) => type === "tool_result");
  assert.equal(new Set(results.map(({ step, id }) => `${step} ${id}`)).size, results.length);
}

/** Every call has its one result behind it, in its order; where it is pending, some may lack. */
function assertWhole(messages, end) {
  messages.forEach((message, at) => {
    if (!message.tool_calls) return;
    const ids = message.tool_calls.map(({ id }) => id);
    const rest = messages.slice(at + 1);
    const count = rest.findIndex(({ role }) => role !== "tool");
    const results = (count < 0 ? rest : rest.slice(0, count)).map(({ tool_call_id: id }) => id);
    assert.deepEqual(results, end === "pending" ? ids.filter((id) => results.includes(id)) : ids, end);
  });
}

const RUNS = Number(process.env.TOKENWIRE_RUNS ?? 1000);

test(`random lives of runs, ${RUNS} of them`, { timeout: 120_000 }, async (t) => {
  const first = Number(process.env.TOKENWIRE_SEED ?? Math.floor(Math.random() * 1e9));
  t.diagnostic(`seed ${first}; TOKENWIRE_SEED=${first} TOKENWIRE_RUNS=${RUNS} node --test js/tools.test.js runs it again`);
  for (let at = 0; at < RUNS; at += 50) {
    await Promise.all(Array.from({ length: Math.min(50, RUNS - at) }, (_, more) => live(first + at + more).catch((error) => { error.message = `seed ${first + at + more}: ${error.message}`; throw error; })));
  }
});

test("the events of a run are those of its replies", async () => {
  const { client } = agent(tokenwire, [calling([{ input: { city: "A" } }]), saying("x")]);
  const { events } = await eventsOf(client.runTools({ messages: ask, tools: [tool(() => "x")] }));
  const { client: plainly } = agent(tokenwire, [calling([{ input: { city: "A" } }])]);
  const own = [];
  for await (const event of plainly.chat({ messages: ask, stream: true }).events) own.push({ ...event, step: 1 });
  const last = (list) => list.map(({ partial, ...event }) => event);
  assert.deepEqual(last(events.slice(0, own.length)), last(own));
});
