/** Pages without a bundler. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { MODULE_PAGE, TITLE, app, html } from "../kit.js";
import { serve } from "../serve.js";

const map = (root = "/pkg", entry = "browser") => `<script type="importmap">${JSON.stringify({ imports: { tokenwire: `${root}/entry/${entry}.js` } })}</script>`;
const MAIN = '<script type="module" src="/main.js"></script>';
const packed = (kit) => cpSync(join(kit.home, "node_modules/tokenwire"), kit.at("pkg"), { recursive: true });
const post = 'import { say } from "./app.js";\nconst told = say().catch((error) => "FAILED: " + error.message);\n';

// A service worker has no import().
const WHOLE = 'import "/pkg/whole.js";\n';

/** The page with what starts a worker of some kind; in workers there is no import map. */
const worker = (kind, starts, tells, engines = ["chromium", "firefox"]) =>
  engines.map((engine) => ({
    name: `${kind} worker, ${engine}`, browser: engine,
    run(kit) {
      packed(kit);
      kit.files({ "app.js": app(kit.url, "/pkg/entry/browser.js"), "index.html": html(`<script type="module">${starts}</script>`), "worker.js": (kind === "service" ? WHOLE : "") + post + tells });
      return kit.page(".", { engine });
    },
  }));

const CSP = (url) => ({ "content-security-policy": `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; img-src data:; connect-src 'self' ${url}/` });
const plain = (kit, main = TITLE) => {
  packed(kit);
  kit.files({ "app.js": app(kit.url, "/pkg/entry/browser.js"), "main.js": main, "index.html": MODULE_PAGE });
};

export default [
  ...["chromium", "firefox"].map((engine) => ({
    name: `import map, ${engine}`, quick: engine === "chromium", browser: engine,
    run: (kit) => (packed(kit), kit.files({ "app.js": app(kit.url), "main.js": TITLE, "index.html": html(map() + MAIN) }), kit.page(".", { engine })),
  })),
  {
    name: "another origin", browser: "chromium",
    async run(kit) {
      packed(kit);
      const host = await serve(kit.at("pkg"), { headers: { "access-control-allow-origin": "*" } });
      kit.files({ "app.js": app(kit.url), "main.js": TITLE, "index.html": html(map(host.url) + MAIN) });
      return kit.page().finally(host.close);
    },
  },
  ...worker("dedicated", 'new Worker("/worker.js", { type: "module" }).onmessage = ({ data }) => (document.title = data);', "told.then(postMessage);\n"),
  ...worker("shared", 'new SharedWorker("/worker.js", { type: "module" }).port.onmessage = ({ data }) => (document.title = data);', "addEventListener('connect', ({ ports: [port] }) => told.then((said) => port.postMessage(said)));\n"),
  ...worker("service", 'await navigator.serviceWorker.register("/worker.js", { type: "module" }); navigator.serviceWorker.onmessage = ({ data }) => (document.title = data); (await navigator.serviceWorker.ready).active.postMessage("go"); navigator.serviceWorker.startMessages();', "addEventListener('message', (event) => event.waitUntil(told.then((said) => event.source.postMessage(said))));\n"),
  ...["chromium", "firefox"].map((engine) => ({
    name: `strict CSP, ${engine}`, browser: engine, note: "`script-src 'wasm-unsafe-eval'`",
    run: (kit) => (plain(kit), kit.page(".", { engine, headers: CSP(kit.url) })),
  })),
  ...["chromium", "firefox"].map((engine) => ({
    name: `a CSP that forbids wasm, ${engine}: the message names it`, browser: engine, says: /FAILED: .*Content-Security-Policy.*'wasm-unsafe-eval'/,
    run: (kit) => (plain(kit), kit.page(".", { engine, headers: { "content-security-policy": CSP(kit.url)["content-security-policy"].replace(" 'wasm-unsafe-eval'", "") } })),
  })),
  {
    name: "a fallback page in place of the wasm: the message names it", browser: "chromium", says: /FAILED: .*HTML came from http:.*core\.wasm/,
    async run(kit) {
      plain(kit);
      (await import("node:fs")).rmSync(kit.at("pkg/core.wasm"));
      return kit.page(".", { fallback: true });
    },
  },
  {
    name: "Chrome extension (MV3), service worker and page", browser: "chromium",
    async run(kit) {
      packed(kit);
      kit.files({
        "app.js": app(kit.url, "/pkg/entry/browser.js"),
        "worker.js": `${WHOLE}${post}chrome.runtime.onMessage.addListener((_, __, reply) => (told.then(reply), true));\n`,
        "page.html": html('<script type="module" src="/page.js"></script>'),
        "page.js": 'import { say } from "./app.js";\nPromise.all([say(), chrome.runtime.sendMessage("go")]).then(([own, worker]) => (document.title = own === worker ? own : "FAILED: " + worker), (error) => (document.title = "FAILED: " + error.message));\n',
        "manifest.json": {
          manifest_version: 3, name: "w", version: "1", background: { service_worker: "worker.js", type: "module" }, host_permissions: ["http://127.0.0.1/*"],
          content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'" },
        },
      });
      const { visitExtension } = await import("../browsers.js");
      return visitExtension(kit.folder, "page.html");
    },
  },
];
