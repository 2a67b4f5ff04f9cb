// The provider of the soak, in a thread of its own, so that what it holds is not measured. Every reply goes its way by its path.

import { createServer } from "node:http";
import { parentPort } from "node:worker_threads";
import { delta, says, text } from "../../js/support/wire.js";

const words = says("The ", "quick ", "brown ", "fox ", "jumps ", "over ", "the ", "lazy ", "dog.");
const whole = words.join("");
const tried = new Set();
const plain = JSON.stringify({
  id: "c1", object: "chat.completion", created: 1, model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "The quick brown fox" }, finish_reason: "stop", logprobs: null }],
});
const limited = JSON.stringify({ error: { message: "Rate limit reached", type: "requests", code: "rate_limit_exceeded" } });
const overloaded = `data: ${JSON.stringify({ error: { message: "Overloaded", type: "overloaded_error" } })}\n\n`;

const begin = (response) => response.writeHead(200, { "content-type": "text/event-stream" });
const refuse = (response) => response.writeHead(429, { "content-type": "application/json", "retry-after-ms": "1" }).end(limited);

/** Sends again and again until the client goes. */
function repeat(response, data, ms) {
  begin(response).write(words[0]);
  const timer = setInterval(() => response.write(data), ms);
  response.on("close", () => clearInterval(timer));
}

const ways = {
  whole: (response) => begin(response).end(whole),
  plain: (response) => response.writeHead(200, { "content-type": "application/json" }).end(plain),
  async slow(response) {
    begin(response);
    for (const word of words) {
      response.write(word);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    response.end();
  },
  cut: (response) => begin(response).write(words[0] + words[1].slice(0, 30), () => response.destroy()),
  short: (response) => begin(response).end(words[0] + words[1]),
  error: (response) => begin(response).end(words[0] + overloaded),
  reset: (response) => response.socket.resetAndDestroy(),
  limited: refuse,
  once(response, id) {
    if (tried.delete(id)) return ways.whole(response);
    tried.add(id);
    return refuse(response);
  },
  silent: (response) => begin(response).write(words[0]),
  pings: (response) => repeat(response, ": ping\n\n", 5),
  endless: (response) => repeat(response, text("more ") + delta({ content: "and " }), 2),
};

const server = createServer((request, response) => {
  const [, way, id] = request.url.split("/");
  request.resume().on("end", () => ways[way](response, id));
  response.on("error", () => {});
});
server.listen(0, "127.0.0.1", () => parentPort.postMessage({ port: server.address().port }));
parentPort.on("message", () => server.getConnections((_, open) => parentPort.postMessage({ open })));
