// Vercel's and Next's edge: as in workerd, but `?module` says that the wasm is to be a module.
import init from "../whole-core.js";
import module from "../whole.wasm?module";

export { Call, open, send, __wbg_reset_state as restart } from "../whole-core.js";

/** Resolves when the core is there. */
export const ready = () => init(module);
