// How a provider differs from OpenAI: found by host or name, given, and learnt from its refusals. What it means for a request
// is the core's matter (src/dialect.rs); here it is found, kept and handed on.
import { config } from "../call/errors.js";
import providers from "../providers.js";

/** Names and where they are at home, as ":port" or an expression for the host; made at the first question. */
let homes;

/** The name of the provider at an address; undefined for one that the table doesn't know. */
export function providerAt({ hostname, port }) {
  homes ??= Object.entries(providers).flatMap(([name, { hosts }]) => hosts.map((host) => [name, place(host)]));
  return homes.find(([, home]) => (typeof home === "string" ? home === `:${port}` : home.test(hostname)))?.[0];
}

const place = (host) =>
  host[0] === ":" ? host : new RegExp(`^${host.replaceAll(".", "\\.").replace("*", "[\\w.-]*")}$`);

/** The path of a provider's API; undefined where it is not one for all. */
export function rootOf(name) {
  const { root, baseURL } = providers[name] ?? {};
  return root ?? (baseURL && new URL(baseURL).pathname.replace(/\/$/, ""));
}

/** The base URL of a provider that was named, for who gives none. */
export function homeOf(provider = "auto") {
  const name = nameOf(provider);
  if (name === "auto") return providers.openai.baseURL;
  const { baseURL } = providers[name];
  if (!baseURL) throw config(`baseURL is missing: every account of ${name} has its own`);
  return baseURL;
}

/** What one client knows of its provider. */
export class Dialect {
  /** Plain JSON: what the table says, what the caller said, and `models`: what was learnt of each. */
  #facts;
  /** The same as text, for the core. */
  text;

  /** `provider`: the caller's option. `found`: the name that the base URL's host has in the table. */
  constructor(provider = "auto", found) {
    const name = nameOf(provider);
    const known = name === "auto" ? found : name;
    const { hosts, root, baseURL, ...row } = providers[known] ?? {};
    this.#keep({ provider: known ?? "auto", ...row, ...(typeof provider === "object" && plain(provider)) });
    if (known) this.#facts.provider = known;
  }

  get facts() {
    return JSON.parse(this.text);
  }

  /** The header that the key stands in alone; undefined: it is a Bearer token. */
  get keyHeader() {
    return this.#facts.keyHeader;
  }

  /** Headers that the provider wants of everyone. */
  get headers() {
    return this.#facts.headers;
  }

  /** What an address must say besides, where it doesn't: Azure's deployments have a version. */
  queryAt({ base, query }) {
    return base.includes("/deployments/") && !query.includes("api-version") ? this.#facts.deploymentQuery : undefined;
  }

  /**
   * `learnt`: `[model, changes]`, JSON text of the core's. A change is `["rename", name, other]`, `["roles", role, other]`,
   * `["drop", name, null]`, `["dropValues", name, value]` or `["keep", name, null]`, and corrects what was learnt before.
   */
  learn(learnt) {
    const [model, changes] = JSON.parse(learnt);
    const facts = this.facts;
    const known = own(own(facts, "models"), model);
    for (const [how, name, to] of changes) {
      if (how === "rename" || how === "roles") {
        const names = own(known, how);
        put(names, name, to);
        delete names[to];
      } else if (how === "dropValues") add(own(own(known, how), name, []), to);
      else {
        add(own(known, how, []), name);
        const other = how === "keep" ? "drop" : "keep";
        if (known[other]) known[other] = known[other].filter((one) => one !== name);
        if (how === "keep" && known.dropValues) delete known.dropValues[name];
      }
    }
    this.#keep(facts);
  }

  /**
   * `observed`: `[model, [[name, value], …]]`, JSON text: the form in which a model's thinking and ids came, in which they go back.
   * Of thinking a row says it already.
   */
  observe(observed) {
    const [model, forms] = JSON.parse(observed);
    for (const [name, value] of forms) {
      if (this.#facts[name] || this.#facts.models?.[model]?.[name] === value) continue;
      const facts = this.facts;
      put(own(own(facts, "models"), model), name, value);
      this.#keep(facts);
    }
  }

  #keep(facts) {
    this.#facts = facts;
    this.text = JSON.stringify(facts);
  }
}

/** An object's own member, made where there is none: what a request names may be called "__proto__". */
function own(object, name, fresh = {}) {
  if (!Object.hasOwn(object, name)) put(object, name, fresh);
  return object[name];
}

/** The last ones of a list that would grow for ever, were each value another. */
const MOST = 32;

function add(list, value) {
  if (!list.includes(value)) list.push(value);
  if (list.length > MOST) list.shift();
}

function put(object, name, value) {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

function nameOf(provider) {
  if (provider === null || Array.isArray(provider) || !["string", "object"].includes(typeof provider)) {
    throw config('provider must be "auto", the name of a provider, or what client.dialect gave');
  }
  const name = typeof provider === "object" ? (provider.provider ?? "auto") : provider;
  if (name !== "auto" && !Object.hasOwn(providers, name)) {
    throw config(`provider "${name}" is not known: expected "auto" or one of ${Object.keys(providers).join(", ")}`);
  }
  return name;
}

/** A copy that is JSON through and through. */
function plain(value) {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch (cause) {
    throw config("provider must be plain JSON, as client.dialect gives it", cause);
  }
}
