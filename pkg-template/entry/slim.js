// Slim: no wasm of its own. The caller brings it through init().
import { provide } from "../call/load.js";

provide(undefined, () => import("../whole/text.js"));

export * from "../index.js";
