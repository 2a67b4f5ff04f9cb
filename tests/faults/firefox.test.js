// The faults as a page in Firefox sees them, driven over WebDriver BiDi.

import { report } from "./support/report.js";
import { runInPage } from "./support/page.js";

const executablePath = process.env.TOKENWIRE_FIREFOX;
if (!executablePath) throw new Error("TOKENWIRE_FIREFOX must name a Firefox; `cargo xtask test --only faults-firefox` sets it");

const { results, complaints } = await runInPage("firefox", { executablePath, browser: "firefox", protocolTimeout: 180_000 });
report("firefox", results, complaints);
