/**
 * `node convert.js FOLDER ENTRY…`: the entries and what they import, as CommonJS, file by file: so that two entries share
 * one core and one set of error classes. Prints { path: code }.
 */
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { transformSync } from "esbuild";

const [folder, ...entries] = process.argv.slice(2);
const done = {};
const wanted = [...entries];
for (let path; (path = wanted.pop()) !== undefined; ) {
  if (path in done) continue;
  const { code } = transformSync(readFileSync(`${folder}/${path}`, "utf8"), {
    format: "cjs",
    platform: "node",
    target: "es2022",
    // import() of a module in CommonJS needs a flag in jest; what it would load is CommonJS here, too.
    supported: { "dynamic-import": false },
  });
  if (code.includes("import_meta")) throw new Error(`${path} has no CommonJS side: it asks where it lies`);
  for (const [, name] of code.matchAll(/require\("(\.[^"]+)"\)/g)) wanted.push(posix.join(posix.dirname(path), name));
  done[path] = code;
}
console.log(JSON.stringify(done));
