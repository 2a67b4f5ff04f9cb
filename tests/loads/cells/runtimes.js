/** Runtimes of servers and edges. */
import { join } from "node:path";
import { PRINT, app, nextPort } from "../kit.js";

const REQUIRE = (url) => `${app(url).replace(/import (.*) from (.*);/, "const $1 = require($2);").replace("export ", "")}say().then(console.log);\n`;

function node(kit, program, how, from = "tokenwire") {
  if (how === "import") {
    kit.app(PRINT, { from });
    return kit.run(program, ["main.js"]);
  }
  kit.files({ "main.cjs": REQUIRE(kit.url).replace('"tokenwire"', JSON.stringify(from)) });
  return kit.run(program, ["main.cjs"]);
}

const nodes = ["20.0", "20.18", "22", "24"].flatMap((version) =>
  ["import", "require"].map((how) => ({
    name: `Node ${version}, ${how}`,
    tools: "nodes",
    run: (kit) => node(kit, join(kit.home, `node_modules/node-${version}/bin/node`), how),
  })),
);

/** A Worker as wrangler bundles it: by esbuild with its conditions, the wasm as a module beside it. */
const WORKER = `import { say } from "./app.js";
export default { async fetch() { return new Response(await say().catch((error) => "FAILED: " + error?.stack)); } };
`;

const miniflare = (kit, from, date) => {
  kit.app(WORKER, { from });
  return kit.script(`
import { readFileSync, readdirSync, statSync } from "node:fs";
import { Miniflare } from "miniflare";
const root = ${JSON.stringify(join(kit.home, "node_modules/tokenwire/"))};
const names = readdirSync(root, { recursive: true }).filter((name) => statSync(root + name).isFile() && !name.startsWith("cjs/"));
const packed = names.filter((name) => /\\.(js|wasm)$/.test(name)).map((name) => ({ type: name.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path: "tokenwire/" + name, contents: readFileSync(root + name) }));
const own = (name) => ({ type: "ESModule", path: name, contents: readFileSync(name, "utf8").replace('"tokenwire"', '"./tokenwire/entry/workerd.js"') });
const foreign = ({ path }) => /entry\\/(?!workerd)|tokenwire\\/inline/.test(path);
const worker = new Miniflare({ compatibilityDate: ${JSON.stringify(date)}, cf: false, modules: [own("main.js"), own("app.js"), ...packed.filter((module) => !foreign(module))] });
console.log(await (await worker.dispatchFetch("http://worker/")).text());
await worker.dispose();
`);
};

const deno = (kit, args, env) => kit.run(kit.bin("deno"), args, { env: { DENO_NO_UPDATE_CHECK: "1", DENO_NO_PROMPT: "1", ...env } });

export default [
  {
    name: "publint and attw find nothing", quick: true, tools: "lint", entry: "all", note: "attw leaves out `core.wasm`", says: /No problems found/,
    async run(kit) {
      const packed = join(kit.home, "node_modules/tokenwire");
      await kit.run(kit.bin("publint"), [packed, "--strict"]);
      return kit.run(kit.bin("attw"), ["--pack", packed, "--exclude-entrypoints", "core.wasm", "core.wasm*"]);
    },
  },
  { name: "Node, import", quick: true, tools: "pages", run: (kit) => node(kit, process.execPath, "import") },
  { name: "Node, require", quick: true, tools: "pages", run: (kit) => node(kit, process.execPath, "require") },
  { name: "Node, inline, import", entry: "tokenwire/inline", quick: true, tools: "pages", run: (kit) => node(kit, process.execPath, "import", "tokenwire/inline") },
  { name: "Node, inline, require", entry: "tokenwire/inline", quick: true, tools: "pages", run: (kit) => node(kit, process.execPath, "require", "tokenwire/inline") },
  ...nodes,
  {
    name: "Deno, run without --allow-read", quick: true, tools: "runtimes",
    run: (kit) => (kit.app(PRINT), deno(kit, ["run", "--allow-net=127.0.0.1", "--node-modules-dir=manual", "main.js"])),
  },
  {
    name: "Deno, bundle", tools: "runtimes", quick: true,
    async run(kit) {
      kit.app(PRINT);
      await deno(kit, ["bundle", "--node-modules-dir=manual", "-o", "out/bundle.js", "main.js"]);
      return deno(kit, ["run", "--allow-net=127.0.0.1", "--no-config", "out/bundle.js"]);
    },
  },
  { name: "Bun, run", quick: true, tools: "runtimes", run: (kit) => (kit.app(PRINT), kit.run(kit.bin("bun"), ["main.js"])) },
  {
    name: "Bun, test", tools: "runtimes",
    run(kit) {
      kit.app(PRINT, { "one.test.js": 'import { test } from "bun:test";\nimport { say } from "./app.js";\ntest("streams", async () => console.log(await say()));\n' });
      return kit.run(kit.bin("bun"), ["test"]);
    },
  },
  ...["bun", "node"].map((target) => ({
    name: `Bun, build --target=${target}`, tools: "runtimes",
    async run(kit) {
      kit.app(PRINT);
      await kit.run(kit.bin("bun"), ["build", `--target=${target}`, "--outfile=out/bundle.mjs", "main.js"]);
      return kit.run(target === "bun" ? kit.bin("bun") : process.execPath, ["out/bundle.mjs"]);
    },
  })),
  { name: "workerd by miniflare", quick: true, tools: "runtimes", run: (kit) => miniflare(kit, "tokenwire", "2026-04-01") },
  {
    name: "workerd by miniflare, compatibility date 2025-04-01", quick: true, tools: "runtimes", note: "neither FinalizationRegistry nor WeakRef",
    run: (kit) => miniflare(kit, "tokenwire", "2025-04-01"),
  },
  {
    name: "wrangler dev, compatibility date 2025-04-01", tools: "wrangler",
    async run(kit) {
      const port = nextPort();
      kit.app(WORKER, { "wrangler.json": { name: "w", main: "main.js", compatibility_date: "2025-04-01" } });
      const args = ["dev", "--ip=127.0.0.1", `--port=${port}`, "--inspector-port=0"];
      const env = { WRANGLER_SEND_METRICS: "false" };
      return kit.whileRunning(kit.bin("wrangler"), args, `http://127.0.0.1:${port}/`, async () => (await fetch(`http://127.0.0.1:${port}/`)).text(), { env });
    },
  },
  {
    name: "Vercel edge-runtime, the wasm given by its host", tools: "runtimes", entry: "tokenwire/slim",
    async run(kit) {
      kit.app(`import { init } from "tokenwire/slim";\nimport { say } from "./app.js";\naddEventListener("fetch", (event) => event.respondWith(init(globalThis.wasm).then(say).then((said) => new Response(said))));\n`, { from: "tokenwire/slim" });
      return kit.script(`
import { readFileSync } from "node:fs";
import { EdgeRuntime } from "edge-runtime";
import { build } from ${JSON.stringify(join(kit.home, "../bundlers/node_modules/esbuild/lib/main.js"))};
const { outputFiles } = await build({ entryPoints: ["main.js"], bundle: true, format: "iife", conditions: ["edge-light"], write: false });
const wasm = await WebAssembly.compile(readFileSync(${JSON.stringify(join(kit.home, "node_modules/tokenwire/core.wasm"))}));
const runtime = new EdgeRuntime({ extend: (context) => Object.assign(context, { wasm }), initialCode: outputFiles[0].text });
const response = await runtime.dispatchFetch("http://edge/");
console.log(await response.text());
`);
    },
  },
];
