// A promise nobody asked for must not reject. Imported by every test file: it fails the file if one does. Node only.

import { after } from "node:test";
import assert from "node:assert/strict";

const seen = [];
process.on("unhandledRejection", (reason) => seen.push(reason));

after(async () => {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(seen.map((reason) => String(reason?.stack ?? reason)), [], "unhandled rejections");
});
