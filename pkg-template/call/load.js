// Gets the wasm, once, at the first call. An entry says how its runtime does it.
import instantiate, { __wbg_reset_state } from "../core.js";
import { APIConnectionError, config } from "./errors.js";

/** This runtime's way to the wasm, given by its entry; takes a file: URL in place of its own. */
let provided;
let wayToResponses, loadingResponses;
/** undefined: not begun, or failed (the next call tries again). A promise: under way. true: ready. */
let state;

/** For the entries: how this runtime instantiates the core, which may answer at once or by promise; and the way to `responses`. */
export function provide(load, way) {
  provided = load;
  wayToResponses = way;
}

/** Nothing when the core is ready (so that a call can go on in the same tick), else a promise of it. */
export function load() {
  state ??= begin(provided ?? missing);
  return state === true ? undefined : state;
}

/** How other cores that were loaded are made anew. */
const others = [];

/** Makes each core anew that was loaded. */
export function restart() {
  if (state === true) __wbg_reset_state();
  for (const again of others) again();
}

/** The core of the Responses API: what it has beside these comes with its first call, see responses/. */
export const responses = {
  path: "/responses",
  empty: '{"id":"","object":"response","output":[],"output_text":""}',
  blank: '"id":""',
  load: () => (responses.Call ? undefined : (loadingResponses ??= loadResponses())),
};

async function loadResponses() {
  try {
    const { ready, restart, ...parts } = await wayToResponses();
    await ready();
    others.push(restart);
    Object.assign(responses, parts);
  } catch (error) {
    loadingResponses = undefined;
    throw error?.kind ? error : config(`The Responses API's part could not be loaded: ${error?.message}`, error);
  }
}

/**
 * Loads the core now instead of at the first call. Idempotent. Only "tokenwire/slim" needs it, and needs a source:
 * a compiled module, its bytes, a Response, or a URL to fetch it from.
 */
export async function init(source) {
  if (state === undefined && source !== undefined) state = begin(() => fromSource(source));
  await load();
}

function begin(get) {
  try {
    const loading = get();
    if (typeof loading?.then !== "function") return true;
    return loading.then(
      () => void (state = true),
      (error) => {
        state = undefined;
        throw explained(error);
      },
    );
  } catch (error) {
    throw explained(error);
  }
}

async function fromSource(source) {
  source = await source;
  if (typeof source !== "string" && !(source instanceof URL)) return compile(source);
  // fetch() reads no files in Node; its entry does.
  if (provided && /^file:/i.test(source)) return provided(new URL(source));
  return fetchCore(source);
}

/** Instantiates the wasm at this address. A bundler's data: URL is read here: a page's policy may forbid to fetch it. */
export async function fetchCore(url) {
  let response;
  try {
    const base64 = /^data:.*;base64,(.*)/.exec(url)?.[1];
    if (base64) return instantiate({ module_or_path: Uint8Array.from(atob(base64), (byte) => byte.charCodeAt()) });
    response = await fetch(url);
  } catch (cause) {
    if (/^file:/i.test(url)) throw config(FILE, cause);
    const fields = { kind: "connection", retryable: true, cause };
    throw new APIConnectionError(`core.wasm could not be fetched from ${url}: the network or the page's policy refused`, fields);
  }
  return compile(response);
}

async function compile(source) {
  if (typeof source?.arrayBuffer === "function") {
    if (source.ok === false) throw config(`core.wasm could not be fetched: HTTP ${source.status} from ${source.url}. ${ADVICE}`);
    // A server's fallback page comes with a 200.
    if (/html/.test(source.headers?.get("content-type"))) throw config(`core.wasm could not be fetched: HTML came from ${source.url}. ${ADVICE}`);
    // The glue compiles a Response of its own realm while it arrives, and falls back by itself on a wrong MIME type.
    if (!(source instanceof Response)) source = await source.arrayBuffer();
  }
  return instantiate({ module_or_path: source });
}

const SOURCES = "a WebAssembly.Module, its bytes, a Response or a URL that fetch() can read";
const FILE = `init() was given a file: URL, which fetch() does not read here: read the file and give its bytes (${SOURCES})`;

const ADVICE = 'Serve core.wasm beside the bundle, or import "tokenwire/inline"';
const POLICY = "core.wasm could not be loaded: the page's Content-Security-Policy needs 'wasm-unsafe-eval' in its script-src";

function missing() {
  throw config(`tokenwire/slim has no wasm of its own: await init(source) before the first call, with ${SOURCES}`);
}

function explained(error) {
  if (error?.kind) return error;
  const isPolicy = /unsafe-eval|CSP|security policy/i.test(error?.message);
  return config(isPolicy ? POLICY : `core.wasm could not be loaded: ${error?.message}. ${ADVICE}`, error);
}
