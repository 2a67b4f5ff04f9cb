// The code blocks of README.md and docs/, and how each is tried. Node only.

import { readFileSync, readdirSync } from "node:fs";
import { inRepository } from "./fixtures.js";

/** The pages by their paths. */
export const pages = ["README.md", ...readdirSync(inRepository("docs")).filter((name) => name.endsWith(".md")).sort().map((name) => `docs/${name}`)];

export const textOf = (page) => readFileSync(inRepository(page), "utf8");

/** Languages that are tried; a block has to have one of these or of the others. */
const TRIED = ["js", "jsx", "ts", "tsx", "html"];
const OTHERS = ["sh", "rust", "json", "text"];

/** All code blocks, as { name, page, language, code }: named by page and heading, and counted where a heading has several. */
export const blocks = pages.flatMap((page) => {
  const seen = new Map();
  let heading = "";
  return [...textOf(page).matchAll(/^#+ (.*)$|^```(.*)\n([^]*?)^```$/gm)].flatMap(([, title, language, code]) => {
    if (title !== undefined) { if (language === undefined) heading = title; return []; }
    const count = (seen.get(heading) ?? 0) + 1;
    seen.set(heading, count);
    return [{ name: `${page} › ${heading}${count > 1 ? ` (${count})` : ""}`, page, language, code }];
  });
});

export const unknownLanguages = blocks.filter(({ language }) => ![...TRIED, ...OTHERS].includes(language)).map(({ name, language }) => `${name}: ${language || "none"}`);
export const examples = blocks.filter(({ language }) => TRIED.includes(language));

/**
 * What is not simply run with a simulator as the provider, and why or how:
 *
 * - `compiled`: it is only parsed, for the reason given.
 * - `before`: code that comes first; `simulate` is there, the answer to `fetch` can be another.
 * - `check(module, output, assert)`: run in the example's process, after it.
 */
export const treatments = {
  "README.md › Install (2)": {
    before: "globalThis.prompt = () => 'sk-typed'; globalThis.document = { body: { text: '', append(text) { this.text += text; } } };",
    check(module, output, assert) {
      assert.equal(document.body.text, "Hello from the simulator");
      assert.equal(fetch.requests[0].headers.authorization, "Bearer sk-typed");
      assert.deepEqual(output, ["complete"]);
    },
  },
  "README.md › React": { compiled: "it needs React and a page: tests/loads/cells/recipes.js builds and uses it" },
  "README.md › A proxy in a Worker": {
    before: "globalThis.fetch = simulate({ reply: ['From the provider', { error: { status: 429, message: 'No credit', code: 'insufficient_quota' } }] });",
    async check({ default: worker }, output, assert) {
      const waits = [];
      const ask = (body, method = "POST") => worker.fetch(new Request("https://worker.example/chat/completions", { method, body }), { OPENAI_API_KEY: "sk-env" }, { waitUntil: (wait) => waits.push(wait) });
      const said = JSON.stringify({ messages: [{ role: "user", content: "Hi" }] });
      const preflight = await ask(undefined, "OPTIONS");
      assert.equal(preflight.headers.get("access-control-allow-origin"), "https://app.example");
      const reply = await ask(said);
      assert.equal(reply.headers.get("access-control-allow-origin"), "https://app.example");
      assert.match(await reply.text(), /From[^]*provider[^]*data: \[DONE\]/);
      await Promise.all(waits);
      assert.equal(output[0].completion_tokens, 3);
      const refusal = await ask(said);
      assert.equal(refusal.status, 429);
      assert.equal(refusal.headers.get("access-control-allow-origin"), "https://app.example");
      assert.equal((await refusal.json()).error.message, "No credit");
      const wrong = await ask(JSON.stringify({ messages: "none" }));
      assert.equal(wrong.status, 400);
      assert.equal(fetch.requests[0].headers.authorization, "Bearer sk-env");
    },
  },
  "README.md › Next": {
    before: "globalThis.fetch = simulate({ reply: ['Hello from the simulator', { error: { status: 401, message: 'No such key' } }] });",
    async check({ POST }, output, assert) {
      const ask = () => POST(new Request("https://next.example", { method: "POST", body: JSON.stringify({ messages: [{ role: "user", content: "Hi" }] }) }));
      const reply = await ask();
      assert.match(await reply.text(), /simulato[^]*data: \[DONE\]/);
      const refusal = await ask();
      assert.equal(refusal.status, 401);
      const { message, code } = (await refusal.json()).error;
      assert.deepEqual({ message, code }, { message: "No such key", code: "auth" });
    },
  },
  "README.md › A tool call and its answer": {
    before: "globalThis.fetch = simulate({ reply: [{ tool_calls: [{ name: 'weather', arguments: { city: 'Paris' } }] }, 'No rain in Paris.'] });",
    check(module, output, assert) {
      assert.equal(fetch.requests.length, 2);
      const [, call, answer] = fetch.requests[1].body.messages;
      assert.equal(answer.tool_call_id, call.tool_calls[0].id);
      assert.equal(answer.content, '{"city":"Paris","rain":false}');
      assert.equal(output.join(""), "No rain in Paris.");
    },
  },
  "README.md › Stop, and keep what came": {
    before: "globalThis.fetch = simulate({ reply: 'one two three '.repeat(200), pace: { tokenMs: 100 } });",
    check(module, output, assert) {
      assert.match(output.join(""), /^one two three/);
      assert.ok(output.join("").length < 200, "it was stopped");
      assert.equal(fetch.requests[0].aborted || fetch.requests[0].cancelled, true);
    },
  },
  "README.md › Ollama on the LAN": {
    before: "globalThis.fetch = simulate({ models: ['llama3.2'], reply: 'Hello from there' });",
    check(module, output, assert) {
      assert.deepEqual(output, [["llama3.2"], "Hello from there"]);
      assert.equal(fetch.requests[1].url, "http://192.168.1.20:11434/v1/chat/completions");
      assert.equal(fetch.requests[1].headers.authorization, undefined);
    },
  },
  ...Object.fromEntries(
    ["The Responses API", "In the background", "One conversation, either API"].map((heading) => [`docs/responses.md › ${heading}`, { compiled: "responses-doc.test.js runs it, with a server of that API" }]),
  ),
  "docs/loading.md › Loading: bundlers, runtimes, slim": {
    before: "const { readFileSync } = await import('node:fs'); const wasm = readFileSync(wasmFile); globalThis.fetch = async (url) => { fetched.push(String(url)); return new Response(wasm, { headers: { 'content-type': 'application/wasm' } }); };",
    check(module, output, assert) {
      assert.deepEqual(fetched, ["/assets/core.wasm"]);
    },
  },
};
