/** A Chromium to click in, and the words that the tests of the page are written in. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { inRepository } from "../js/support/fixtures.js";

const screenshots = inRepository("target/screenshots/");

/** Started with an empty profile; as root the sandbox has to go. */
export async function launch() {
  const executablePath = process.env.TOKENWIRE_CHROMIUM;
  assert.ok(executablePath, "TOKENWIRE_CHROMIUM must name a Chromium; `cargo xtask test --only page` sets it");
  const userDataDir = await mkdtemp(join(tmpdir(), "tokenwire-page-"));
  const args = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  const browser = await puppeteer.launch({ executablePath, userDataDir, args, headless: true });
  return {
    browser,
    async close() {
      await browser.close();
      await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Opens the demo; `problems` collects what the console and the page complain of. */
export async function openDemo(browser, origin, { width = 1100, height = 760, dark = false, still = false } = {}) {
  const page = await browser.newPage();
  const problems = [];
  page.on("console", (entry) => { if (["error", "warn"].includes(entry.type())) problems.push(entry.text()); });
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.message}`));
  await page.evaluateOnNewDocument(() => {
    addEventListener("unhandledrejection", ({ reason }) => console.error(`unhandled rejection: ${reason}`));
  });
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: dark ? "dark" : "light" },
    { name: "prefers-reduced-motion", value: still ? "reduce" : "no-preference" },
  ]);
  await page.goto(`${origin}/`, { waitUntil: "load" });
  await page.waitForSelector("#script option");
  return new DemoPage(page, problems);
}

/** What a person does with the page, and sees. */
class DemoPage {
  constructor(page, problems) {
    this.page = page;
    this.problems = problems;
  }

  async openSettings() {
    if (!(await this.page.$eval("#settings", (settings) => settings.open))) await this.page.click("#settings > summary");
  }

  async chooseScript(name) {
    await this.openSettings();
    await this.page.click("input[value=simulator]");
    await this.page.select("#script", name);
  }

  async chooseProvider({ baseURL, key = "", model = "m" }) {
    await this.openSettings();
    await this.page.click("input[value=provider]");
    await this.fill("#base-url", baseURL);
    await this.fill("#key", key);
    await this.fill("#model", model);
  }

  async fill(selector, text) {
    await this.page.click(selector, { count: 3 });
    await this.page.keyboard.press("Backspace");
    await this.page.type(selector, text);
  }

  /** Types a message and sends it; does not wait for the reply. */
  async say(text) {
    await this.fill("#message", text);
    await this.page.click("#send");
  }

  /** Waits until nothing is arriving, and gives the last reply as it is seen. */
  async reply() {
    await this.page.waitForSelector("#log[aria-busy=false] .assistant:last-child .facts", { timeout: 15_000 });
    return this.seen();
  }

  /** Waits until the reply that arrives has begun to show. */
  async firstText() {
    await this.page.waitForFunction(() => document.querySelector(".assistant:last-child > .text")?.textContent);
  }

  seen() {
    return this.page.$eval(".assistant:last-child", (reply) => ({
      end: reply.dataset.end,
      text: reply.querySelector(":scope > .text")?.innerText,
      reasoning: reply.querySelector(".reasoning .text")?.textContent,
      call: reply.querySelector(".call")?.innerText,
      kind: reply.querySelector(".error .kind")?.textContent,
      message: reply.querySelector(".error .message")?.textContent,
      advice: reply.querySelector(".error .advice")?.textContent,
      facts: Object.fromEntries([...reply.querySelectorAll(".facts div")].map((pair) => [pair.children[0].textContent, pair.children[1].textContent])),
    }));
  }

  /** What stands in the field for the next message. */
  typed() {
    return this.page.$eval("#message", (field) => field.value);
  }

  focused() {
    return this.page.evaluate(() => document.activeElement.id);
  }

  async press(action) {
    await this.page.click(`.assistant:last-child [data-action=${action}]`);
  }

  async screenshot(name) {
    await mkdir(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`) });
  }
}
