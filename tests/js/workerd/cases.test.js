// The shared cases inside workerd: the packed package by its `workerd` condition, its wasm as a CompiledWasm module.

import test from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Miniflare } from "miniflare";
import { announce, inRepository, portableData } from "../support/fixtures.js";
import { entryFile, filesBelow, packedRoot } from "../support/packed.js";

const entry = entryFile(".", ["workerd"]);

const main = `
import * as tokenwire from "./tokenwire/${entry}";
import { runAll } from "./js/cases/index.js";
const unhandled = [];
addEventListener("unhandledrejection", (event) => unhandled.push(String(event.reason?.stack ?? event.reason)));
export default {
  async fetch(request) {
    const results = await runAll(tokenwire, await request.json());
    await new Promise((resolve) => setTimeout(resolve, 20));
    return Response.json({ results, unhandled });
  },
};`;

function modulesBelow(folder, prefix, endings) {
  return filesBelow(folder, endings).map((name) => ({
    type: name.endsWith(".wasm") ? "CompiledWasm" : "ESModule",
    path: `${prefix}/${name}`,
    contents: readFileSync(`${folder}${name}`),
  }));
}

/** The files that the workerd entry leads to; other entries import what workerd does not have. */
function packageModules() {
  const foreign = (path) => (path.includes("/entry/") && !path.endsWith(`/${entry}`)) || /\/responses\/(text|edge-light)\.js$/.test(path);
  return modulesBelow(packedRoot, "tokenwire", [".js", ".wasm"]).filter(({ path }) => !foreign(path));
}

async function runInWorkerd() {
  const tests = inRepository("tests/js/");
  const neutral = ["check", "bytes", "fake-fetch", "wire", "outcome", "expected", "provider", "respond", "agent"].map((name) => `support/${name}.js`);
  const worker = new Miniflare({
    compatibilityDate: "2026-04-01",
    cf: false,
    modules: [
      { type: "ESModule", path: "main.js", contents: main },
      ...packageModules(),
      ...modulesBelow(tests, "js", [".js"]).filter(({ path }) => path.startsWith("js/cases/") || neutral.includes(path.slice(3))),
    ],
  });
  try {
    const response = await worker.dispatchFetch("http://worker/", { method: "POST", body: JSON.stringify(data) });
    return await response.json();
  } finally {
    await worker.dispose();
  }
}

const data = portableData();
const { results, unhandled } = await runInWorkerd();

for (const { name, error } of results) {
  test(`workerd: ${name}`, () => { if (error !== null) assert.fail(error); });
}

test("workerd: no unhandled rejection", (t) => {
  announce(t, "recorded streams", data.recorded.length);
  assert.deepEqual(unhandled, []);
  assert.ok(results.length > 200, `${results.length} cases ran`);
});
