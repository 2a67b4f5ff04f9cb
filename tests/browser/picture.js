/**
 * Makes docs/demo.webp, the picture of README.md, from the demo page:
 *
 *   TOKENWIRE_CHROMIUM=/path/of/chromium node tests/browser/picture.js
 */
import { launch, openDemo } from "./browser.js";
import { serveDemo } from "./static-server.js";
import { inRepository } from "../js/support/fixtures.js";

const [chromium, site] = await Promise.all([launch(), serveDemo()]);
const demo = await openDemo(chromium.browser, site.origin);
await demo.page.setViewport({ width: 1080, height: 680, deviceScaleFactor: 1.5 });
await demo.page.click("[data-script=odd]");
await demo.reply();
await demo.page.click(".reasoning summary");
// A caret that blinks is in every other picture.
await demo.page.evaluate(() => document.activeElement.blur());
await demo.page.screenshot({ path: inRepository("docs/demo.webp"), type: "webp", quality: 85 });
await chromium.close();
await site.close();
