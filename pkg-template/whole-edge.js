// As whole-module.js; `?module` says that the wasm is to be a module.
import module from "./whole.wasm?module";
import init, { Call, __wbg_reset_state as restart } from "./whole-core.js";

export default async function get() {
  await init(module);
  return { Call, restart };
}
