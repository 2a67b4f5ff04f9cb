// The core that reads more than OpenAI's own replies: others, refusals, lists of models. The same crate, built whole; loaded with the
// first of them.
import { messageOf } from "./response.js";

let provided = async () => {
  const { default: get } = await import("../whole-text.js");
  return get();
};
/** A promise of it; undefined: not begun, or failed (the next call tries again). */
let state;
/** Its class `Call`, and what gives it a fresh instance; once it is there. */
let whole;

/** For entries of runtimes that may compile no code, or import nothing later on: how they get it. */
export function provideWhole(load) {
  provided = load;
}

/** Its class `Call`. */
export async function wholeCall() {
  state ??= provided();
  try {
    whole = await state;
  } catch (cause) {
    state = undefined;
    throw cause;
  }
  return whole.Call;
}

/** It broke down: a fresh instance. */
export function restartWhole() {
  whole?.restart();
}

/** What to say where it could not be loaded. */
export function missing(cause) {
  return `the part of tokenwire that reads that could not be loaded (${messageOf(cause)}). A service worker needs import "tokenwire/whole"`;
}
