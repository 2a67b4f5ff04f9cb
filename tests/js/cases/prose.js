// Calls that come as text, in the words of a model's own template, and text that is no call. Runs in every runtime.

import { agent, ask, eventsOf, resultsIn, saying, streams, tool } from "../support/agent.js";
import { equal, inTime, ok, rejects, same } from "../support/check.js";
import { holds, refuses } from "../support/provider.js";
import { end, text } from "../support/wire.js";

const run = (client, more = {}) => client.runTools({ messages: ask, tools: [tool(() => "sunny")], ...more });

const shapes = {
  hermes: '<tool_call>\n{"name": "weather", "arguments": {"city": "Paris"}}\n</tool_call>',
  "hermes, unclosed": '<tool_call>{"name":"weather","arguments":{"city":"Paris"}}',
  "hermes, arguments as text": '<tool_call>{"name":"weather","arguments":"{\\"city\\":\\"Paris\\"}"}</tool_call>',
  mistral: '[TOOL_CALLS][{"name": "weather", "arguments": {"city": "Paris"}}]',
  "mistral 3": '[TOOL_CALLS]weather[CALL_ID]abc123[ARGS]{"city": "Paris"}',
  fenced: '```json\n{"name": "weather", "arguments": {"city": "Paris"}}\n```',
  llama: '{"name": "weather", "parameters": {"city": "Paris"}}',
  "llama, marked": '<|python_tag|>{"type": "function", "name": "weather", "parameters": {"city": "Paris"}}',
  "llama's function": '<function=weather>{"city": "Paris"}</function>',
  "qwen's coder": "<tool_call>\n<function=weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>",
  glm: "<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n</tool_call>",
  minimax: '<minimax:tool_call>\n<invoke name="weather">\n<parameter name="city">Paris</parameter>\n</invoke>\n</minimax:tool_call>',
  kimi: '<|tool_calls_section_begin|><|tool_call_begin|>functions.weather:0<|tool_call_argument_begin|>{"city": "Paris"}<|tool_call_end|><|tool_calls_section_end|>',
  deepseek: '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{"city": "Paris"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  harmony: '<|start|>assistant<|channel|>commentary to=functions.weather <|constrain|>json<|message|>{"city": "Paris"}<|call|>',
  openai: '{"tool_calls":[{"id":"x","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Paris\\"}"}}]}',
};

export const proseCases = [
  ...Object.entries(shapes).map(([name, answer]) => ({
    name: `runTools: a call that comes as text (${name}) is carried out, shown to nobody, and said`,
    async run(tw) {
      for (const cut of [1, 7, answer.length]) {
        const pieces = answer.match(new RegExp(`[^]{1,${cut}}`, "gu"));
        const { client, fetch } = agent(tw, [saying(...pieces), saying("x")]);
        const seen = [];
        const running = run(client, { tools: [tool((args) => { seen.push(args); return "sunny"; })] });
        const { events, error } = await eventsOf(running);
        if (error) throw error;
        same(seen, [{ city: "Paris" }]);
        same(events.filter(({ step }) => step === 1).map(({ type }) => type), ["tool_call.start", "tool_call.delta", "tool_call.done", "finish", "usage", "tool_result"], `cut ${cut}`);
        equal(fetch.bodies[1].messages[1].content, null);
        const [call] = fetch.bodies[1].messages[1].tool_calls;
        same([call.function.name, JSON.parse(call.function.arguments)], ["weather", { city: "Paris" }]);
        same(resultsIn(fetch.bodies[1]), [[call.id, "sunny"]]);
        same(running.repairs.filter(({ code }) => code === "tool_call_in_text"), [{ code: "tool_call_in_text", count: 1 }]);
      }
    },
  })),
  {
    name: "runTools: several calls in a text, and none where it is not the whole answer, or no such tool was offered",
    async run(tw) {
      const one = '{"name": "weather", "arguments": {"city": "Paris"}}';
      const both = agent(tw, [saying(`<tool_call>${one}</tool_call>\n<tool_call>${one}</tool_call>`), saying("x")]);
      await run(both.client).final();
      equal(resultsIn(both.fetch.bodies[1]).length, 2);
      const answers = [
        `You could call ${one}.`, `${one} is what I would call.`, '{"name": "nope", "arguments": {}}', '{"name": "weather"}', '{"city": "Paris"}', "<b>weather</b>", "[1, 2]", "weather", '{"name": "weather", "arguments": {}, "why": "rain"}',
        '<tool_call>{"name": "weather", "arguments": {</tool_call>', "```js\nweather()\n```", "<", "{", "```",
      ];
      for (const answer of answers) {
        const { client } = agent(tw, [saying(...answer)]);
        const running = run(client);
        const { events } = await eventsOf(running);
        const result = await running.final();
        equal(result.stopped, "answer", answer);
        equal(result.completion.choices[0].message.content, answer);
        equal(events.map(({ text: part = "" }) => part).join(""), answer);
      }
    },
  },
  {
    name: "runTools: a parameter in tags has the type that its schema says",
    async run(tw) {
      const parameters = { type: "object", properties: { zip: { type: "string" }, days: { type: "integer" }, raw: {} } };
      const { client } = agent(tw, [saying("<function=weather><parameter=zip>01234</parameter><parameter=days>3</parameter><parameter=raw>[1]</parameter></function>"), saying("x")]);
      const seen = [];
      await run(client, { tools: [tool((args) => seen.push(args), "weather", parameters)] }).final();
      same(seen, [{ zip: "01234", days: 3, raw: [1] }]);
    },
  },
  {
    name: "runTools: a call that the provider refused to read, and told, is carried out; what is none stays the refusal",
    async run(tw) {
      const failed = (text) => refuses(400, { message: "Failed to call a function", code: "tool_use_failed", failed_generation: text });
      for (const stream of [true, false]) {
        const { client, fetch } = agent(tw, [failed('<function=weather>{"city":"Paris"}</function>'), saying("x")]);
        const result = await run(client, { stream }).final();
        same([result.stopped, result.steps, resultsIn(fetch.bodies[1])[0][1]], ["answer", 2, "sunny"]);
      }
      const error = await rejects(run(agent(tw, [failed("I would rather not")]).client).final());
      ok(error instanceof tw.BadRequestError);
    },
  },
  {
    name: "runTools: what was held back of a reply that breaks, or is cut, is handed out before the end",
    async run(tw) {
      const half = '<tool_call>{"name":"wea';
      for (const [frames, isError] of [[[text(half)], true], [[text(half), end("length")], false]]) {
        const running = run(agent(tw, [streams(frames)]).client);
        const { events, error } = await eventsOf(running);
        equal(events[0].text, half);
        equal(error instanceof tw.StreamError, isError);
        if (!isError) equal((await running.final()).stopped, "length");
      }
    },
  },
  {
    name: "runTools: text that cannot be a call is handed out as it comes",
    async run(tw) {
      for (const first of ["Hel", "<b>", '{"city"', "```python\nx"]) {
        const body = holds([text(first)]);
        const running = run(agent(tw, [body]).client);
        const { value } = await inTime(running[Symbol.asyncIterator]().next(), first);
        equal(value.text, first);
        running.abort();
        await rejects(running.final());
      }
    },
  },
];
