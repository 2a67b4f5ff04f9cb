// Validation by the official test suite and by the libraries that people use; partial JSON by others' cases. Node only.

import test from "node:test";
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type } from "arktype";
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import * as valibot from "valibot";
import * as zod from "zod";
import * as zod3 from "zod3";
import * as tokenwire from "tokenwire";
import { agent, ask, calling, plain, saying, tool } from "./support/agent.js";
import { hasRecorded, inShared } from "./support/fixtures.js";
import { packedRoot } from "./support/packed.js";
import "./support/unhandled.js";

const module = (name) => import(pathToFileURL(`${packedRoot}tools/${name}.js`));
const { schemaOf } = await module("schema");
const { Partial } = await module("partial");
const { fitsStrict } = await module("strict");
const config = (message) => new Error(message);
const shared = (name) => JSON.parse(readFileSync(inShared(`fixtures/${name}`), "utf8"));

test("the official test suite of JSON Schema 2020-12, all of its cases", { skip: !existsSync(inShared("fixtures/json-schema-2020-12.json")) && "../shared/fixtures is not there" }, async (t) => {
  const wrong = [];
  let count = 0;
  for (const { file, name, schema, tests } of shared("json-schema-2020-12.json").groups) {
    // A schema that is no object is none of ours; the suite's are part of one here.
    const { check } = await schemaOf(typeof schema === "boolean" ? { allOf: [schema] } : schema, "the schema", config);
    for (const [what, instance, isValid] of tests) {
      count++;
      const { issues } = await check(JSON.parse(instance));
      if ((issues === undefined) !== isValid) wrong.push([file, name, what].join(" | "));
      for (const { path, message } of issues ?? []) assert.ok(/^(\/.*)?$/s.test(path) && message.length > 3, `${path} ${message}`);
    }
  }
  t.diagnostic(`${count - wrong.length} of ${count} cases`);
  assert.deepEqual(wrong, []);
  assert.ok(count > 1000);
});

const partialOf = (pieces) => {
  const partial = new Partial();
  for (const piece of pieces) partial.feed(piece);
  return partial;
};

test("partial JSON as others' tests have it, whole and letter by letter", { skip: !hasRecorded && "../shared/fixtures is not there" }, (t) => {
  const { cases } = shared("recorded/conformance/partial-json-openai-node.cases.json");
  for (const { input, value } of cases) {
    for (const pieces of [[input], [...input]]) assert.deepEqual(JSON.stringify(partialOf(pieces).root), JSON.stringify(value), input);
  }
  // The AI SDK completes unfinished words and numbers; where it has none of these, both say the same.
  const fixes = shared("recorded/conformance/partial-json-ai-sdk-fix-json.cases.json").cases.filter(({ input, fixed }) => fixed !== "" && /["}\]:,{[]\s*$/.test(input) && input !== fixed);
  for (const { input, fixed } of fixes) assert.equal(JSON.stringify(partialOf([...input]).root), JSON.stringify(JSON.parse(fixed)), input);
  assert.ok(fixes.length > 5, `${fixes.length}`);
  t.diagnostic(`${cases.length + fixes.length} cases`);
});

test("a partial value is never wrong: it is the final one, less what is not finished", () => {
  const values = [{ a: "x\\\"\u00e9\ud83d\ude00\n", b: [1, -2.5e3, true, null, { c: {} }], __proto__x: 1, "": [[], [[]]] }, [0, "", [false]], { n: 10, word: "true" }, "\ud83d\ude00", JSON.parse('{"__proto__":{"a":1}}')];
  for (const value of values) {
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2), JSON.stringify(value).replace(/[^\x00-\x7f]/g, (c) => `\\u${c.charCodeAt().toString(16).padStart(4, "0")}`)]) {
      const partial = new Partial();
      for (const letter of text) {
        partial.feed(letter);
        assert.ok(isPart(partial.root, value), `${text} at ${JSON.stringify(partial.root)}`);
      }
      partial.end();
      assert.deepEqual(partial.root, value);
      assert.ok(!partial.isBroken);
    }
  }
  assert.equal({}.a, undefined);
  for (const broken of ["{a}", "[1,]", '{"a" 1}', "tru e", "01", "[1 2]", '{"a":1,}', '"\\x"', "{}{}", "[", "[nul]"].filter((text) => text !== "[")) assert.ok(partialOf([`${broken} `]).isBroken, broken);
});

/** A value that may still grow into another. */
function isPart(part, whole) {
  if (part === undefined) return true;
  if (typeof part === "string") return typeof whole === "string" && whole.startsWith(part);
  if (Array.isArray(part)) return Array.isArray(whole) && part.every((one, at) => isPart(one, whole[at]));
  if (part !== null && typeof part === "object") return Object.keys(part).every((key) => Object.hasOwn(whole, key) && isPart(part[key], whole[key]));
  return Object.is(part, whole);
}

const ada = { name: "Ada", tags: ["x"] };
const makes = {
  "zod 4": zod.object({ name: zod.string(), tags: zod.array(zod.string()) }),
  arktype: type({ name: "string", tags: "string[]" }),
  valibot: toStandardJsonSchema(valibot.object({ name: valibot.string(), tags: valibot.array(valibot.string()) })),
  "zod 3": zod3.object({ name: zod3.string(), tags: zod3.array(zod3.string()) }),
  "valibot alone": valibot.object({ name: valibot.string(), tags: valibot.array(valibot.string()) }),
};

for (const [name, schema] of Object.entries(makes)) {
  const isMute = ["zod 3", "valibot alone"].includes(name);

  test(`${name}: parse gives the value, or where it does not fit`, async () => {
    const { client, fetch } = agent(tokenwire, [plain({ content: JSON.stringify(ada) }), plain({ content: '{"name":"Ada","tags":[5]}' })]);
    const { value, via } = await client.parse({ messages: ask }, schema);
    assert.deepEqual([value, via], [ada, isMute ? "json_object" : "json_schema"]);
    if (!isMute) {
      const { strict, schema: sent } = fetch.bodies[0].response_format.json_schema;
      assert.deepEqual([strict, sent.type, sent.additionalProperties, sent.required], [true, "object", false, ["name", "tags"]]);
    }
    const error = await client.parse({ messages: ask }, schema).catch((reason) => reason);
    assert.ok(error instanceof tokenwire.ValidationError);
    assert.equal(error.issues[0].path, "/tags/0");
  });

  test(`${name}: a tool's parameters are ${isMute ? "refused, with what to do" : "turned into JSON Schema"}`, async () => {
    const { client, fetch } = agent(tokenwire, [calling([{ input: { name: 5 } }]), calling([{ input: ada }]), saying("x")]);
    const run = client.runTools({ messages: ask, tools: [tool((args) => args, "weather", schema)] });
    if (isMute) {
      await assert.rejects(run.final(), { name: "ConfigError", message: /JSON Schema/ });
      return assert.equal(fetch.calls, 0);
    }
    const { messages } = await run.final();
    assert.equal(fetch.bodies[0].tools[0].function.parameters.properties.name.type, "string");
    assert.match(messages[2].content, /\/name/);
    assert.deepEqual(JSON.parse(messages[4].content), ada);
  });
}

test("zod: defaults are filled in, transforms count, what cannot be told is a ConfigError", async () => {
  const schema = zod.object({ n: zod.number().default(3), s: zod.string().transform((text) => text.length) });
  const { client } = agent(tokenwire, [plain({ content: '{"s":"four"}' })]);
  assert.deepEqual((await client.parse({ messages: ask }, schema)).value, { n: 3, s: 4 });
  await assert.rejects(client.parse({ messages: ask }, zod.object({ d: zod.date() })), { name: "ConfigError", message: /Date/ });
});

test("what fits OpenAI's strict form", () => {
  const closed = (properties, more) => ({ type: "object", properties, required: Object.keys(properties), additionalProperties: false, ...more });
  const fit = [closed({ a: { type: "string", format: "date" } }), closed({ a: { anyOf: [{ type: "null" }, closed({})] } }), closed({ a: { $ref: "#/$defs/b" } }, { $defs: { b: closed({}) } }), closed({ a: { type: "array", items: { type: "number", minimum: 1 } } })];
  for (const schema of fit) assert.ok(fitsStrict(schema), JSON.stringify(schema));
  const deep = Array.from({ length: 12 }).reduce((inner) => closed({ inner }), { type: "string" });
  const none = [{ type: "array", items: {} }, closed({}, { required: undefined, properties: { a: {} } }), closed({ a: { type: "string", minLength: 1 } }), closed({ a: { type: "object" } }), closed({ a: { oneOf: [] } }), closed({ a: { type: "string", format: "uri" } }), { ...closed({}), anyOf: [] }, closed({ a: { type: "array" } }), deep];
  for (const schema of none) assert.ok(!fitsStrict(schema), JSON.stringify(schema));
});
