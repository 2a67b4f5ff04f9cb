// workerd: code may not be compiled at request time, so the platform imports the wasm as a module.
import init from "../responses.js";
import module from "../responses.wasm";

export * from "./face.js";

/** Resolves when the core is there. */
export const ready = () => init({ module_or_path: module });
