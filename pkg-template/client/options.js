// The types of options, looked at before anything is done with them.
import { config } from "../call/errors.js";

const TYPES = {
  model: "string",
  fetch: "function",
  onEnd: "function",
  headers: "object",
  query: "object",
  extraBody: "object",
  adapt: "boolean",
  allowInsecureKey: "boolean",
  dangerouslyAllowBrowser: "boolean",
  limits: "object",
};

/** Throws a ConfigError for what is of another type than it should be. */
export function checkTypes(options) {
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    const is = options === null ? "null" : Array.isArray(options) ? "an array" : `of type ${typeof options}`;
    throw config(`options must be an object such as { baseURL, apiKey }, and is ${is}`);
  }
  for (const name in TYPES) {
    const is = typeof options[name];
    if (is !== TYPES[name] && options[name] != null)
      throw config(`${name} must be of type ${TYPES[name]}, and is of type ${is}`);
  }
}
