// The packed package, as it lies in tests/node_modules/tokenwire. Node only.

import { readFileSync, readdirSync, statSync } from "node:fs";
import { inRepository } from "./fixtures.js";

/** Where the tarball was unpacked. */
export const packedRoot = inRepository("tests/node_modules/tokenwire/");

/** The file that a runtime with these conditions gets for an entry, e.g. ("." , ["browser"]), without "./". */
export function entryFile(entry, conditions) {
  const manifest = JSON.parse(readFileSync(`${packedRoot}package.json`, "utf8"));
  let node = manifest.exports[entry];
  while (typeof node === "object") {
    const condition = Object.keys(node).find((key) => conditions.includes(key) || key === "default");
    node = node[condition];
  }
  return node.replace(/^\.\//, "");
}

/** All files below a folder whose names end so, relative to it. */
export function filesBelow(folder, endings) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => endings.some((ending) => name.endsWith(ending)) && statSync(`${folder}${name}`).isFile())
    .sort();
}
