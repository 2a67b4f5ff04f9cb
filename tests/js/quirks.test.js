// ../shared/fixtures/quirks.json: one deviation of some provider each, read through every face and cut in several ways.

import test, { after } from "node:test";
import * as tokenwire from "tokenwire";
import { errorBodyCases } from "./cases/errors.js";
import { replyCases } from "./cases/replies.js";
import { hasRecorded, quirks } from "./support/fixtures.js";
import { Tally } from "./support/tally.js";
import "./support/unhandled.js";

const given = quirks();
const parts = { "quirk streams": replyCases(given.streams), "quirk errors": errorBodyCases(given.errors) };

for (const [what, cases] of Object.entries(parts)) {
  const tally = new Tally(what, cases.length);
  for (const { name, run } of cases) test(`quirk: ${name}`, () => tally.count(() => run(tokenwire)));
  after(() => tally.print());
}

test("quirks.json is there", { skip: hasRecorded ? false : "../shared/fixtures is not beside this clone" }, () => {
  if (given.streams.length === 0 || given.errors.length === 0) throw new Error("quirks.json holds no cases");
});
