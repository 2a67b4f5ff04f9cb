// Providers that answer call after call, bodies that wait, and the faces of a stream as loops. Runs in every runtime.

import { toBytes } from "./bytes.js";
import { equal, inTime } from "./check.js";
import { completes } from "./fake-fetch.js";
import { faceNames, readThrough } from "./outcome.js";
import { hello } from "./wire.js";

export const streaming = Object.freeze({ ...hello, stream: true });

/** An error frame of a provider that has no room. */
export const busy = 'data: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\n';

/** What a request holds, whatever its body is made of. */
export const sent = async (init) => (init?.body === undefined || init.body === null ? undefined : JSON.parse(await new Response(init.body).text()));

/** Answers with these, one after the other, the last again and again; each is a function, as `fetch` is. */
export function sequence(...answers) {
  const fake = async (url, init) => {
    const answer = answers[Math.min(fake.calls++, answers.length - 1)];
    fake.at.push(performance.now());
    fake.bodies.push(await sent(init));
    return answer(url, init);
  };
  return Object.assign(fake, { calls: 0, at: [], bodies: [] });
}

/** Refuses in OpenAI's form. */
export const refuses = (status, error = {}, headers = {}) => async () =>
  new Response(JSON.stringify({ error: { message: "no", ...error } }), { status, headers: { "content-type": "application/json", ...headers } });

/** Refuses a parameter by its name, in OpenAI's words. */
export const refusesName = (name) => refuses(400, {
  message: `Unsupported parameter: '${name}' is not supported with this model.`, type: "invalid_request_error", param: name, code: "unsupported_parameter",
});

/**
 * Gives these reads, one per pull; then the body stays open until it is cancelled or its request is aborted: `.left` says
 * so. A number among the reads is a pause in ms. With `closes`, the body ends after them.
 */
export function holds(reads = [], { closes = false, status = 200, headers = { "content-type": "text/event-stream" } } = {}) {
  const fake = async (url, init) => {
    fake.calls += 1;
    let at = 0;
    const body = new ReadableStream({
      start(controller) {
        init?.signal?.addEventListener("abort", () => {
          fake.left = true;
          try { controller.error(init.signal.reason); } catch { /* it had ended */ }
        });
      },
      async pull(controller) {
        fake.pulls += 1;
        while (typeof reads[at] === "number") await new Promise((resolve) => setTimeout(resolve, reads[at++]));
        if (fake.left) return undefined;
        if (at < reads.length) return controller.enqueue(toBytes(reads[at++]).slice());
        return closes ? controller.close() : new Promise(() => {});
      },
      cancel() { fake.left = true; },
    }, { highWaterMark: 0 });
    return new Response(body, { status, headers });
  };
  return Object.assign(fake, { calls: 0, pulls: 0, left: false });
}

/** A client that has one turn: its first call is answered by `first`, and so are its retries; a call without stream is answered "next". */
export function oneTurn(tw, first, options = {}) {
  const next = completes("next");
  const fetch = async (url, init) => ((await sent(init))?.stream ? first : next)(url, init);
  return tw.createClient({ fetch, maxConcurrency: 1, ...options });
}

/** The turn was given back: the next call of the client is answered. */
export async function isFree(client, after, ms = 2000) {
  const reply = await inTime(client.chat(hello), `the next call after ${after}`, ms);
  equal(reply.choices[0].message.content, "next", after);
}

/** The iterator of a face. */
export const itemsOf = (stream, face) => (face === "chunks" ? stream : stream[face])[Symbol.asyncIterator]();

/** The three faces that are iterated. */
export const loops = ["chunks", "text", "events"];

/** All ways to read a stream to its end, a branch of a tee among them. */
export const ways = {
  ...Object.fromEntries(faceNames.map((face) => [face, (stream) => inTime(readThrough(face, stream), face, 4000)])),
  async tee(stream) {
    const [left, right] = stream.tee();
    const [outcome] = await inTime(Promise.all([readThrough("chunks", left), readThrough("text", right)]), "tee", 4000);
    return outcome;
  },
};

/** Runs one check through each way to read: `open` makes the stream anew. */
export async function throughAll(open, check, only = Object.keys(ways)) {
  for (const way of only) {
    const stream = open();
    await check(await ways[way](stream), way, stream);
  }
}

/** The same, all at once, for calls that wait before they are sent again: `open` gives {stream, fetch}. */
export function allAtOnce(open, check, only = Object.keys(ways)) {
  return Promise.all(only.map(async (way) => {
    const { stream, fetch } = open();
    await check(await ways[way](stream), way, stream, fetch);
  }));
}
