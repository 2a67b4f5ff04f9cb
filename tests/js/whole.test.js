// The whole core is loaded with the first reply or refusal that is not OpenAI's. Where it cannot be, the status tells, what came is
// handed out, and no call hangs.

import test from "node:test";
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packedRoot } from "./support/packed.js";
import { delta, end, hello, says, text } from "./support/wire.js";

const key = "sk-0123456789abcdef";
const folder = mkdtempSync(join(tmpdir(), "tokenwire-whole-"));
test.after(() => rmSync(folder, { recursive: true }));

/** The package with another whole/text.js, or none. */
async function packed(name, whole) {
  const copy = join(folder, name);
  cpSync(packedRoot, copy, { recursive: true });
  rmSync(join(copy, "whole/text.js"));
  if (whole !== undefined) writeFileSync(join(copy, "whole/text.js"), whole);
  return import(pathToFileURL(join(copy, "entry/node.js")));
}

const without = await packed("without");
const hanging = await packed("hanging", "await new Promise(() => {});");
const broken = await packed("broken", "export const ready = async () => { throw new Error('broken'); };");

/** A client that is answered with these: [status, body], the last again and again. */
function client(tw, options, ...replies) {
  let at = 0;
  const fetch = async () => {
    const [status, body, type = "application/json"] = replies[Math.min(at++, replies.length - 1)];
    return new Response(body, { status, headers: { "content-type": type, "x-request-id": "req_1", "retry-after-ms": "1" } });
  };
  return tw.createClient({ baseURL: "https://api.example.com/v1", apiKey: key, fetch, ...options });
}

const failure = (promise) => promise.then(assert.fail, (reason) => reason);
const refusal = JSON.stringify({ error: { message: `The key ${key} is spent`, code: "insufficient_quota" } });
const strange = `${text("He")}data: {"error":{"message":"overloaded ${key}"}}\n\n`;

async function read(stream) {
  let all = "";
  const error = await failure((async () => { for await (const part of stream.text) all += part; })());
  return [all, error];
}

for (const [name, tw] of Object.entries({ without, broken })) {
  test(`${name} the whole core, a refusal has its status' class and kind, and says what is missing`, async () => {
    const error = await failure(client(tw, { maxRetries: 0 }, [429, refusal]).chat(hello));
    assert.ok(error instanceof tw.RateLimitError);
    assert.deepEqual([error.kind, error.status, error.requestId], ["rate_limit", 429, "req_1"]);
    assert.match(error.message, /could not be loaded .*tokenwire\/whole/);
    assert.ok(error.cause instanceof Error);
  });

  test(`${name} the whole core, what may pass is tried again`, async () => {
    const good = says("Hello").join("");
    const stream = client(tw, {}, [503, "busy"], [200, good, "text/event-stream"]).chat({ ...hello, stream: true });
    assert.equal((await stream.final()).choices[0].message.content, "Hello");
  });

  test(`${name} the whole core, what came before is handed out, then it is an error`, async () => {
    const stream = client(tw, {}, [200, strange, "text/event-stream"]).chat({ ...hello, stream: true });
    const [all, error] = await read(stream);
    assert.deepEqual([all, stream.end, error.kind], ["He", "error", "malformed"]);
    assert.ok(error instanceof tw.StreamError && !JSON.stringify(error).includes(key));
  });

  test(`${name} the whole core, a list of models is an error`, async () => {
    assert.match((await failure(client(tw, {}, [200, '{"data":[{"id":"a"}]}']).models())).message, /could not be loaded/);
  });
}

test("an abort does not wait for what does not come", { timeout: 5000 }, async () => {
  const stream = client(hanging, { maxRetries: 0 }, [429, refusal]).chat({ ...hello, stream: true });
  setTimeout(() => stream.abort("enough"), 50);
  assert.equal((await failure(stream.final())).kind, "aborted");
});

test("a time that runs out does not wait for it, either", { timeout: 5000 }, async () => {
  const error = await failure(client(hanging, { maxRetries: 0, timeout: 100 }, [429, refusal]).chat(hello));
  assert.equal(error.kind, "timeout");
});

test("tokenwire/whole brings it along where there is no import()", async () => {
  const copy = join(folder, "along");
  cpSync(packedRoot, copy, { recursive: true });
  const way = join(copy, "entry/node.js");
  writeFileSync(way, readFileSync(way, "utf8").replace("../whole/text.js", "../nothing.js"));
  const tw = await import(pathToFileURL(join(copy, "entry/node.js")));
  await import(pathToFileURL(join(copy, "whole.js")));
  // Whichever is imported first.
  const { provideWhole } = await import(pathToFileURL(join(copy, "call/whole.js")));
  provideWhole(() => import("nothing"));
  const [all, error] = await read(client(tw, { maxRetries: 0 }, [200, strange, "text/event-stream"]).chat({ ...hello, stream: true }));
  assert.deepEqual([all, error.message], ["He", "overloaded ***"]);
});

test("a trap of the whole core ends what is in flight, and the next call has a fresh one", async () => {
  const tw = await import(pathToFileURL(join(packedRoot, "entry/node.js")));
  const { wholeCore } = await import(pathToFileURL(join(packedRoot, "call/whole.js")));
  const refused = client(tw, { maxRetries: 0 }, [429, refusal]);
  assert.equal((await failure(refused.chat(hello))).kind, "quota");
  const { Call } = await wholeCore();
  const { goOn } = Call.prototype;
  Call.prototype.goOn = () => { throw new WebAssembly.RuntimeError("unreachable"); };
  assert.match((await failure(refused.chat(hello))).message, /broke down/);
  Call.prototype.goOn = goOn;
  assert.equal((await failure(refused.chat(hello))).kind, "quota");
});

const own = await import(pathToFileURL(join(packedRoot, "entry/node.js")));
const role = delta({ role: "assistant", content: "" });
const thinks = [role, text("<think>a"), text("</think>b"), ...end()].join("");
const streamed = (body, options) => client(own, { maxRetries: 0, ...options }, [200, body, "text/event-stream"]).chat({ ...hello, stream: true });

test("what came before the first content is handed out after the handover: chunks, SSE, a branch", async () => {
  const roles = (chunks) => chunks.filter((chunk) => chunk.choices[0]?.delta.role === "assistant").length;
  const all = async (stream) => { const chunks = []; for await (const chunk of stream) chunks.push(chunk); return chunks; };
  assert.equal(roles(await all(streamed(thinks))), 1);
  assert.equal((await streamed(thinks).toResponse().text()).split('"role":"assistant"').length, 2);
  for (const branch of streamed(thinks).tee()) assert.equal(roles(await all(branch)), 1);
});

test("content that comes with the handover has its time, where the reply ends in it too", async () => {
  const stream = streamed(thinks);
  await stream.final();
  assert.equal(typeof stream.timing.firstContentMs, "number");
});

test("a reply that nobody reads yet is handed over when the clock looks, and is no silence", { timeout: 5000 }, async () => {
  const stream = streamed(thinks, { timeout: { firstToken: 50 } });
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal((await stream.final()).choices[0].message.content, "b");
});
