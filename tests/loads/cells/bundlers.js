/** Bundlers: what they make runs in a page or in Node. */
import { copyFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { MODULE_PAGE, PRINT, TITLE, html, nextPort } from "../kit.js";

const page = (kit, files) => kit.app(TITLE, { "index.html": MODULE_PAGE, ...files });
const SCRIPT_PAGE = html('<script src="./main.js"></script>');

const esbuild = (kit, options) => kit.script(`import { build } from "esbuild";\nawait build(${JSON.stringify({ entryPoints: ["main.js"], bundle: true, logLevel: "error", ...options })});\n`);

const rollup = (kit, tool, output) => {
  const plugin = tool === "rollup" ? 'import resolve from "@rollup/plugin-node-resolve";' : "const resolve = () => undefined;";
  return kit.script(`import { ${tool} } from ${JSON.stringify(tool)};\n${plugin}
const bundle = await ${tool}({ input: "main.js", plugins: [resolve({ browser: true })], ${tool === "rolldown" ? 'platform: "browser",' : ""} });
await bundle.write(${JSON.stringify(output)});\n`);
};

const webpack = (kit, tool, options = {}) => kit.script(`
import * as tool from ${JSON.stringify(tool)};
const bundle = (tool.default ?? tool)({ mode: "production", context: process.cwd(), entry: "./main.js", output: { path: process.cwd() + "/out", filename: "main.js" }, ...${JSON.stringify(options)} });
await new Promise((resolve, reject) => bundle.run((error, stats) => (error || stats.hasErrors() ? reject(error ?? new Error(stats.toString())) : resolve())));
`);

const vite = (kit, config = {}, command = "build") => {
  kit.files({ "vite.config.js": `export default ${JSON.stringify({ logLevel: "warn", ...config })};\n` });
  return kit.node([`${kit.home}/node_modules/vite/bin/vite.js`, command]);
};

const tsup = (kit, format) => {
  kit.files({ "tsup.config.js": `export default { entry: ["main.js"], format: ${JSON.stringify(format)}, outDir: "out", noExternal: ["tokenwire"] };\n` });
  return kit.run(kit.bin("tsup"), []);
};

const inPage = (name, tools, build, { entry, quick, note, main = TITLE, index = SCRIPT_PAGE, folder = "out" } = {}) => ({
  name, tools, entry, quick, note, browser: "chromium",
  async run(kit) {
    kit.app(main, { from: entry, "index.html": MODULE_PAGE });
    await build(kit);
    kit.files({ [`${folder}/index.html`]: index });
    return kit.page(folder);
  },
});

const inNode = (name, build, { entry, quick, file, note } = {}) => ({
  name, tools: "bundlers", entry, quick, note,
  async run(kit) {
    kit.app(PRINT, { from: entry });
    await build(kit);
    return kit.away("out", file);
  },
});

const inline = { entry: "tokenwire/inline", quick: true };
const carried = (kit) => copyFileSync(join(kit.home, "node_modules/tokenwire/core.wasm"), kit.at("out/core.wasm"));

export default [
  inPage("esbuild, esm", "bundlers", (kit) => esbuild(kit, { format: "esm", outdir: "out" }), { ...inline, index: MODULE_PAGE }),
  inPage("esbuild, esm, the wasm copied beside it", "bundlers", async (kit) => (await esbuild(kit, { format: "esm", outdir: "out", splitting: true }), carried(kit)), { index: MODULE_PAGE, note: "`core.wasm` copied" }),
  inPage("esbuild, iife", "bundlers", (kit) => esbuild(kit, { format: "iife", outdir: "out", minify: true }), { ...inline, index: html('<script src="./main.js"></script>').replace('<meta charset="utf-8">', "") }),
  inNode("esbuild, cjs for Node", (kit) => esbuild(kit, { format: "cjs", platform: "node", outfile: "out/main.cjs" }), { quick: true, file: "main.cjs" }),
  inNode("esbuild, esm for Node", (kit) => esbuild(kit, { format: "esm", platform: "node", outfile: "out/main.mjs" }), { file: "main.mjs" }),
  inPage("rollup", "bundlers", (kit) => rollup(kit, "rollup", { dir: "out", format: "es" }), { ...inline, index: MODULE_PAGE }),
  inPage("rollup, iife", "bundlers", (kit) => rollup(kit, "rollup", { file: "out/main.js", format: "iife", inlineDynamicImports: true }), { entry: "tokenwire/inline" }),
  inPage("rolldown", "bundlers", (kit) => rollup(kit, "rolldown", { dir: "out", format: "es" }), { entry: "tokenwire/inline", index: MODULE_PAGE }),
  inPage("webpack", "bundlers", (kit) => webpack(kit, "webpack"), { quick: true }),
  inNode("webpack, for Node", (kit) => webpack(kit, "webpack", { target: "node", output: { path: kit.at("out"), filename: "main.cjs" } }), { file: "main.cjs" }),
  inPage("rspack", "bundlers", (kit) => webpack(kit, "@rspack/core")),
  {
    name: "Vite, build", tools: "bundlers", quick: true, browser: "chromium",
    run: async (kit) => (page(kit), await vite(kit), kit.page("dist")),
  },
  {
    name: "Vite, build, the wasm as a data: URL under a strict CSP", tools: "bundlers", browser: "chromium",
    async run(kit) {
      page(kit);
      await vite(kit, { build: { assetsInlineLimit: 1_000_000 } });
      return kit.page("dist", { headers: { "content-security-policy": `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:; connect-src 'self' ${kit.url}/` } });
    },
  },
  {
    name: "Vite, dev", tools: "bundlers", browser: "chromium",
    async run(kit) {
      // The tools lie above the cell, where a user's project has its node_modules inside.
      page(kit, { "vite.config.js": `export default { server: { fs: { allow: [${JSON.stringify(kit.home)}] } } };\n` });
      const port = nextPort();
      const address = `http://127.0.0.1:${port}/`;
      return kit.whileRunning(process.execPath, [`${kit.home}/node_modules/vite/bin/vite.js`, "--host=127.0.0.1", `--port=${port}`], address, () => kit.visit(address));
    },
  },
  ...["umd", "cjs", "es"].map((format) => ({
    name: `Vite, lib, ${format}`, tools: "bundlers", entry: "tokenwire/inline", browser: "chromium",
    async run(kit) {
      page(kit);
      kit.app(TITLE, { from: "tokenwire/inline" });
      await vite(kit, { build: { lib: { entry: "main.js", name: "app", formats: [format], fileName: "main" }, outDir: "out" } });
      const script = format === "umd" ? "main.umd.cjs" : format === "cjs" ? "main.cjs" : "main.js";
      kit.files({ "out/index.html": html(`<script${format === "es" ? ' type="module"' : ""} src="./${script}"></script>`) });
      return kit.page("out");
    },
  })),
  {
    name: "Vite, SSR with noExternal", tools: "bundlers",
    async run(kit) {
      kit.app(PRINT);
      await vite(kit, { build: { ssr: "main.js", outDir: "out" }, ssr: { noExternal: true } });
      return kit.away("out", "main.js");
    },
  },
  {
    name: "Vite, worker", tools: "bundlers", browser: "chromium",
    async run(kit) {
      page(kit, { "main.js": 'new Worker(new URL("./worker.js", import.meta.url), { type: "module" }).onmessage = ({ data }) => (document.title = data);\n',
        "worker.js": 'import { say } from "./app.js";\nsay().then(postMessage, (error) => postMessage("FAILED: " + error.message));\n' });
      await vite(kit, { worker: { format: "es" } });
      return kit.page("dist");
    },
  },
  {
    name: "Parcel", tools: "parcel", browser: "chromium",
    async run(kit) {
      page(kit, { "package.json": { private: true } });
      await kit.run(kit.bin("parcel"), ["build", "index.html", "--no-cache", "--dist-dir", "dist"]);
      return kit.page("dist");
    },
  },
  inNode("tsup, esm", (kit) => tsup(kit, "esm"), { file: "main.js", note: "`noExternal`" }),
  inNode("tsup, cjs", (kit) => tsup(kit, "cjs"), { file: "main.cjs", note: "`noExternal`" }),
  inNode("ncc", (kit) => kit.run(kit.bin("ncc"), ["build", "main.js", "-o", "out"]).then(() => renameSync(kit.at("out/index.js"), kit.at("out/index.mjs"))), { file: "index.mjs" }),
  {
    name: "Bun, build for a page", tools: "runtimes", entry: "tokenwire/inline", browser: "chromium",
    async run(kit) {
      kit.app(TITLE, { from: "tokenwire/inline" });
      await kit.run(kit.bin("bun"), ["build", "--target=browser", "--outdir=out", "main.js"]);
      kit.files({ "out/index.html": MODULE_PAGE });
      return kit.page("out");
    },
  },
  {
    name: "Bun, HTML dev server", tools: "runtimes", entry: "tokenwire/inline", browser: "chromium",
    async run(kit) {
      kit.app(TITLE, { from: "tokenwire/inline", "index.html": MODULE_PAGE });
      const port = nextPort();
      const address = `http://localhost:${port}/`;
      return kit.whileRunning(kit.bin("bun"), ["index.html", `--port=${port}`], address, () => kit.visit(address));
    },
  },
];
