// The shared cases inside a page in Chromium: the packed package by its `browser` condition, served as files.

import test from "node:test";
import assert from "node:assert/strict";
import { openPage, packageUrl } from "../js/support/chromium.js";
import { announce, portableData } from "../js/support/fixtures.js";

const data = portableData();

async function runInPage() {
  const { page, complaints, close } = await openPage();
  try {
    const results = await page.evaluate(async (url, given) => {
      const tokenwire = await import(url);
      const { runAll } = await import("/js/cases/index.js");
      const done = await runAll(tokenwire, given);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return done;
    }, packageUrl, data);
    return { results, complaints };
  } finally {
    await close();
  }
}

const { results, complaints } = await runInPage();

for (const { name, error } of results) {
  test(`page: ${name}`, () => { if (error !== null) assert.fail(error); });
}

test("page: no unhandled rejection", (t) => {
  announce(t, "recorded streams", data.recorded.length);
  assert.deepEqual(complaints, []);
  assert.ok(results.length > 200, `${results.length} cases ran`);
});
