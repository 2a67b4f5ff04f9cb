// The cases inside a page: the packed package by its `browser` condition, on an origin that is not the fault server's. Node only.

import { launch } from "puppeteer-core";
import { packageUrl } from "../../js/support/chromium.js";
import { inRepository } from "../../js/support/fixtures.js";
import { packedRoot } from "../../js/support/packed.js";
import { serve } from "../../js/support/serve.js";
import { serveFaults } from "../server.js";

/** `options` are puppeteer's. Gives {results, complaints}. */
export async function runInPage(runtime, options) {
  const faults = await serveFaults();
  const files = await serve({ "/tokenwire/": packedRoot, "/js/": inRepository("tests/js/"), "/faults/": inRepository("tests/faults/") });
  const browser = await launch({ headless: true, protocolTimeout: 600_000, ...options });
  try {
    const page = await browser.newPage();
    await page.goto(files.origin);
    const { origin, other, refused } = faults;
    return await page.evaluate(runAllHere, packageUrl, { origin, other, refused, runtime });
  } finally {
    await browser.close();
    await files.close();
    await faults.close();
  }
}

/** Runs in the page. */
async function runAllHere(url, where) {
  const complaints = [];
  addEventListener("unhandledrejection", ({ reason }) => complaints.push(String(reason?.stack ?? reason)));
  addEventListener("error", ({ message }) => complaints.push(message));
  const tokenwire = await import(url);
  const { runAll } = await import("/faults/cases.js");
  const results = await runAll(tokenwire, where);
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { results, complaints };
}
