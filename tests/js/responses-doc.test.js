// Runs the code of docs/responses.md: each ```js block under `<!-- test responses -->`, in a process of its own, on the packed package.

import test from "node:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { inRepository } from "./support/fixtures.js";

const run = promisify(execFile);
const MARKED = /<!-- test responses -->\s*```js\n([\s\S]*?)```/g;
const examples = [...readFileSync(inRepository("docs/responses.md"), "utf8").matchAll(MARKED)].map((found) => found[1]);

/** A provider that says a few words, as a stream where one is asked for. */
const stub = `
import { eventsOf, frame, message, response, usage } from ${JSON.stringify(new URL("./support/respond.js", import.meta.url).href)};
process.on("unhandledRejection", (reason) => { throw reason; });
globalThis.fetch = async (url, init) => {
  const { stream } = { ...JSON.parse(init.body || "{}"), ...Object.fromEntries(new URL(url).searchParams) };
  if (!stream) return Response.json(response({ output: [message("Hello")], usage }));
  const from = Number(new URL(url).searchParams.get("starting_after") ?? -1);
  const events = eventsOf(["Hel", "lo"], { background: true }).filter(({ sequence_number }) => sequence_number > from);
  return new Response(events.map(frame).join(""), { headers: { "content-type": "text/event-stream" } });
};
process.env.OPENAI_API_KEY ??= "sk-example";
`;

const resolved = (example) => example.replace(/"(tokenwire[^"]*)"/g, (_, name) => JSON.stringify(import.meta.resolve(name)));
const script = (example) => `${stub}\nawait import("data:text/javascript," + encodeURIComponent(${JSON.stringify(resolved(example))}));`;

test("docs/responses.md has examples that are run", () => assert.equal(examples.length, 3));

for (const [n, said] of [[0, /Hello\nHellocomplete/], [1, /lo.*completed|Hello.*completed/s], [2, /Be brief.*\/1\/name/s]]) {
  test(`docs/responses.md, example ${n + 1}`, async () => {
    const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "--eval", script(examples[n])], { cwd: inRepository("tests"), timeout: 30_000 });
    assert.equal(stderr, "");
    assert.match(stdout, said);
  });
}
