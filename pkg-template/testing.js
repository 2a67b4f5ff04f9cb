/**
 * tokenwire/testing: a provider that lives in your process.
 *
 * `simulate(options)` returns a standard `fetch`. It needs no key, no network and no wasm, and it
 * knows nothing of tokenwire's core: whatever speaks Chat Completions can be tested with it.
 */
export { simulate } from "./testing/simulate.js";
