// Slim: no wasm of its own. The caller brings it through init().
export * from "../index.js";
