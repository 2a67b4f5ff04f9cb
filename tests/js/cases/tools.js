// client.runTools: the loop, and what goes back to the model. Runs in every runtime.

import { agent, ask, calling, eventsOf, plain, resultsIn, saying, tool } from "../support/agent.js";
import { equal, inTime, match, ok, rejectsWith, same, settle } from "../support/check.js";
import { delta, text } from "../support/wire.js";

const paris = { input: { city: "Paris" } };
const sunny = tool(() => "sunny");
const run = (client, more = {}, options = {}) => client.runTools({ messages: ask, tools: [sunny], ...more }, options);
const final = (running) => inTime(running.final(), "final()");

/** One step with this call, then an answer: what the model was told of the call, and what was seen of it. */
async function told(tw, call, tools) {
  const { client, fetch } = agent(tw, [calling([call]), saying("done")]);
  const running = run(client, { tools });
  const { events, error } = await inTime(eventsOf(running), "the events");
  if (error) throw error;
  equal((await final(running)).stopped, "answer");
  const [[, content]] = resultsIn(fetch.bodies[1]);
  return { content, event: events.find(({ type }) => type === "tool_result") };
}

const loop = [
  {
    name: "runTools: a call is carried out, its result sent back, the answer is final()'s",
    async run(tw) {
      const { client, fetch } = agent(tw, [calling([paris]), saying("It ", "rains.")]);
      const seen = [];
      const running = run(client, { tools: [tool((args, context) => { seen.push(args, context.id, context.context, context.signal instanceof AbortSignal); return { rain: true }; })] }, { context: "mine" });
      const result = await final(running);
      same(seen, [{ city: "Paris" }, "call_1", "mine", true]);
      equal(result.stopped, "answer");
      equal(result.steps, 2);
      equal(result.completion.choices[0].message.content, "It rains.");
      same(result.usage, { prompt_tokens: 6, completion_tokens: 4, total_tokens: 10 });
      same(result.messages.map(({ role }) => role), ["user", "assistant", "tool", "assistant"]);
      same(resultsIn(fetch.bodies[1]), [["call_1", '{"rain":true}']]);
      same(fetch.bodies[1].messages[1].tool_calls[0].function, { name: "weather", arguments: '{"city":"Paris"}' });
      ok(!JSON.stringify(fetch.bodies).includes("mine"), "the context is not sent");
      ok(!("execute" in fetch.bodies[0].tools[0]));
      equal(fetch.calls, 2);
    },
  },
  {
    name: "runTools: it streams all the way, with the step of each event",
    async run(tw) {
      const { client } = agent(tw, [calling([paris], "tool_calls", [text("Let me look.")]), saying("Sun", "ny")]);
      const { events } = await eventsOf(run(client));
      same(events.map(({ type, step }) => `${step} ${type}`), [
        "1 text", "1 tool_call.start", "1 tool_call.delta", "1 tool_call.delta", "1 tool_call.done", "1 finish", "1 usage", "1 tool_result", "2 text", "2 text", "2 finish", "2 usage",
      ]);
      const result = events.find(({ type }) => type === "tool_result");
      same(result, { type: "tool_result", step: 1, id: "call_1", result: "sunny" });
    },
  },
  {
    name: "runTools: it runs though nobody reads, and who comes late gets every event, with the partial value of its moment",
    async run(tw) {
      const { client, fetch } = agent(tw, [calling([paris]), saying("x")]);
      const running = run(client);
      await final(running);
      equal(fetch.calls, 2);
      const { events } = await eventsOf(running);
      const partials = [];
      for (const event of events) if (event.type === "tool_call.delta") partials.push(event.partial);
      equal(partials.length, 2);
      const again = run(agent(tw, [calling([paris]), saying("x")]).client);
      await again.final();
      const first = [];
      for await (const event of again) if (event.type === "tool_call.delta") first.push(JSON.stringify(event.partial));
      same(first, ['{}', '{"city":"Paris"}']);
      await rejectsWith(again[Symbol.asyncIterator]().next(), tw.ConfigError, /one iteration/);
    },
  },
  {
    name: "runTools: calls of one step run side by side, their results in the order of the calls",
    async run(tw) {
      const { client, fetch } = agent(tw, [calling([{ input: { city: "A" } }, { input: { city: "B" } }, { input: { city: "C" } }]), saying("x")]);
      let running = 0, most = 0;
      const waits = { A: 30, B: 1, C: 10 };
      const slow = tool(async ({ city }) => { most = Math.max(most, ++running); await settle(waits[city]); running--; return city; });
      const { events } = await eventsOf(run(client, { tools: [slow] }));
      equal(most, 3);
      same(resultsIn(fetch.bodies[1]).map(([, content]) => content), ["A", "B", "C"]);
      same(events.filter(({ type }) => type === "tool_result").map(({ result }) => result), ["B", "C", "A"], "each as it is in");
    },
  },
  {
    name: "runTools: one after the other with parallel_tool_calls: false",
    async run(tw) {
      const { client, fetch } = agent(tw, [calling([paris, paris]), saying("x")]);
      let running = 0, most = 0;
      const slow = tool(async () => { most = Math.max(most, ++running); await settle(5); running--; });
      await run(client, { tools: [slow], parallel_tool_calls: false }).final();
      equal(most, 1);
      equal(fetch.bodies[1].parallel_tool_calls, false);
    },
  },
  {
    name: "runTools: plain replies where stream is false, and the same events",
    async run(tw) {
      const call = { id: "a", type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } };
      const { client, fetch } = agent(tw, [plain({ tool_calls: [call], reasoning_content: "hm" }, "tool_calls"), plain({ content: "Sunny" })]);
      const running = run(client, { stream: false });
      const { events } = await eventsOf(running);
      same(fetch.bodies.map(({ stream }) => Boolean(stream)), [false, false]);
      same(events.map(({ type }) => type), ["reasoning", "tool_call.start", "tool_call.delta", "tool_call.done", "finish", "usage", "tool_result", "text", "finish", "usage"]);
      equal((await running.final()).completion.choices[0].message.content, "Sunny");
    },
  },
  {
    name: "runTools: thinking goes back as the provider wants it, and the message is unharmed",
    async run(tw) {
      const reasoning = [delta({ reasoning_content: "I should look." })];
      for (const [provider, back] of [["deepseek", "I should look."], ["openai", undefined]]) {
        const { client, fetch } = agent(tw, [calling([paris], "tool_calls", reasoning), saying("x")], { provider });
        const { messages } = await run(client).final();
        equal(messages[1].reasoning_content, "I should look.", "kept for the caller");
        equal(fetch.bodies[1].messages[1].reasoning_content, back, provider);
      }
    },
  },
  {
    name: "runTools: what follows the parameters' reading is not meant: params are read at once",
    async run(tw) {
      const { client, fetch } = agent(tw, [saying("x")]);
      const messages = [...ask];
      const running = client.runTools({ messages, tools: [sunny] });
      messages.push({ role: "user", content: "later" });
      const result = await running.final();
      equal(fetch.bodies[0].messages.length, 1);
      equal(messages.length, 2, "the caller's list is not touched");
      equal(result.messages.length, 2);
    },
  },
];

const failing = [
  {
    name: "runTools: a tool that throws, in any way, is told to the model",
    async run(tw) {
      const throwers = [() => { throw new Error("no such city"); }, async () => { throw "no such city"; }, () => new Error("no such city"), () => Promise.reject(Object.create(null, { message: { value: "no such city" } }))];
      for (const thrower of throwers) {
        const { content, event } = await told(tw, paris, [tool(thrower)]);
        match(content, /no such city/);
        match(event.error, /no such city/);
        equal(event.result, undefined);
      }
    },
  },
  {
    name: "runTools: an unknown tool is told to the model with the tools there are, whatever its name",
    async run(tw) {
      for (const name of ["nope", "__proto__", "constructor", "toString"]) {
        const { content, event } = await told(tw, { name, input: {} }, [sunny, tool(() => 1, "news")]);
        match(content, /weather, news/);
        ok(content.includes(name) && event.error, name);
      }
    },
  },
  {
    name: "runTools: arguments that are no JSON, or do not fit, are told to the model with what is wrong; the tool does not run",
    async run(tw) {
      let ran = 0;
      const counting = [tool(() => ran++)];
      match((await told(tw, { input: '{"city":' }, counting)).content, /no JSON/);
      match((await told(tw, { input: { city: 5 } }, counting)).content, /\/city must be a string, and is a number/);
      match((await told(tw, { input: {} }, counting)).content, /\/city is missing/);
      match((await told(tw, { input: { city: "A", country: "B" } }, counting)).content, /\/country is not a known property: those are city/);
      equal(ran, 0);
      equal((await told(tw, { input: JSON.stringify('{"city":"Paris"}') }, [tool(({ city }) => city)])).content, "Paris", "JSON that was made JSON twice");
      equal((await told(tw, { name: "now", input: "null" }, [{ type: "function", function: { name: "now" }, execute: (args) => args }])).content, "{}");
      const { client, fetch } = agent(tw, [calling([{ input: { city: 5 } }]), calling([paris]), saying("x")]);
      equal((await run(client).final()).steps, 3, "it mends it");
      same(resultsIn(fetch.bodies[2])[1], ["call_1", "sunny"]);
    },
  },
  {
    name: "runTools: results of any kind are text for the model, and what is none is said",
    async run(tw) {
      const self = {};
      self.deep = { self };
      const texts = [
        ["plain", "plain"], [undefined, "null"], [null, "null"], [0, "0"], [false, "false"], ["", ""], [10n, '"10"'], [{ n: 10n }, '{"n":"10"}'], [[1, [2]], "[1,[2]]"],
        [new Date(0), '"1970-01-01T00:00:00.000Z"'], [new Map([["a", 1]]), '{"a":1}'], [new Set([1]), "[1]"], [{ e: new Error("x") }, '{"e":{"name":"Error","message":"x"}}'], [NaN, "null"],
      ];
      for (const [value, expected] of texts) equal((await told(tw, paris, [tool(() => value)])).content, expected, String(value));
      const none = [[self, /the result.deep.self contains itself/], [() => 1, /function/], [Symbol("s"), /symbol/], [new (class Secret { #x = 1; })(), /Secret/], [{ toJSON() { throw new Error("no"); } }, /no JSON: no/]];
      for (const [value, expected] of none) {
        const { content, event } = await told(tw, paris, [tool(() => value)]);
        match(content, expected);
        ok(event.error);
      }
    },
  },
  {
    name: "runTools: the input of a custom tool is opaque, and one of the provider's own goes through",
    async run(tw) {
      for (const input of ["", "[]", '{"a":', "SELECT 1;"]) {
        const custom = { id: "c", type: "custom", custom: { name: "sql", input } };
        const { client, fetch } = agent(tw, [calling([custom]), saying("x")]);
        const seen = [];
        await run(client, { tools: [{ type: "custom", custom: { name: "sql" }, execute: (text) => { seen.push(text); return "ok"; } }, { type: "web_search" }] }).final();
        same(seen, [input]);
        same(fetch.bodies[0].tools, [{ type: "custom", custom: { name: "sql" } }, { type: "web_search" }]);
        equal(fetch.bodies[1].messages[1].tool_calls[0].custom.input, input);
      }
    },
  },
  {
    name: "runTools: a function that the provider carries out gets its arguments back",
    async run(tw) {
      const search = { id: "s", type: "builtin_function", function: { name: "$web_search", arguments: '{"search_id":"x"}' } };
      const { client, fetch } = agent(tw, [calling([search]), saying("x")]);
      equal((await run(client, { tools: [{ type: "builtin_function", function: { name: "$web_search" } }] }).final()).stopped, "answer");
      same(resultsIn(fetch.bodies[1]), [["s", '{"search_id":"x"}']]);
      equal(fetch.bodies[1].messages[1].tool_calls[0].type, "builtin_function");
    },
  },
  {
    name: "runTools: double and empty ids are made unique, in the reply as in the results",
    async run(tw) {
      const calls = ["x", "x", ""].map((id) => ({ id, type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } }));
      for (const first of [plain({ tool_calls: calls }, "tool_calls"), calling(calls.map((call) => ({ ...call, input: "" })))]) {
        const { client, fetch } = agent(tw, [first, plain({ content: "x" })]);
        await run(client, { stream: false }).final();
        const ids = fetch.bodies[1].messages[1].tool_calls.map(({ id }) => id);
        equal(new Set(ids).size, 3);
        ok(ids.every(Boolean));
        same(resultsIn(fetch.bodies[1]).map(([id]) => id), ids);
      }
    },
  },
];

export const toolCases = [...loop, ...failing];
