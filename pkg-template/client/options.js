// Options and parameters: which there are, and what was meant by others. The sets of options are closed; a body is open.
import { config, typed } from "../call/errors.js";

/** Each with its type; "": looked at where it is used. */
const CLIENT = {
  __proto__: null,
  baseURL: "",
  apiKey: "",
  model: "string",
  provider: "",
  headers: "object",
  query: "object",
  fetch: "function",
  fetchOptions: "object",
  onEnd: "function",
  maxRetries: "",
  timeout: "",
  maxConcurrency: "",
  limits: "object",
  adapt: "boolean",
  allowInsecureKey: "boolean",
  dangerouslyAllowBrowser: "boolean",
};
const CALL = { __proto__: null, signal: "", onEnd: "function", headers: "object", fetchOptions: "object", timeout: "", maxRetries: "", extraBody: "object" };
const ALL = { ...CLIENT, ...CALL };

/** OpenAI's body, and what others take that is nearly spelt so: all else that is, is a slip. */
const PARAMS =
  "messages model models stream stream_options max_completion_tokens max_tokens temperature top_p n stop seed presence_penalty frequency_penalty logit_bias logprobs top_logprobs response_format tools tool_choice parallel_tool_calls reasoning_effort verbosity modalities audio prediction web_search_options metadata service_tier store user safety_identifier prompt_cache_key prompt_cache_retention prompt_cache_options moderation functions function_call".split(
    " ",
  );

/** Options whose names are members of a body, too: OpenRouter's routing, and what Gemini takes literally. */
const BODIES = ["provider", "extra_body"];

/** Throws a ConfigError for what is no option, is one elsewhere, or is of another type. `isClient`, `isCall`: whose may stand here. */
export function checkOptions(options, isClient, isCall) {
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw config(`options must be an object such as { baseURL, apiKey }, and is ${typed(options)}`);
  }
  only(options, ALL, "");
  for (const name of Object.keys(options)) {
    const value = options[name];
    if (value == null) continue;
    if (!(isClient && name in CLIENT) && !(isCall && name in CALL)) {
      throw config(isCall ? `${name} is an option of createClient, not of a call` : `${name} is an option of a call: client.chat(params, { ${name} })`);
    }
    const isPairs = Array.isArray(value) && name !== "headers" && name !== "query";
    if (isPairs || (ALL[name] && typeof value !== ALL[name])) throw config(`${name} must be of type ${ALL[name] || "object"}, and is ${typed(value)}`);
  }
  if (typeof options.timeout === "object") only(options.timeout ?? {}, { total: 0, firstToken: 0, idle: 0 }, "timeout.");
  only(options.limits ?? {}, { maxEventBytes: 0, maxResponseBytes: 0, maxToolCalls: 0 }, "limits.");
  retriesOf(options.maxRetries);
  for (const name of ["method", "body", "signal", "headers"]) {
    if (options.fetchOptions?.[name] !== undefined) {
      throw config(`fetchOptions.${name} is tokenwire's own to set${name in ALL ? `: use the option ${name}` : ""}`);
    }
  }
}

/** How often to try again. */
export function retriesOf(count) {
  count ??= 2;
  if (Number.isInteger(count) && count >= 0) return count;
  throw config(`maxRetries must be a whole number, 0 or above, and is ${count}`);
}

/** Throws for a member that is none of a closed set. `where`: what stands before its name. */
export function only(given, known, where) {
  for (const name of Object.keys(given)) {
    if (given[name] === undefined || name in known) continue;
    const names = Object.keys(known);
    const meant = nearest(name, names, 0.4);
    let hint = meant ? `did you mean ${where}${meant}?` : `there are ${names.join(", ")}`;
    if (!where && nearest(name, PARAMS, SLIP)) hint = "it belongs to the parameters, beside messages";
    throw config(`${where}${name} is no option: ${hint}`);
  }
}

/** Throws a ConfigError for what would go into the body and is an option, or nothing that JSON holds, or a slip. */
export function checkParams(params) {
  for (const name of Object.keys(params)) {
    const value = params[name];
    if (value === undefined || PARAMS.includes(name) || BODIES.includes(name)) continue;
    const option = nearest(name, Object.keys(ALL), 1) ?? (value?.addEventListener && "signal");
    const param = option ? undefined : nearest(name, PARAMS, SLIP);
    const meant = option ? `it is an option: chat(params, { ${option} }).` : param && `did you mean ${param}?`;
    if (typeof value === "function" && !option) throw config(`${name} is a function, which no body can hold`);
    if (meant) throw config(`${name} is no parameter: ${meant} What a provider calls so goes into extraBody`);
  }
}

/** How like two names are of which one is a slip of the other: `top_k` is none of `top_p`, nor `max_new_tokens` of `max_tokens`. */
const SLIP = 0.8;

/** The name that is most like the one that was said: by the pairs of letters that they share, from 0 to 1, and `least` at least. */
function nearest(said, names, least) {
  const letters = (name) => name.toLowerCase().replace(/[^a-z]/g, "");
  const a = letters(said);
  let found;
  for (const name of names) {
    const b = letters(name);
    let shared = 0;
    for (let at = 1; at < a.length; at++) shared += b.includes(a.slice(at - 1, at + 1));
    const likeness = a === b ? 1 : Math.min((2 * shared) / (a.length + b.length - 2), 0.99);
    if (likeness >= least) [least, found] = [likeness, name];
  }
  return found;
}
