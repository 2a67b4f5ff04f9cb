/**
 * Where core.wasm lies. At the package's root, not in entry/: bundlers that leave the expression as it stands (esbuild,
 * rollup, bun) then have the wasm looked for beside the bundle; those that know it (Vite, webpack) carry the wasm along.
 * A function, since a bundle that is no module has no import.meta.url: that must fail at the call and say so.
 *
 * What they make of the expression goes on as it is: Next's is relative, ncc's a string.
 */
export function wasmURL() {
  const url = new URL("./core.wasm", import.meta.url);
  // `vite dev` (up to 7) moves the code of dependencies, without the wasm, into a cache within node_modules.
  const href = url.href?.replace(/\/node_modules\/(\.vite|\.cache\/vite)\/.*/, "/node_modules/tokenwire/core.wasm");
  return href === url.href ? url : new URL(href);
}
