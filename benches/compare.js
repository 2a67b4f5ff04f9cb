/** `node compare.js [--list] [--out FILE]`: what `cargo xtask compare` runs, under the Node that npm brought. */
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import * as tw from "tokenwire";
import { cases } from "./compare/cases.js";
import { CLIENTS, nothing, paramsFor } from "./compare/clients.js";
import { judge } from "./compare/judge.js";
import { printCases, printTable } from "./compare/print.js";

const PEERS = ["openai", "ai", "@ai-sdk/openai-compatible", "@xsai/stream-text", "eventsource-parser"];
/** Nobody waits for a network here. */
const LIMIT_MS = 5000;

const { values } = parseArgs({ options: { list: { type: "boolean", default: false }, out: { type: "string" } } });

/** What nobody caught, in the case that runs. */
const uncaught = [];
process.on("unhandledRejection", (reason) => uncaught.push(reason));
process.on("uncaughtException", (error) => uncaught.push(error));

async function run(client, one) {
  const given = nothing();
  const params = paramsFor([...new Set(one.wanted.tool_calls.map(({ name }) => name))]);
  const read = client.strict && one.own ? one.own(tw) : client.read(one.fetch, params, given);
  const reading = read.catch((error) => { given.error = error ?? new Error(); });
  const hung = await late(reading);
  await settled();
  const [stray] = uncaught.splice(0);
  if (hung) return { verdict: "hung", why: `no end within ${LIMIT_MS} ms` };
  const judged = judge(client, given, one);
  if (stray === undefined || judged.verdict === "not asked") return judged;
  const why = `uncaught: ${stray}${judged.why ? `; and ${judged.why}` : ""}`;
  return { ...judged, verdict: "wrong", why, uncaught: true, otherwise: judged.verdict };
}

async function late(promise) {
  let timer;
  const limit = new Promise((resolve) => { timer = setTimeout(resolve, LIMIT_MS, true); });
  return Promise.race([promise.then(() => false), limit]).finally(() => clearTimeout(timer));
}

/** Node reports a rejection that nobody caught a turn later. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 1));

/** A client after the other, so that what comes late of one is not laid at another's door. */
async function compare() {
  const all = cases().map((one) => ({ ...one, results: {} }));
  for (const [name, client] of Object.entries(CLIENTS)) {
    for (const one of all) one.results[name] = await run(client, one);
  }
  return all.map(({ part, name, results }) => ({ part, name, results }));
}

function counted(all) {
  return Object.fromEntries(Object.keys(CLIENTS).map((client) => {
    const of = (part) => all.filter((one) => one.part === part).map(({ results }) => results[client]);
    const right = (part) => ({
      right: of(part).filter(({ verdict }) => verdict === "right").length,
      of: of(part).filter(({ verdict }) => verdict !== "not asked").length,
    });
    const count = (what) => all.filter(({ results }) => what(results[client])).length;
    return [client, {
      streams: right("streams"), errors: right("errors"), recorded: right("recorded"), field: right("field"),
      falseComplete: count(({ passedOff }) => passedOff),
      withoutReason: count(({ passedOff, finish_reason }) => passedOff && !finish_reason),
      hung: count(({ verdict }) => verdict === "hung"),
      uncaught: count(({ uncaught: stray }) => stray),
      onlyUncaught: count(({ otherwise }) => otherwise === "right"),
    }];
  }));
}

/** Whoever cannot read OpenAI's own stream is called wrongly by us, and then no number says anything. */
function checkBaseline(all) {
  const { results } = all.find(({ name }) => name === "baseline");
  for (const [client, { verdict, why }] of Object.entries(results)) {
    if (verdict !== "right") throw new Error(`${client} does not read the plain stream "baseline": ${why}`);
  }
}

const versionOf = (name) => createRequire(import.meta.url)(`./node_modules/${name}/package.json`).version;

async function main() {
  const all = await compare();
  checkBaseline(all);
  const versions = Object.fromEntries(PEERS.map((name) => [name, versionOf(name)]));
  const result = { node: process.version, versions, clients: counted(all), cases: all };
  if (values.list) printCases(result);
  printTable(result);
  if (!values.out) return;
  await mkdir(dirname(values.out), { recursive: true });
  await writeFile(values.out, `${JSON.stringify(result, null, 2)}\n`);
}

// By hand, for what nobody catches no longer ends this process.
await main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
