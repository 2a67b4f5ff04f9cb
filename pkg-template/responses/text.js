// Everywhere but in workers: the wasm lies in the JavaScript, as text. No second file is to be found, fetched and allowed.
import init from "../responses.js";
import { bytes, order, text } from "../responses-text.js";
import { wasmBytes } from "../wasm-text.js";

export * from "./face.js";

/** Resolves when the core is there. */
export const ready = () => init({ module_or_path: wasmBytes({ bytes, order, text }) });
