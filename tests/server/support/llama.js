// llama.cpp's own HTTP server with a tiny random model, started for one test file.

import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { inRepository, inShared } from "../../js/support/fixtures.js";

const run = promisify(execFile);
const STARTING = 60_000;

/** Are the scripts that start the server beside this clone? */
export const hasServers = existsSync(inShared("servers/llama-server.py"));

/** The Python that has xllamacpp, gguf and jsonschema; `cargo xtask test` makes one and says where. */
export function python() {
  const given = process.env.TOKENWIRE_PYTHON;
  if (!given) throw new Error("TOKENWIRE_PYTHON must name a Python with xllamacpp, gguf, numpy and jsonschema; `cargo xtask test` sees to it");
  return given;
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The model is made once: 475 KB of random weights, so only shapes can be asserted, never words. */
async function tinyModel() {
  const folder = inRepository("target/test-models/");
  const file = `${folder}tiny.gguf`;
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    await run(python(), [inShared("servers/mk-tiny-gguf.py"), file]);
  }
  return file;
}

async function healthy(root, server) {
  const deadline = Date.now() + STARTING;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
    const up = await fetch(`${root}/health`).then((response) => response.ok, () => false);
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the server did not come up");
}

/** Starts the server. Gives {baseURL, apiKey, model, log(), close}; `log()` is all that it has written so far. */
export async function startLlama() {
  const [model, port] = [await tinyModel(), await freePort()];
  const [apiKey, alias] = ["sk-local-test", "tiny"];
  const server = spawn(python(), [inShared("servers/llama-server.py"), model, String(port), apiKey, alias]);
  let written = "";
  for (const pipe of [server.stdout, server.stderr]) pipe.on("data", (data) => { written += data; });
  const root = `http://127.0.0.1:${port}`;
  const close = () => new Promise((resolve) => {
    server.once("exit", resolve);
    server.kill("SIGKILL");
  });
  await healthy(root, server).catch(async (error) => {
    await close();
    throw new Error(`${error.message}\n${written.slice(-2000)}`);
  });
  return { baseURL: root, apiKey, model: alias, log: () => written, close };
}
