// The core, as the other files of this folder call it. Whatever it throws is a trap, and ends all calls of the process: no foreign
// code runs inside of it, and what fails in the ordinary way it does not throw.
import { Call, open, send } from "../core.js";
import { TokenwireError } from "./errors.js";
import { load, restart } from "./load.js";

/** The core of Chat Completions. The Responses API has another, of the same make; see load.js. */
export const core = {
  Call,
  open,
  send,
  load,
  empty: '{"id":"","object":"chat.completion","created":0,"model":"","choices":[]}',
};

/** What the core says is to be done next; see `step` in src/js.rs. */
export const SEND = 0;
export const READ = 2;
export const COLLECT = 3;
export const SLEEP = 4;
export const DONE = 5;
export const JUDGE = 6;

/** Replies whose core is there, to be told should it break down. */
export const live = new Set();

/** Asks the core. */
export function ask(question) {
  try {
    return question();
  } catch (cause) {
    throw trapped(cause);
  }
}

/** The core broke down, which is a bug: what was in flight is rejected, and the next call has a fresh instance. */
export function trapped(cause) {
  const message = `The core of tokenwire broke down (${cause?.message}). This is a bug of tokenwire's; the next call works again`;
  const error = new TokenwireError(message, { kind: "server", retryable: true, cause });
  restart();
  const broken = [...live];
  live.clear();
  // First none of them has its half any more, for what one lets go of may be another.
  for (const reply of broken) reply.core = undefined;
  for (const reply of broken) reply.broken(error);
  return error;
}
