// The whole core as text, where it is loaded when it is needed: an import() is carried out by every runtime and bundler, where a
// second file of wasm would have to be found, fetched and allowed.
import init, { Call, __wbg_reset_state as restart } from "./whole-core.js";
import { bytes, order, text } from "./whole-letters.js";
import { wasmBytes } from "./wasm-text.js";

export default async function get() {
  await init(wasmBytes({ bytes, order, text }));
  return { Call, restart };
}
