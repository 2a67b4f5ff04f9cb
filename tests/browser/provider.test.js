/** The demo with a provider on another origin. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { launch, openDemo } from "./browser.js";
import { serveProvider } from "./cors-provider.js";
import { serveDemo } from "./static-server.js";

let chromium;
let site;
let demo;
let provider;

before(async () => { [chromium, site] = await Promise.all([launch(), serveDemo()]); });
after(async () => { await chromium?.close(); await site?.close(); });
beforeEach(async () => { demo = await openDemo(chromium.browser, site.origin); });
afterEach(async () => {
  await demo.page.close();
  await provider?.close();
  provider = undefined;
});

test("a chat crosses origins with content-type and authorization, and nothing else of ours", async () => {
  provider = await serveProvider({ reply: "From another origin.", apiKey: "key-1", pace: { tokenMs: 5 } });
  await demo.chooseProvider({ baseURL: provider.origin, key: "key-1", model: "m-1" });
  await demo.fill("#system", "Be brief.");
  await demo.say("Hello");
  const { text, end, facts } = await demo.reply();
  assert.equal(text, "From another origin.");
  assert.equal(end, "complete");
  assert.match(facts.Tokens, /in, 4 out/);
  assert.deepEqual(provider.preflights, [["authorization", "content-type"]]);
  assert.deepEqual(provider.foreign, []);
  const [{ url, body, headers }] = provider.simulator.requests;
  assert.equal(url, `${provider.origin}/v1/chat/completions`);
  assert.equal(headers.authorization, "Bearer key-1");
  assert.deepEqual(body, {
    model: "m-1",
    messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "Hello" }],
    stream: true,
    stream_options: { include_usage: true },
  });
  await demo.screenshot("provider-desktop");
  assert.deepEqual(demo.problems, []);
});

test("Stop is seen by the server", async () => {
  provider = await serveProvider({ pace: { tokenMs: 30 } });
  await demo.chooseProvider({ baseURL: provider.origin });
  await demo.say("Hello");
  await demo.firstText();
  await demo.page.click("#stop");
  assert.equal((await demo.reply()).end, "aborted");
  const deadline = Date.now() + 5000;
  while (provider.gone === 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(provider.gone, 1);
  assert.equal(provider.simulator.requests[0].aborted, true);
  assert.deepEqual(demo.problems, []);
});

test("the models are listed", async () => {
  provider = await serveProvider({ models: ["small", "large"] });
  await demo.chooseProvider({ baseURL: `${provider.origin}/v1/`, model: "" });
  await demo.page.click("#list-models");
  await demo.page.waitForFunction(() => document.getElementById("models").options.length > 0);
  assert.deepEqual(await demo.page.$$eval("#models option", (all) => all.map(({ value }) => value)), ["small", "large"]);
  assert.equal(await demo.page.$eval("#model", (field) => field.value), "small");
  assert.deepEqual(demo.problems, []);
});

test("the endpoint that a pasted base URL leads to is shown", async () => {
  await demo.chooseProvider({ baseURL: "https://gateway.example/v1/chat/completions" });
  assert.equal(await demo.page.$eval("#endpoint", (note) => note.textContent), "Requests go to https://gateway.example/v1/chat/completions");
});

// Chromium writes failed loads into the console by itself, so these do not ask for a silent console.
const uncaught = () => demo.problems.filter((problem) => /uncaught|unhandled/i.test(problem));

test("a wrong key shows the provider's words and what to do", async () => {
  provider = await serveProvider({ apiKey: "right" });
  await demo.chooseProvider({ baseURL: provider.origin, key: "wrong" });
  await demo.say("Hello");
  const { kind, message, advice } = await demo.reply();
  assert.equal(kind, "auth");
  assert.match(message, /Incorrect API key provided/);
  assert.match(advice, /Check the API key/);
  assert.ok(!(await demo.page.$eval("#log", (log) => log.innerText)).includes("wrong"), "no key is shown");
  assert.deepEqual(uncaught(), []);
});

test("a base URL where nobody listens shows a connection error that names CORS", async () => {
  const free = await serveProvider();
  await free.close();
  await demo.chooseProvider({ baseURL: free.origin });
  await demo.say("Hello");
  const { kind, message, advice, end } = await demo.reply();
  assert.equal(kind, "connection");
  assert.match(message, /CORS/);
  assert.match(advice, /press Retry/);
  assert.equal(end, "error");
  assert.equal(await demo.typed(), "", "what was said stays where it was said");
  await demo.screenshot("connection-desktop");
  assert.deepEqual(uncaught(), []);
});

test("a base URL that is none, and a missing model, are said before anything is sent", async () => {
  await demo.chooseProvider({ baseURL: "http://", model: "m" });
  await demo.say("Hello");
  assert.equal((await demo.reply()).kind, "config");
  // A server of this machine's or its network's may do without a model.
  await demo.chooseProvider({ baseURL: "https://gateway.example/v1", model: "" });
  await demo.say("Hello");
  await demo.page.waitForFunction(() => document.querySelectorAll(".assistant").length === 2);
  const { kind, message } = await demo.reply();
  assert.equal(kind, "config");
  assert.match(message, /model/);
  // Chromium would tell of an address that it cannot reach.
  assert.deepEqual(demo.problems, []);
});
