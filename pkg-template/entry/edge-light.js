// Vercel's and Next's edge: as in workerd, but `?module` says that the wasm is to be a module.
import module from "../core.wasm?module";
import init, { initSync } from "../core.js";
import { provide } from "../call/load.js";
import * as whole from "../whole/edge-light.js";

// A module of another realm (edge-runtime) fails the glue's `instanceof`, but not its asynchronous way.
provide(() => (module instanceof WebAssembly.Module ? initSync({ module }) : init(module)), async () => whole);

export * from "../index.js";
