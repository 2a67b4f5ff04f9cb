import type { init } from "./index.js";

/** What your platform or bundler makes of an imported wasm (a module, its bytes, its address): init() takes each. */
declare const wasm: NonNullable<Parameters<typeof init>[0]>;
export default wasm;
