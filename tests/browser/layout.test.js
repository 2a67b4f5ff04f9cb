/** Where things stand: header, settings and composer stay, whatever is said; nothing is wider than the screen. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openDemo } from "./browser.js";
import { serveDemo } from "./static-server.js";

let chromium;
let site;

before(async () => { [chromium, site] = await Promise.all([launch(), serveDemo()]); });
after(async () => { await chromium?.close(); await site?.close(); });

const sizes = [[320, 600], [768, 1024], [1280, 760]];
const turns = ["text", "markdown", "limited", "odd", "cut", "tool"];

/** Where the fixed parts stand, how far everything is scrolled that must not be, and what is too wide. */
const look = (demo) => demo.page.evaluate(() => {
  const place = (selector) => {
    const { left, top, right, bottom } = document.querySelector(selector).getBoundingClientRect();
    return [left, top, right, bottom].map(Math.round);
  };
  const all = [document.documentElement, document.body, document.querySelector("main")];
  return {
    header: place("header"),
    settings: place("#settings"),
    composer: place("#composer"),
    scrolled: all.map((element) => element.scrollTop + element.scrollLeft),
    longer: all.map((element) => element.scrollHeight - element.clientHeight),
    wider: document.documentElement.scrollWidth - innerWidth,
    logWider: document.querySelector("#log").scrollWidth - document.querySelector("#log").clientWidth,
  };
});

for (const [width, height] of sizes) {
  for (const dark of [false, true]) {
    test(`thirty turns at ${width} px, ${dark ? "dark" : "light"}: nothing moves but the conversation`, { timeout: 120_000 }, async () => {
      const demo = await openDemo(chromium.browser, site.origin, { width, height, dark, still: true });
      // The pace is for people.
      await demo.page.evaluate(async () => {
        const { scripts } = await import("./scripts.js");
        for (const { options } of Object.values(scripts)) {
          if (options.pace) options.pace = { firstTokenMs: 1 };
          if (options.delays) Object.assign(options, { delays: 0, cuts: 2000 });
          if (options.error) options.error.headers = { "x-should-retry": "false" };
        }
      });
      await demo.screenshot(`empty-${width}-${dark ? "dark" : "light"}`);
      const before = await look(demo);
      assert.deepEqual(before.scrolled, [0, 0, 0]);
      assert.ok(before.composer[3] <= height, "the composer is on the screen");
      for (let n = 0; n < 30; n += 1) {
        await demo.page.$eval("#script", (select, name) => { select.value = name; }, turns[n % turns.length]);
        await demo.page.type("#message", `Turn ${n + 1} ${"x".repeat(n % 3 ? 0 : 60)}`);
        await demo.page.keyboard.press("Enter");
        await demo.page.waitForFunction((n) => document.querySelectorAll(".assistant .facts").length === n + 1, {}, n);
        const now = await look(demo);
        assert.deepEqual({ ...now, logWider: 0 }, { ...before, logWider: 0 }, `after turn ${n + 1}`);
        assert.ok(now.logWider <= 0, `turn ${n + 1} is wider than the conversation`);
      }
      await demo.screenshot(`thirty-${width}-${dark ? "dark" : "light"}`);
      const [top, end] = await demo.page.$eval("#log", (log) => [log.scrollTop, log.scrollHeight - log.clientHeight]);
      assert.ok(end > 1000 && end - top < 2, "the conversation stands at its end");
      await demo.page.$eval("#log", (log) => { log.scrollTop = 0; });
      assert.deepEqual(await look(demo), { ...before, logWider: 0 });
      assert.deepEqual(demo.problems, []);
      await demo.page.close();
    });
  }
}

test("who has scrolled up to read is left there", async () => {
  const demo = await openDemo(chromium.browser, site.origin, { width: 768, height: 420 });
  await demo.chooseScript("markdown");
  await demo.say("Go");
  await demo.page.waitForFunction(() => { const log = document.querySelector("#log"); return log.scrollHeight > log.clientHeight + 200; });
  await demo.page.$eval("#log", (log) => { log.scrollTop = 0; });
  await demo.reply();
  assert.equal(await demo.page.$eval("#log", (log) => log.scrollTop), 0);
  await demo.page.close();
});

test("nothing moves by itself for those who want it so", async () => {
  for (const still of [true, false]) {
    const demo = await openDemo(chromium.browser, site.origin, { still });
    await demo.say("Go");
    const running = await demo.page.evaluate(() => document.getAnimations().length);
    assert.equal(running > 0, !still);
    await demo.page.close();
  }
});

for (const [width, height] of [[320, 480], [568, 320], [320, 256], [768, 480]]) {
  test(`with all settings open on ${width} × ${height}, Send can be reached and clicked`, async () => {
    const demo = await openDemo(chromium.browser, site.origin, { width, height });
    await demo.openSettings();
    await demo.page.click("input[value=provider]");
    await demo.screenshot(`settings-${width}-${height}`);
    const [bottom, page] = await demo.page.evaluate(() => [document.querySelector("#send").getBoundingClientRect().bottom + scrollY, document.documentElement.scrollHeight]);
    assert.ok(bottom <= page, `${bottom} > ${page}`);
    if (height >= 352) assert.equal(page, height, "and the page does not scroll");
    await demo.page.click("input[value=simulator]");
    await demo.say("Hello");
    assert.equal((await demo.reply()).end, "complete");
    await demo.page.close();
  });
}
