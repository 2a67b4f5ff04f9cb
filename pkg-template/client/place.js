// Where a client's requests go: its base URL, what is known of the provider there, and whose turn it is.
import { config } from "../call/errors.js";
import { endpoint, isLocal, repairBaseURL } from "./base-url.js";
import { Dialect, homeOf } from "./dialect.js";
import { headersOf, queryOf, secretsIn } from "./named.js";
import { checkTypes } from "./options.js";
import { Queue } from "./queue.js";

/** Made of the options of a client, once. */
export class Place {
  /** The base URL after repair. */
  base;
  /** The same where its path is nobody's word, until a reply came from there. */
  guessed;
  dialect;
  queue;
  #repaired;
  #options;
  /** By path. */
  #targets = new Map();

  constructor(options) {
    checkTypes(options);
    const provider = options.provider ?? undefined;
    const { baseURL = homeOf(provider) } = options;
    this.#repaired = repairBaseURL(baseURL);
    this.base = this.#repaired.base;
    if (this.#repaired.isGuessed) this.guessed = this.base;
    this.dialect = new Dialect(provider, this.#repaired.provider);
    this.queue = new Queue(options.maxConcurrency ?? undefined);
    this.#options = options;
  }

  /** What all requests to one endpoint share, made once; not of a stored response, whose query is its own. */
  target(path, query) {
    if (query) return new Target(path, this.#repaired, this.dialect, this.#options, query);
    let target = this.#targets.get(path);
    if (!target) this.#targets.set(path, (target = new Target(path, this.#repaired, this.dialect, this.#options)));
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

  constructor(path, repaired, dialect, options, query) {
    this.url = endpoint(repaired, path, queryOf(dialect.queryAt(repaired), options.query, query));
    const { protocol, hostname, origin, searchParams } = new URL(this.url);
    const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/.test(hostname);
    this.#way = { origin, isLoopback, isOpen: protocol === "http:" && !isLocal(this.url) };
    const type = query || path === "/models" ? undefined : { "content-type": "application/json" };
    this.headers = headersOf([type, dialect.headers, options.headers]);
    this.secrets = secretsIn([...searchParams, ...Object.entries(this.headers)]);
    const { url } = this;
    const needsModel = !NAMES_MODEL.test(url) && !isLocal(url);
    const said = { url, page: pageOrigin(), model: options.model, needsModel, adapt: options.adapt, ...boundsOf(options.limits) };
    this.settings = JSON.stringify(said).slice(0, -1);
  }

  /** Refuses to send a key to where others would read it. */
  checkKey({ allowInsecureKey, dangerouslyAllowBrowser }) {
    const { origin, isLoopback, isOpen } = this.#way;
    if (isLoopback) return;
    if (isOpen && !allowInsecureKey) {
      throw config(
        `a key is not sent over http to a public host: anyone on the way could read it. Use https for ${origin}, send no apiKey, ` +
          "or set allowInsecureKey: true, where you know the way",
      );
    }
    const page = pageOrigin();
    if (page !== undefined && page !== origin && !dangerouslyAllowBrowser) {
      throw config(
        "a key in a page can be read by everyone who opens it. Keep it on a server of yours that adds it (a gateway at the " +
          "edge) and give the page that server's base URL; or set dangerouslyAllowBrowser: true, for keys that are the reader's own",
      );
    }
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
