/**
 * `node loads/run.js TARBALL CACHE [--full] [--only NAME[,NAME]] [--table FILE]` (NAME: a part of a
 * cell's name without commas, or a set of tools): every cell builds and runs the packed package in one
 * place, and must read a stream to its end there. Prints passed of tried; writes the table of the docs.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { closeAll, program } from "./browsers.js";
import { cells } from "./cells.js";
import { Kit } from "./kit.js";
import { REPLY, startProvider } from "./provider.js";
import { asTable } from "./table.js";
import { tools } from "./tools.js";

const [tarball, cache] = process.argv.slice(2, 4).map((path) => resolve(path));
const options = process.argv.slice(4);
const option = (name) => (options.includes(name) ? options[options.indexOf(name) + 1] : undefined);
const only = option("--only")?.toLowerCase().split(",");
const chosen = only
  ? cells.filter(({ name, tools }) => only.some((word) => name.toLowerCase().replaceAll(",", "").includes(word) || tools === word))
  : cells.filter(({ quick }) => quick || options.includes("--full"));
if (chosen.length === 0) throw new Error(`no cell is called ${only}`);

const installed = new Map();

/** The folder of a set of tools, with the package unpacked in it. Throws where it cannot be installed. */
function install(name) {
  if (!installed.has(name)) {
    try {
      installed.set(name, { home: prepare(name) });
    } catch (error) {
      installed.set(name, { error });
    }
  }
  const { home, error } = installed.get(name);
  if (error) throw error;
  return home;
}

function prepare(name) {
  const home = join(cache, name);
  const manifest = `${JSON.stringify({ private: true, dependencies: tools[name] }, null, 2)}\n`;
  const stamp = join(home, "installed.json");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== manifest) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, "package.json"), manifest);
    rmSync(join(home, "node_modules/tokenwire"), { recursive: true, force: true });
    command("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"], home);
    writeFileSync(stamp, manifest);
  }
  const folder = join(home, "node_modules/tokenwire");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  command("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"], home);
  return home;
}

function command(name, args, cwd) {
  const { status, stderr, error } = spawnSync(name, args, { cwd, encoding: "utf8", timeout: 600_000 });
  if (status !== 0) throw new Error(`${name} ${args[0]}: ${error?.message ?? stderr.trim().split("\n").slice(0, 3).join(" ")}`);
}

async function outcome(cell) {
  let kit;
  try {
    const lacking = cell.browser && !program(cell.browser);
    if (lacking) throw new Error(`there is no ${cell.browser}`);
    kit = new Kit(install(cell.tools ?? "pages"), cell.name, provider.url);
  } catch (error) {
    return { result: "not run", why: error.message };
  }
  try {
    const said = await cell.run(kit);
    const expected = cell.says ?? `SAID:${REPLY}`;
    const good = expected instanceof RegExp ? expected.test(said) : said.includes(expected);
    return good ? { result: "passed" } : { result: "failed", why: `it said:\n${said}` };
  } catch (error) {
    return { result: "failed", why: error.message };
  }
}

const provider = await startProvider();
const store = join(cache, "results.json");
const own = {};
const counts = { passed: 0, failed: 0, "not run": 0 };
for (const cell of chosen) {
  const begun = performance.now();
  const { result, why } = await outcome(cell);
  counts[result]++;
  own[cell.name] = result;
  console.log(`${result.padEnd(8)} ${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${cell.name}`);
  if (why) console.log(why.slice(0, 4000).replace(/^/gm, "    "));
}
await closeAll();
provider.close();
// Read now, for another run may have ended meanwhile.
const results = { ...(existsSync(store) ? JSON.parse(readFileSync(store, "utf8")) : {}), ...own };
writeFileSync(store, JSON.stringify(results, null, 2));
if (option("--table")) writeFileSync(option("--table"), asTable(cells, results));
console.log(`\n${counts.passed} of ${counts.passed + counts.failed} passed, ${counts["not run"]} not run\n`);
console.log(`ℹ pass ${counts.passed}\nℹ fail ${counts.failed}\nℹ skipped ${counts["not run"]}`);
process.exit(counts.failed ? 1 : 0);
