// Deno: as in Node, but by its own call, so that no Node layer is loaded.
import { initSync } from "../core.js";
import { provide } from "../call/load.js";
import { wasmURL } from "../wasm-url.js";

const advice = "Deno reads it only with --allow-read (for the package's folder)";
provide((url = wasmURL()) => initSync({ module: Deno.readFileSync(url) }), advice);

export * from "../index.js";
