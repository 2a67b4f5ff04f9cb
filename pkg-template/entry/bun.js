// Bun: importing the wasm as a file gives its path, and makes `bun build` carry it along.
import { readFileSync } from "node:fs";
import path from "../core.wasm" with { type: "file" };
import { initSync } from "../core.js";
import { provide } from "../load.js";

provide((url = path) => initSync({ module: readFileSync(url) }));

export * from "../index.js";
