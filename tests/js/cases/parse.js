// client.parse and client.parseStream: the ladder, what is no value, values while they are written. Runs in every runtime.

import { agent, ask, calling, plain, saying, streams } from "../support/agent.js";
import { equal, inTime, lacks, match, ok, rejects, rejectsWith, same, settle } from "../support/check.js";
import { holds, refuses } from "../support/provider.js";
import { delta, end, text } from "../support/wire.js";

const person = { title: "Person", type: "object", properties: { name: { type: "string" }, age: { type: "integer", minimum: 0 } }, required: ["name", "age"], additionalProperties: false };
const ada = { name: "Ada", age: 36 };
const json = JSON.stringify(ada);
const params = { messages: ask };
const no = (message, more = {}) => refuses(400, { message, type: "invalid_request_error", ...more });
const noSchema = no("response_format of type json_schema is not supported by this model", { param: "response_format" });
const noObject = no("'response_format.type' must be 'json_schema' or 'text'");
const noTools = no("This model does not support tools");

/** Which rung a request stands on. */
function rungOf({ response_format: format, tool_choice: choice }) {
  if (format) return format.type;
  return choice ? "tool" : "prompt";
}
const rungsOf = ({ bodies }) => bodies.map(rungOf);
const called = (input) => plain({ tool_calls: [{ id: "a", type: "function", function: { name: "Person", arguments: input } }] }, "tool_calls");
const says = (content, reason) => plain({ content }, reason);

/** Parses at a provider that answers with these. */
async function parsed(tw, answers, options = {}, schema = person, more = {}) {
  const { client, fetch } = agent(tw, answers, options);
  const outcome = await inTime(client.parse({ ...params, ...more }, schema).then((result) => ({ result }), (error) => ({ error })), "parse()");
  return { ...outcome, fetch, client };
}

/** The same while it is written: every value, as JSON. */
async function streamed(tw, answers, schema = person) {
  const { client, fetch } = agent(tw, answers);
  const stream = client.parseStream(params, schema);
  const values = [];
  let error;
  try {
    for await (const value of stream) values.push(JSON.stringify(value));
  } catch (failure) {
    error = failure;
  }
  return { values, error, fetch, client, stream };
}

const ladder = [
  {
    name: "parse: json_schema comes first, with a name and the strict form where the schema fits it",
    async run(tw) {
      const { result, fetch } = await parsed(tw, [says(json)]);
      same([result.value, result.via], [ada, "json_schema"]);
      equal(result.completion.choices[0].message.content, json);
      same(fetch.bodies[0].response_format.json_schema.schema, { ...person, properties: { ...person.properties } });
      same([fetch.bodies[0].response_format.json_schema.name, fetch.bodies[0].response_format.json_schema.strict], ["Person", true]);
      const loose = [{ ...person, additionalProperties: undefined }, { ...person, required: ["name"] }, { ...person, patternProperties: {} }, { type: "array", items: { type: "string" } }];
      for (const schema of loose) equal((await parsed(tw, [says("[]")], {}, schema)).fetch.bodies[0].response_format.json_schema.strict, undefined);
    },
  },
  {
    name: "parse: a refusal of the strict form teaches nothing of the rung",
    async run(tw) {
      for (const message of ["Unknown parameter: 'response_format.json_schema.strict'", "strict mode is not supported for this model", "Invalid schema for response_format 'Person': 'required' is required to be supplied"]) {
        const { result, fetch, client } = await parsed(tw, [no(message), says(json), says(json)]);
        equal(result?.via, "json_schema", message);
        same(fetch.bodies.map(({ response_format: format }) => format.json_schema.strict), [true, undefined]);
        equal(client.dialect.models.m.structured, "json_schema");
        await client.parse(params, person);
        equal(fetch.calls, 3, "and it is not asked again");
      }
    },
  },
  {
    name: "parse: it descends where the form is refused, rung by rung, and remembers the rung",
    async run(tw) {
      const cases = [
        [[noSchema, says(json)], ["json_schema", "json_object"]],
        [[noSchema, noObject, called(json)], ["json_schema", "json_object", "tool"]],
        [[noSchema, noObject, noTools, says(json)], ["json_schema", "json_object", "tool", "prompt"]],
      ];
      for (const [answers, rungs] of cases) {
        const { result, fetch, client } = await parsed(tw, answers);
        same(rungsOf(fetch), rungs);
        equal(result.via, rungs.at(-1));
        same(result.value, ada);
        equal(client.dialect.models.m.structured, rungs.at(-1));
        await client.parse(params, person);
        equal(rungOf(fetch.bodies.at(-1)), rungs.at(-1));
        equal(fetch.calls, rungs.length + 1);
        const other = agent(tw, [answers.at(-1)], { provider: client.dialect });
        await other.client.parse(params, person);
        same(rungsOf(other.fetch), [rungs.at(-1)], "a dialect that is given back");
      }
    },
  },
  {
    name: "parse: who refuses in words of his own, or none, is understood",
    async run(tw) {
      const refusals = [
        refuses(400, { message: "This response_format type is unavailable now" }), refuses(422, { message: "Input should be 'text' or 'json_object'", param: "body.response_format.type" }),
        refuses(400, { message: "[1210] Invalid API parameter" }), refuses(400, { message: "Bad Request" }), refuses(400, { message: "guided decoding is off" }), refuses(500, { message: "failed to parse grammar" }), refuses(404, { message: "No endpoints found that can handle structured outputs" }),
        refuses(404, { message: "No endpoints found that can handle the requested parameters." }), refuses(400, { message: "model `m` does not support response format `json_schema`" }),
      ];
      for (const refusal of refusals) {
        const { result, fetch } = await parsed(tw, [refusal, says(json)]);
        equal(result?.via, "json_object", JSON.stringify(await (await refusal()).json()));
        equal(fetch.calls, 2);
      }
    },
  },
  {
    name: "parse: another refusal is the error, and no rung is tried for it",
    async run(tw) {
      const refusals = [
        [refuses(401, { message: "Incorrect API key" }), tw.AuthenticationError], [refuses(429, { message: "response_format: rate limit" }), tw.RateLimitError],
        [refuses(400, { message: "Unsupported value: 'messages[0].name'", param: "messages[0].name" }), tw.BadRequestError],
        [refuses(400, { message: "This model's maximum context length is 100 tokens", code: "context_length_exceeded" }), tw.BadRequestError],
        [refuses(400, { message: "Image is too large" }), tw.BadRequestError],
      ];
      for (const [refusal, type] of refusals) {
        const { error, fetch } = await parsed(tw, [refusal, says(json)]);
        ok(error instanceof type, `${error}`);
        equal(fetch.calls, 1);
      }
    },
  },
  {
    name: "parse: adapt: false makes the refusal the error",
    async run(tw) {
      const { error, fetch } = await parsed(tw, [noSchema, says(json)], { adapt: false });
      ok(error instanceof tw.BadRequestError);
      equal(fetch.calls, 1);
      const words = await parsed(tw, [says("Sure!"), says(json)], { adapt: false });
      ok(words.error instanceof tw.ValidationError);
    },
  },
  {
    name: "parse: who answers in words has ignored the form; who gives a wrong value has not",
    async run(tw) {
      const ignoring = ["Sure! Ada is 36.", "```json\n" + json + "\n```", "I can't say."];
      for (const answer of ignoring) {
        const { result, fetch } = await parsed(tw, [says(answer), says(json)]);
        same([result.via, fetch.calls], ["json_object", 2], answer);
      }
      const wrong = ['{"name":"Ada"}', '{"name":"Ada","age":-1}', "[]", '"Ada"', "null", '{"name":', ""];
      for (const answer of wrong) {
        const { error, fetch } = await parsed(tw, [says(answer), says(json)]);
        ok(error instanceof tw.ValidationError, answer);
        same([error.kind, error.text, fetch.calls], ["validation", answer, 1]);
        ok(error.issues.length > 0 && error.issues.every(({ path, message }) => typeof path === "string" && message));
        lacks(`${error.message}${error.stack}`, '{"name"', "no words of the model's");
      }
    },
  },
  {
    name: "parse: fences and prose are tolerated on the last rung only",
    async run(tw) {
      const answers = [json, "\n\n" + json, "```json\n" + json + "\n```", `Here you are:\n\n\`\`\`\n${json}\n\`\`\`\nAnything else?`, `The answer is ${json}.`, `I weighed {this} and [that]: ${json}`, `{"name":"Bob"} is wrong. ${json}`];
      for (const answer of answers) {
        const { result } = await parsed(tw, [noSchema, noObject, noTools, says(answer)]);
        same([result?.value, result?.via], [ada, "prompt"], answer);
      }
      const { error } = await parsed(tw, [noSchema, noObject, noTools, says("It is Ada, 36.")]);
      same([error.kind, error.text], ["validation", "It is Ada, 36."]);
    },
  },
  {
    name: "parse: the tool's arguments are the value, as text too; another root is its one member",
    async run(tw) {
      const down = [noSchema, noObject];
      same((await parsed(tw, [...down, called(json)])).result.value, ada);
      const text = `<tool_call>{"name":"Person","arguments":${json}}</tool_call>`;
      for (const answer of [text, json]) {
        const { result } = await parsed(tw, [...down, says(answer)]);
        same([result?.value, result?.via], [ada, "tool"], answer);
      }
      const { result, fetch } = await parsed(tw, [...down, says("In words."), says(json)]);
      same([result.via, fetch.calls], ["prompt", 4]);
      const list = { title: "Person", type: "array", items: { $ref: "#/$defs/p" }, $defs: { p: { type: "object", properties: { of: { $ref: "#" } } } } };
      const wrapped = await parsed(tw, [noSchema, called('{"value":[{"of":[]}]}')], {}, list);
      same([wrapped.result?.value, wrapped.result?.via, rungsOf(wrapped.fetch)], [[{ of: [] }], "tool", ["json_schema", "tool"]]);
      const { parameters } = wrapped.fetch.bodies[1].tools[0].function;
      same([parameters.properties.value.items.$ref, parameters.$defs.p.properties.of.$ref], ["#/$defs/p", "#/properties/value"]);
    },
  },
  {
    name: "parse: a schema in the prompt stands at the end of the system message; the caller's own messages are not changed",
    async run(tw) {
      const system = (content) => [{ role: "system", content }, ...ask];
      const cases = [[ask, (body) => body.messages[0].content], [system("Be brief."), (body) => body.messages[0].content], [system([{ type: "text", text: "Be brief." }]), (body) => body.messages[0].content.at(-1).text]];
      for (const [messages, last] of cases) {
        const { fetch } = await parsed(tw, [noSchema, says(json)], {}, person, { messages });
        equal(fetch.bodies[1].messages.length, 2);
        ok(last(fetch.bodies[1]).endsWith(JSON.stringify(person)), last(fetch.bodies[1]));
        match(last(fetch.bodies[1]), /JSON/);
        equal(messages.length, messages === ask ? 1 : 2);
      }
      equal((await parsed(tw, [noSchema, says(json)], {}, person, { messages: system("Be brief.") })).fetch.bodies[1].messages[0].content.slice(0, 11), "Be brief.\n\n");
    },
  },
  {
    name: "parse: a response_format of the caller's own goes out as it is, and no other is tried",
    async run(tw) {
      const format = { type: "json_schema", json_schema: { name: "mine", schema: { type: "object" } } };
      const { result, fetch, client } = await parsed(tw, [says(json)], {}, person, { response_format: format });
      same([result.via, result.value, fetch.bodies[0].response_format], ["json_schema", ada, format]);
      equal(client.dialect.models, undefined);
      const refused = await parsed(tw, [noSchema, says(json)], {}, person, { response_format: format });
      same([refused.error instanceof tw.BadRequestError, refused.fetch.calls], [true, 1]);
      equal((await parsed(tw, [says(json)], {}, person, { response_format: { type: "text" } })).result.via, "json_schema");
    },
  },
  {
    name: "parse: tools of the caller's stay, on every rung",
    async run(tw) {
      const tools = [{ type: "function", function: { name: "own" } }];
      const { fetch } = await parsed(tw, [noSchema, noObject, called(json)], {}, person, { tools });
      same(fetch.bodies.map(({ tools: sent }) => sent.map((tool) => tool.function.name)), [["own"], ["own"], ["own", "Person"]]);
    },
  },
];

const losses = [
  {
    name: "parse: refusal, length and filter are errors that keep the text, whatever it looks like",
    async run(tw) {
      const cases = [
        [says(json, "length"), "truncated", json], [says('{"name":', "length"), "truncated", '{"name":'], [says(json, "content_filter"), "content_filter", json],
        [plain({ refusal: "I won't." }), "content_filter", "I won't."], [plain({ refusal: "I won't.", content: '{"name":"' }), "content_filter", '{"name":"'],
      ];
      for (const [answer, kind, kept] of cases) {
        const { error, fetch } = await parsed(tw, [answer, says(json)]);
        ok(error instanceof tw.ValidationError && error instanceof tw.TokenwireError, `${error}`);
        same([error.kind, error.text, error.issues, error.retryable, fetch.calls], [kind, kept, [], false, 1]);
      }
      const cut = await streamed(tw, [streams(text('{"name":"Ad'), end("length"))]);
      same([cut.error.kind, cut.error.text, cut.values.at(-1)], ["truncated", '{"name":"Ad', '{"name":"Ad"}']);
      const broken = await streamed(tw, [streams(text('{"name":"Ad'))]);
      ok(broken.error instanceof tw.StreamError);
    },
  },
  {
    name: "parse: an abort ends it, and a rejection that nobody waits for is none of a stream's",
    async run(tw) {
      const { client, fetch } = agent(tw, [holds([text('{"name":"A')])]);
      const stream = client.parseStream(params, person);
      const items = stream[Symbol.asyncIterator]();
      same((await inTime(items.next(), "the first value")).value, { name: "A" });
      stream.abort("enough");
      equal((await rejectsWith(inTime(items.next(), "next()"), tw.APIUserAbortError)).cause, "enough");
      equal((await rejects(stream.final())).cause, "enough");
      const early = client.parseStream(params, person);
      early.abort("before");
      equal((await rejectsWith(inTime(early.final(), "final()"), tw.APIUserAbortError)).cause, "before");
      const signalled = client.parse(params, person, { signal: AbortSignal.abort("signal") });
      equal((await rejectsWith(inTime(signalled, "parse()"), tw.APIUserAbortError)).cause, "signal");
      await settle();
      equal(fetch.calls, 1);
      agent(tw, [refuses(401)]).client.parseStream(params, person);
      await settle();
    },
  },
  {
    name: "parse: what is wrong with the call is a ConfigError before anything is sent",
    async run(tw) {
      const { client, fetch } = agent(tw, [says(json)]);
      for (const schema of [undefined, null, "string", 5, [], () => ({}), { type: "object", properties: { a: { $ref: "#/none" } } }]) await rejectsWith(client.parse(params, schema), tw.ConfigError, undefined, String(schema));
      await rejectsWith(client.parse(undefined, person), tw.ConfigError);
      await rejectsWith(client.parseStream(undefined, person).final(), tw.ConfigError);
      await rejectsWith(client.parse({ input: "Hi" }, person), tw.ConfigError, /Responses/);
      equal(fetch.calls, 0);
    },
  },
];

const growing = [
  {
    name: "parseStream: the value so far, on every rung: unfinished numbers and words are left out",
    async run(tw) {
      const pieces = ['{"na', 'me":"A', "da", '","ag', 'e":3', "6", "}"];
      const words = saying(...pieces);
      const values = ["{}", '{"name":"A"}', '{"name":"Ada"}', '{"name":"Ada","age":36}'];
      const cases = [
        [[words], "json_schema"], [[noSchema, words], "json_object"], [[noSchema, noObject, noTools, words], "prompt"],
        [[noSchema, noObject, noTools, saying("Here:\n``", "`json\n", ...pieces, "\n```")], "prompt"],
        [[noSchema, noObject, noTools, saying("The answer is ", ...pieces, ".")], "prompt"],
      ];
      for (const [answers, rung] of cases) {
        const outcome = await streamed(tw, answers);
        if (outcome.error) throw outcome.error;
        same(outcome.values, values, rung);
        const final = await outcome.stream.final();
        same([final.value, final.via], [ada, rung]);
      }
      const tool = streams(
        delta({ tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "Person", arguments: "" } }] }),
        pieces.map((piece) => delta({ tool_calls: [{ index: 0, function: { arguments: piece } }] })), end("tool_calls"),
      );
      const outcome = await streamed(tw, [noSchema, noObject, tool]);
      same(outcome.values, values);
      equal((await outcome.stream.final()).via, "tool");
      equal(outcome.fetch.bodies.every(({ stream }) => stream === true), true);
    },
  },
  {
    name: "parseStream: words that ignore the form give no value; the next rung does",
    async run(tw) {
      const { values, stream } = await streamed(tw, [saying("Sure, ", '{"name": ', "is Ada"), saying(json)]);
      same([values.at(-1), (await stream.final()).via], [json, "json_object"]);
      ok(!values.some((value) => value.includes("is Ada")));
    },
  },
  {
    name: "parseStream: roots of every kind; a number that stands alone counts at its end",
    async run(tw) {
      const cases = [
        [{ type: "array", items: { type: "number" } }, ["[1", "2,", "3]"], ["[]", "[12]", "[12,3]"]],
        [{ type: "number" }, ["4", "2"], ["42"]],
        [{ type: "string" }, ['"a', 'b"'], ['"a"', '"ab"']],
        [{ type: "boolean" }, ["tr", "ue"], ["true"]],
      ];
      for (const [schema, pieces, values] of cases) {
        const outcome = await streamed(tw, [saying(...pieces)], schema);
        if (outcome.error) throw outcome.error;
        same(outcome.values, values);
        same((await outcome.stream.final()).value, JSON.parse(pieces.join("")));
      }
    },
  },
  {
    name: "parseStream: who leaves the loop cancels the request; final() alone reads to the end",
    async run(tw) {
      const body = holds([text('{"name":"A'), text("da")]);
      const stream = agent(tw, [body]).client.parseStream(params, person);
      for await (const value of stream) { equal(value.name, "A"); break; }
      await settle();
      ok(body.left);
      await rejects(inTime(stream.final(), "final()"));
      same((await agent(tw, [saying(json)]).client.parseStream(params, person).final()).value, ada);
      const called = await agent(tw, [calling([{ name: "Person", input: ada }])]).client.parseStream({ ...params, response_format: { type: "json_object" } }, person).final().catch((error) => error);
      ok(called instanceof tw.ValidationError, "a call in place of the answer is no value");
    },
  },
];

export const parseCases = [...ladder, ...losses, ...growing];
