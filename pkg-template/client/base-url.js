// Base URLs as people paste them, repaired. Pure: `client.baseURL` must answer before there is any wasm.
import { config } from "../call/errors.js";
import { providerAt, rootOf } from "./dialect.js";

/** Hosts that speak plain http when nothing else is said: this machine, its network, a container's bare name. */
const LOCAL =
  /^(\[|[^.]+(:|$)|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|0\.0\.0\.0|[^:]+\.(local|localhost|internal)(:|$))/i;

/** Endpoints that get pasted whole. Azure's /models is a root of its own (see repairPath). */
const ENDPOINT = /\/(chat\/completions|completions|responses|messages|models|embeddings|moderations)$/i;

/** What was meant: the root under which /chat/completions stands, and the query that every request carries. */
export function repairBaseURL(input) {
  const url = parse(input);
  const { origin, username, password, protocol, hostname, search } = url;
  if (!/^https?:$/.test(protocol)) throw config("baseURL must be an http: or https: URL");
  if (username || password) {
    throw config("baseURL must not hold a user name or password: fetch refuses such URLs. Use apiKey or headers");
  }
  // Some parsers let a blank in a host through, as %20.
  if (/[\s%]/.test(hostname)) throw config(`${NO_URL}, without a blank in the host`);
  const provider = providerAt(url);
  return { base: origin + repairPath(url, rootOf(provider)), query: search.slice(1), provider };
}

/** The address is on this machine or its network. */
export const isLocal = (url) => LOCAL.test(new URL(url).host);

/** The address of one endpoint. `extra`: the options' own query, which wins over the base URL's; null takes away. */
export function endpoint({ base, query }, path, extra) {
  const merged = new URLSearchParams(query);
  for (const [name, value] of extra) value === null ? merged.delete(name) : merged.set(name, value);
  return base + path + (`${merged}` && `?${merged}`);
}

function parse(input) {
  if (typeof input !== "string" && !(input instanceof URL)) {
    throw config(`baseURL must be a string, and is of type ${typeof input}`);
  }
  let text = `${input}`.trim();
  // "localhost:8080" has no scheme, though it looks like one.
  if (!/^https?:/i.test(text) && !text.includes("://")) {
    text = text.replace(/^\/+/, "");
    text = (LOCAL.test(text.split(/[/?#]/)[0]) ? "http://" : "https://") + text;
  }
  try {
    return new URL(text);
  } catch {
    // Without the input, and without the cause that quotes it: people paste keys into the wrong field.
    throw config(NO_URL);
  }
}

const NO_URL = "baseURL is not a URL: expected something like https://api.openai.com/v1";

/** `root`: the provider's, used where the path given is a part of the way there, or a guessed /v1. */
function repairPath({ pathname, hostname }, root) {
  const given = pathname.replace(/\/{2,}/g, "/").replace(/\/$/, "");
  const isRoot = given === "/models" && hostname.endsWith(".azure.com");
  const path = (isRoot ? given : given.replace(ENDPOINT, "")).replace(/(\/v\d+\w*)\1+(?=\/|$)/g, "$1");
  if (root !== undefined && (root.startsWith(path) || path === "/v1")) return root;
  // An endpoint pasted with nothing before it proves that the API is at the host's root.
  return path || (given ? "" : "/v1");
}
