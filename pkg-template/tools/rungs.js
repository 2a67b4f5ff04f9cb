// The ladder of structured output over Chat Completions: how each rung asks for a value, and where the reply has it.
import { callsIn, isJson } from "./prose.js";

export const RUNGS = ["json_schema", "json_object", "tool", "prompt"];

/** What of a refusal, lower case, speaks of a rung's form. */
const FORMS = {
  json_schema: /response[ _-]?format|json_?schema|schema|structured|json.?mode|grammar|guided|text\.format/,
  json_object: /response[ _-]?format|json_?object|json.?mode|structured|text\.format|\bjson\b/,
  tool: /tool|function/,
  prompt: /(?!)/,
};
/** A refusal that names nothing may mean the form. */
const VAGUE = /^\W*(\w+ ?error|bad request|unprocessable entity|invalid (api |input )?(request|parameters?|arguments?|input)( error)?|\[?\d*\]? ?invalid api parameter|not supported|unsupported|request failed|provider returned error|no endpoints found that can handle the requested parameters|null|undefined)?\W*(\(asked .*)?$/;

/** The form of a rung in a request. `schema`: JSON; undefined where none is known. `isStrict`: the strict form is asked for. */
export function formed(rung, params, { name, schema, isStrict }) {
  const strict = isStrict ? { strict: true } : {};
  if (rung === "json_schema") return { ...params, response_format: { type: "json_schema", json_schema: { name, schema, ...strict } } };
  if (rung === "json_object") return { ...prompted(params, schema), response_format: { type: "json_object" } };
  if (rung === "prompt") return prompted(params, schema);
  const tool = { name, description: "Gives the answer.", parameters: asObject(schema), ...strict };
  return {
    ...params,
    tools: [...(params.tools ?? []), { type: "function", function: tool }],
    tool_choice: { type: "function", function: { name } },
  };
}

/** The parameters of a call are an object: of another root it is the one member. */
function asObject(schema) {
  if (!schema) return { type: "object" };
  if (isObject(schema)) return schema;
  const { $defs, definitions, $schema, ...rest } = schema;
  const defs = { ...($defs && { $defs: moved($defs) }), ...(definitions && { definitions: moved(definitions) }) };
  return { type: "object", properties: { value: moved(rest) }, required: ["value"], additionalProperties: false, ...defs };
}

/** References to the root lead to the member. */
function moved(schema) {
  const text = JSON.stringify(schema, (key, value) => (key === "$ref" && typeof value === "string" && /^#(\/(?!\$defs\/|definitions\/)|$)/.test(value) ? `#/properties/value${value.slice(1)}` : value));
  return JSON.parse(text);
}

export const isObject = (schema) => schema.type === "object";

/** The schema at the end of the system message. */
function prompted(params, schema) {
  const rule = schema
    ? `Answer with JSON only, without any other text: one JSON value that fits this JSON Schema:\n${JSON.stringify(schema)}`
    : "Answer with JSON only, without any other text.";
  const messages = [...params.messages];
  const end = messages.findIndex(({ role }) => role !== "system" && role !== "developer");
  const at = (end < 0 ? messages.length : end) - 1;
  if (at < 0) messages.unshift({ role: "system", content: rule });
  else {
    const { content, ...rest } = messages[at];
    messages[at] = { ...rest, content: Array.isArray(content) ? [...content, { type: "text", text: rule }] : content ? `${content}\n\n${rule}` : rule };
  }
  return { ...params, messages };
}

/** It may be a refusal of what was asked, by its kind: not of who asks, nor for want of room or time. */
const isRefusal = (error) => ["bad_request", "unsupported_parameter", "server", "not_found"].includes(error?.kind);

/** True where the provider refuses the form of a rung, and not something else of the request. */
export function refuses(rung, error) {
  if (!isRefusal(error) || rung === "prompt") return false;
  const { kind, param, message } = error;
  const words = `${message} ${said(error.body)}`.toLowerCase();
  if (param) return FORMS[rung].test(`${param}`.toLowerCase()) || (/schema|json/.test(`${param}`) && FORMS[rung].test(words));
  return FORMS[rung].test(words) || (kind !== "server" && VAGUE.test(`${message}`.toLowerCase()));
}

/** True where it is the strict form that is refused. */
export const refusesStrict = (error) => isRefusal(error) && /strict|additional_?properties|invalid schema|invalid_function_parameters|'required'/i.test(`${error?.param} ${error?.message}`);

const said = (body) => {
  try {
    return JSON.stringify(body?.error?.metadata ?? "");
  } catch {
    return "";
  }
};

/**
 * What a reply has in a rung's place: `{ text }`, JSON or not, and `value` where it is; `isIgnored`: it answers in words, as though
 * nothing had been asked.
 */
export function answerOf(rung, reply, name, schema) {
  if (rung === "tool") {
    const called = reply.calls.find((call) => call.name === name) ?? callsIn(reply.text, (one) => one === name)?.[0];
    const text = called ? called.input : reply.text;
    const found = parsed(text || (called ? "{}" : ""));
    if (!found) return { text, isIgnored: !called && !looksLikeJson(text) };
    if (!called || !schema || isObject(schema)) return { text, ...found };
    return { text, value: found.value?.value };
  }
  const { text } = reply;
  const found = parsed(text);
  if (found) return { text, ...found };
  return { text, isIgnored: rung !== "prompt" && text.trim() !== "" && !looksLikeJson(text) };
}

const parsed = (text) => (isJson(text) ? { value: JSON.parse(text) } : undefined);

/** It was meant as JSON, though it is none. */
const looksLikeJson = (text) => /^\s*[[{]/.test(text);
