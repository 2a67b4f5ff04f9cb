// The whole core: the same crate, with all that reads more than OpenAI's own replies, and the Responses API. Loaded when it is needed.
import { config } from "./errors.js";
import { messageOf } from "./response.js";

/** This runtime's way to it, given by its entry. */
let way;
/** It was brought along. */
let isBrought = false;
/** A promise of it; undefined: not begun, or failed (the next call tries again). */
let loading;
/** What it exports, once it is there. */
let parts;

/** For entries: their way to it. `isThere`: who has the module already brings it along, and that counts. */
export function provideWhole(other, isThere = false) {
  if (isThere || !isBrought) way = other;
  isBrought ||= isThere;
}

/** Its exports: `Call`, `open`, `send`. */
export function wholeCore() {
  return (loading ??= get());
}

async function get() {
  try {
    const { ready, Call, open, send, restart } = await way();
    await ready();
    return (parts = { Call, open, send, restart });
  } catch (cause) {
    loading = undefined;
    throw cause;
  }
}

/** It broke down: a fresh instance. */
export function restartWhole() {
  parts?.restart();
}

/** What to say where it could not be loaded. */
export const missing = (cause) => `could not be loaded (${messageOf(cause)}). A service worker needs import "tokenwire/whole"`;

/** The Responses API: what it has beside these comes with its first call. */
export const responses = {
  path: "/responses",
  empty: '{"id":"","object":"response","output":[],"output_text":""}',
  blank: '"id":""',
  load: () => (responses.Call ? undefined : complete()),
};

async function complete() {
  try {
    Object.assign(responses, ...(await Promise.all([wholeCore(), import("../responses/face.js")])));
  } catch (cause) {
    throw config(`The Responses API's part ${missing(cause)}`, cause);
  }
}
