/**
 * A server on bare TCP that breaks in exactly one way at a known byte. Just enough HTTP for that, and the CORS headers that
 * let a page call it. What a case asks for stands in the path: `/<fault>/<id>/v1/…` does one fault, and all that is
 * seen of one id is kept together: `GET /-/seen/<id>` tells it, `GET /-/go/<id>` has the fault that waits for it go on,
 * `GET /-/sweep/<id>` ends what faults hold open.
 */
import { createServer } from "node:net";
import { cors, Exchange } from "./exchange.js";
import { faults } from "./faults.js";

/** Starts two servers, for redirects need another origin: {origin, other, refused, close}. */
export async function serveFaults() {
  const seen = new Map();
  const context = { seen, held: new Set(), connections: new Map(), origin: undefined, other: undefined };
  const [first, second] = [await listen(context), await listen(context)];
  context.origin = first.origin;
  context.other = second.origin;
  return { ...context, refused: await closedPort(), close: () => Promise.all([first.close(), second.close()]) };
}

async function listen(context) {
  const sockets = new Set();
  // Half-open: the end of what the client says is not the end of what we say, and the other way round.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, context).catch((error) => { context.failure = error; socket.destroy(); });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(resolve);
    }),
  };
}

/** An address where nobody listens. */
async function closedPort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

async function serve(socket, context, exchange = new Exchange(socket)) {
  const request = await exchange.request();
  if (!request) return socket.destroy();
  const [, fault, id] = request.path.split(/[/?]/);
  if (request.method === "OPTIONS") return exchange.answer(204, preflight(request));
  if (fault === "-") return control(exchange, request, context);
  context.held.add(socket);
  socket.once("close", () => context.held.delete(socket));
  context.connections.set(socket, context.connections.get(socket) ?? context.connections.size);
  const known = context.seen.get(id) ?? { requests: [], gone: new Set(), go: 0, listeners: [] };
  context.seen.set(id, known);
  // In order of arrival; a name that nobody knows is a mistake of the case.
  const record = { host: request.headers.host, headers: request.headers, at: performance.now(), left: null, connection: context.connections.get(socket) };
  known.requests.push(record);
  exchange.onLeft = () => { record.left = performance.now() - record.at; };
  if (!faults[fault]) throw new Error(`there is no fault ${fault}`);
  await faults[fault](exchange, { request, count: known.requests.length, id, ...context, go: () => went(known), again: () => serve(socket, context, exchange) });
}

/** `/-/<what>/<id>`; what is asked for by a test is answered well. */
function control(exchange, request, context) {
  const [, , what, id] = request.path.split("/");
  const known = context.seen.get(id);
  if (what === "go" && known) {
    known.go += 1;
    for (const go of known.listeners.splice(0)) go();
  }
  if (what === "sweep") for (const socket of context.held) socket.destroy();
  const { requests = [] } = known ?? {};
  return exchange.answer(200, cors(request), JSON.stringify({ requests, failure: context.failure?.stack ?? null }));
}

/** Waits for the next go that was not yet used. */
async function went(known) {
  if (known.go === 0) await new Promise((resolve) => known.listeners.push(resolve));
  known.go -= 1;
}

const preflight = (request) => ({
  ...cors(request),
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "",
  // Asked once for an address: no preflight comes between the requests of one connection.
  "access-control-max-age": "600",
});
