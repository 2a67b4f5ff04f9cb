// Deno: as in Node, but by its own call, so that no Node layer is loaded. Needs read access to the package's folder.
import { initSync } from "../core.js";
import { provide } from "../load.js";

provide((url = new URL("../core.wasm", import.meta.url)) => initSync({ module: Deno.readFileSync(url) }));

export * from "../index.js";
