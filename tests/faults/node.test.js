// The faults as Node sees them.

import test, { after } from "node:test";
import * as tokenwire from "tokenwire";
import { allCases, todoIn } from "./cases.js";
import { serveFaults } from "./server.js";
import { Place } from "./support/place.js";

const server = await serveFaults();
after(() => server.close());
// After the hook above: one that fails keeps Node from the later ones, and a server that runs on would keep it from its end.
await import("../js/support/unhandled.js");
const place = new Place({ ...server, runtime: "node" });

for (const one of allCases) {
  test(`node: ${one.name}`, { todo: todoIn("node", one), timeout: 20_000 }, async (t) => {
    const outcome = await one.run(tokenwire, place).finally(() => place.sweep());
    if (typeof outcome === "string") t.diagnostic(outcome);
  });
}
