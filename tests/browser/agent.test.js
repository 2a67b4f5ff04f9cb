/** The worked example, an agent in a page, clicked through: it answers with its tools, stops when told to, and goes on. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./browser.js";
import { serveDemo } from "./static-server.js";

let chromium;
let site;

before(async () => { [chromium, site] = await Promise.all([launch(), serveDemo()]); });
after(async () => { await chromium?.close(); await site?.close(); });

/** The page, what it loaded, and what its console complained of. */
async function open() {
  const page = await chromium.browser.newPage();
  const problems = [];
  const loaded = [];
  page.on("console", (entry) => { if (["error", "warn"].includes(entry.type())) problems.push(entry.text()); });
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.message}`));
  page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto(`${site.origin}/agent/index.html`, { waitUntil: "load" });
  return { page, problems, loaded };
}

const lines = (page) => page.$$eval("#log li", (all) => all.map(({ className, textContent }) => `${className}: ${textContent}`));
const status = (page) => page.waitForFunction(() => !document.getElementById("send").disabled && document.getElementById("status").textContent, { timeout: 15_000 }).then((handle) => handle.jsonValue());

test("the agent calls its tools, two of them side by side, and answers", async () => {
  const { page, problems, loaded } = await open();
  assert.ok(!loaded.some((path) => path.includes("/tools/index.js")), "not loaded before it is asked for");
  await page.click("#send");
  assert.match(await status(page), /^answer after 3 steps, \d+ tokens$/);
  assert.deepEqual(await lines(page), [
    "user: What do I have to do today?", "assistant: Let me see. ", "call: clock({})", 'result: {"day":"Tuesday"}',
    'call: search_notes({"word":"Tuesday"})', 'call: search_notes({"word":"every"})',
    'result: ["Tuesday: write to Ada"]', 'result: ["Every day: walk the dog"]', "assistant: Today: write to Ada, and walk the dog.",
  ]);
  assert.ok(loaded.some((path) => path.endsWith("/json-schema.js")));
  await page.click("#send");
  await page.waitForFunction(() => document.querySelectorAll("#log li.user").length === 2);
  assert.match(await status(page), /^answer after 3 steps/);
  assert.deepEqual(problems, []);
  await page.close();
});

test("Stop ends it wherever it is, and the next question is answered", async () => {
  const { page, problems } = await open();
  for (const moment of ["#log li.user", "#log li.assistant", "#log li.call:nth-of-type(n+5)"]) {
    await page.evaluate(() => { document.getElementById("log").replaceChildren(); document.getElementById("status").textContent = ""; });
    await page.click("#send");
    await page.waitForSelector(moment);
    await page.click("#stop");
    assert.equal(await status(page), "stopped");
    const before = await lines(page);
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.deepEqual(await lines(page), before, "nothing comes after it");
  }
  await page.evaluate(() => { document.getElementById("status").textContent = ""; });
  await page.click("#send");
  assert.match(await status(page), /^answer/);
  assert.deepEqual(problems, []);
  await page.close();
});
