// Deno: as in Node, but without its layer, and without a permission: no file is read.
import { initSync } from "../core.js";
import { provide } from "../call/load.js";
import base64 from "../core-base64.js";

const bytes = () => Uint8Array.fromBase64?.(base64) ?? Uint8Array.from(atob(base64), (byte) => byte.charCodeAt());
provide((url) => initSync({ module: url ? Deno.readFileSync(url) : bytes() }), () => import("../whole/text.js"));

export * from "../index.js";
