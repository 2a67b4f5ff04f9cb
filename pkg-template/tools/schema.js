// A schema as the caller has it: what the model is told of it, and the check of what came.
import { issuesOf } from "./issues.js";
import { pointerOf } from "./pointer.js";
import { messageOf } from "./results.js";

/**
 * `{ json, check }` of a JSON Schema or a Standard Schema (zod, valibot, arktype …): its JSON Schema, undefined where it gives none;
 * and `check(value)`, which gives a promise of `{ value }` or `{ issues }`. `place` names it in a ConfigError.
 */
export async function schemaOf(given, place, config) {
  const standard = isHolder(given) ? given["~standard"] : undefined;
  if (typeof standard?.validate === "function") return { json: told(given, standard, place, config), check: (value) => judged(standard, value) };
  if (typeof given?.safeParse === "function") {
    throw config(`${place}: this schema has no "~standard": use a version of its library that has (zod 3.24 or above), or a JSON Schema`);
  }
  if (typeof given !== "object" || !isHolder(given) || Array.isArray(given)) {
    throw config(`${place} must be a JSON Schema or a Standard Schema (zod, valibot, arktype), and is ${given === null ? "null" : typeof given}`);
  }
  const json = copied(given, place, config);
  return { json, check: await checkOf(json, place, config) };
}

const isHolder = (value) => value !== null && (typeof value === "object" || typeof value === "function");

/** A copy: what validates puts marks on it, and what the caller changes later is not meant. */
function copied(schema, place, config) {
  try {
    return JSON.parse(JSON.stringify(schema));
  } catch (cause) {
    throw config(`${place} is not JSON: ${messageOf(cause)}`, cause);
  }
}

/** The JSON Schema of what a Standard Schema takes; undefined where its library has none to give. */
function told(schema, standard, place, config) {
  const ways = [
    () => standard.jsonSchema?.input({ target: "draft-2020-12" }),
    () => schema.toJSONSchema?.({ io: "input" }),
    () => schema.toJsonSchema?.(),
  ];
  try {
    for (const way of ways) {
      const json = way();
      if (json) return closed(copied(json, place, config));
    }
  } catch (cause) {
    if (cause?.kind === "config") throw cause;
    throw config(`${place}: the schema (${standard.vendor}) cannot be put as a JSON Schema: ${messageOf(cause)}`, cause);
  }
  return undefined;
}

/** Objects whose library says nothing of other properties take none: the model shall invent none, and OpenAI's strict form asks for it. */
function closed(json) {
  if (isHolder(json.properties) && json.type === "object" && !json.allOf) json.additionalProperties ??= false;
  closeIn(json);
  return json;
}

function closeIn(json) {
  for (const value of within(json)) {
    if (!isHolder(value)) continue;
    // The parts of an intersection have each other's properties.
    if (value === json.allOf) value.forEach(closeIn);
    else closed(value);
  }
}

/** What in a schema may hold schemas. */
const within = (json) => Object.entries(json).flatMap(([key, value]) => (DATA.includes(key) ? [] : [value]));
const DATA = ["const", "enum", "default", "examples"];

async function judged(standard, value) {
  const result = await standard.validate(value);
  if (!result.issues) return { value: result.value };
  const issues = [...result.issues].map(({ message, path }) => ({ path: pointerOf([...(path ?? [])].map((step) => step?.key ?? step)), message }));
  return { issues: issues.length ? issues : [{ path: "", message: "does not fit the schema" }] };
}

async function checkOf(json, place, config) {
  const { Validator, format } = await import("../json-schema.js");
  // Octets with leading zeros are another address elsewhere.
  format.ipv4 = (text) => /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$/.test(text);
  const draft = draftOf(json.$schema);
  const refused = (cause) => config(`${place} cannot be used as a JSON Schema: ${messageOf(cause).split("\n")[0]}`, cause);
  let quick, full;
  try {
    mendPatterns(json);
    quick = new Validator(json, draft, true);
    full = new Validator(json, draft, false);
    refuseLooseEnds(quick.lookup);
    // What breaks at the first look is told before anything is sent.
    for (const probe of [{}, [], "", 0, null]) quick.validate(probe);
  } catch (cause) {
    throw refused(cause instanceof RangeError ? new Error("its references lead round in a circle") : cause);
  }
  return async (value) => {
    try {
      if (quick.validate(value).valid) return { value };
    } catch (cause) {
      if (cause instanceof RangeError) return { issues: [{ path: "", message: "is nested too deeply" }] };
      throw refused(cause);
    }
    return { issues: issuesOf(value, full, quick) };
  };
}

const draftOf = (name) => /draft-0?(4|7)|2019-09/.exec(typeof name === "string" ? name.replace("draft-06", "draft-07") : "")?.at(0).replace(/draft-0?/, "") ?? "2020-12";

function refuseLooseEnds(lookup) {
  for (const schema of Object.values(lookup)) {
    if (schema.$ref !== undefined && lookup[schema.__absolute_ref__] === undefined) throw new Error(`its $ref "${schema.$ref}" leads nowhere`);
  }
}

/** Patterns as people write them are more than what the `u` flag takes: a backslash before what needs none. */
function mendPatterns(json) {
  if (!isHolder(json)) return;
  if (typeof json.pattern === "string") json.pattern = mended(json.pattern);
  if (isHolder(json.patternProperties)) {
    json.patternProperties = Object.fromEntries(Object.entries(json.patternProperties).map(([key, value]) => [mended(key), value]));
  }
  within(json).forEach(mendPatterns);
}

function mended(pattern) {
  if (isPattern(pattern)) return pattern;
  const other = pattern.replace(/\\(.)/gs, (escape, letter) => (/[\w^$\\.*+?()[\]{}|/-]/.test(letter) && letter !== "_" ? escape : letter));
  if (isPattern(other)) return other;
  const third = other.replaceAll("\\-", "\\x2d");
  if (isPattern(third)) return third;
  throw new Error(`its pattern ${JSON.stringify(pattern)} is no regular expression (with the flag "u")`);
}

function isPattern(text) {
  try {
    return Boolean(new RegExp(text, "u"));
  } catch {
    return false;
  }
}
