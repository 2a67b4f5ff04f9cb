/**
 * A provider on another origin, as strict about preflights as many real ones: only `content-type` and
 * `authorization` may be asked for. Replies are the simulator's, so that one thing knows the wire format.
 */
import { createServer } from "node:http";
import { simulate } from "tokenwire/testing";
import { listen } from "./static-server.js";

const allowed = ["authorization", "content-type"];
/** What browsers add by themselves to every cross-origin request. */
const standard = /^(accept(-.*)?|cache-control|connection|content-length|host|origin|pragma|priority|referer|sec-.*|user-agent)$/;

/** `{ origin, preflights, foreign, gone, simulator, close }`. */
export async function serveProvider(options) {
  const seen = { preflights: [], foreign: [], gone: 0, simulator: simulate(options) };
  const server = await listen(createServer((request, response) => {
    const done = request.method === "OPTIONS" ? preflight(request, response, seen) : answer(request, response, seen);
    done.catch((error) => response.destroy(error));
  }));
  return Object.assign(seen, server);
}

async function preflight(request, response, seen) {
  const asked = (request.headers["access-control-request-headers"] ?? "").split(",").map((name) => name.trim()).filter(Boolean);
  seen.preflights.push(asked.sort());
  const headers = { "access-control-allow-origin": request.headers.origin, "access-control-allow-methods": "GET, POST" };
  // Like the providers that fail on an SDK's telemetry headers: one name too many and nothing is allowed.
  if (asked.every((name) => allowed.includes(name))) headers["access-control-allow-headers"] = allowed.join(", ");
  response.writeHead(204, headers).end();
}

async function answer(request, response, seen) {
  seen.foreign.push(...Object.keys(request.headers).filter((name) => !standard.test(name) && !allowed.includes(name)));
  const body = [];
  for await (const part of request) body.push(part);
  const left = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) { seen.gone += 1; left.abort(); }
  });
  const reply = await seen.simulator(`http://${request.headers.host}${request.url}`, {
    method: request.method,
    headers: request.headers.authorization ? { authorization: request.headers.authorization } : {},
    body: body.length > 0 ? Buffer.concat(body) : undefined,
    signal: left.signal,
  });
  response.writeHead(reply.status, { ...Object.fromEntries(reply.headers), "access-control-allow-origin": request.headers.origin });
  await send(reply.body.getReader(), response);
}

async function send(reader, response) {
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) response.write(read.value);
    response.end();
  } catch {
    response.destroy();
  }
}
