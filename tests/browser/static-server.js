/** Serves the demo as `cargo xtask demo` does: the page at /, the package (the packed one, as users get it) at /pkg/. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { inRepository } from "../js/support/fixtures.js";
import { packedRoot } from "../js/support/packed.js";

const page = inRepository("www-demo/");

const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".wasm": "application/wasm" };

/** Listens on a free port; `{ origin, close }`. */
export async function serveDemo() {
  return listen(createServer(async (request, response) => {
    const path = normalize(new URL(request.url, "http://localhost").pathname);
    const file = path.startsWith("/pkg/") ? join(packedRoot, path.slice("/pkg/".length)) : join(page, path === "/" ? "index.html" : path);
    try {
      const content = await readFile(file);
      response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream", "cache-control": "no-store" }).end(content);
    } catch {
      response.writeHead(404, { "content-type": "text/plain" }).end("no such file");
    }
  }));
}

/** Starts a server on a free port of this machine. */
export async function listen(server) {
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}
