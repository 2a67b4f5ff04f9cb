// Bodies of other makes as they really are: Node's streams, an http client's response, objects of another realm. Node only.

import test, { after } from "node:test";
import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { PassThrough, Readable } from "node:stream";
import { createContext, runInContext } from "node:vm";
import * as tw from "tokenwire";
import { inTime, settle } from "./support/check.js";
import { holds, streaming, ways } from "./support/provider.js";
import { completes } from "./support/fake-fetch.js";
import { hello, says, text } from "./support/wire.js";
import "./support/unhandled.js";

const reads = says("Hel", "lo", " é😀");
const whole = reads.join("");
const word = (reply) => reply.choices[0].message.content;

const server = createServer((asked, answer) => {
  if (asked.url.startsWith("/late")) return void answer.writeHead(200, { "content-type": "text/event-stream" }).write(text("Hel"));
  answer.writeHead(asked.url.startsWith("/no") ? 429 : 200, { "content-type": "text/event-stream", "x-request-id": "req_http", "retry-after-ms": "1" });
  return answer.end(asked.url.startsWith("/no") ? '{"error":{"message":"Slow down"}}' : whole);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const baseURL = `http://127.0.0.1:${server.address().port}/v1`;
after(() => { server.closeAllConnections(); server.close(); });

/** As node-fetch does it: the response of node:http, its headers a plain object, its body a Readable. */
const byHttp = (path = "") => (url, { method, headers, body, signal }) => new Promise((resolve, reject) => {
  const asked = request(path ? baseURL.replace("/v1", path) : url, { method, headers: Object.fromEntries(new Headers(headers)), signal }, (message) => {
    byHttp.message = message;
    resolve({ ok: message.statusCode < 400, status: message.statusCode, headers: message.headers, body: message });
  });
  asked.on("error", reject);
  asked.end(body);
});

const makes = {
  "Readable.from": () => Readable.from(reads.map((part) => Buffer.from(part))),
  "Readable.from of strings": () => Readable.from(reads),
  "a Readable with an encoding": () => Readable.from([Buffer.from(whole)], { objectMode: false }).setEncoding("utf8"),
  "a PassThrough": () => { const pass = new PassThrough(); pass.end(whole); return pass; },
  "Readable.toWeb": () => Readable.toWeb(Readable.from(reads.map((part) => Buffer.from(part)))),
  "a Buffer": () => Buffer.from(whole),
  "a slice of the pool": () => Buffer.from(`xx${whole}yy`).subarray(2, 2 + Buffer.byteLength(whole)),
};

for (const [label, make] of Object.entries(makes)) {
  test(`a body is read: ${label}`, { timeout: 30_000 }, async () => {
    for (const [name, way] of Object.entries(ways)) {
      const outcome = await way(tw.chat(streaming, { fetch: async () => ({ ok: true, status: 200, headers: { "content-type": "text/event-stream" }, body: make() }), maxRetries: 0 }));
      assert.equal(outcome.error, undefined, name);
      assert.equal(outcome.snapshot.text, "Hello é😀", name);
    }
  });
}

test("a fetch on node:http is read, refused and left", { timeout: 30_000 }, async () => {
  const stream = tw.chat(streaming, { baseURL, fetch: byHttp() });
  assert.equal(word(await inTime(stream.final(), "the reply")), "Hello é😀");
  assert.equal((await stream.response).requestId, "req_http");
  await assert.rejects(inTime(tw.chat(hello, { baseURL, fetch: byHttp("/no"), maxRetries: 1 }), "the refusal"), tw.RateLimitError);
  const late = tw.chat(streaming, { baseURL, fetch: byHttp("/late") });
  for await (const part of late.text) { assert.equal(part, "Hel"); break; }
  await settle(50);
  assert.ok(byHttp.message.destroyed, "the response is destroyed");
});

test("break destroys a Readable", { timeout: 30_000 }, async () => {
  for (const leave of [async (stream) => { for await (const part of stream.text) if (part) break; }, async (stream) => { await stream.text[Symbol.asyncIterator]().next(); stream.abort("x"); }]) {
    const body = new PassThrough();
    body.write(text("a"));
    await inTime(leave(tw.chat(streaming, { fetch: async () => ({ status: 200, headers: {}, body }) })), "leaving");
    await settle(50);
    assert.ok(body.destroyed);
  }
});

test("a Readable that fails in the middle is a broken connection", { timeout: 30_000 }, async () => {
  const body = Readable.from((async function* fails() { yield Buffer.from(text("Hel")); throw new Error("socket hang up"); })());
  const stream = tw.chat(streaming, { fetch: async () => ({ status: 200, body }), maxRetries: 0 });
  await assert.rejects(inTime(stream.final(), "final()"), tw.TokenwireError);
  assert.equal(stream.snapshot.choices[0].message.content, "Hel");
  assert.notEqual(stream.end, "complete");
});

const realm = createContext({ whole, TextEncoder });
const foreign = (code) => runInContext(code, realm);

test("objects of another realm are read, and its errors are reasons like any other", { timeout: 30_000 }, async () => {
  const bodies = ["new TextEncoder().encode(whole)", "whole", "(async function* () { yield whole })()", "[whole]", "new Uint8Array(Array.from(new TextEncoder().encode(whole)))", "new Uint8Array(Array.from(new TextEncoder().encode(whole))).buffer", "new DataView(new Uint8Array(Array.from(new TextEncoder().encode(whole))).buffer)"];
  for (const body of bodies) {
    const fetch = async () => { const given = foreign("({ ok: true, status: 200, headers: new Map([['content-type', 'text/event-stream']]) })"); given.body = foreign(body); return given; };
    assert.equal(word(await inTime(tw.chat(streaming, { fetch, maxRetries: 0 }).final(), body)), "Hello é😀", body);
  }
  for (const reason of ["new RangeError('mine')", "new Error('mine')", "new TypeError('mine')", "typeof WebAssembly === 'object' ? new WebAssembly.RuntimeError('unreachable') : new EvalError('mine')", "Object.freeze({})"]) {
    const other = tw.chat(streaming, { fetch: holds([text("a"), 100, ...says("b").slice(1)], { closes: true }) });
    const rest = other.final();
    const stream = tw.chat(streaming, { fetch: holds([text("a")]) });
    const items = stream.text[Symbol.asyncIterator]();
    await items.next();
    const cause = foreign(reason);
    const pending = items.next();
    setTimeout(() => stream.abort(cause), 5);
    await assert.rejects(inTime(pending, reason), (error) => error instanceof tw.APIUserAbortError && error.cause === cause);
    assert.equal(word(await inTime(rest, "the other stream")), "a", reason);
  }
  assert.equal(word(await tw.chat(hello, { fetch: completes() })), "Hello");
});
