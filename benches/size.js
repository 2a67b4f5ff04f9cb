/** `node size.js`: what a page loads to stream one chat, as JSON. */
import { readFile } from "node:fs/promises";
import { brotliCompressSync, constants } from "node:zlib";
import { bundle } from "./bundle.js";

const PARAMS = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 };

/** Each file is sent, and so compressed, by itself. */
const weigh = (content) => ({ raw: content.length, brotli: brotliCompressSync(content, { params: PARAMS }).length });

const script = weigh(await bundle("tokenwire.js"));
const wasm = weigh(await readFile(new URL("node_modules/tokenwire/core.wasm", import.meta.url)));
const page = { raw: script.raw + wasm.raw, brotli: script.brotli + wasm.brotli };
console.log(JSON.stringify({ script, wasm, page, openai: weigh(await bundle("openai.js")) }));
