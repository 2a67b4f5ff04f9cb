/** A folder over HTTP, as a page's host would. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".json": "application/json" };

/** `headers`: beside the type. `fallback`: what is not there is the page, with a 200. */
export async function serve(folder, { headers = {}, fallback = false } = {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    const name = path.endsWith("/") ? `${path}index.html` : path;
    const found = await readFile(join(folder, name)).catch(() => undefined);
    const content = found ?? (fallback ? await readFile(join(folder, "index.html")) : undefined);
    if (!content) return response.writeHead(404).end();
    const type = found ? (TYPES[extname(name)] ?? "application/octet-stream") : "text/html";
    response.writeHead(200, { "content-type": type, ...headers }).end(content);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => (server.close(), server.closeAllConnections()) };
}
