// Gets the wasm, once, at the first call. An entry says how its runtime does it.
import instantiate, { __wbg_reset_state } from "../core.js";
import { advice } from "./errors.js";
import { provideWhole, restartWhole } from "./whole.js";

/** This runtime's way to the wasm, given by its entry; takes a file: URL in place of its own. */
let provided;
/** undefined: not begun, or failed (the next call tries again). A promise: under way. true: ready. */
let state;

/** For the entries: how this runtime instantiates the core, which may answer at once or by promise; and its way to the whole one. */
export function provide(load, way) {
  provided = load;
  provideWhole(way);
}

/** Nothing when the core is ready (so that a call can go on in the same tick), else a promise of it. */
export function load() {
  state ??= begin(provided ?? missing);
  return state === true ? undefined : state;
}

/** Makes each core anew that was loaded. */
export function restart() {
  if (state === true) __wbg_reset_state();
  restartWhole();
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
  const failed = async (error) => {
    const told = error?.kind ? error : await advice("unloadable", error);
    // Not before it is set.
    await undefined;
    state = undefined;
    throw told;
  };
  try {
    const loading = get();
    if (typeof loading?.then !== "function") return true;
    return loading.then(() => void (state = true), failed);
  } catch (error) {
    return failed(error);
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
    if (base64) return instantiate(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt()));
    response = await fetch(url);
  } catch (cause) {
    throw await advice(/^file:/i.test(url) ? "file" : "unreachable", cause, url);
  }
  return compile(response);
}

async function compile(source) {
  if (typeof source?.arrayBuffer === "function") {
    // A server's fallback page comes with a 200.
    if (source.ok === false || /html/.test(source.headers?.get("content-type"))) throw await advice("other", source);
    // The glue compiles a Response of its own realm while it arrives, and falls back by itself on a wrong MIME type.
    if (!(source instanceof Response)) source = await source.arrayBuffer();
  }
  return instantiate(source);
}

async function missing() {
  throw await advice("missing");
}
