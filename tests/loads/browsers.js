/** The browsers that are there, each started once for all cells. */
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAMES = { chromium: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"], firefox: ["firefox", "firefox-esr"] };
const running = new Map();

/** The program, from TOKENWIRE_CHROMIUM or TOKENWIRE_FIREFOX or else PATH. */
export function program(engine) {
  const given = process.env[`TOKENWIRE_${engine.toUpperCase()}`];
  const paths = (process.env.PATH ?? "").split(":").flatMap((folder) => NAMES[engine].map((name) => join(folder, name)));
  return [given, ...paths].find((path) => path && existsSync(path));
}

async function start(engine, extra = []) {
  const { default: puppeteer } = await import("puppeteer-core");
  const chromium = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", ...extra];
  if (process.getuid?.() === 0) chromium.push("--no-sandbox");
  return puppeteer.launch({
    browser: engine === "firefox" ? "firefox" : "chrome",
    executablePath: program(engine),
    ...(engine === "firefox" ? {} : { args: chromium, userDataDir: await mkdtemp(join(tmpdir(), "tokenwire-loads-")) }),
    headless: true,
  });
}

/** Opens an address and waits for the title that says how it went. `extra`: a browser of its own, with these arguments. */
export async function visit(url, { engine = "chromium", extra } = {}) {
  if (!extra && !running.has(engine)) running.set(engine, start(engine));
  const browser = await (extra ? start(engine, extra) : running.get(engine));
  const page = await browser.newPage();
  const notes = [];
  page.on("console", (entry) => notes.push(entry.text()));
  page.on("pageerror", (error) => notes.push(`uncaught: ${error.message}`));
  try {
    await page.goto(url);
    await page.waitForFunction('/^(SAID|FAILED)/.test(document.title) || undefined', { timeout: 30_000 }).catch(() => {});
    return [await page.title(), ...notes].join("\n");
  } finally {
    await (extra ? browser.close() : page.close());
  }
}

export async function closeAll() {
  for (const browser of running.values()) await (await browser.catch(() => undefined))?.close();
}

/** Loads an unpacked extension into a browser of its own and opens one of its pages. */
export async function visitExtension(folder, path) {
  const { default: puppeteer } = await import("puppeteer-core");
  const args = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
  const browser = await puppeteer.launch({ executablePath: program("chromium"), args, headless: true, pipe: true, enableExtensions: true });
  try {
    const id = await browser.installExtension(folder);
    const page = await browser.newPage();
    await page.goto(`chrome-extension://${id}/${path}`);
    await page.waitForFunction('/^(SAID|FAILED)/.test(document.title) || undefined', { timeout: 30_000 }).catch(() => {});
    return await page.title();
  } finally {
    await browser.close();
  }
}
