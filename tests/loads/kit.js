/** What a cell builds and runs with: a folder of its own beside the tools it names. */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { visit } from "./browsers.js";
import { serve } from "./serve.js";

/** Reads a stream of the provider's and says what came. */
export const app = (url, from = "tokenwire") => `import { chat } from ${JSON.stringify(from)};
export async function say() {
  let text = "";
  const params = { model: "m", stream: true, messages: [{ role: "user", content: "Hi" }] };
  for await (const piece of chat(params, { baseURL: ${JSON.stringify(url)} }).text) text += piece;
  return "SAID:" + text;
}
`;

export const PRINT = 'import { say } from "./app.js";\nsay().then(console.log);\n';
export const TITLE = `import { say } from "./app.js";
say().then((said) => (document.title = said), (error) => (document.title = "FAILED: " + error?.message + " / " + error?.cause?.message));
`;
export const html = (script, head = "") => `<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,">${head}</head><body>${script}</body></html>\n`;
export const MODULE_PAGE = html('<script type="module" src="./main.js"></script>');

export class Kit {
  /** `home`: the folder of the tools; `folder`: the cell's own, empty. */
  constructor(home, name, url) {
    this.home = home;
    this.url = url;
    this.folder = join(home, "cells", name.replace(/[^\w.]+/g, "-"));
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
  }

  at(path) {
    return join(this.folder, path);
  }

  bin(name) {
    return join(this.home, "node_modules/.bin", name);
  }

  files(files) {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(this.at(path)), { recursive: true });
      writeFileSync(this.at(path), typeof content === "string" ? content : JSON.stringify(content, null, 2));
    }
  }

  /** The app that streams, in this folder; `main` runs it. */
  app(main, { from, at = "", ...files } = {}) {
    this.files({ "package.json": { private: true, type: "module" }, [`${at}app.js`]: app(this.url, from), [`${at}main.js`]: main, ...files });
  }

  /** Runs a program to its end; what it printed. */
  run(program, args = [], { env = {}, seconds = 300, cwd = this.folder } = {}) {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { cwd, env: { ...process.env, NO_COLOR: "1", CI: "1", ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
      let output = "";
      for (const pipe of [child.stdout, child.stderr]) pipe.setEncoding("utf8").on("data", (text) => (output += text));
      const timer = setTimeout(() => stop(child), seconds * 1000);
      child.on("error", reject);
      child.on("close", (code) => {
        clearTimeout(timer);
        if (code === 0) resolve(output);
        else reject(new Error(`${program.split("/").at(-1)} ${args.join(" ")} ended with ${code}\n${output}`));
      });
    });
  }

  node(args, options) {
    return this.run(process.execPath, args, options);
  }

  /** Runs what was built where nothing else is: what is not in the bundle is not there. */
  async away(folder, file, options) {
    const cwd = mkdtempSync(join(tmpdir(), "tokenwire-loads-"));
    cpSync(this.at(folder), cwd, { recursive: true });
    if (file.endsWith(".js")) writeFileSync(join(cwd, "package.json"), '{ "type": "module" }');
    try {
      return await this.node([file], { ...options, cwd });
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  }

  /** A script that drives a tool by its API, with the tools of this cell in reach. */
  script(code, options) {
    this.files({ "build.mjs": code });
    return this.node(["build.mjs"], options);
  }

  /** Runs a server until `use` is done with it; waits until the address answers. */
  async whileRunning(program, args, address, use, { env = {}, seconds = 90, cwd = this.folder } = {}) {
    const child = spawn(program, args, { cwd, env: { ...process.env, NO_COLOR: "1", CI: "1", ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let output = "";
    for (const pipe of [child.stdout, child.stderr]) pipe.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", (error) => (output += error.message));
    try {
      const end = Date.now() + seconds * 1000;
      for (;;) {
        if (await fetch(address).then((response) => response.text(), () => false) !== false) break;
        if (child.exitCode !== null || Date.now() > end) throw new Error("the server did not come up");
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      return await use();
    } catch (error) {
      throw new Error(`${error.message}\n${output}`);
    } finally {
      stop(child);
    }
  }

  /** Serves a folder of the cell and opens it in a browser. */
  async page(folder = ".", { path = "/", engine, extra, ...options } = {}) {
    const host = await serve(this.at(folder), options);
    try {
      return await visit(host.url + path, { engine, extra });
    } finally {
      host.close();
    }
  }

  visit = visit;
}

/** A program with what it started. */
function stop(child) {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}
let port = 20_000 + (process.pid % 20_000);
/** Ports that programs are told to listen at. */
export const nextPort = () => ++port;
