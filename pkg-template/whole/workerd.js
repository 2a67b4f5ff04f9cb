// workerd: code may not be compiled at request time, so the platform imports the wasm as a module.
import init from "../whole-core.js";
import module from "../whole.wasm";

export { Call, open, send, __wbg_reset_state as restart } from "../whole-core.js";

/** Resolves when the core is there. */
export const ready = () => init(module);
