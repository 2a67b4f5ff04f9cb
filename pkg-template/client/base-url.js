// Base URLs as people paste them, repaired. Pure: `client.baseURL` must answer before there is any wasm.
import { config, typed } from "../call/errors.js";
import { providerAt, rootOf } from "./dialect.js";
import { addQuery } from "./named.js";

/**
 * Hosts of this machine and its network: private addresses, a container's bare name, names that no public one has. They speak plain
 * http when nothing else is said, and may be sent a key over it. Whole hosts: 10.example.com is anybody's.
 */
const LOCAL =
  /^([^.:[\]]+|(127|10)(\.\d+){3}|(192\.168|169\.254)(\.\d+){2}|172\.(1[6-9]|2\d|3[01])(\.\d+){2}|0\.0\.0\.0|\[(::1?|f[cd][\da-f]{2}:[^\]]*|fe[89ab][\da-f]:[^\]]*)\]|.+\.(local|localhost|internal|intranet|lan|home|home\.arpa|localdomain|svc))\.?$/i;

/** Endpoints that get pasted whole. Azure's /models is a root of its own (see repairPath). */
const ENDPOINT = /\/(chat\/completions|completions|responses|messages|models|embeddings|moderations)$/i;

/** What was meant: the root under which /chat/completions stands, and the query that every request carries. */
export function repairBaseURL(input) {
  const url = parse(input);
  const { origin, username, password, protocol, hostname, pathname, search } = url;
  if (!/^https?:$/.test(protocol)) throw config("baseURL must be an http: or https: URL");
  if (username || password) {
    throw config("baseURL must not hold a user name or password: fetch refuses such URLs. Use apiKey or headers");
  }
  // Some parsers let a blank in a host through, as %20.
  if (/[\s%]/.test(hostname)) throw config(`${NO_URL}, without a blank in the host`);
  const provider = providerAt(url);
  const root = rootOf(provider);
  const path = repairPath(url, root);
  // Nobody said so, neither the caller nor the table.
  const isGuessed = path === "/v1" && root === undefined && !/v1/.test(pathname);
  return { base: origin + path, query: search.slice(1), provider, isGuessed };
}

/** The address is on this machine or its network. */
export const isLocal = (url) => LOCAL.test(new URL(url).hostname);

/** The address of one endpoint. `extra`: further queries, each of which wins over those before; null takes away. */
export function endpoint({ base, query }, path, extra) {
  const merged = extra.reduce(addQuery, new URLSearchParams(query));
  return base + path + (`${merged}` && `?${merged}`);
}

function parse(input) {
  if (typeof input !== "string" && !(input instanceof URL)) {
    throw config(`baseURL must be a string, and is ${typed(input)}`);
  }
  let text = `${input}`.trim();
  if (/^(\.{0,2}\/|\.\.?$|[?#])/.test(text)) return onPage(text);
  // "localhost:8080" has no scheme, though it looks like one.
  if (!/^https?:/i.test(text) && !text.includes("://")) {
    text = (LOCAL.test(text.split(/[/?#]/)[0].replace(/:\d*$/, "")) ? "http://" : "https://") + text;
  }
  try {
    return new URL(text);
  } catch {
    // Without the input, and without the cause that quotes it: people paste keys into the wrong field.
    throw config(NO_URL);
  }
}

/** Against the page's address, or a worker's; a worker made of a blob has its page's origin. */
function onPage(path) {
  const { href, origin } = globalThis.location ?? {};
  try {
    return new URL(path, globalThis.document?.baseURI ?? (/^blob:/.test(href) ? origin : href));
  } catch {
    throw config("baseURL is relative, and there is no page: give a whole one");
  }
}

const NO_URL = "baseURL is not a URL: expected something like https://api.openai.com/v1";

/** `root`: the provider's, used where the path given is a part of the way there, or a guessed /v1. */
function repairPath({ pathname, hostname }, root) {
  const given = pathname.replace(/\/{2,}/g, "/").replace(/\/$/, "");
  const isRoot = given === "/models" && /\.azure\.(com|us|cn)$/.test(hostname);
  const path = (isRoot ? given : given.replace(ENDPOINT, "")).replace(/(\/v\d+\w*)\1+(?=\/|$)/g, "$1");
  if (root !== undefined && (root.startsWith(path) || path === "/v1")) return root;
  // An endpoint pasted with nothing before it proves that the API is at the host's root.
  return path || (given ? "" : "/v1");
}
