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
  only(options.timeout ?? {}, { total: 0, firstToken: 0, idle: 0 }, "timeout.");
  only(options.limits ?? {}, { maxEventBytes: 0, maxResponseBytes: 0, maxToolCalls: 0 }, "limits.");
  retriesOf(options.maxRetries);
  for (const name of ["method", "body", "signal", "headers"]) {
    if (options.fetchOptions?.[name] !== undefined) {
      throw config(`fetchOptions.${name}: the ${name} is tokenwire's own to set${name in ALL ? `, by the option ${name}` : name === "body" ? ", by extraBody" : ""}`);
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
    const isParam = !where && PARAMS.some((param) => letters(param) === letters(name));
    const names = Object.keys(known);
    const [best] = names.map((one) => [likeness(one, name), one]).sort(([a], [b]) => b - a);
    const meant = isParam
      ? "it belongs to the parameters, beside messages"
      : best[0] > 0.4
        ? `did you mean ${where}${best[1]}?`
        : `there are ${names.join(", ")}`;
    throw config(`${where}${name} is no option: ${meant}`);
  }
}

/** Throws a ConfigError for what would go into the body and is an option, or nothing that JSON holds, or a slip. */
export function checkParams(params) {
  for (const name of Object.keys(params)) {
    const value = params[name];
    if (value === undefined || PARAMS.includes(name)) continue;
    const option = Object.keys(ALL).find((one) => letters(one) === letters(name)) ?? (value?.addEventListener && "signal");
    if (option && !BODIES.includes(name)) {
      throw config(`${name} is no parameter but an option: chat(params, { ${option} }). What a provider calls so goes into extraBody`);
    }
    if (typeof value === "function") throw config(`${name} is a function, which no body can hold`);
    const meant = PARAMS.find((one) => isSlip(letters(one), letters(name)));
    if (meant) throw config(`${name} is no parameter: did you mean ${meant}? What a provider calls so goes into extraBody`);
  }
}

const letters = (name) => name.toLowerCase().replace(/[^a-z]/g, "");

/** The part of their pairs of letters that two names share, from 0 to 1. */
function likeness(one, other) {
  const [a, b] = [letters(one), letters(other)];
  let shared = 0;
  for (let at = 1; at < a.length; at++) shared += b.includes(a.slice(at - 1, at + 1));
  return (2 * shared) / (a.length + b.length - 2);
}

/** But for one letter that is missing, added, wrong or in its neighbour's place, the same; of short names only an "s". */
function isSlip(meant, said) {
  if (meant === said || `${meant}s` === said || meant === `${said}s`) return true;
  let at = 0;
  while (meant[at] === said[at] && at < meant.length) at++;
  const rest = (name, from) => name.slice(at + from);
  const isSwapped = meant[at] === said[at + 1] && meant[at + 1] === said[at] && rest(meant, 2) === rest(said, 2);
  return meant.length > 6 && (isSwapped || rest(meant, 1) === rest(said, 1) || rest(meant, 1) === rest(said, 0) || rest(meant, 0) === rest(said, 1));
}
