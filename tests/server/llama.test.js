// The client against llama.cpp's own server, from Node and from a page in Chromium.

import test, { after, before } from "node:test";
import assert from "node:assert/strict";
import * as tokenwire from "tokenwire";
import { openPage, packageUrl } from "../js/support/chromium.js";
import { leaving, serverCases } from "./cases.js";
import { hasServers, startLlama } from "./support/llama.js";
import "../js/support/unhandled.js";

const skip = hasServers ? false : "../shared/servers is not beside this clone";
let server;
let browser;

before(async () => {
  if (skip) return;
  server = await startLlama();
  browser = await openPage({ "/server/": "tests/server/" });
});

after(async () => {
  await browser?.close();
  await server?.close();
});

const facts = () => ({ baseURL: server.baseURL, apiKey: server.apiKey, model: server.model });

/** Runs one case, or one way of leaving, inside the page; gives the failure as text, or null. */
function inPage(list, key) {
  return browser.page.evaluate(async (url, from, which, given) => {
    const [tw, cases] = await Promise.all([import(url), import("/server/cases.js")]);
    const found = cases[from];
    const run = Array.isArray(found) ? found[which].run : found[which];
    return run(tw, given).then(() => null, (reason) => String(reason?.stack ?? reason));
  }, packageUrl, list, key, facts());
}

const cancels = () => server.log().match(/cancel task/g)?.length ?? 0;

/** Waits until the server says that it cancelled one task more. */
async function cancelSeen(earlier) {
  const deadline = Date.now() + 5000;
  while (Date.now() < deadline) {
    if (cancels() > earlier) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`the server did not see the cancel; its log ends:\n${server.log().slice(-800)}`);
}

for (const [n, { name, run }] of serverCases.entries()) {
  test(`server, from Node: ${name}`, { skip }, () => run(tokenwire, facts()));
  test(`server, from a page: ${name}`, { skip }, async () => {
    const failure = await inPage("serverCases", n);
    if (failure !== null) assert.fail(failure);
  });
}

for (const [name, leave] of Object.entries(leaving)) {
  test(`server, from Node: ${name} is seen by the server`, { skip }, async () => {
    const earlier = cancels();
    await leave(tokenwire, facts());
    await cancelSeen(earlier);
  });
  test(`server, from a page: ${name} is seen by the server`, { skip }, async () => {
    const earlier = cancels();
    const failure = await inPage("leaving", name);
    if (failure !== null) assert.fail(failure);
    await cancelSeen(earlier);
  });
}

test("server: nothing in the page went unhandled", { skip }, () => assert.deepEqual(browser.complaints, []));
