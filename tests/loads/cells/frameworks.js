/** Frameworks: built for production, started, and asked. They run in a newer Node than ours may be. */
import { join } from "node:path";
import { app, nextPort } from "../kit.js";
import { REPLY } from "../provider.js";

const newer = (kit) => join(kit.home, "node_modules/node-22/bin/node");
const env = { NEXT_TELEMETRY_DISABLED: "1", ASTRO_TELEMETRY_DISABLED: "1", NUXT_TELEMETRY_DISABLED: "1", NG_CLI_ANALYTICS: "false" };

/** Every address has to say it: those of `pages` as the browser shows them, the others as they come. */
async function all(kit, origin, { paths = [], pages = [] }) {
  const said = [];
  for (const path of paths) said.push([path, await (await fetch(origin + path)).text()]);
  for (const path of pages) said.push([path, await kit.visit(origin + path)]);
  for (const [path, text] of said) if (!text.includes(`SAID:${REPLY}`)) throw new Error(`${path} gave:\n${text.slice(0, 2000)}`);
  return said.map(([, text]) => text).join("\n");
}

const CLIENT = `"use client";
import { useEffect, useState } from "react";
import { say } from "../../app.js";
export default function Page() {
  const [said, set] = useState("");
  useEffect(() => { say().catch((error) => "FAILED: " + error.message + " / " + error.cause?.message).then((text) => { set(text); document.title = text; }); }, []);
  return <p>{said}</p>;
}
`;
const route = (runtime) => `import { say } from "../../app.js";
export const runtime = ${JSON.stringify(runtime)};
export const dynamic = "force-dynamic";
export async function GET() { return new Response(await say().catch((error) => "FAILED: " + error.stack)); }
`;

const API = `import { say } from "../../app.js";
export const config = { runtime: "edge" };
export default async () => new Response(await say().catch((error) => "FAILED: " + error.stack));
`;

const next = (bundler) => ({
  name: `Next.js with ${bundler}: client component, server component, route on node, route on edge`, tools: "next", browser: "chromium",
  async run(kit) {
    kit.files({
      "package.json": { private: true, type: "module" },
      "next.config.mjs": `export default { ${bundler === "Turbopack" ? `turbopack: { root: ${JSON.stringify(kit.home)} }` : ""} };\n`,
      "app.js": app(kit.url),
      "app/layout.jsx": "export default function Layout({ children }) { return <html><body>{children}</body></html>; }\n",
      "app/client/page.jsx": CLIENT,
      "app/server/page.jsx": `import { say } from "../../app.js";\nexport const dynamic = "force-dynamic";\nexport default async function Page() { return <p>{await say()}</p>; }\n`,
      "app/node/route.js": route("nodejs"),
      // Next 16.4 by webpack fails on any edge route below app/, also an empty one: there it is one of pages/.
      ...(bundler === "webpack" ? { "pages/api/edge.js": API } : { "app/edge/route.js": route("edge") }),
    });
    const program = join(kit.home, "node_modules/next/dist/bin/next");
    await kit.run(newer(kit), [program, "build", bundler === "webpack" ? "--webpack" : "--turbopack"], { env, seconds: 400 });
    const port = nextPort();
    const origin = `http://127.0.0.1:${port}`;
    const ask = () => all(kit, origin, { paths: ["/server", "/node", bundler === "webpack" ? "/api/edge" : "/edge"], pages: ["/client"] });
    return kit.whileRunning(newer(kit), [program, "start", "-p", `${port}`], `${origin}/node`, ask, { env });
  },
});

/** A server that was built into a folder, and is asked at / for a page that streams on the server and in the browser. */
const started = async (kit, args, options = {}) => {
  const port = nextPort();
  const origin = `http://127.0.0.1:${port}`;
  const environment = { ...env, PORT: `${port}`, HOST: "127.0.0.1", NITRO_PORT: `${port}` };
  return kit.whileRunning(newer(kit), args, origin, () => all(kit, origin, { paths: ["/api"], pages: ["/"], ...options }), { env: environment });
};

export default [
  next("Turbopack"),
  next("webpack"),
  {
    name: "SvelteKit, adapter-node, as a devDependency: page and route", tools: "sveltekit", browser: "chromium",
    async run(kit) {
      kit.files({
        "package.json": { private: true, type: "module", devDependencies: { tokenwire: "*" } },
        "vite.config.js": 'import { sveltekit } from "@sveltejs/kit/vite";\nexport default { plugins: [sveltekit()] };\n',
        "svelte.config.js": 'import adapter from "@sveltejs/adapter-node";\nexport default { kit: { adapter: adapter() } };\n',
        "src/app.html": "<!doctype html><html><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>\n",
        "src/said.js": app(kit.url),
        "src/routes/+page.svelte": '<script>\n  import { onMount } from "svelte";\n  import { say } from "../said.js";\n  onMount(async () => { document.title = await say().catch((error) => "FAILED: " + error.message); });\n</script>\n<p>page</p>\n',
        "src/routes/api/+server.js": 'import { say } from "../../said.js";\nexport const GET = async () => new Response(await say());\n',
      });
      await kit.run(newer(kit), [join(kit.home, "node_modules/vite/bin/vite.js"), "build"], { env, seconds: 400 });
      return started(kit, ["build/index.js"]);
    },
  },
  {
    name: "Nuxt: page and route", tools: "nuxt", browser: "chromium",
    async run(kit) {
      kit.files({
        "package.json": { private: true, type: "module" },
        "nuxt.config.js": 'export default { telemetry: false, compatibilityDate: "2025-07-01" };\n',
        "said.js": app(kit.url),
        "app/app.vue": '<template><p>page</p></template>\n<script setup>\nimport { onMounted } from "vue";\nimport { say } from "../said.js";\nonMounted(async () => { document.title = await say().catch((error) => "FAILED: " + error.message); });\n</script>\n',
        "server/routes/api.js": 'import { say } from "../../said.js";\nexport default defineEventHandler(() => say());\n',
      });
      await kit.run(newer(kit), [join(kit.home, "node_modules/nuxt/bin/nuxt.mjs"), "build"], { env, seconds: 400 });
      return started(kit, [".output/server/index.mjs"]);
    },
  },
  {
    name: "Astro: page", tools: "astro", browser: "chromium",
    async run(kit) {
      kit.files({
        "package.json": { private: true, type: "module" },
        "src/said.js": app(kit.url),
        "src/pages/index.astro": '---\nimport { say } from "../said.js";\nconst said = await say();\n---\n<html><head></head><body><p>{said}</p>\n<script>\n  import { say } from "../said.js";\n  say().then((said) => (document.title = said), (error) => (document.title = "FAILED: " + error.message));\n</script></body></html>\n',
      });
      await kit.run(newer(kit), [join(kit.home, "node_modules/astro/bin/astro.mjs"), "build"], { env, seconds: 400 });
      return kit.page("dist");
    },
  },
  {
    name: "Angular: page", tools: "angular", entry: "tokenwire/inline", browser: "chromium",
    async run(kit) {
      kit.files({
        "package.json": { private: true },
        "angular.json": {
          version: 1, cli: { analytics: false },
          projects: { w: { projectType: "application", root: "", sourceRoot: "src", architect: { build: { builder: "@angular/build:application", options: { browser: "src/main.ts", index: "src/index.html", tsConfig: "tsconfig.json", outputPath: "dist", optimization: { fonts: false, scripts: true, styles: true } } } } } },
        },
        "tsconfig.json": { compilerOptions: { target: "ES2022", module: "preserve", moduleResolution: "bundler", strict: true, experimentalDecorators: true, skipLibCheck: true, types: [], lib: ["ES2022", "DOM", "DOM.AsyncIterable", "DOM.Iterable", "ESNext.Disposable"] }, files: ["src/main.ts"] },
        "src/index.html": "<!doctype html><html><head><base href='/'></head><body><app-root></app-root></body></html>\n",
        "src/main.ts": `import { Component, provideZonelessChangeDetection } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
${app(kit.url, "tokenwire/inline").replace("const params =", "const params: any =")}
@Component({ selector: "app-root", template: "<p>page</p>" })
class App { constructor() { say().then((said) => (document.title = said), (error) => (document.title = "FAILED: " + error.message)); } }
bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] });
`,
      });
      await kit.run(newer(kit), [join(kit.home, "node_modules/@angular/cli/bin/ng.js"), "build"], { env, seconds: 400 });
      return kit.page("dist/browser");
    },
  },
];
