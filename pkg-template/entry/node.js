// Node: the wasm is read and compiled at the first call, synchronously.
import { readFileSync } from "node:fs";
import { initSync } from "../core.js";
import { provide } from "../call/load.js";
import { wasmURL } from "../wasm-url.js";

provide((url = wasmURL()) => initSync({ module: readFileSync(url) }));

export * from "../index.js";
