// The client: options said once, and how they, the call's own and the params become one request.
import { endpoint, repairBaseURL } from "./base-url.js";
import { ApiCall } from "./call.js";
import { Dialect, homeOf } from "./dialect.js";
import { limitsOf } from "./clock.js";
import { config } from "./errors.js";
import { checkPlace } from "./keys.js";
import { Queue } from "./queue.js";
import { ChatStream } from "./stream.js";

const CHAT = 0;
const MODELS = 1;

/** One request, one reply: with `stream: true` a ChatStream at once, otherwise a promise of the completion. */
export function chat(params, options = {}) {
  return begin(params, options, options);
}

/** The same with the options said once. Does no I/O and touches no wasm. */
export function createClient(options) {
  return new Client(options);
}

class Client {
  #options;
  #place;

  constructor(options = {}) {
    this.#options = options;
    this.#place = placeOf(options);
  }

  /** What this client knows of its provider: found by host, given, or learnt from refusals. */
  get dialect() {
    return this.#place.dialect.facts;
  }

  /** The base URL after repair. */
  get baseURL() {
    return this.#place.base;
  }

  chat(params, call = {}) {
    return begin(params, this.#options, call, this.#place);
  }

  /** GET {base}/models, whatever envelope the provider uses. */
  models(call = {}) {
    const options = this.#options;
    return whole(new ApiCall(() => request(MODELS, "/models", "", options, call, this.#place)));
  }
}

function placeOf(options) {
  checkTypes(options);
  const provider = options.provider ?? undefined;
  const { baseURL = homeOf(provider) } = options;
  const place = repairBaseURL(baseURL);
  const dialect = new Dialect(provider, place.provider);
  return { ...place, dialect, queue: new Queue(options.maxConcurrency ?? undefined) };
}

function begin(params, options, call, place) {
  const stream = Boolean(params?.stream);
  const prepare = () => {
    const made = request(CHAT, "/chat/completions", bodyOf(params), options, call, place ?? placeOf(options));
    made.settings.stream = stream;
    return made;
  };
  const started = new ApiCall(prepare);
  return stream ? new ChatStream(started) : whole(started);
}

async function whole(call) {
  await call.sent;
  await call.drain();
  return JSON.parse(call.snapshot);
}

/** All that the core is told, from what the caller said. Throws ConfigErrors. */
function request(kind, path, body, options, call, place) {
  checkTypes(call);
  const { dialect, queue } = place;
  const limits = limitsOf(call.timeout ?? options.timeout);
  const page = globalThis.location?.origin;
  const headers = { ...dialect.headers };
  merge(headers, options.headers);
  merge(headers, call.headers);
  const settings = {
    url: endpoint(place, path, { ...dialect.queryAt(place), ...options.query }),
    headers,
    model: options.model,
    dialect: dialect.text,
    keyHeader: dialect.keyHeader,
    adapt: options.adapt,
    retries: retriesOf(call.maxRetries ?? options.maxRetries ?? 2),
    deadline: Date.now() + limits.total,
    limited: (ms) => queue.pause(ms),
    ...boundsOf(options.limits),
    extraBody: call.extraBody && textOf(call.extraBody, "extraBody"),
    page,
    get offline() {
      return globalThis.navigator?.onLine === false;
    },
    // Ids that a provider leaves out are made from it: the core has no randomness of its own.
    seed: Math.random() * 2 ** 53,
  };
  return {
    kind,
    body,
    settings,
    key: options.apiKey,
    fetch: options.fetch,
    signal: call.signal,
    dialect,
    queue,
    limits,
    checkKey: () => checkPlace(settings.url, page, options.dangerouslyAllowBrowser),
    secrets: secretsIn({ ...headers, ...options.query }),
  };
}

function retriesOf(count) {
  if (Number.isInteger(count) && count >= 0) return count;
  throw config(`maxRetries must be a whole number, 0 or above, and is ${count}`);
}

/** { maxEventBytes, maxResponseBytes, maxToolCalls }, each a number or left to the core. */
function boundsOf(limits) {
  const { maxEventBytes, maxResponseBytes, maxToolCalls } = limits ?? {};
  const bounds = { maxEventBytes, maxResponseBytes, maxToolCalls };
  for (const name in bounds) {
    if (bounds[name] !== undefined && !(typeof bounds[name] === "number" && bounds[name] >= 0))
      throw config(`limits.${name} must be a number, 0 or above, and is ${bounds[name]}`);
  }
  return bounds;
}

/** Later headers win, whatever their case; null takes one away. */
function merge(headers, more = []) {
  for (const [name, value] of typeof more[Symbol.iterator] === "function" ? more : Object.entries(more)) {
    if (value == null) delete headers[name.toLowerCase()];
    else headers[name.toLowerCase()] = `${value}`;
  }
}

/** Values that must not come back out of an error: headers and query parameters whose names say so. */
function secretsIn(named) {
  return Object.keys(named)
    .filter((name) => /auth|key|token|secret|cookie|signature/i.test(name))
    .map((name) => `${named[name]}`.replace(/^(bearer|basic) +/i, ""))
    .filter((value) => value.length > 6);
}

const TYPES = { model: "string", fetch: "function", headers: "object", query: "object", extraBody: "object", adapt: "boolean", dangerouslyAllowBrowser: "boolean", limits: "object" };

function checkTypes(options) {
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

function bodyOf(params) {
  if (params === null || typeof params !== "object" || Array.isArray(params)) {
    throw config("chat() takes an object with the parameters of Chat Completions: { model, messages, … }");
  }
  return textOf(params, "params");
}

function textOf(value, name) {
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
