// The tools of a run: what the provider is told of them, and what is known of them here.
import { schemaOf } from "./schema.js";

/** Types whose calls the provider answers itself, once their arguments are given back (Kimi's $web_search). */
const ECHOED = "builtin_function";

/** A tool's own part, by its type: `{ type: "function", function: { … } }`; flat in the Responses API. */
const placeOf = (tool) => [tool.type, "function"].find((key) => typeof tool[key] === "object" && tool[key] !== null);

/**
 * `{ wire, byName }` of the tools as the caller has them: as they are sent, and a Map of `{ execute, check, properties, isText }`.
 * Throws a ConfigError for what cannot be right.
 */
export async function offer(tools, config) {
  if (!Array.isArray(tools) || !tools.length) throw config("tools must be an array of at least one tool: { type: \"function\", function: { name, parameters }, execute }");
  const byName = new Map();
  const wire = [];
  for (const [at, tool] of tools.entries()) wire.push(await offered(tool, `tools[${at}]`, byName, config));
  return { wire, byName };
}

async function offered(tool, place, byName, config) {
  if (tool === null || typeof tool !== "object") throw config(`${place} must be an object with a type, as { type: "function", function: { name } }`);
  const { execute, ...rest } = tool;
  if (execute !== undefined && typeof execute !== "function") throw config(`${place}.execute must be a function, and is ${typeof execute}`);
  const at = placeOf(rest);
  const part = at ? rest[at] : rest;
  if (typeof part.name !== "string" || !part.name) {
    // One of the provider's own: it goes out as it is.
    if (!execute && rest.type !== "function") return rest;
    throw config(`${place} has no name: the model could not call it`);
  }
  if (byName.has(part.name)) throw config(`${place}: there are two tools named "${part.name}"`);
  const known = { execute: execute ?? (rest.type === ECHOED ? (args) => args : undefined), isText: rest.type === "custom", check: undefined };
  byName.set(part.name, known);
  if (known.isText || part.parameters === undefined || part.parameters === null) return rest;
  const { json, check } = await schemaOf(part.parameters, `the parameters of the tool "${part.name}"`, config);
  if (!json) {
    throw config(
      `the parameters of the tool "${part.name}" are a schema that gives no JSON Schema to tell the model: use a library that does ` +
        "(zod 4.2 or above, arktype, valibot's toStandardJsonSchema), or give a JSON Schema",
    );
  }
  known.check = check;
  known.properties = json.properties;
  const changed = { ...part, parameters: json };
  return at ? { ...rest, [at]: changed } : changed;
}
