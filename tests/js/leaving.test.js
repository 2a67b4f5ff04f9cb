// What a process is left with: no timer, no turn held by a stream that was forgotten, no copy of a request; and runtimes without
// FinalizationRegistry and WeakRef. Each in a process of its own. Node only.

import test from "node:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { inRepository } from "./support/fixtures.js";

const preamble = `
import { holds, itemsOf, oneTurn, isFree, streaming, ways } from "./js/support/provider.js";
import { completes, hangs, replay, unreachable } from "./js/support/fake-fetch.js";
import { hello, says, text, end } from "./js/support/wire.js";
import { inTime, settle } from "./js/support/check.js";
import assert from "node:assert/strict";
`;

/** Runs a module in a new process: what it printed, and after how many ms it ended. Fails if it does not end by itself. */
async function alone(script, { flags = [], ms = 15_000 } = {}) {
  const begun = performance.now();
  const child = spawn(process.execPath, [...flags, "--input-type=module", "-e", preamble + script], { cwd: inRepository("tests"), stdio: ["ignore", "pipe", "pipe"] });
  const out = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) child[name].on("data", (bytes) => { out[name] += bytes; });
  const late = setTimeout(() => child.kill("SIGKILL"), ms);
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearTimeout(late);
  assert.equal(code, 0, `${code === null ? `it did not end within ${ms} ms` : `exit code ${code}`}\n${out.stdout}\n${out.stderr}`);
  return { ...out, ms: performance.now() - begun };
}

const client = 'const { createClient, chat } = await import("tokenwire"); const long = { total: 60_000, firstToken: 50_000, idle: 40_000 };';

/** How a call ends; the process must end as well. `call` is a stream whose timeouts are long. */
const endings = {
  "a loop that stops at stream.end": ["replay(says('a', 'b').join(''))", "const it = call.text[Symbol.asyncIterator](); while (!call.end) await it.next();"],
  "a loop that stops at stream.end, chunk by chunk": ["replay(says('a', 'b'))", "const it = call[Symbol.asyncIterator](); while (!call.end) await it.next();"],
  "final()": ["replay(says('a'))", "await call.final();"],
  "break": ["holds([text('a')])", "for await (const part of call.text) break;"],
  "break with items left": ["replay(says('a', 'b').join(''))", "for await (const part of call) break;"],
  "abort()": ["holds([text('a')])", "call.final().catch(() => {}); await settle(); call.abort();"],
  "abort() that nobody sees": ["holds()", "await settle(); call.abort();"],
  "disposal": ["hangs({ deaf: true })", "await settle(); await call[Symbol.asyncDispose]();"],
  "return() in a back-off": ["unreachable()", "const it = call.text[Symbol.asyncIterator](); it.next().catch(() => {}); await settle(); await it.return();"],
  "return() in a back-off after an empty stream": ["replay([''])", "const it = call.text[Symbol.asyncIterator](); it.next().catch(() => {}); await settle(40); await it.return();"],
  "a fetch that gives nothing to read": ["async () => ({ ok: true, status: 200, body: 42 })", "await call.final().catch(() => {});"],
  "a mock without headers": ["async () => ({ ok: true, status: 200, json: async () => ({}), text: async () => '{}' })", "await inTime(call.final(), 'final()', 300).catch(() => {}); call.abort();"],
};

for (const [label, [fetch, read]] of Object.entries(endings)) {
  test(`no timer is left after ${label}`, async () => {
    const { ms } = await alone(`${client} const call = createClient({ fetch: ${fetch}, timeout: long, maxRetries: 9, maxConcurrency: 1 }).chat(streaming); ${read}`);
    assert.ok(ms < 12_000, `${ms} ms`);
  });
}

test("a timeout that passes while nobody reads leaves nothing, and the process ends", async () => {
  await alone(`${client} const client = createClient({ fetch: holds(), timeout: 50, maxConcurrency: 1 }); const call = client.chat(streaming); await settle(120); assert.equal(call.end, "error");`);
});

test("a stream that is forgotten is told to onEnd, once, and gives its turn back", async () => {
  await alone(`${client}
    const told = [];
    const fetches = [holds(), holds([text("a")]), replay(says("a", "b")), replay(says("a", "b").join(""))];
    for (const fetch of fetches) {
      told.length = 0;
      const client = oneTurn({ createClient }, fetch, { onEnd: (report) => told.push(report.end) });
      await (async () => { const stream = client.chat(streaming); await settle(20); if (fetch !== fetches[0]) await stream.text[Symbol.asyncIterator]().next(); })();
      for (let n = 0; n < 40 && told.length === 0; n += 1) { await settle(10); globalThis.gc(); }
      assert.equal(told.length, 1, "told");
      assert.ok(["aborted", "complete"].includes(told[0]), told[0]);
      await isFree(client, "a forgotten stream");
    }`, { flags: ["--expose-gc"] });
});

test("a request is let go with the first content: what is held does not grow with open streams", async () => {
  const { stdout } = await alone(`${client}
    const size = 6_000_000;
    const held = () => { const { heapUsed, external } = process.memoryUsage(); return heapUsed + external; };
    const bare = async (url, init) => { const { signal } = init; return holds([text("a")])(url, { signal }); };
    const client = createClient({ fetch: bare });
    const streams = [];
    const begin = async (n) => {
      const stream = client.chat({ ...streaming, messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64," + String(n).repeat(size) } }] }] });
      const items = stream.text[Symbol.asyncIterator]();
      await items.next();
      streams.push([stream, items]);
    };
    for (const n of [0, 1]) await begin(n);
    const clean = async () => { for (let n = 0; n < 5; n += 1) { globalThis.gc(); await settle(10); } };
    await clean();
    const before = held();
    for (const n of [2, 3, 4, 5, 6, 7]) await begin(n);
    await clean();
    console.log((held() - before) / size);
    for (const [stream] of streams) stream.abort();
  `, { flags: ["--expose-gc"], ms: 40_000 });
  assert.ok(Number(stdout) < 2, `six more open streams hold ${Number(stdout).toFixed(1)} requests`);
});

for (const missing of [["FinalizationRegistry"], ["WeakRef"], ["FinalizationRegistry", "WeakRef"]]) {
  test(`it works where there is no ${missing.join(" and no ")}`, async () => {
    await alone(`
      // Node's own fetch wants it, and is loaded late.
      for (const made of [new Headers(), new Response("")]) assert.ok(made);
      for (const name of ${JSON.stringify(missing)}) { delete globalThis[name]; assert.equal(globalThis[name], undefined); }
      const tw = await import("tokenwire");
      // Nothing of Node's own fetch, which wants them itself.
      const bare = (reads, isOpen) => async () => ({
        status: 200,
        headers: { "content-type": "text/event-stream" },
        body: (async function* () { yield* reads; if (isOpen) await new Promise(() => {}); })(),
      });
      for (const [name, way] of Object.entries(ways)) {
        const outcome = await way(tw.chat(streaming, { fetch: bare(says("Hel", "lo")) }));
        assert.equal(outcome.snapshot.text, "Hello", name);
        assert.equal(outcome.end, "complete", name);
      }
      assert.equal((await tw.chat(hello, { fetch: bare(says("Hello")) })).choices[0].message.content, "Hello");
      let calls = 0;
      const turns = (...how) => (calls++ % 2 ? bare(says("a")) : bare([text("a")], true))(...how);
      const client = tw.createClient({ fetch: turns, timeout: 5000, maxConcurrency: 1 });
      const goesOn = async (after) => assert.equal((await client.chat(streaming).final()).choices[0].message.content, "a", after);
      for await (const part of client.chat(streaming).text) break;
      await goesOn("break");
      const control = new AbortController();
      const stream = client.chat(streaming, { signal: control.signal });
      const items = itemsOf(stream, "chunks");
      await items.next();
      const [left, right] = tw.chat(streaming, { fetch: bare(says("a")) }).tee();
      await Promise.all([left.final(), right.final()]);
      control.abort(new RangeError("x"));
      await assert.rejects(items.next(), tw.APIUserAbortError);
      await goesOn("the signal");
      await assert.rejects(tw.chat(streaming, { fetch: () => new Promise(() => {}), timeout: 30 }).final(), tw.APITimeoutError);
    `);
  });
}
