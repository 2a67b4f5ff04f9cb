// Which schemas fit the subset that OpenAI's strict form takes, by its guide to structured outputs.

const KEYWORDS = "type properties required additionalProperties items enum const anyOf $ref $defs definitions description title pattern format multipleOf maximum exclusiveMaximum minimum exclusiveMinimum minItems maxItems $schema".split(" ");
const FORMATS = "date-time time date duration email hostname ipv4 ipv6 uuid".split(" ");
const DEEPEST = 10;

/** True where a schema may be sent with `strict: true`. */
export const fitsStrict = (schema) => schema.type === "object" && !schema.anyOf && fits(schema, 0);

function fits(schema, depth) {
  if (schema === null || typeof schema !== "object" || depth > 4 * DEEPEST) return false;
  if (!Object.keys(schema).every((key) => KEYWORDS.includes(key))) return false;
  if (schema.format !== undefined && !FORMATS.includes(schema.format)) return false;
  if (!depth && deep(schema) > DEEPEST) return false;
  const types = [schema.type].flat();
  if (types.includes("object") && !isClosed(schema)) return false;
  if (types.includes("array") && !schema.items) return false;
  const maps = [schema.properties, schema.$defs, schema.definitions].flatMap((map) => Object.values(map ?? {}));
  return [...maps, ...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])].every((one) => fits(one, depth + 1));
}

/** All that it may have it must have, and nothing else. */
function isClosed({ properties = {}, required = [], additionalProperties }) {
  return additionalProperties === false && Object.keys(properties).every((name) => required.includes(name));
}

/** How many objects and lists stand within each other. */
function deep({ properties, items, anyOf }) {
  const parts = [...Object.values(properties ?? {}), ...(anyOf ?? []), ...(items ? [items] : [])];
  return parts.length ? 1 + Math.max(...parts.map((part) => deep(part ?? {}))) : 0;
}
