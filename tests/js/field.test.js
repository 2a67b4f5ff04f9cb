// Reports from the field: ../shared/fixtures/field.json, and those that we searched out ourselves (tests/cases/field.json).

import test, { after } from "node:test";
import * as tokenwire from "tokenwire";
import { fieldCases } from "./cases/field.js";
import { fieldReports, hasRecorded, ownCases } from "./support/fixtures.js";
import { Tally } from "./support/tally.js";
import "./support/unhandled.js";

const files = { "reports from the field": fieldReports(), "reports of our own": ownCases("field") };

for (const [what, list] of Object.entries(files)) {
  const cases = fieldCases(list, true);
  const tally = new Tally(what, cases.length);
  for (const { name, run } of cases) test(name, { timeout: 120_000 }, () => tally.count(() => run(tokenwire)));
  after(() => tally.print());
}

test("field.json is there", { skip: hasRecorded ? false : "../shared/fixtures is not beside this clone" }, () => {
  if (!fieldReports().length) throw new Error("field.json holds no cases");
});
