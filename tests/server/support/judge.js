// ../shared/spec/judge.py: OpenAI's own OpenAPI file as the judge of what goes out and comes in.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { inShared } from "../../js/support/fixtures.js";
import { python } from "./llama.js";

/** Is the judge beside this clone? */
export const hasJudge = existsSync(inShared("spec/judge.py"));

/** Judges documents by one schema: for each, the list of what is wrong with it. */
export async function judge(schema, documents) {
  const child = spawn(python(), [inShared("spec/judge.py"), inShared("spec/openai.json"), schema]);
  let out = "";
  let complaint = "";
  child.stdout.on("data", (data) => { out += data; });
  child.stderr.on("data", (data) => { complaint += data; });
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.stdin.end(documents.map((document) => JSON.stringify(document)).join("\n"));
  await ended;
  const verdicts = parse(out);
  if (verdicts.length !== documents.length) throw new Error(`${verdicts.length} verdicts on ${documents.length} documents: ${complaint}`);
  return verdicts;
}

/** `OK  {...` or `FAIL {...`, then one indented line for each fault. */
function parse(out) {
  const verdicts = [];
  for (const line of out.split("\n")) {
    if (/^(OK {2}|FAIL|BAD )/.test(line)) verdicts.push(line.startsWith("BAD ") ? [line] : []);
    else if (line.startsWith("     ")) verdicts.at(-1).push(line.trim());
  }
  return verdicts;
}

/** Unknown fields are kept on purpose; everything else must be as OpenAI says. */
export const withoutUnknownKeys = (faults) => faults.filter((fault) => !fault.startsWith("unknown key"));

// Their values are limited by the schema, so that two chunks differ in shape when they differ here.
const ENUMS = new Set(["object", "role", "finish_reason", "type", "service_tier"]);

/** Two values of one shape get one verdict; so only one of each shape need be judged. */
export function shape(value, key) {
  if (Array.isArray(value)) return `[${[...new Set(value.map((item) => shape(item)))].join()}]`;
  if (typeof value === "number") return Number.isInteger(value) ? `int${value < 0 ? "-" : ""}` : "number";
  if (typeof value === "string") return ENUMS.has(key) ? JSON.stringify(value) : "string";
  if (value === null || typeof value !== "object") return String(value);
  return `{${Object.entries(value).map(([name, item]) => `${name}:${shape(item, name)}`).join()}}`;
}
