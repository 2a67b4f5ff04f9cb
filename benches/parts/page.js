/** The same in a page of Chromium. A page knows no CPU time: these are times by the clock. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { bundle } from "../bundle.js";
import { median } from "../rounds.js";
import { serve } from "./server.js";
import { textStreams } from "./streams.js";

/** Those of which the cold start is measured. */
const CLIENTS = ["nothing", "tokenwire", "openai"];
const FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

/** { browser, streams: rows as in Node, start: { client: ms } }. */
export async function page({ rounds, quick, report }) {
  const streams = textStreams();
  const files = await filesOf(streams);
  const { browser, close } = await launch();
  // Without the browser nothing is left open that would keep this process alive.
  const server = await serve(files);
  try {
    return {
      browser: await browser.version(),
      streams: await throughputIn(browser, server.origin, streams, { rounds, report }),
      start: await startIn(browser, server.origin, { times: quick ? 3 : Math.max(11, rounds), report }),
    };
  } finally {
    await close();
    await server.close();
  }
}

/** The wasm lies beside the bundles, as the README of the package asks. */
async function filesOf(streams) {
  const wasm = await readFile(new URL("../node_modules/tokenwire/core.wasm", import.meta.url));
  const files = { "/": "<!doctype html><title>bench</title>", "/page/core.wasm": wasm };
  for (const name of [...CLIENTS, "throughput"]) files[`/page/${name}.js`] = await bundle(`${name}.js`);
  for (const { name, bytes } of streams) files[`/${name}.sse`] = bytes;
  return files;
}

async function launch() {
  const executablePath = process.env.TOKENWIRE_CHROMIUM;
  if (!executablePath) throw new Error("TOKENWIRE_CHROMIUM must name a Chromium; `cargo xtask bench` sees to it");
  const userDataDir = await mkdtemp(join(tmpdir(), "tokenwire-bench-"));
  const args = process.getuid?.() === 0 ? [...FLAGS, "--no-sandbox"] : FLAGS;
  const browser = await puppeteer.launch({ executablePath, userDataDir, args, headless: true, protocolTimeout: 30 * 60_000 });
  const close = async () => {
    await browser.close();
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  };
  return { browser, close };
}

async function throughputIn(browser, origin, streams, { rounds, report }) {
  const tab = await browser.newPage();
  await tab.exposeFunction("report", report);
  await tab.goto(origin);
  if (!(await tab.evaluate(() => crossOriginIsolated))) throw new Error("the page is not cross-origin isolated");
  const list = streams.map(({ name, text }) => ({ name, text, path: `/${name}.sse` }));
  const rows = await tab.evaluate(async (given, how) => {
    await import("/page/throughput.js");
    return globalThis.measureThroughput(given, how);
  }, list, { rounds });
  await tab.close();
  return rows;
}

/** From the import of the bundle to the fetch of the request: a profile's new context each time, nothing cached. */
async function startIn(browser, origin, { times, report }) {
  const samples = Object.fromEntries(CLIENTS.map((name) => [name, []]));
  for (let round = 0; round < times; round++) {
    report(`cold page ${round + 1} of ${times}`);
    for (let turn = 0; turn < CLIENTS.length; turn++) {
      const name = CLIENTS[(round + turn) % CLIENTS.length];
      samples[name].push(await coldStart(browser, origin, name));
    }
  }
  return Object.fromEntries(CLIENTS.map((name) => [name, median(samples[name])]));
}

async function coldStart(browser, origin, name) {
  const context = await browser.createBrowserContext();
  const tab = await context.newPage();
  await tab.setCacheEnabled(false);
  await tab.goto(origin);
  const took = await tab.evaluate(async (url) => {
    const begun = performance.now();
    const { chat } = await import(url);
    return new Promise((resolve, reject) => {
      const fetch = () => {
        resolve(performance.now() - begun);
        return new Promise(() => {});
      };
      const params = { model: "m", messages: [{ role: "user", content: "Hello" }], stream: true };
      const reply = chat(params, { apiKey: "key", fetch });
      Promise.resolve(reply.response ?? reply).catch(reject);
    });
  }, `/page/${name}.js`);
  await context.close();
  return took;
}
