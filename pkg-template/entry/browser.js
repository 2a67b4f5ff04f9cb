// Browsers and their bundlers: the wasm lies beside this file, and is compiled while it arrives.
import { fetchCore, provide } from "../load.js";

provide(() => fetchCore(new URL("../core.wasm", import.meta.url)));

export * from "../index.js";
