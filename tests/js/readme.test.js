// Runs the code examples of README.md: each ```js block that stands under `<!-- test -->`, in a process of its own,
// on the packed package, with the simulator as the provider.

import test from "node:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { inRepository } from "./support/fixtures.js";

const run = promisify(execFile);
const readme = readFileSync(inRepository("README.md"), "utf8");
const MARKED = /<!--\s*test\s*-->\s*```(?:js|javascript|mjs)\n([\s\S]*?)```/g;
const examples = [...readme.matchAll(MARKED)].map((found) => found[1]);

const stub = `
import { simulate } from "tokenwire/testing";
process.on("unhandledRejection", (reason) => { throw reason; });
globalThis.fetch = simulate({ reply: "Hello from the simulator" });
process.env.OPENAI_API_KEY ??= "sk-example";
`;

/** Static imports are hoisted, so the example comes in as a module of its own after the stub has run. */
const script = (example) => `${stub}
await import("data:text/javascript," + encodeURIComponent(${JSON.stringify(resolved(example))}));`;

/** A data: module can't resolve bare names; the addresses are put in. */
function resolved(example) {
  return example.replace(/(from\s+|import\s*\(?\s*)"(tokenwire[^"]*)"/g, (_, before, name) => `${before}"${import.meta.resolve(name)}"`);
}

test("the README has examples that are run", () => {
  assert.ok(examples.length > 0, "no ```js block under <!-- test -->");
});

for (const [n, example] of examples.entries()) {
  test(`README example ${n + 1}: ${example.trim().split("\n")[0]}`, async () => {
    const { stderr } = await run(process.execPath, ["--input-type=module", "--eval", script(example)], { cwd: inRepository("tests"), timeout: 20_000 });
    assert.equal(stderr, "");
  });
}
