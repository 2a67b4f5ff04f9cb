/** The demo with the simulator: what a person without a key sees. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { launch, openDemo } from "./browser.js";
import { serveDemo } from "./static-server.js";

let chromium;
let site;
let demo;

before(async () => { [chromium, site] = await Promise.all([launch(), serveDemo()]); });
after(async () => { await chromium?.close(); await site?.close(); });

describe("with the simulator", () => {
  beforeEach(async () => { demo = await openDemo(chromium.browser, site.origin); });
  afterEach(async () => {
    const { problems, page } = demo;
    await page.close();
    assert.deepEqual(problems, [], "nothing in the console, no unhandled rejection");
  });

  test("a reply streams in and tells its usage and time to first token", async () => {
    await demo.say("What is this?");
    await demo.firstText();
    const early = await demo.seen();
    const { text, end, facts } = await demo.reply();
    assert.match(text, /simulator: no key, no network/);
    assert.match(text, /“What is this\?”/);
    assert.ok(early.text.length < text.length && text.startsWith(early.text), "it was seen growing");
    assert.equal(end, "complete");
    assert.match(facts["First token"], /^\d+ ms$|^\d\.\d s$/);
    assert.ok(parseInt(facts["First token"], 10) >= 300, "the simulator waits 300 ms");
    assert.match(facts.Tokens, /^\d+ in, \d+ out, \d+ in all$/);
    assert.equal(facts.End, "complete (stop)");
    assert.ok(!("Repaired" in facts));
    assert.equal(await demo.focused(), "message", "the next message can be typed at once");
    await demo.screenshot("reply-desktop");
  });

  test("a second turn is sent with the first, and a new conversation is not", async () => {
    await demo.say("One");
    await demo.reply();
    await demo.say("Two");
    await demo.page.waitForFunction(() => document.querySelectorAll(".assistant").length === 2);
    assert.match((await demo.reply()).text, /message 2 of this conversation/);
    await demo.page.click("#reset");
    assert.equal((await demo.page.$$("#log > *")).length, 0);
    await demo.say("Three");
    assert.doesNotMatch((await demo.reply()).text, /of this conversation/);
  });

  test("Enter sends and Shift+Enter begins a line", async () => {
    await demo.page.type("#message", "first");
    await demo.page.keyboard.down("Shift");
    await demo.page.keyboard.press("Enter");
    await demo.page.keyboard.up("Shift");
    await demo.page.type("#message", "second");
    await demo.page.keyboard.press("Enter");
    assert.match((await demo.reply()).text, /“first\nsecond”/);
  });

  test("Stop keeps what came, calls it stopped and shows no error; the next turn goes on from it", async () => {
    await demo.say("Go");
    await demo.firstText();
    await demo.page.click("#stop");
    const { text, end, kind, facts } = await demo.reply();
    assert.equal(end, "aborted");
    assert.equal(facts.End, "stopped");
    assert.equal(kind, undefined);
    assert.ok(text.length > 0 && !text.includes("talk to a model"));
    await demo.say("On");
    await demo.page.waitForFunction(() => document.querySelectorAll(".assistant").length === 2);
    assert.match((await demo.reply()).text, /message 2/);
  });

  test("Stop ends a silent stream", async () => {
    await demo.chooseScript("stall");
    await demo.say("Go");
    await demo.firstText();
    await demo.page.click("#stop");
    assert.equal((await demo.reply()).end, "aborted");
  });

  test("thinking is in a block of its own, closed", async () => {
    await demo.chooseScript("thinks");
    await demo.say("Six times seven?");
    const { text, reasoning } = await demo.reply();
    assert.match(text, /^Forty-two/);
    assert.match(reasoning, /thirty-five/);
    assert.equal(await demo.page.$eval(".reasoning", (block) => block.open), false);
  });

  test("a tool call shows its name and arguments", async () => {
    await demo.chooseScript("tool");
    await demo.say("Weather?");
    const { call, facts } = await demo.reply();
    assert.match(call, /Calls weather/);
    assert.match(call, /"city":"Reykjavík"/);
    assert.equal(facts.End, "complete (tool_calls)");
  });

  test("an odd wire format is read right and the repairs are listed", async () => {
    await demo.chooseScript("odd");
    await demo.say("Hm?");
    const { text, reasoning, end, facts } = await demo.reply();
    assert.match(text, /^This stream was not quite what OpenAI would send, and reads as if it were:\n[^]*What was repaired stands below\.$/);
    assert.equal(reasoning, "Some call this field reasoning. The client says reasoning_content, whoever answers.");
    assert.equal(end, "complete");
    assert.ok(facts.Repaired.length > 0);
    assert.equal(facts.Tokens, "3 in, 74 out, 77 in all");
    await demo.screenshot("repaired-desktop");
  });

  const failures = [
    ["limited", { kind: "rate_limit", message: /Rate limit reached/, advice: /press Retry/, end: "error", text: undefined }],
    ["frame", { kind: /overloaded|server/, message: /The model is overloaded/, advice: /./, end: "error", text: /simulator/ }],
    ["cut", { kind: "truncated", message: /ended before/, advice: /What came is kept/, end: "truncated", text: /simulator/ }],
  ];
  for (const [script, expected] of failures) {
    test(`${script}: the failure says kind, message and what to do, beside what came`, async () => {
      await demo.chooseScript(script);
      await demo.say("Please");
      const seen = await demo.reply();
      for (const [name, value] of Object.entries(expected)) {
        if (value instanceof RegExp) assert.match(seen[name], value, name);
        else assert.equal(seen[name], value, name);
      }
      assert.equal(await demo.typed(), "", "what was said stays where it was said");
      assert.equal(await demo.page.$eval(".user p", (said) => said.textContent), "Please");
      await demo.screenshot(`${script}-desktop`);
    });
  }

  test("what is said is shown as text, never as markup", async () => {
    const markup = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";
    await demo.say(markup);
    const { text } = await demo.reply();
    assert.ok(text.includes(markup));
    assert.equal(await demo.page.$eval(".user p", (said) => said.textContent), markup);
    assert.equal(await demo.page.$("#log img, #log script"), null);
    assert.equal(await demo.page.title(), "tokenwire");
  });

  test("every field has a label, and the log says when it is busy", async () => {
    const unnamed = await demo.page.$$eval("input, select, textarea", (fields) => fields.filter((field) => field.labels.length === 0).map((field) => field.id));
    assert.deepEqual(unnamed, []);
    assert.equal(await demo.page.$eval("#log", (log) => log.getAttribute("aria-live")), "polite");
    await demo.say("Hi");
    await demo.page.waitForSelector("#log[aria-busy=true]");
    await demo.reply();
  });
});

describe("on a phone", () => {
  for (const dark of [false, true]) {
    test(`nothing is wider than the screen, ${dark ? "dark" : "light"}`, async () => {
      demo = await openDemo(chromium.browser, site.origin, { width: 360, height: 720, dark });
      await demo.chooseScript("odd");
      await demo.page.click("#settings > summary");
      await demo.say(`A message with a long word: ${"x".repeat(120)}`);
      await demo.reply();
      await demo.screenshot(`phone-${dark ? "dark" : "light"}`);
      const [wide, screen] = await demo.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(wide <= screen, `${wide} > ${screen}`);
      assert.ok(await demo.page.$eval("#send", (button) => button.getBoundingClientRect().bottom <= innerHeight), "Send is on the screen");
      await demo.openSettings();
      await demo.page.click("input[value=provider]");
      await demo.screenshot(`phone-settings-${dark ? "dark" : "light"}`);
      assert.deepEqual(demo.problems, []);
      await demo.page.close();
    });
  }
});
