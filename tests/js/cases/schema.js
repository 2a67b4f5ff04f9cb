// What is said of a value that does not fit: where, and in words that a model can act on; and schemas of other makes. Runs in every
// runtime.

import { agent, ask, calling, plain, resultsIn, saying, tool } from "../support/agent.js";
import { equal, inTime, lacks, match, ok, rejects, rejectsWith, same } from "../support/check.js";

const says = (value) => plain({ content: typeof value === "string" ? value : JSON.stringify(value) });
const params = { messages: ask };

/** The issues of a value that does not fit: "/path message". */
async function issuesOf(tw, schema, value) {
  const error = await rejects(inTime(agent(tw, [says(value)]).client.parse(params, schema), "parse()"));
  ok(error instanceof tw.ValidationError, `${error} ${error?.stack}`);
  return error.issues.map(({ path, message }) => `${path} ${message}`);
}

const fits = async (tw, schema, value) => same((await agent(tw, [says(value)]).client.parse(params, schema)).value, value);

const object = (properties, more) => ({ type: "object", properties, ...more });
const shape = { anyOf: [object({ kind: { const: "circle" }, radius: { type: "number" } }, { required: ["kind", "radius"] }), object({ kind: { const: "square" }, side: { type: "number" } }, { required: ["kind", "side"] })] };

const sentences = [
  // schema, value, issues
  [object({ city: { type: "string" } }), { city: 5 }, ["/city must be a string, and is a number"]],
  [object({ n: { type: "integer" } }), { n: 1.5 }, ["/n must be a whole number, and is a number with a fraction"]],
  [object({ n: { type: ["string", "null"] } }), { n: [] }, ["/n must be a string or null, and is an array"]],
  [object({}, { required: ["a/b", "c~d"] }), {}, ["/a~1b is missing, and required", "/c~0d is missing, and required"]],
  [object({ unit: { enum: ["C", "F"] } }), { unit: "K" }, ['/unit must be "C" or "F"']],
  [object({ a: {}, b: {} }, { additionalProperties: false }), { c: 1 }, ["/c is not a known property: those are a, b"]],
  [object({ é: { type: "string" } }), { é: 1 }, ["/é must be a string, and is a number"]],
  [object({ list: { type: "array", items: object({ n: { minimum: 3 } }) } }), { list: [{ n: 3 }, { n: 2 }] }, ["/list/1/n must be 3 or more"]],
  [object({ t: { minLength: 1 }, u: { maxItems: 1 }, v: { pattern: "^a" }, w: { format: "date" } }), { t: "", u: [1, 2], v: "b", w: "soon" }, ["/t must have 1 character or more", "/u must have 1 item or fewer", "/v must match the pattern ^a", '/w must have the format "date"']],
  [object({ p: { $ref: "#/$defs/p" } }, { $defs: { p: object({ n: { exclusiveMaximum: 3 } }) } }), { p: { n: 3 } }, ["/p/n must be less than 3"]],
  [{ type: "array", prefixItems: [{ type: "string" }], items: false }, ["a", "b"], ["/1 is not allowed here"]],
  [{ type: "array", uniqueItems: true }, [1, 1], [" must not have the same item twice"]],
  [object({ v: { not: { type: "string" } } }), { v: "a" }, ["/v has the one form that is not allowed"]],
  // Of several forms, what is wrong with the one that was meant.
  [shape, { kind: "circle", radius: "2" }, ["/radius must be a number, and is a string"]],
  [shape, { kind: "square" }, ["/side is missing, and required"]],
  [shape, { kind: "star" }, ['/kind must be "circle" or "square"']],
  [shape, [], [" must be an object, and is an array"]],
  [object({ v: { anyOf: [{ type: "string" }, { type: "null" }] } }), { v: 5 }, ["/v must be a string or null, and is a number"]],
  [object({ v: { oneOf: [{ type: "string", maxLength: 2 }, { type: "null" }] } }), { v: "long" }, ["/v must have 2 characters or fewer"]],
  [object({ v: { oneOf: [{ type: "number" }, { minimum: 3 }] } }), { v: 5 }, ["/v fits more than one of the forms that exclude each other"]],
  [object({ deep: shape }), { deep: { kind: "circle" } }, ["/deep/radius is missing, and required"]],
  // Forms of older drafts.
  [object({ t: { type: "array", items: [{ type: "string" }, { type: "number" }], additionalItems: false } }), { t: ["a", "b", 1] }, ["/t/1 must be a number, and is a string", "/t/2 is not allowed here"]],
  [object({ p: { $ref: "#/definitions/p" } }, { definitions: { p: { type: "string" } } }), { p: 1 }, ["/p must be a string, and is a number"]],
  [object({ n: { minimum: 3, exclusiveMinimum: true } }, { $schema: "http://json-schema.org/draft-04/schema#" }), { n: 3 }, ["/n must be more than 3"]],
];

const valid = [
  [object({ id: { type: "string", pattern: "^[\\w\\-\\.]+\\@x\\_y$" } }), { id: "a-b.c@x_y" }],
  [object({ kind: { enum: [{ pattern: "(" }, 1] } }), { kind: 1 }],
  [object({ host: { format: "made-up" } }), { host: "x" }],
  [{ $ref: "#/$defs/tree", $defs: { tree: object({ left: { $ref: "#/$defs/tree" } }) } }, { left: { left: {} } }],
  [object({ toString: { type: "string" }, constructor: { type: "number" } }), {}],
  [{}, null],
];

/** As libraries make them: `validate` is theirs, may be asynchronous, and may change the value. */
const standard = (validate, more = {}) => ({ "~standard": { version: 1, vendor: "test", validate, ...more } });
const doubled = ({ n }) => (typeof n === "number" ? { value: { n: n * 2 } } : { issues: [{ message: "n, please", path: ["n"] }, { message: "deep", path: [{ key: "a" }, 0, "b/c"] }] });
const told = { jsonSchema: { input: () => object({ n: { type: "number" } }, { required: ["n"] }) } };

const makes = [
  {
    name: "schema: a Standard Schema validates by itself, synchronously or not, and its value counts",
    async run(tw) {
      for (const validate of [doubled, async (value) => doubled(value)]) {
        const { value } = await agent(tw, [says({ n: 2 })]).client.parse(params, standard(validate, told));
        same(value, { n: 4 });
        same(await issuesOf(tw, standard(validate, told), {}), ["/n n, please", "/a/0/b~1c deep"]);
      }
      const broken = new Error("mine");
      const error = await rejects(agent(tw, [says({})]).client.parse(params, standard(() => { throw broken; }, told)));
      ok(error instanceof tw.ValidationError);
      equal(error.cause, broken);
    },
  },
  {
    name: "schema: the model is told its JSON Schema, which takes no other properties; without one, only that JSON is wanted",
    async run(tw) {
      const open = object({ a: { allOf: [object({ b: {} })] }, c: object({ d: {} }, { additionalProperties: true }), e: object({ f: {} }) });
      const { client, fetch } = agent(tw, [says({ n: 2 })]);
      await client.parse(params, standard(doubled, { jsonSchema: { input: () => open } }));
      const { schema } = fetch.bodies[0].response_format.json_schema;
      same([schema.additionalProperties, schema.properties.a.allOf[0].additionalProperties, schema.properties.c.additionalProperties, schema.properties.e.additionalProperties], [false, undefined, true, false]);
      const mute = agent(tw, [says({ n: 2 })]);
      const { via } = await mute.client.parse(params, standard(doubled));
      equal(via, "json_object");
      match(mute.fetch.bodies[0].messages[0].content, /JSON/);
      lacks(mute.fetch.bodies[0].messages[0].content, "Schema");
      for (const turned of [{ toJSONSchema: () => open }, { toJsonSchema: () => open }]) {
        const other = agent(tw, [says({ n: 2 })]);
        equal((await other.client.parse(params, { ...standard(doubled), ...turned })).via, "json_schema");
      }
    },
  },
  {
    name: "schema: a tool's Standard Schema is turned, never sent as it is; its value is what execute gets",
    async run(tw) {
      const { client, fetch } = agent(tw, [calling([{ input: { n: 2 } }]), calling([{ input: {} }]), saying("x")]);
      const seen = [];
      await client.runTools({ ...params, tools: [tool((args) => seen.push(args), "weather", standard(doubled, told))] }).final();
      same(seen, [{ n: 4 }]);
      same(fetch.bodies[0].tools[0].function.parameters, object({ n: { type: "number" } }, { required: ["n"], additionalProperties: false }));
      match(resultsIn(fetch.bodies[2])[1][1], /\/n n, please/);
      const refused = [standard(doubled), standard(doubled, { jsonSchema: { input() { throw new Error("Date cannot be represented"); } } }), { safeParse() {}, _def: {} }];
      for (const [at, schema] of refused.entries()) {
        const none = agent(tw, [saying("x")]);
        await rejectsWith(none.client.runTools({ ...params, tools: [tool(() => 1, "weather", schema)] }).final(), tw.ConfigError, [/zod 4/, /Date cannot be represented/, /zod 3.24/][at]);
        equal(none.fetch.calls, 0);
      }
    },
  },
  {
    name: "schema: values and schemas that are deep, circular or many end in an answer",
    async run(tw) {
      const tree = { $ref: "#/$defs/tree", $defs: { tree: { type: "array", items: { $ref: "#/$defs/tree" } } } };
      for (const depth of [400, 200_000]) {
        const outcome = await inTime(agent(tw, [says("[".repeat(depth) + "]".repeat(depth))]).client.parse(params, tree).then(() => "fits", (error) => error.kind), `${depth} deep`);
        ok(["fits", "validation"].includes(outcome), outcome);
      }
      const many = await issuesOf(tw, { type: "array", items: { type: "string" } }, Array.from({ length: 50_000 }, (_, n) => n));
      equal(many.length, 20);
      for (const schema of [{ $ref: "#" }, { allOf: [{ $ref: "#" }] }, { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } }]) {
        await rejectsWith(agent(tw, [says({})]).client.parse(params, schema), tw.ConfigError, /circle/);
      }
      const frozen = Object.freeze({ type: "object", properties: Object.freeze({ a: Object.freeze({ type: "string" }) }) });
      same(await issuesOf(tw, frozen, { a: 1 }), ["/a must be a string, and is a number"]);
    },
  },
  {
    name: "schema: the name of the tool or format is the schema's title, in letters that providers take",
    async run(tw) {
      for (const [title, name] of [["Person", "Person"], ["A person: who?", "A_person_who_"], [undefined, "answer"], [5, "answer"], ["", "answer"]]) {
        const { client, fetch } = agent(tw, [says({})]);
        await client.parse(params, { type: "object", title });
        equal(fetch.bodies[0].response_format.json_schema.name, name);
      }
    },
  },
];

export const schemaCases = [
  ...sentences.map(([schema, value, issues]) => ({
    name: `schema: ${JSON.stringify(value).slice(0, 60)} is told ${issues.join("; ")}`,
    run: async (tw) => same(await issuesOf(tw, schema, value), issues),
  })),
  { name: "schema: what fits, fits", run: async (tw) => { for (const [schema, value] of valid) await fits(tw, schema, value); } },
  ...makes,
];
