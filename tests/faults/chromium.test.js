// The faults as a page in Chromium sees them.

import { report } from "./support/report.js";
import { runInPage } from "./support/page.js";

const executablePath = process.env.TOKENWIRE_CHROMIUM;
if (!executablePath) throw new Error("TOKENWIRE_CHROMIUM must name a Chromium; `cargo xtask test --only faults-chromium` sets it");
const args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

const { results, complaints } = await runInPage("chromium", { executablePath, args, protocolTimeout: 180_000 });
report("chromium", results, complaints);
