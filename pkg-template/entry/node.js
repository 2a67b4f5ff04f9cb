// Node and Bun: the wasm lies in the JavaScript, for bundles of servers leave files behind. Compiled at the first call, at once.
import "../globals.js";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { initSync } from "../core.js";
import { provide } from "../call/load.js";
import base64 from "../core-base64.js";

provide((url) => initSync({ module: url ? readFileSync(url) : Buffer.from(base64, "base64") }), () => import("../whole/text.js"));

export * from "../index.js";
