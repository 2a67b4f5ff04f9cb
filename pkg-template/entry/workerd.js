// workerd: code may not be compiled at request time, so the platform imports the wasm as a module.
import module from "../core.wasm";
import init, { initSync } from "../core.js";
import { provide } from "../call/load.js";
import * as whole from "../whole/workerd.js";

// A module of another realm fails the glue's `instanceof`, but not its asynchronous way.
provide(() => (module instanceof WebAssembly.Module ? initSync({ module }) : init(module)), async () => whole);

export * from "../index.js";
