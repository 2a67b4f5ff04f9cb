// The faults as workerd sees them: the packed package by its `workerd` condition.

import { readFileSync } from "node:fs";
import { Miniflare } from "miniflare";
import { inRepository } from "../js/support/fixtures.js";
import { entryFile, filesBelow, packedRoot } from "../js/support/packed.js";
import { serveFaults } from "./server.js";
import { report } from "./support/report.js";

const entry = entryFile(".", ["workerd"]);

const main = `
import * as tokenwire from "./tokenwire/${entry}";
import { runAll } from "./faults/cases.js";
const unhandled = [];
addEventListener("unhandledrejection", (event) => unhandled.push(String(event.reason?.stack ?? event.reason)));
export default {
  async fetch(request) {
    const results = await runAll(tokenwire, await request.json());
    await new Promise((resolve) => setTimeout(resolve, 20));
    return Response.json({ results, unhandled });
  },
};`;

/** Those below a folder that workerd can load: other entries, and what serves the faults, import what it does not have. */
function modulesBelow(folder, prefix, wanted) {
  return filesBelow(folder, [".js", ".wasm"]).filter(wanted).map((name) => ({
    type: name.endsWith(".wasm") ? "CompiledWasm" : "ESModule",
    path: `${prefix}/${name}`,
    contents: readFileSync(`${folder}${name}`),
  }));
}

const neutral = /^(cases\.js|cases\/.*|support\/(place|outcome|rows)\.js)$/;

async function runInWorkerd() {
  const faults = await serveFaults();
  const worker = new Miniflare({
    compatibilityDate: "2026-04-01",
    cf: false,
    modules: [
      { type: "ESModule", path: "main.js", contents: main },
      ...modulesBelow(packedRoot, "tokenwire", (name) => !name.includes("entry/") || name === entry),
      ...modulesBelow(inRepository("tests/js/"), "js", (name) => /^support\/(check|wire)\.js$/.test(name)),
      ...modulesBelow(inRepository("tests/faults/"), "faults", (name) => neutral.test(name)),
    ],
  });
  try {
    const { origin, other, refused } = faults;
    const body = JSON.stringify({ origin, other, refused, runtime: "workerd" });
    const response = await worker.dispatchFetch("http://worker/", { method: "POST", body });
    return await response.json();
  } finally {
    await worker.dispose();
    await faults.close();
  }
}

const { results, unhandled } = await runInWorkerd();
report("workerd", results, unhandled);
