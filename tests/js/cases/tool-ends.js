// client.runTools: how a run ends, by itself, by its bounds or by an abort. Runs in every runtime.

import { agent, ask, calling, eventsOf, resultsIn, saying, streams, tool } from "../support/agent.js";
import { equal, inTime, ok, rejects, rejectsWith, same, settle } from "../support/check.js";
import { hangs } from "../support/fake-fetch.js";
import { holds, refuses } from "../support/provider.js";
import { delta, end, text } from "../support/wire.js";

const paris = { input: { city: "Paris" } };
const sunny = tool(() => "sunny");
const run = (client, more = {}, options = {}) => client.runTools({ messages: ask, tools: [sunny], ...more }, options);

const ends = [
  {
    name: "runTools: maxSteps bounds the requests, the calls of the last are answered; the default is 8",
    async run(tw) {
      for (const [options, steps] of [[{ maxSteps: 2 }, 2], [{ maxSteps: 1 }, 1], [{}, 8]]) {
        const { client, fetch } = agent(tw, [calling([paris])]);
        const result = await run(client, {}, options).final();
        equal(result.stopped, "maxSteps");
        equal(result.steps, steps);
        equal(fetch.calls, steps);
        equal(result.messages.at(-1).role, "tool");
        equal(result.usage.total_tokens, 5 * steps);
      }
      for (const maxSteps of [0, -1, 1.5, "3"]) await rejectsWith(run(agent(tw, []).client, {}, { maxSteps }).final(), tw.ConfigError, /maxSteps/);
    },
  },
  {
    name: "runTools: a named tool is forced, served once, and then it stops; \"required\" holds for the first step",
    async run(tw) {
      const forced = agent(tw, [calling([paris]), saying("not asked")]);
      const named = { type: "function", function: { name: "weather" } };
      const result = await run(forced.client, { tool_choice: named }).final();
      same([result.stopped, result.steps, forced.fetch.calls, result.messages.at(-1).content], ["forced", 1, 1, "sunny"]);
      same(forced.fetch.bodies[0].tool_choice, named);
      const required = agent(tw, [calling([paris]), saying("x")]);
      equal((await run(required.client, { tool_choice: "required" }).final()).stopped, "answer");
      same(required.fetch.bodies.map(({ tool_choice: choice }) => choice), ["required", undefined]);
      const allowed = agent(tw, [calling([paris]), saying("x")]);
      const only = (mode) => ({ type: "allowed_tools", allowed_tools: { mode, tools: [named] } });
      equal((await run(allowed.client, { tool_choice: only("required") }).final()).stopped, "answer");
      same(allowed.fetch.bodies.map(({ tool_choice: choice }) => choice), [only("required"), only("auto")]);
      const none = agent(tw, [saying("x")]);
      await run(none.client, { tool_choice: "none" }).final();
      equal(none.fetch.bodies[0].tool_choice, "none");
    },
  },
  {
    name: "runTools: a tool without execute is the caller's: pending, and the others of the step are answered",
    async run(tw) {
      const { client, fetch } = agent(tw, [calling([{ name: "confirm", id: "p", input: {} }, { ...paris, id: "q" }]), saying("x")]);
      const result = await run(client, { tools: [sunny, tool(undefined, "confirm", undefined)] }).final();
      equal(result.stopped, "pending");
      same(resultsIn(result), [["q", "sunny"]]);
      const more = await run(client, { messages: [...result.messages, { role: "tool", tool_call_id: "p", content: "yes" }] }).final();
      equal(more.stopped, "answer");
      equal(fetch.calls, 2);
    },
  },
  {
    name: "runTools: a reply that is cut or filtered runs no tool, and its calls are answered so that it can go on",
    async run(tw) {
      for (const reason of ["length", "content_filter"]) {
        let ran = 0;
        const { client, fetch } = agent(tw, [calling([paris], reason), saying("x")]);
        const result = await run(client, { tools: [tool(() => ran++)] }).final();
        same([result.stopped, ran, fetch.calls], [reason, 0, 1]);
        equal(resultsIn(result).length, 1);
        equal((await run(client, { messages: [...result.messages, { role: "user", content: "go on" }] }).final()).stopped, "answer");
      }
      const refused = agent(tw, [streams([delta({ refusal: "I won't." })], end())]);
      equal((await run(refused.client).final()).stopped, "refusal");
    },
  },
  {
    name: "runTools: onStep sees each reply before its tools run; what it pushes goes behind the results, and makes an answer go on",
    async run(tw) {
      const { client, fetch } = agent(tw, [calling([paris]), saying("first"), saying("second")]);
      const seen = [];
      const onStep = async ({ step, completion, messages }) => {
        await settle(1);
        seen.push([step, completion.choices[0].finish_reason, messages.length]);
        if (step < 3) messages.push({ role: "user", content: `note ${step}` });
      };
      let ranAt;
      const result = await run(client, { tools: [tool(() => { ranAt = seen.length; })] }, { onStep }).final();
      same(seen, [[1, "tool_calls", 2], [2, "stop", 5], [3, "stop", 7]]);
      equal(ranAt, 1);
      same(fetch.bodies[1].messages.map(({ role }) => role), ["user", "assistant", "tool", "user"]);
      same([result.stopped, result.completion.choices[0].message.content], ["answer", "second"]);
      const bounded = await run(agent(tw, [saying("a")]).client, {}, { maxSteps: 2, onStep: ({ messages }) => void messages.push({ role: "user", content: "more" }) }).final();
      same([bounded.stopped, bounded.steps], ["maxSteps", 2]);
      const broken = new Error("mine");
      const error = await rejectsWith(run(agent(tw, [saying("a")]).client, {}, { onStep() { throw broken; } }).final(), tw.ConfigError, /onStep/);
      equal(error.cause, broken);
    },
  },
  {
    name: "runTools: what is wrong with tools or options is a ConfigError, before anything is sent",
    async run(tw) {
      const { client, fetch } = agent(tw, [saying("x")]);
      const wrong = [
        [{ tools: [] }, /tools/], [{ tools: undefined }, /tools/], [{ tools: [null] }, /tools\[0\]/], [{ tools: [{ type: "function" }] }, /name/], [{ tools: [sunny, sunny] }, /two tools/],
        [{ tools: [{ ...sunny, execute: 5 }] }, /execute/], [{ tools: [tool(() => 1, "a", { type: "object", properties: { a: { $ref: "#/$defs/none" } } })] }, /leads nowhere/],
        [{ tools: [tool(() => 1, "a", { $ref: "#" })] }, /circle/], [{ tools: [tool(() => 1, "a", { properties: { a: { pattern: "(" } } })] }, /pattern/], [{ tools: [tool(() => 1, "a", "string")] }, /JSON Schema/],
        [{ messages: undefined }, /messages/], [{ messages: undefined, input: "Hi" }, /Responses API/],
      ];
      for (const [params, words] of wrong) await rejectsWith(inTime(run(client, params).final(), String(words)), tw.ConfigError, words);
      for (const params of [undefined, null, { tools: [sunny], messages: ask, n: 1n }]) await rejectsWith(client.runTools(params).final(), tw.ConfigError);
      await rejectsWith(run(client, {}, { api: "other" }).final(), tw.ConfigError, /api/);
      await rejectsWith(run(client, {}, { signal: {} }).final(), tw.ConfigError, /signal/);
      equal(fetch.calls, 0);
    },
  },
  {
    name: "runTools: a failure of a step is the package's error, after all that came; nothing is lost",
    async run(tw) {
      const { client } = agent(tw, [calling([paris]), refuses(401)]);
      const running = run(client);
      const { events, error } = await eventsOf(running);
      ok(error instanceof tw.AuthenticationError);
      equal(events.at(-1).type, "tool_result");
      equal(await rejects(running.final()), error);
      same(running.snapshot.messages.map(({ role }) => role), ["user", "assistant", "tool"]);
      equal(running.snapshot.steps, 1);
      equal(running.snapshot.usage.total_tokens, 5);
      const cut = run(agent(tw, [calling([paris]), streams([text("half of")])]).client);
      await rejectsWith(cut.final(), tw.StreamError);
      equal(cut.snapshot.completion.choices[0].message.content, "half of");
      run(agent(tw, [refuses(401)]).client);
      await settle();
    },
  },
];

const aborts = [
  {
    name: "runTools: an abort before anything has come is told at once",
    async run(tw) {
      const { client, fetch } = agent(tw, [saying("x")]);
      const running = run(client);
      running.abort("enough");
      same(running.snapshot.messages, ask);
      const error = await rejectsWith(inTime(running.final(), "final()"), tw.APIUserAbortError);
      equal(error.cause, "enough");
      equal((await eventsOf(running)).error, error);
      await settle();
      equal(fetch.calls, 0);
      const aborted = run(client, {}, { signal: AbortSignal.abort("before") });
      equal((await rejectsWith(aborted.final(), tw.APIUserAbortError)).cause, "before");
      equal(fetch.calls, 0);
    },
  },
  {
    name: "runTools: an abort reaches the tools that run; results that are in are kept, no request follows",
    async run(tw) {
      for (const how of ["abort", "signal"]) {
        const { client, fetch } = agent(tw, [calling([{ id: "fast", input: { city: "A" } }, { id: "slow", input: { city: "B" } }]), saying("x")]);
        const controller = new AbortController();
        let seen;
        const slow = ({ city }, { signal }) => (city === "A" ? "in" : new Promise((_, reject) => signal.addEventListener("abort", () => { seen = signal.reason; reject(new Error("late")); })));
        const running = run(client, { tools: [tool(slow)] }, { signal: controller.signal });
        const events = [];
        const reading = (async () => { for await (const event of running) { events.push(event); if (event.type === "tool_result") how === "abort" ? running.abort("stop") : controller.abort("stop"); } })();
        const error = await rejectsWith(inTime(reading, "the loop"), tw.APIUserAbortError);
        equal(error.cause, "stop");
        equal(seen, "stop");
        equal(await rejects(running.final()), error);
        same(resultsIn(running.snapshot), [["fast", "in"]]);
        equal(running.snapshot.completion.choices[0].finish_reason, "tool_calls");
        await settle();
        equal(fetch.calls, 1);
        running.abort("again");
      }
    },
  },
  {
    name: "runTools: an abort does not wait for a tool, a hook or a request that never ends",
    async run(tw) {
      const never = () => new Promise(() => {});
      const cases = [
        [[calling([paris])], { tools: [tool(never)] }, {}],
        [[saying("x")], {}, { onStep: never }],
        [[hangs({ deaf: true })], {}, {}],
        [[holds([text("half")])], {}, {}],
      ];
      for (const [answers, params, options] of cases) {
        const running = run(agent(tw, answers).client, params, options);
        await settle(10);
        running.abort();
        const error = await rejectsWith(inTime(running.final(), "final()"), tw.APIUserAbortError);
        equal(error.cause.name, "AbortError");
      }
    },
  },
  {
    name: "runTools: leaving the loop ends it quietly, and cancels the request",
    async run(tw) {
      const body = holds([text("one"), text("two")]);
      const running = run(agent(tw, [body]).client);
      for await (const event of running) { equal(event.type, "text"); break; }
      await rejectsWith(inTime(running.final(), "final()"), tw.APIUserAbortError);
      await settle();
      ok(body.left);
    },
  },
];

export const toolEndCases = [...ends, ...aborts];
