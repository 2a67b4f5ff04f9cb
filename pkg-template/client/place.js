// Where a client's requests go: its base URL, what is known of the provider there, and whose turn it is.
import { limitsOf } from "../call/clock.js";
import { config } from "../call/errors.js";
import { endpoint, isLocal, repairBaseURL } from "./base-url.js";
import { Dialect, homeOf } from "./dialect.js";
import { checkKey } from "./keys.js";
import { addQuery, headersOf, secretsIn } from "./named.js";
import { checkOptions } from "./options.js";
import { Queue } from "./queue.js";

/** Made of the options of a client, once. */
export class Place {
  /** The base URL after repair. */
  base;
  /** The same where its path is nobody's word, until a reply came from there. */
  guessed;
  dialect;
  queue;
  bounds;
  #repaired;
  #options;
  /** By path. */
  #targets = new Map();
  /** What a log may show of it. */
  shown;

  /** `isCall`: the options are those of a call, too. */
  constructor(options, isCall) {
    checkOptions(options, true, isCall);
    // What is wrong is told now, and not at the first call.
    checkKey(options.apiKey);
    headersOf([options.headers]);
    addQuery(new URLSearchParams(), options.query);
    limitsOf(options.timeout);
    this.bounds = boundsOf(options.limits);
    const provider = options.provider ?? undefined;
    const { baseURL = homeOf(provider) } = options;
    this.#repaired = repairBaseURL(baseURL);
    this.base = this.#repaired.base;
    if (this.#repaired.isGuessed) this.guessed = this.base;
    this.dialect = new Dialect(provider, this.#repaired.provider);
    this.queue = new Queue(options.maxConcurrency ?? undefined);
    this.#options = options;
    this.shown = { baseURL: this.base, provider: this.dialect.facts.provider, model: options.model };
  }

  /** What all requests to one endpoint share, made once; not of a stored response, whose query is its own. */
  target(path, query) {
    if (query) return new Target(path, this, this.#repaired, this.#options, query);
    let target = this.#targets.get(path);
    if (!target) this.#targets.set(path, (target = new Target(path, this, this.#repaired, this.#options)));
    return target;
  }
}

/** Addresses that name the model themselves. */
const NAMES_MODEL = /\/(deployments|engines|serving-endpoints|models)\/[^/]+\/(.+\/)?chat\/completions/;

/** An endpoint, and what the client's options say of requests to it. */
class Target {
  url;
  /** A plain object, null for what is taken away. */
  headers;
  secrets;
  /** The core's settings that are the same for all calls: JSON text without its closing brace. */
  settings;
  #way;

  constructor(path, { dialect, bounds }, repaired, options, query) {
    this.url = endpoint(repaired, path, [dialect.queryAt(repaired), options.query, query]);
    const { protocol, hostname, origin, searchParams } = new URL(this.url);
    const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/.test(hostname);
    this.#way = { origin, isLoopback, isOpen: protocol === "http:" && !isLocal(this.url) };
    const type = query || path === "/models" ? undefined : { "content-type": "application/json" };
    this.headers = headersOf([type, dialect.headers, options.headers]);
    this.secrets = secretsIn([...searchParams, ...Object.entries(this.headers)]);
    const { url } = this;
    const needsModel = !NAMES_MODEL.test(url) && !isLocal(url);
    const said = { url, page: pageOrigin(), model: options.model, needsModel, adapt: options.adapt, ...bounds };
    this.settings = JSON.stringify(said).slice(0, -1);
  }

  /** The name of the option without which no key is sent there, for others would read it. */
  lacking(options) {
    const { origin, isLoopback, isOpen } = this.#way;
    const page = pageOrigin();
    const isPublic = page !== undefined && page !== origin;
    const needed = isLoopback ? [] : [isOpen && "allowInsecureKey", isPublic && "dangerouslyAllowBrowser"];
    return needed.find((name) => name && !options[name]);
  }
}

/** The origin of the page; undefined outside of pages. */
const pageOrigin = () => globalThis.location?.origin;

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
