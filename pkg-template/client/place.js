// Where a client's requests go: its base URL, what is known of the provider there, and whose turn it is.
import { config } from "../call/errors.js";
import { endpoint, isLocal, repairBaseURL } from "./base-url.js";
import { Dialect, homeOf } from "./dialect.js";
import { queryOf, secretsIn } from "./named.js";
import { checkTypes } from "./options.js";
import { Queue } from "./queue.js";

/** Made of the options of a client, once. */
export class Place {
  /** The base URL after repair. */
  base;
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
    this.dialect = new Dialect(provider, this.#repaired.provider);
    this.queue = new Queue(options.maxConcurrency ?? undefined);
    this.#options = options;
  }

  /** One endpoint: `url`; `secrets` of its query; `needsModel`: nothing of the address stands for one. */
  target(path) {
    let target = this.#targets.get(path);
    if (!target) this.#targets.set(path, (target = this.#find(path)));
    return target;
  }

  #find(path) {
    const { dialect } = this;
    const url = endpoint(this.#repaired, path, queryOf(dialect.queryAt(this.#repaired), this.#options.query));
    const secrets = secretsIn([...new URL(url).searchParams]);
    return { url, secrets, needsModel: !url.includes("/deployments/") && !isLocal(url), place: placeOf(url) };
  }
}

/** What a key's way to an address looks like. */
function placeOf(url) {
  const { protocol, hostname, origin } = new URL(url);
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/.test(hostname);
  return { origin, isLoopback, isOpen: protocol === "http:" };
}

/** Refuses to send a key to where others would read it. `page`: the origin of the page, undefined outside of pages. */
export function checkPlace({ origin, isLoopback, isOpen }, page, allowed) {
  if (isLoopback) return;
  if (isOpen) {
    throw config(`a key is not sent over http: anyone on the way could read it. Use https for ${origin}, or send no apiKey`);
  }
  if (page !== undefined && page !== origin && !allowed) {
    throw config(
      "a key in a page can be read by everyone who opens it. Keep it on a server of yours that adds it (a gateway at the " +
        "edge) and give the page that server's base URL; or set dangerouslyAllowBrowser: true, for keys that are the reader's own",
    );
  }
}
