// The pages for users: each js, jsx, ts, tsx or html block of README.md and docs/ is run in a process of its own, on the packed
// package, with the simulator as the provider, or treated as support/examples.js says. Links lead somewhere.

import test from "node:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { promisify } from "node:util";
import typescript from "typescript-5";
import { inRepository } from "./support/fixtures.js";
import { blocks, examples, pages, textOf, treatments, unknownLanguages } from "./support/examples.js";

const run = promisify(execFile);

/** What is printed is kept for the check, in order. */
const stub = `
import assert from "node:assert/strict";
import { simulate } from "tokenwire/testing";
process.on("unhandledRejection", (reason) => { throw reason; });
globalThis.fetch = simulate({ reply: "Hello from the simulator" });
process.env.OPENAI_API_KEY ??= "sk-example";
const wasmFile = ${JSON.stringify(inRepository("tests/node_modules/tokenwire/core.wasm"))};
const fetched = [];
const output = [];
const keep = console.log;
console.log = (...what) => output.push(what.length > 1 ? what : what[0]);
process.stdout.write = (text) => output.push(text);
`;

/** Static imports are hoisted, so the example comes in as a module of its own after the stub has run. */
const script = (code, { before = "", check = () => {} } = {}) => `${stub}${before}
const module = await import("data:text/javascript," + encodeURIComponent(${JSON.stringify(resolved(code))}));
await ({ ${methodText(check)} }).check(module, output, assert);`;

const methodText = (check) => (/^(async )?check\(/.test(`${check}`) ? `${check}` : `check: ${check}`);

/** A data: module can't resolve bare names; the addresses are put in. */
function resolved(code) {
  return code.replace(/(from\s+|import\s*\(?\s*)"(tokenwire[^"]*)"/g, (_, before, name) => `${before}"${import.meta.resolve(name)}"`);
}

function compiles({ code, language }) {
  const { transpileModule, JsxEmit, ModuleKind, ScriptTarget } = typescript;
  const compilerOptions = { jsx: JsxEmit.ReactJSX, module: ModuleKind.ESNext, target: ScriptTarget.ESNext };
  const { diagnostics } = transpileModule(code, { compilerOptions, fileName: `example.${language}`, reportDiagnostics: true });
  assert.deepEqual(diagnostics.map(({ messageText }) => messageText), []);
}

test("every block of code has a language, and every treatment a block", () => {
  assert.ok(blocks.length > 15 && pages.length > 10);
  assert.deepEqual(unknownLanguages, []);
  const names = examples.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of Object.keys(treatments)) assert.ok(names.includes(name), `no such block: ${name}`);
});

for (const example of examples) {
  const treatment = treatments[example.name];
  test(`${example.name} ${treatment?.compiled ? `compiles; ${treatment.compiled}` : "runs"}`, async () => {
    if (treatment?.compiled) return compiles(example);
    assert.equal(example.language, "js", "what is run as it stands is JavaScript");
    const { stderr } = await run(process.execPath, ["--input-type=module", "--eval", script(example.code, treatment)], { cwd: inRepository("tests"), timeout: 20_000 });
    assert.equal(stderr, "");
  });
}

/** As GitHub makes them. */
const anchors = (text) => [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-"));

test("every link of a page leads to a file, and to a heading in it", () => {
  let links = 0;
  for (const page of [...pages, "CONTRIBUTING.md", "ARCHITECTURE.md"]) {
    for (const [, target] of textOf(page).replace(/```[^]*?```/g, "").matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      links += 1;
      const [path, anchor] = target.split("#");
      const file = path ? normalize(join(dirname(page), path)) : page;
      assert.ok(existsSync(inRepository(file)), `${page}: ${target}`);
      if (anchor) assert.ok(anchors(textOf(file)).includes(anchor), `${page}: ${target}`);
    }
  }
  assert.ok(links > 30, `${links}`);
});

test("README.md is a page that one reads: at most 250 lines", () => {
  assert.ok(textOf("README.md").trimEnd().split("\n").length <= 250);
});
