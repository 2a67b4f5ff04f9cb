// What is wrong with a value, in sentences that a model can act on: of the errors that the validator gives, those that tell.
import { pathOf, pointerOf } from "./pointer.js";

/** More than these mend nothing. */
const MOST = 20;
/** Errors that only say that something below is wrong. */
const ABOVE = "$ref $recursiveRef properties patternProperties additionalProperties unevaluatedProperties items prefixItems additionalItems unevaluatedItems allOf if dependentSchemas dependencies".split(" ");
/** Errors whose own words say all: what stands below them are the reasons of parts. */
const WHOLE = ["contains", "minContains", "maxContains", "propertyNames", "not"];

/** `[{ path, message }]` for a value that is not valid; the most telling first. `full` gives all errors, `quick` the first. */
export function issuesOf(value, full, quick) {
  let errors;
  try {
    ({ errors } = full.validate(value));
  } catch {
    // So many that the stack had no room for them.
    ({ errors } = quick.validate(value));
  }
  const found = told(withPlaces(errors), { value, schema: full.schema, lookup: full.lookup });
  const seen = new Set();
  const issues = found.filter(({ path, message }) => seen.size < seen.add(`${path} ${message}`).size).slice(0, MOST);
  return issues.length ? issues : [{ path: "", message: "does not fit the schema" }];
}

/** A schema that is `false` says nothing of where it stands: it stands below the error before it. */
function withPlaces(errors) {
  return errors.map((error, at) => (error.keyword === "false" ? { ...error, keywordLocation: `${errors[at - 1]?.keywordLocation ?? "#"}/false`, above: errors[at - 1] } : error));
}

function told(errors, root) {
  const issues = [];
  for (let at = 0; at < errors.length && issues.length < 2 * MOST; at++) {
    const error = errors[at];
    const isOfForms = error.keyword === "anyOf" || error.keyword === "oneOf";
    if (isOfForms || WHOLE.includes(error.keyword)) {
      const end = endOf(errors, at);
      if (isOfForms) issues.push(...ofForms(error, errors.slice(at + 1, end), root));
      else issues.push({ path: pathTo(error), message: sentence(error, root) });
      at = end - 1;
    } else if (!ABOVE.includes(error.keyword) || isLeaf(error)) issues.push(issueOf(error, root));
  }
  return issues;
}

/** "dependencies" is both. */
const isLeaf = ({ keyword, error }) => keyword === "dependencies" && error.includes("does not have");

/** Behind the errors below this one. */
function endOf(errors, at) {
  const place = `${errors[at].keywordLocation}/`;
  const isBelow = ({ keywordLocation }) => `${keywordLocation}/`.startsWith(place);
  let end = at + 1;
  while (end < errors.length && isBelow(errors[end])) end++;
  return end;
}

/** Of several forms that a value may have, the errors of the one that was meant. */
function ofForms(error, below, root) {
  const forms = new Map();
  for (const one of below) {
    const form = one.keywordLocation.slice(error.keywordLocation.length + 1).split("/")[0];
    if (!forms.has(form)) forms.set(form, []);
    forms.get(form).push(one);
  }
  const all = [...forms.values()].map((errors) => ({ errors, misses: errors.filter((one) => isMiss(one, error)) }));
  if (!all.length) return [{ path: pathTo(error), message: "fits more than one of the forms that exclude each other" }];
  const meant = all.filter(({ misses }) => !misses.length);
  if (meant.length) {
    const issues = meant.map(({ errors }) => told(errors, root));
    return issues.reduce((best, one) => (one.length < best.length ? one : best));
  }
  return ofMisses(error, all.map(({ misses }) => misses[0]), root);
}

/** It says that another form was meant: another type altogether, or another value of what tells them apart. */
function isMiss({ keyword, instanceLocation }, error) {
  if (keyword === "type" || keyword === "false") return instanceLocation === error.instanceLocation;
  const isNear = instanceLocation.split("/").length <= error.instanceLocation.split("/").length + 1;
  return (keyword === "const" || keyword === "enum") && isNear;
}

function ofMisses(error, misses, root) {
  const tags = misses.filter(({ keyword }) => keyword !== "type" && keyword !== "false");
  // Where a form misses by its tag, the type fits, so one of the tags was meant.
  const places = new Set(tags.map(({ instanceLocation }) => instanceLocation));
  if (places.size === 1) {
    const values = tags.flatMap((tag) => (tag.keyword === "enum" ? valueOf(tag, root) : [valueOf(tag, root)]));
    return [{ path: pathTo(tags[0]), message: `must be ${oneOf(values.map((value) => JSON.stringify(value)))}` }];
  }
  if (places.size) return [{ path: pathTo(error), message: `fits none of the ${misses.length} forms that are allowed here` }];
  const types = misses.filter(({ keyword }) => keyword === "type").flatMap((miss) => valueOf(miss, root));
  if (!types.length) return [{ path: pathTo(error), message: "is not allowed here" }];
  return [{ path: pathTo(error), message: mustBe(types, error, root) }];
}

function issueOf(error, root) {
  const path = pathTo(error);
  if (error.keyword === "required") {
    const [name] = /"(.*)"/s.exec(error.error)?.slice(1) ?? [""];
    return { path: path + pointerOf([name]), message: "is missing, and required" };
  }
  return { path, message: sentence(error, root) };
}

function sentence(error, root) {
  const { keyword } = error;
  const value = valueOf(error, root);
  switch (keyword) {
    case "type":
      return mustBe([value].flat(), error, root);
    case "enum":
      return `must be ${oneOf(value.map((one) => JSON.stringify(one)))}`;
    case "const":
      return `must be ${JSON.stringify(value)}`;
    case "false":
      return unknown(error, root);
    default:
      return WORDS[keyword]?.(value, schemaAt(error, root)) ?? lowered(error.error);
  }
}

const WORDS = {
  // Beside a bound, draft 4 says `true` where it is not to be reached.
  minimum: (bound, { exclusiveMinimum }) => (exclusiveMinimum === true ? `must be more than ${bound}` : `must be ${bound} or more`),
  maximum: (bound, { exclusiveMaximum }) => (exclusiveMaximum === true ? `must be less than ${bound}` : `must be ${bound} or less`),
  exclusiveMinimum: (bound) => `must be more than ${bound}`,
  exclusiveMaximum: (bound) => `must be less than ${bound}`,
  multipleOf: (number) => `must be a multiple of ${number}`,
  minLength: (length) => `must have ${counted(length, "character")} or more`,
  maxLength: (length) => `must have ${counted(length, "character")} or fewer`,
  minItems: (length) => `must have ${counted(length, "item")} or more`,
  maxItems: (length) => `must have ${counted(length, "item")} or fewer`,
  minProperties: (count) => `must have ${counted(count, "property")} or more`,
  maxProperties: (count) => `must have ${counted(count, "property")} or fewer`,
  uniqueItems: () => "must not have the same item twice",
  pattern: (pattern) => `must match the pattern ${pattern}`,
  format: (format) => `must have the format "${format}"`,
  not: () => "has the one form that is not allowed",
};

const counted = (count, what) => `${count} ${count === 1 ? what : what === "property" ? "properties" : `${what}s`}`;

/** A property that the schema has not. */
function unknown({ above }, root) {
  const holder = above?.keyword === "additionalProperties" || above?.keyword === "unevaluatedProperties" ? schemaAt(above, root) : undefined;
  const names = Object.keys(holder?.properties ?? {});
  return names.length ? `is not a known property: those are ${names.slice(0, MOST).join(", ")}` : "is not allowed here";
}

const lowered = (text) => `is not valid: ${text.replace(/\.$/, "")}`;

const NAMES = { object: "an object", array: "an array", string: "a string", number: "a number", integer: "a whole number", boolean: "true or false", null: "null" };

function mustBe(types, error, root) {
  const value = pathOf(pathTo(error)).reduce((at, key) => at?.[key], root.value);
  return `must be ${oneOf([...new Set(types)].map((type) => NAMES[type] ?? type))}, and is ${kindOf(value)}`;
}

function kindOf(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number") return Number.isInteger(value) ? "a number" : "a number with a fraction";
  return typeof value === "boolean" ? `${value}` : (NAMES[typeof value] ?? typeof value);
}

const oneOf = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} or ${names.at(-1)}` : `${names[0]}`);

const pathTo = ({ instanceLocation }) => decodeURIComponent(instanceLocation.slice(1));

/** The value of the keyword that an error is of. */
const valueOf = (error, root) => schemaAt(error, root)?.[error.keyword];

/** The schema that an error is of, found by the way that its location says, through references. */
function schemaAt({ keyword, keywordLocation }, { schema, lookup }) {
  const way = pathOf(decodeURIComponent(keywordLocation.slice(1)));
  const end = way.lastIndexOf(keyword);
  return way.slice(0, end < 0 ? way.length : end).reduce((at, key) => (key === "$ref" ? lookup[at?.__absolute_ref__] : at?.[key]), schema);
}
