// One file: the wasm lies in the JavaScript, as text. Compiled beside the page's own work, as a page must.
import "../globals.js";
import init from "../core.js";
import { fetchCore, provide } from "../call/load.js";
import { bytes, order, text } from "../core-text.js";
import { wasmBytes } from "../wasm-text.js";

provide((url) => (url ? fetchCore(url) : init(wasmBytes({ bytes, order, text }))), () => import("../whole/text.js"));

export * from "../index.js";
