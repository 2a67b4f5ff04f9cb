// A page in Chromium that has the packed package and the shared cases at hand. Node only.

import { launch } from "puppeteer-core";
import { inRepository } from "./fixtures.js";
import { entryFile, packedRoot } from "./packed.js";
import { serve } from "./serve.js";

const flags = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

/** Where the page finds the package: what the `browser` condition gives. */
export const packageUrl = `/tokenwire/${entryFile(".", ["browser"])}`;

/**
 * Opens a page of our own origin, which also serves `folders` ({prefix: folder of the repository}). Gives {page, complaints, close}; `complaints` holds errors that nobody caught,
 * unhandled rejections among them.
 */
export async function openPage(folders = {}) {
  const executablePath = process.env.TOKENWIRE_CHROMIUM;
  if (!executablePath) throw new Error("TOKENWIRE_CHROMIUM must name a Chromium; `cargo xtask test` sees to it");
  const more = Object.entries(folders).map(([prefix, folder]) => [prefix, inRepository(folder)]);
  const server = await serve({ "/tokenwire/": packedRoot, "/js/": inRepository("tests/js/"), ...Object.fromEntries(more) });
  const browser = await launch({ executablePath, args: flags, protocolTimeout: 600_000 });
  const page = await browser.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error?.stack ?? error)));
  await page.goto(server.origin);
  const close = async () => {
    await browser.close();
    await server.close();
  };
  return { page, complaints, close };
}
