// Vercel's and Next's edge: as in workerd, but `?module` says that the wasm is to be a module.
import init from "../responses.js";
import module from "../responses.wasm?module";

export * from "./face.js";

/** Resolves when the core is there. */
export const ready = () => init({ module_or_path: module });
