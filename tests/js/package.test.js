// What the packed tarball holds, as unpacked into tests/node_modules/tokenwire.

import test from "node:test";
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { inRepository } from "./support/fixtures.js";

const at = (path) => inRepository(`tests/node_modules/tokenwire/${path}`);
const read = (path) => readFileSync(at(path), "utf8");
const manifest = JSON.parse(read("package.json"));

/** All files that the exports map points to, with the condition path that leads there. */
function targets(node, path = "exports") {
  if (typeof node === "string") return [[path, node]];
  return Object.entries(node).flatMap(([key, value]) => targets(value, `${path} ${key}`));
}

test("every target of the exports map exists", () => {
  const all = targets(manifest.exports);
  assert.ok(all.length >= 10);
  for (const [path, file] of all) assert.ok(existsSync(at(file)), `${path} → ${file}`);
});

test("the exports map has the entries and conditions of the contract", () => {
  assert.deepEqual(Object.keys(manifest.exports).filter((key) => [".", "./slim", "./testing", "./core.wasm", "./package.json"].includes(key)).length, 5);
  const conditions = Object.keys(manifest.exports["."]);
  assert.equal(conditions[0], "types", "types come first");
  assert.equal(conditions.at(-1), "default", "default comes last");
  for (const condition of ["workerd", "deno", "bun", "node", "browser"]) assert.ok(conditions.includes(condition), condition);
});

test("it has no dependencies, no install scripts, and is ESM", () => {
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.peerDependencies, undefined);
  assert.equal(manifest.type, "module");
  for (const script of ["preinstall", "install", "postinstall", "prepare"]) assert.equal(manifest.scripts?.[script], undefined, script);
});

test("entries are at most 12 lines", () => {
  const entries = readdirSync(at("entry")).filter((name) => name.endsWith(".js"));
  assert.ok(entries.length >= 6, entries.join(" "));
  for (const name of entries) assert.ok(read(`entry/${name}`).trimEnd().split("\n").length <= 12, name);
});

test("only the workerd entry imports the wasm as a module", () => {
  for (const name of readdirSync(at("entry"))) {
    const asFile = name === "bun.js"; // Bun's `with { type: "file" }` gives a path
    const imports = /^import .*core\.wasm/m.test(read(`entry/${name}`)) && !asFile;
    assert.equal(imports, name === "workerd.js", name);
  }
});

test("the glue knows nothing of where it lies", () => {
  assert.doesNotMatch(read("core.js"), /import\.meta/);
  assert.doesNotMatch(read("core.js"), /new Function\(|\beval\(/);
});

test("there is one wasm, and it is one", () => {
  const files = readdirSync(at("."), { recursive: true }).filter((name) => name.endsWith(".wasm"));
  assert.deepEqual(files, ["core.wasm"]);
  assert.deepEqual([...readFileSync(at("core.wasm")).subarray(0, 4)], [0, 0x61, 0x73, 0x6d]);
  assert.ok(statSync(at("core.wasm")).size < 400_000, "the wasm was not optimised");
});

test("types, README and licences are inside", () => {
  for (const file of ["index.d.ts", "wire.d.ts", "testing.d.ts", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "version.js"]) {
    assert.ok(existsSync(at(file)), file);
  }
});

test("the version is the crate's", async () => {
  const crate = /^version = "([^"]+)"/m.exec(readFileSync(inRepository("Cargo.toml"), "utf8"))[1];
  assert.equal(manifest.version, crate);
  assert.equal((await import("tokenwire")).version, crate);
});

test("no file names a path of the machine it was built on", () => {
  for (const name of readdirSync(at("."), { recursive: true })) {
    if (!statSync(at(name)).isFile()) continue;
    const text = readFileSync(at(name), "latin1");
    assert.doesNotMatch(text, /\/home\/|\/root\/|\/Users\//, name);
    assert.ok(!text.includes(inRepository("")), name);
  }
});
