// Node: the wasm is read beside this file and compiled at the first call, synchronously.
import { readFileSync } from "node:fs";
import { initSync } from "../core.js";
import { provide } from "../load.js";

provide((url = new URL("../core.wasm", import.meta.url)) => initSync({ module: readFileSync(url) }));

export * from "../index.js";
