/** Test runners. */
import { app, PRINT } from "../kit.js";

const TEST = 'import { say } from "./app.js";\ntest("streams", async () => { console.log(await say()); });\n';
const COMMON = (url, from = "tokenwire") => `const { chat } = require(${JSON.stringify(from)});
${app(url).split("\n").slice(1).join("\n").replace("export ", "")}
test("streams", async () => { console.log(await say()); });
`;

const vitest = (name, config, quick) => ({
  name: `vitest, ${name}`, tools: "runners", quick,
  run(kit) {
    kit.app("", { "one.test.js": TEST, "vitest.config.js": `export default { test: { globals: true, ...${JSON.stringify(config)} } };\n` });
    return kit.node([`${kit.home}/node_modules/vitest/vitest.mjs`, "run"]);
  },
});

const jest = (kit, env) => kit.node([`${kit.home}/node_modules/jest/bin/jest.js`, "--watchman=false", "--colors=false"], { env });

export default [
  {
    name: "jest, default configuration", tools: "runners", quick: true,
    run: (kit) => (kit.files({ "package.json": { private: true }, "one.test.js": COMMON(kit.url) }), jest(kit)),
  },
  {
    name: "jest, ESM", tools: "runners", note: "`--experimental-vm-modules`",
    run(kit) {
      kit.files({ "package.json": { private: true, type: "module", jest: { transform: {} } }, "app.js": app(kit.url), "one.test.js": TEST });
      return jest(kit, { NODE_OPTIONS: "--experimental-vm-modules" });
    },
  },
  {
    name: "jest, bare jsdom: the message names what is missing", tools: "runners", says: /tokenwire needs [^]*TextDecoder[^]*jsdom takes them away/,
    run(kit) {
      kit.files({ "package.json": { private: true, jest: { testEnvironment: "jsdom" } }, "one.test.js": COMMON(kit.url) });
      return jest(kit).catch((error) => error.message);
    },
  },
  vitest("node", {}, true),
  vitest("jsdom", { environment: "jsdom" }),
  vitest("happy-dom", { environment: "happy-dom", environmentOptions: { happyDOM: { settings: { fetch: { disableSameOriginPolicy: true } } } } }),
  vitest("edge-runtime", { environment: "edge-runtime" }),
  vitest("deps.inline", { server: { deps: { inline: ["tokenwire"] } } }),
  vitest("jsdom, deps.inline", { environment: "jsdom", server: { deps: { inline: ["tokenwire"] } } }),
  vitest("vmThreads", { pool: "vmThreads" }),
  { name: "tsx", tools: "bundlers", run: (kit) => (kit.app(PRINT, { "main.ts": PRINT }), kit.run(kit.bin("tsx"), ["main.ts"])) },
];
