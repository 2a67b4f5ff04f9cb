// A file server on 127.0.0.1 for pages under test. Node only.

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

function fileFor(roots, pathname) {
  for (const [prefix, folder] of Object.entries(roots)) {
    if (!pathname.startsWith(prefix)) continue;
    const file = join(folder, normalize(pathname.slice(prefix.length)));
    return file.startsWith(normalize(folder)) && existsSync(file) && statSync(file).isFile() ? file : undefined;
  }
  return undefined;
}

/** Serves {prefix: folder} and an empty page at `/`. Gives {origin, close}. */
export async function serve(roots) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/") {
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<!doctype html><title>tests</title>");
      return;
    }
    const file = fileFor(roots, pathname);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}
