// The judge is loaded with the first refusal. Where it cannot be, the status tells, and no call hangs.

import test from "node:test";
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packedRoot } from "./support/packed.js";
import { hello, says, text } from "./support/wire.js";

const key = "sk-0123456789abcdef";
const folder = mkdtempSync(join(tmpdir(), "tokenwire-judge-"));
test.after(() => rmSync(folder, { recursive: true }));

/** The package with another judge.js, or none. */
async function packed(name, judge) {
  const copy = join(folder, name);
  cpSync(packedRoot, copy, { recursive: true });
  rmSync(join(copy, "judge.js"));
  if (judge !== undefined) writeFileSync(join(copy, "judge.js"), judge);
  return import(pathToFileURL(join(copy, "entry/node.js")));
}

const without = await packed("without");
const hanging = await packed("hanging", "await new Promise(() => {});");
const broken = await packed("broken", "export const put = () => {}; export const judged = () => { throw new Error('broken'); };");

/** A client that is answered with these: [status, body], the last again and again. */
function client(tw, options, ...replies) {
  let at = 0;
  const fetch = async () => {
    const [status, body, type = "application/json"] = replies[Math.min(at++, replies.length - 1)];
    return new Response(body, { status, headers: { "content-type": type, "x-request-id": "req_1", "retry-after-ms": "1" } });
  };
  return tw.createClient({ baseURL: "https://api.example.com/v1", apiKey: key, fetch, ...options });
}

const refusal = JSON.stringify({ error: { message: `The key ${key} is spent`, code: "insufficient_quota" } });

for (const [name, tw] of Object.entries({ without, broken })) {
  test(`${name} a judge, a refusal has its status' class and kind, its words without secrets, and says what is missing`, async () => {
    const error = await client(tw, { maxRetries: 0 }, [429, refusal]).chat(hello).then(assert.fail, (reason) => reason);
    assert.ok(error instanceof tw.RateLimitError);
    assert.deepEqual([error.kind, error.status, error.requestId], ["rate_limit", 429, "req_1"]);
    assert.match(error.message, /could not be loaded/);
    assert.ok(error.cause instanceof Error);
    assert.equal(error.body.error.message, "The key *** is spent");
  });

  test(`${name} a judge, what may pass is tried again`, async () => {
    const good = says("Hello").join("");
    const stream = client(tw, {}, [503, "busy"], [200, good, "text/event-stream"]).chat({ ...hello, stream: true });
    assert.equal((await stream.final()).choices[0].message.content, "Hello");
  });

  test(`${name} a judge, an error in a reply ends it as one`, async () => {
    const body = `${text("He")}data: {"error":{"message":"overloaded ${key}"}}\n\n`;
    const stream = client(tw, {}, [200, body, "text/event-stream"]).chat({ ...hello, stream: true });
    let read = "";
    const error = await (async () => { for await (const part of stream.text) read += part; })().then(assert.fail, (reason) => reason);
    assert.deepEqual([read, stream.end, error.kind], ["He", "error", "server"]);
    assert.ok(error instanceof tw.StreamError && !JSON.stringify(error.body).includes(key));
  });
}

test("an abort does not wait for a judge that does not come", { timeout: 5000 }, async () => {
  const stream = client(hanging, { maxRetries: 0 }, [429, refusal]).chat({ ...hello, stream: true });
  setTimeout(() => stream.abort("enough"), 50);
  const error = await stream.final().then(assert.fail, (reason) => reason);
  assert.equal(error.kind, "aborted");
});

test("a time that runs out does not wait for it, either", { timeout: 5000 }, async () => {
  const error = await client(hanging, { maxRetries: 0, timeout: 100 }, [429, refusal]).chat(hello).then(assert.fail, (reason) => reason);
  assert.equal(error.kind, "timeout");
});
