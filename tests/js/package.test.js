// What the packed tarball holds, as unpacked into tests/node_modules/tokenwire.

import test from "node:test";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
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
  assert.deepEqual(Object.keys(manifest.exports), [".", "./inline", "./slim", "./testing", "./whole", "./core.wasm", "./core.wasm*", "./package.json"]);
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
  for (const name of ["inline", "slim", "testing", "whole"]) {
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
  for (const glue of ["core.js", "whole-core.js"]) {
    assert.doesNotMatch(read(glue), /import\.meta/);
    assert.doesNotMatch(read(glue), /new Function\(|\beval\(/);
  }
});

test("what is loaded when it is needed imports nothing that a page has", () => {
  const imported = (name) => [...read(name).matchAll(/ from "([^"]+)"/g)].map(([, path]) => path);
  assert.deepEqual(imported("responses/face.js"), []);
  assert.deepEqual([...new Set(imported("whole/text.js"))], ["../whole-core.js", "../whole-letters.js", "../wasm-text.js"]);
  for (const name of ["whole-core.js", "whole-letters.js", "wasm-text.js", "responses/convert.js"]) assert.deepEqual(imported(name), [], name);
});

test("there are the core that a page loads and the whole one, and both are wasm", () => {
  const files = readdirSync(at("."), { recursive: true }).filter((name) => name.endsWith(".wasm"));
  assert.deepEqual(files.sort(), ["core.wasm", "whole.wasm"]);
  for (const [file, most] of [["core.wasm", 150_000], ["whole.wasm", 500_000]]) {
    assert.deepEqual([...readFileSync(at(file)).subarray(0, 4)], [0, 0x61, 0x73, 0x6d]);
    assert.ok(statSync(at(file)).size < most, "the wasm was not optimised");
  }
});

test("the wasm as JavaScript is the same, byte by byte", async () => {
  const { wasmBytes } = await import(at("wasm-text.js"));
  const wasm = readFileSync(at("core.wasm"));
  assert.ok(wasm.equals(Buffer.from((await import(at("core-base64.js"))).default, "base64")));
  for (const [file, letters] of [["core.wasm", "core-text.js"], ["whole.wasm", "whole-letters.js"]]) {
    const { bytes, order, text } = await import(at(letters));
    assert.ok(readFileSync(at(file)).equals(wasmBytes({ bytes, order, text })), file);
    assert.match(text, /^[ -~]+$/, "printable ASCII: no charset can spoil it");
    assert.doesNotMatch(text, /[<\\"'`$]/, "nor a <script>, nor a string");
  }
});

test("types, README and licences are inside", () => {
  for (const file of ["index.d.ts", "tools.d.ts", "wire.d.ts", "responses.d.ts", "testing.d.ts", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "version.js"]) {
    assert.ok(existsSync(at(file)), file);
  }
});

test("the pages are inside, and their links lead to a file in the package or into the repository", () => {
  const repository = manifest.repository.url.replace(/^git\+|\.git$/g, "");
  assert.match(repository, /^https:\/\/[\w.-]+\/[\w-]+\/[\w-]+$/);
  for (const url of [manifest.homepage, manifest.bugs]) assert.ok(url.startsWith(repository), url);
  const pages = ["README.md", ...readdirSync(at("docs")).map((name) => `docs/${name}`)];
  assert.deepEqual(readdirSync(at("docs")), readdirSync(inRepository("docs")).filter((name) => name.endsWith(".md")), "the picture is not: it is in the repository");
  const outward = [];
  for (const page of pages) {
    for (const [, target] of read(page).replace(/```[^]*?```/g, "").matchAll(/\]\(([^)\s#]+)/g)) {
      if (target.startsWith(repository)) outward.push(target.slice(repository.length));
      else if (!/^https?:/.test(target)) assert.ok(existsSync(at(join(dirname(page), target))), `${page}: ${target}`);
    }
  }
  assert.ok(outward.includes("/raw/HEAD/docs/demo.webp"), outward.join(" "));
  for (const path of outward) assert.ok(existsSync(inRepository(path.replace(/^\/(raw|blob)\/HEAD\//, ""))), path);
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
