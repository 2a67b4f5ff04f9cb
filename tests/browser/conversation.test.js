/** The demo as a person uses it beyond one reply: scenarios, waiting, stop, retry, copy, and where the focus goes. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { launch, openDemo } from "./browser.js";
import { serveDemo } from "./static-server.js";

let chromium;
let site;
let demo;

before(async () => { [chromium, site] = await Promise.all([launch(), serveDemo()]); });
after(async () => { await chromium?.close(); await site?.close(); });
beforeEach(async () => { demo = await openDemo(chromium.browser, site.origin); });
afterEach(async () => {
  const { problems, page } = demo;
  await page.close();
  assert.deepEqual(problems, [], "nothing in the console, no unhandled rejection");
});

test("the empty page offers what the simulator can do, and each of it happens by a click", async () => {
  const names = await demo.page.$$eval("#scenarios [data-script]", (all) => all.map(({ dataset }) => dataset.script));
  const scripts = await demo.page.$$eval("#script option", (all) => all.map(({ value }) => value));
  assert.deepEqual(names, scripts);
  assert.ok(names.length >= 6, names.join(" "));
  const expected = { tool: /complete \(tool_calls\)/, limited: /failed/, frame: /failed/, cut: /cut off/, stall: /stopped/ };
  for (const name of names) {
    await demo.page.click(`[data-script=${name}]`);
    assert.equal(await demo.page.$eval("#empty", (empty) => empty.checkVisibility()), false);
    if (name === "stall") {
      await demo.firstText();
      await demo.page.keyboard.press("Escape");
    }
    const { facts } = await demo.reply();
    assert.match(facts.End, expected[name] ?? /^complete \(stop\)$/, name);
    await demo.page.click("#reset");
    assert.equal(await demo.page.$eval("#empty", (empty) => empty.checkVisibility()), true);
    assert.equal(await demo.focused(), "message");
  }
});

test("with a provider chosen, no scenario is offered", async () => {
  await demo.chooseProvider({ baseURL: "https://gateway.example" });
  assert.equal(await demo.page.$eval("#scenarios", (list) => list.checkVisibility()), false);
  assert.match(await demo.page.$eval("#invitation", (words) => words.textContent), /provider/);
});

const waiting = () => demo.page.$eval(".assistant:last-child .waiting", (wait) => wait.innerText.trim());

test("a reply that is awaited says so, and for how long; so does one that falls silent", async () => {
  await demo.chooseScript("stall");
  await demo.say("Go");
  assert.match(await waiting(), /^Waiting for the first token/);
  await demo.firstText();
  assert.equal(await waiting(), "", "only that it goes on");
  await demo.page.waitForFunction(() => /^Nothing came for \d+ s$/.test(document.querySelector(".waiting").innerText.trim()), { timeout: 6000 });
  await demo.page.keyboard.press("Escape");
  await demo.reply();
  assert.equal(await demo.page.$(".waiting"), null);
});

test("Escape stops from wherever the focus is, and does nothing else", async () => {
  await demo.page.keyboard.press("Escape");
  for (const place of ["#message", "#system", "#log", "#stop"]) {
    await demo.say("Go");
    await demo.firstText();
    await demo.page.focus(place);
    await demo.page.keyboard.press("Escape");
    assert.equal((await demo.reply()).end, "aborted", place);
  }
});

test("the focus: in the message after sending and stopping, and where it is if that is elsewhere", async () => {
  await demo.say("Go");
  assert.equal(await demo.focused(), "message", "the button that was pressed has gone");
  await demo.page.focus("#stop");
  await demo.page.keyboard.press("Enter");
  await demo.reply();
  assert.equal(await demo.focused(), "message", "so has this one");
  await demo.say("Again");
  await demo.page.focus("#system");
  await demo.reply();
  assert.equal(await demo.focused(), "system", "nobody's typing is taken away");
});

test("what is typed while a reply arrives is kept, and Enter does not send it", async () => {
  await demo.say("Go");
  await demo.page.type("#message", "next");
  await demo.page.keyboard.press("Enter");
  await demo.reply();
  assert.equal(await demo.typed(), "next");
  assert.equal((await demo.page.$$(".user")).length, 1);
});

test("a refused message stays in the conversation, Retry sends it again, and the next request goes without it", async () => {
  await demo.chooseScript("limited");
  await demo.say("Please");
  assert.equal((await demo.reply()).kind, "rate_limit");
  assert.equal(await demo.typed(), "");
  await demo.chooseScript("text");
  await demo.press("retry");
  assert.match((await demo.reply()).text, /“Please”/);
  assert.equal((await demo.page.$$(".user")).length, 1);
  await demo.chooseScript("limited");
  await demo.say("Refused");
  await demo.reply();
  await demo.chooseScript("text");
  await demo.say("Last");
  assert.match((await demo.reply()).text, /message 2 of this conversation/, "two user messages in a row are refused by some");
});

test("Retry asks anew with what stood before, and only the last turn offers it", async () => {
  await demo.say("One");
  await demo.reply();
  await demo.say("Two");
  await demo.page.waitForFunction(() => document.querySelectorAll(".assistant .facts").length === 2);
  const offered = await demo.page.$$eval("[data-action=retry]", (all) => all.map((button) => button.checkVisibility()));
  assert.deepEqual(offered, [false, true]);
  await demo.press("retry");
  await demo.page.waitForSelector("#log[aria-busy=true]");
  assert.equal(await demo.focused(), "message");
  assert.match((await demo.reply()).text, /message 2 of this conversation/);
});

test("Copy gives the reply as the provider wrote it, and says that it did", async () => {
  await chromium.browser.defaultBrowserContext().overridePermissions(site.origin, ["clipboard-read", "clipboard-write", "clipboard-sanitized-write"]);
  await demo.chooseScript("markdown");
  await demo.say("Please");
  await demo.reply();
  await demo.press("copy");
  await demo.page.waitForFunction(() => document.querySelector("[data-action=copy]").textContent === "Copied");
  assert.equal(await demo.page.$eval("#status", (status) => status.textContent), "Copied");
  const copied = await demo.page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^## Markdown, as it comes\n[^]*\| `complete` \|/);
});

test("what happens is said in a live region, and every control has a name", async () => {
  await demo.say("Go");
  const status = () => demo.page.$eval("#status[role=status]", (words) => words.textContent);
  assert.equal(await status(), "Waiting for the reply.");
  await demo.reply();
  assert.equal(await status(), "Reply: complete (stop).");
  const { children } = await demo.page.accessibility.snapshot({ interestingOnly: true });
  const controls = children.flatMap(function flat(node) { return [node, ...(node.children ?? []).flatMap(flat)]; });
  const nameless = controls.filter(({ role, name }) => /^(button|textbox|combobox|radio|link|log)$/.test(role) && !name);
  assert.ok(controls.length > 10);
  assert.deepEqual(nameless, []);
});
