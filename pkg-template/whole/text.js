// Everywhere but in workers: the wasm lies in the JavaScript, as text. No second file is to be found, fetched and allowed.
// It imports nothing that a page has already: a bundler would cut that page into pieces.
import init from "../whole-core.js";
import { bytes, order, text } from "../whole-letters.js";
import { wasmBytes } from "../wasm-text.js";

export { Call, open, send, __wbg_reset_state as restart } from "../whole-core.js";

/** Resolves when the core is there. */
export const ready = () => init(wasmBytes({ bytes, order, text }));
