// The shared cases in Node, on the repository's own case files.

import test from "node:test";
import * as tokenwire from "tokenwire";
import { allCases } from "./cases/index.js";
import { ownCases } from "./support/fixtures.js";
import "./support/unhandled.js";

const data = { baseUrls: ownCases("base-url"), streams: ownCases("streams"), errors: ownCases("errors") };

for (const { name, run } of allCases(data)) test(name, { timeout: 60_000 }, () => run(tokenwire));
