// The slim entry: the caller brings the wasm. Each way of bringing it runs in a process of its own, since it loads once.

import test from "node:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { inRepository } from "./support/fixtures.js";

const run = promisify(execFile);
const cwd = inRepository("tests");

const prelude = `
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import * as tokenwire from "tokenwire/slim";
const file = createRequire(import.meta.url).resolve("tokenwire/core.wasm");
const bytes = await readFile(file);
const params = { model: "m", messages: [{ role: "user", content: "Hi" }] };
const body = JSON.stringify({ id: "c", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }] });
const fetch = async () => new Response(body, { headers: { "content-type": "application/json" } });
const say = async () => console.log((await tokenwire.chat(params, { fetch })).choices[0].message.content);
`;

const ways = {
  "bytes": "await tokenwire.init(bytes);",
  "an ArrayBuffer": "await tokenwire.init(new Uint8Array(bytes).buffer);",
  "a compiled module": "await tokenwire.init(await WebAssembly.compile(bytes));",
  "a Response": 'await tokenwire.init(new Response(bytes, { headers: { "content-type": "application/wasm" } }));',
  "bytes, twice": "await tokenwire.init(bytes); await tokenwire.init(bytes);",
  "a URL": 'await tokenwire.init(new URL("data:application/wasm;base64," + bytes.toString("base64")));',
  "an address": 'await tokenwire.init("data:application/wasm;base64," + bytes.toString("base64"));',
};

async function node(script) {
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", prelude + script], { cwd });
  return stdout.trim();
}

for (const [label, script] of Object.entries(ways)) {
  test(`slim: init() takes ${label}`, async () => {
    assert.equal(await node(`${script} await say();`), "Hello");
  });
}

test("slim: a call before init() is a ConfigError that names init()", async () => {
  const shown = await node('await say().catch((error) => console.log(error.name, error.message));');
  assert.match(shown, /^ConfigError .*init\(/s);
});

test("slim: init() of something that is no wasm fails, and may be tried again", async () => {
  const shown = await node('await tokenwire.init(new Uint8Array([1, 2, 3])).then(() => console.log("loaded"), () => {}); await tokenwire.init(bytes); await say();');
  assert.equal(shown, "Hello");
});
