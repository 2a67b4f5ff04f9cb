// Browsers and their bundlers: the wasm is fetched, and compiled while it arrives.
import { fetchCore, provide } from "../call/load.js";
import { wasmURL } from "../wasm-url.js";

provide((url = wasmURL()) => fetchCore(url), () => import("../whole/text.js"));

export * from "../index.js";
