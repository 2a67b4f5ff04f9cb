// Parameters as JSON text, and where they are none.
import { config } from "../call/errors.js";
import { checkParams } from "./options.js";

/** The parameters of a call as JSON text. */
export function bodyOf(params) {
  if (params === null || typeof params !== "object" || Array.isArray(params)) {
    throw config("chat() takes an object with the parameters of Chat Completions: { model, messages, … }");
  }
  checkParams(params);
  return textOf(params, "params");
}

/** JSON text of a value; throws a ConfigError that says where it is no JSON. */
export function textOf(value, name) {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw config(`the request is not JSON: ${culprit(value, name, []) ?? cause.message}`, cause);
  }
}

/** Where in a value that JSON.stringify refused the reason stands. */
function culprit(value, path, above) {
  if (typeof value === "bigint") return `${path} is a BigInt`;
  if (value === null || typeof value !== "object") return;
  if (above.includes(value)) return `${path} is an object that contains itself`;
  for (const key of Object.keys(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    const found = culprit(value[key], at, [...above, value]);
    if (found) return found;
  }
}
