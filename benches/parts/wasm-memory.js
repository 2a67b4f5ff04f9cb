/** The memory of the core that `tokenwire` uses in this process. Not public: asked of the glue, which is instantiated once. */
import { readFile } from "node:fs/promises";

const inPackage = (file) => new URL(`../node_modules/tokenwire/${file}`, import.meta.url);

/** A function that gives the number of bytes. */
export async function wasmMemory() {
  const { initSync } = await import(inPackage("core.js"));
  const { memory } = initSync({ module: await readFile(inPackage("core.wasm")) });
  return () => memory.buffer.byteLength;
}
