// What a caller said, of client and call, as one request. Throws ConfigErrors.
import { limitsOf } from "../call/clock.js";
import { config } from "../call/errors.js";
import { keyOf } from "./keys.js";
import { headersOf, secretsIn } from "./named.js";
import { checkTypes } from "./options.js";
import { textOf } from "./params.js";
import { checkPlace } from "./place.js";

/** One request, its key still to be asked for: all that a call has of its client. `params`: JSON text, "" for a GET. */
export class ApiRequest {
  params;
  url;
  /** A plain object. */
  headers;
  /** What no error may show. */
  secrets;
  /** See call/clock.js. */
  limits;
  queue;
  dialect;
  signal;
  fetch;
  #options;
  #page = globalThis.location?.origin;
  #settings;
  #extraBody;
  #where;
  #hasKey = false;

  constructor(path, params, stream, options, call, place) {
    checkTypes(call);
    const { url, secrets, needsModel, place: where } = place.target(path);
    this.params = params;
    this.dialect = place.dialect;
    this.queue = place.queue;
    this.signal = signalOf(call.signal);
    this.fetch = options.fetch ?? undefined;
    this.limits = limitsOf(call.timeout ?? options.timeout);
    this.url = url;
    this.#where = where;
    this.#options = options;
    const type = params ? { "content-type": "application/json" } : undefined;
    this.headers = headersOf([type, place.dialect.headers, options.headers, call.headers]);
    this.secrets = [...secrets, ...secretsIn(Object.entries(this.headers))];
    this.#extraBody = call.extraBody && textOf(call.extraBody, "extraBody");
    this.#settings = {
      url,
      page: this.#page,
      model: options.model,
      needsModel,
      stream,
      adapt: options.adapt,
      retries: retriesOf(call.maxRetries ?? options.maxRetries ?? 2),
      deadline: Date.now() + this.limits.total,
      ...boundsOf(options.limits),
      secrets: this.secrets,
    };
  }

  /** Something secret is sent: where a redirect leads is no place for it. */
  get isSecret() {
    return this.secrets.length > 0 || this.#hasKey;
  }

  /** The key, or a promise of it. */
  get key() {
    return keyOf(this.#options.apiKey);
  }

  /** Puts the key where it goes. Gives all that the core is told beside the parameters, as JSON text. */
  settings(key) {
    const { dialect, headers } = this;
    if (key) {
      checkPlace(this.#where, this.#page, this.#options.dangerouslyAllowBrowser);
      const name = dialect.keyHeader ?? "authorization";
      if (headers[name] === undefined) headers[name] = dialect.keyHeader ? key : `Bearer ${key}`;
      this.secrets.push(key);
      this.#hasKey = true;
    }
    // Taken away by the caller.
    for (const name in headers) if (headers[name] === null) delete headers[name];
    const more = [`"dialect":${dialect.text}`];
    if (this.#extraBody) more.push(`"extraBody":${this.#extraBody}`);
    return `${JSON.stringify(this.#settings).slice(0, -1)},${more}}`;
  }
}

function signalOf(signal) {
  if (signal == null) return undefined;
  let add;
  try {
    add = signal.addEventListener;
  } catch {
    // As where there is none.
  }
  if (typeof add !== "function") throw config("signal must be an AbortSignal");
  return signal;
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
