// What a caller said, of client and call, as one request. Throws ConfigErrors.
import { limitsOf } from "../call/clock.js";
import { advice, config } from "../call/errors.js";
import { keyOf } from "./keys.js";
import { headersOf, secretsIn } from "./named.js";
import { checkOptions, retriesOf } from "./options.js";
import { textOf } from "./params.js";

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
  place;
  signal;
  fetch;
  fetchOptions;
  #options;
  #target;
  #settings;

  constructor(path, params, stream, options, call, place, query) {
    if (call !== options) checkOptions(call, false, true);
    const target = (this.#target = place.target(path, query));
    this.params = params;
    this.url = target.url;
    this.dialect = place.dialect;
    this.place = place;
    this.queue = place.queue;
    this.signal = signalOf(call.signal);
    this.fetch = options.fetch ?? undefined;
    this.fetchOptions = { ...options.fetchOptions, ...call.fetchOptions };
    this.limits = limitsOf(call.timeout ?? options.timeout);
    this.#options = options;
    const own = call === options ? undefined : call.headers;
    this.headers = headersOf([own], target.headers);
    this.secrets = own ? [...target.secrets, ...secretsIn(Object.entries(this.headers))] : [...target.secrets];
    const retries = retriesOf(call.maxRetries ?? options.maxRetries);
    const extra = call.extraBody ? `,"extraBody":${textOf(call.extraBody, "extraBody")}` : "";
    const guessed = place.guessed ? `,"guessed":${JSON.stringify(place.guessed)}` : "";
    // The time is whole, for the core reads no fractions.
    const deadline = this.limits.total === Infinity ? "null" : Math.ceil(Date.now() + this.limits.total);
    this.#settings = `${target.settings},"stream":${stream},"retries":${retries},"deadline":${deadline}${guessed}${extra}`;
  }

  /** The address, without what may be secret in it. */
  get shown() {
    let [url] = this.url.split("?");
    for (const secret of this.secrets) if (secret.length > 3) url = url.replaceAll(secret, "***");
    return url;
  }

  /** Something secret is sent: where a redirect leads is no place for it. */
  get isSecret() {
    return this.secrets.length > 0;
  }

  /** The key, or a promise of it. */
  get key() {
    return keyOf(this.#options.apiKey);
  }

  /**
   * Puts the key where it goes. Gives all that the core is told beside the parameters, as JSON text; a promise of an error, where the
   * key may not go there.
   */
  settings(key, api) {
    const { dialect, headers } = this;
    if (key) {
      const lacking = this.#target.lacking(this.#options);
      if (lacking) return advice(lacking, new URL(this.url).origin);
      const name = dialect.keyHeader ?? "authorization";
      if (headers[name] === undefined) headers[name] = dialect.keyHeader ? key : `Bearer ${key}`;
      this.secrets.push(key);
    }
    // Taken away by the caller.
    for (const name in headers) if (headers[name] === null) delete headers[name];
    return `${this.#settings},"secrets":${JSON.stringify(this.secrets)},"dialect":${dialect.text},"isResponse":${api.path !== undefined}}`;
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
