/** `node run.js [--rounds N] [--only PART,…] [--quick] [--out FILE]`: what `cargo xtask bench` runs, under the Node that npm brought. */
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { goals } from "./goals.js";
import { latency } from "./parts/latency.js";
import { memory } from "./parts/memory.js";
import { page } from "./parts/page.js";
import { responses } from "./parts/responses.js";
import { start } from "./parts/start.js";
import { streams } from "./parts/streams.js";
import { tools } from "./parts/tools.js";
import { worker } from "./parts/worker.js";
import { print } from "./print.js";

const PARTS = { streams, responses, tools, start, worker, memory, latency, page };
const PEERS = ["openai", "ai", "@ai-sdk/openai-compatible", "@xsai/stream-text", "eventsource-parser"];

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    only: { type: "string", default: Object.keys(PARTS).join(",") },
    quick: { type: "boolean", default: false },
    out: { type: "string" },
  },
});

function chosenParts() {
  const names = values.only.split(",");
  const unknown = names.find((name) => !(name in PARTS));
  if (unknown) throw new Error(`there is no part ${unknown} of the bench: ${Object.keys(PARTS).join(", ")}`);
  return names;
}

function setting() {
  const quick = values.quick;
  const rounds = quick ? 3 : Number(values.rounds);
  if (!(rounds >= 1)) throw new Error(`--rounds takes a number, not ${values.rounds}`);
  return { rounds, quick };
}

const versionOf = (name) => createRequire(import.meta.url)(`./node_modules/${name}/package.json`).version;

const { rounds, quick } = setting();
const versions = Object.fromEntries(PEERS.map((name) => [name, versionOf(name)]));
const result = { node: process.version, machine: `${cpus().length} × ${cpus()[0].model}`, rounds, versions, failed: {} };

for (const name of chosenParts()) {
  const report = (what) => console.error(`${name}: ${what}`);
  try {
    result[name] = await PARTS[name]({ rounds, quick, report });
  } catch (error) {
    // The other parts still tell something; the exit code tells that this one did not.
    result.failed[name] = error.message;
    console.error(error);
  }
}
result.goals = goals(result);
print(result);
if (values.out) {
  await mkdir(dirname(values.out), { recursive: true });
  await writeFile(values.out, `${JSON.stringify(result, null, 2)}\n`);
}
process.exitCode = Object.keys(result.failed).length ? 1 : 0;
