// What the packed tarball holds, as unpacked into tests/node_modules/tokenwire.

import test from "node:test";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
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
  // The pattern is for a query, which says what a bundler shall make of the file.
  for (const [path, file] of all) assert.ok(existsSync(at(file.split("*")[0])), `${path} → ${file}`);
  for (const name of ["main", "module", "browser", "types"]) assert.ok(existsSync(at(manifest[name])), name);
});

test("the exports map has the entries and conditions of the contract", () => {
  assert.deepEqual(Object.keys(manifest.exports), [".", "./inline", "./slim", "./testing", "./core.wasm", "./core.wasm*", "./package.json"]);
  const conditions = Object.keys(manifest.exports["."]);
  assert.equal(conditions.at(-1), "default", "default comes last");
  for (const condition of ["workerd", "edge-light", "deno", "bun", "node", "browser"]) assert.ok(conditions.includes(condition), condition);
});

test("every leaf of the exports map has its types first: ESM's, or under `require` CommonJS'", () => {
  const leaves = (node) => (node.default && typeof node.default === "string" ? [node] : Object.values(node).filter(isObject).flatMap(leaves));
  const isObject = (value) => typeof value === "object";
  const all = leaves(manifest.exports);
  assert.ok(all.length >= 20, `${all.length}`);
  for (const leaf of all) {
    assert.equal(Object.keys(leaf)[0], "types");
    assert.equal(leaf.types.endsWith(".cts"), leaf.default.startsWith("./cjs/"), leaf.default);
  }
});

test("every JavaScript entry has a CommonJS side, and a file of its name for tools that know no exports", async () => {
  const require = createRequire(import.meta.url);
  for (const name of ["inline", "slim", "testing"]) {
    assert.ok(existsSync(at(`${name}.js`)) && existsSync(at(`${name}.d.ts`)), name);
    const face = require(at(`cjs/${name}.js`));
    assert.deepEqual(Object.keys(face).sort(), Object.keys(await import(`tokenwire/${name}`)).sort(), name);
  }
  const [node, inline] = ["cjs/entry/node.js", "cjs/inline.js"].map((path) => require(at(path)));
  assert.equal(node.TokenwireError, inline.TokenwireError, "one set of classes");
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

test("only the entries of edges import the wasm as a module", () => {
  const how = (name) => /^import .*"..\/(core\.wasm.*)"/m.exec(read(`entry/${name}`))?.[1];
  const found = readdirSync(at("entry")).map((name) => [name, how(name)]).filter(([, path]) => path);
  assert.deepEqual(Object.fromEntries(found), { "edge-light.js": "core.wasm?module", "workerd.js": "core.wasm" });
});

test("the validator is one module that imports nothing, with its licence", () => {
  const code = read("json-schema.js");
  assert.match(code, /^\/\*! @cfworker\/json-schema [\d.]+, MIT License\. Copyright/);
  assert.doesNotMatch(code, /^import |\brequire\(|\beval\(|new Function\(/m);
});

test("what is loaded on demand imports nothing of the page's own", () => {
  for (const name of readdirSync(at("tools"))) {
    for (const [, from] of read(`tools/${name}`).matchAll(/(?:from|import\() ?"([^"]+)"/g)) assert.match(from, /^(\.\/[\w-]+\.js|\.\.\/json-schema\.js)$/, name);
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

test("the wasm as JavaScript is the same, byte by byte", async () => {
  const wasm = readFileSync(at("core.wasm"));
  const { wasmBytes } = await import(at("wasm-text.js"));
  assert.ok(wasm.equals(wasmBytes()));
  assert.ok(wasm.equals(Buffer.from((await import(at("core-base64.js"))).default, "base64")));
  const { text } = await import(at("core-text.js"));
  assert.match(text, /^[ -~]+$/, "printable ASCII: no charset can spoil it");
  assert.doesNotMatch(text, /[<\\"'`$]/, "nor a <script>, nor a string");
});

test("types, README and licences are inside", () => {
  for (const file of ["index.d.ts", "tools.d.ts", "wire.d.ts", "testing.d.ts", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "version.js"]) {
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
