// Bun: importing the wasm as a file gives its path, and makes `bun build` carry it along (as a path from the bundle).
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import path from "../core.wasm" with { type: "file" };
import { initSync } from "../core.js";
import { provide } from "../call/load.js";

provide((url = resolve(import.meta.dir, path)) => initSync({ module: readFileSync(url) }));

export * from "../index.js";
