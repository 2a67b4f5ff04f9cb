// The whole core where the platform imports its wasm as a module.
import module from "./whole.wasm";
import init, { Call, __wbg_reset_state as restart } from "./whole-core.js";

export default async function get() {
  await init(module);
  return { Call, restart };
}
