/** Serves a few things from memory to a page that is cross-origin isolated, for the sake of its finer clock. */
import { createServer } from "node:http";

const TYPES = { js: "text/javascript", wasm: "application/wasm", sse: "application/octet-stream", html: "text/html" };

/** `files`: { path: content }. Resolves to { origin, close }. */
export async function serve(files) {
  const server = createServer((request, response) => {
    const content = files[request.url];
    const type = TYPES[request.url.split(".").at(-1)] ?? TYPES.html;
    const headers = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
    response.writeHead(content === undefined ? 404 : 200, { ...headers, "content-type": type, "cache-control": "no-store" });
    response.end(content);
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const close = () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}
