/** A provider on this machine, for pages of any origin. Says the same each time, in pieces that cut a letter in two,
 * and at its end a word that is not OpenAI's: for that the whole core has to be loaded. */
import { createServer } from "node:http";

export const REPLY = "Straße → 42 🦀, read to the end";

function sse() {
  const chunk = (delta, reason = null) => ({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: reason }] });
  const words = REPLY.match(/\S+\s*/g).map((content) => chunk({ content }));
  const events = [chunk({ role: "assistant", content: "" }), ...words, chunk({}, "eos")].map((event) => `data: ${JSON.stringify(event)}\n\n`);
  return Buffer.from(`${events.join("")}data: [DONE]\n\n`);
}

const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*", "access-control-allow-private-network": "true" };

export async function startProvider() {
  const body = sse();
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === "OPTIONS") return response.writeHead(204, CORS).end();
    if (!request.url.endsWith("/v1/chat/completions")) return response.writeHead(404, CORS).end();
    response.writeHead(200, { ...CORS, "content-type": "text/event-stream" });
    const cut = body.indexOf("ß") + 1;
    response.write(body.subarray(0, cut));
    setTimeout(() => response.end(body.subarray(cut)), 10);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/v1`, close: () => server.close() };
}
