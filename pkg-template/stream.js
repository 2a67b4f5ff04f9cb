// ChatStream: one reply that is read once, in the way the caller chooses.
import { ApiCall } from "./call.js";
import { chunkReader } from "./chunks.js";
import { aborted, errorFrame } from "./errors.js";
import { eventReader } from "./events.js";
import { Reader, refusal } from "./reader.js";

// What the core can hand out; see `open` in the core.
const TEXT = 0;
const CHUNKS = 1;
const EVENTS = 2;
const SSE = 3;

/** What chat() with `stream: true` returns. Its request is under way; what went wrong is thrown at the first read. */
export class ChatStream {
  #call;
  #reader;
  #drained;

  constructor(call) {
    this.#call = call;
  }

  /** Chunks in OpenAI's shape, whatever the provider sent. */
  [Symbol.asyncIterator]() {
    return this.#read(CHUNKS, chunkReader());
  }

  /** The text of choice 0, one string per network read: the fast path. */
  get text() {
    return { [Symbol.asyncIterator]: () => this.#read(TEXT) };
  }

  /** Typed events for user interfaces. */
  get events() {
    return { [Symbol.asyncIterator]: () => this.#read(EVENTS, JSON.parse, eventReader()) };
  }

  #read(mode, ...how) {
    if (this.#reader)
      return refusal("this stream is being read already: it has one iteration. tee() gives two streams");
    if (this.#drained)
      return refusal("this stream was read to its end by final(): iterate first, or use what final() gave");
    return (this.#reader = new Reader(this.#call, mode, ...how));
  }

  /** Reads to the end and gives the whole reply. What comes by is kept for the iteration, if there is one. */
  async final() {
    const call = this.#call;
    await call.sent;
    if (this.#reader) await this.#reader.finish();
    else await (this.#drained ??= call.drain());
    if (call.end !== "complete") throw call.ended(aborted(new DOMException("The stream was cancelled", "AbortError")));
    return this.snapshot;
  }

  /** The reply so far; safe at any moment. */
  get snapshot() {
    return JSON.parse(this.#call.snapshot);
  }

  /** How it ended; undefined while it runs. */
  get end() {
    return this.#call.end;
  }

  /** What deviated from OpenAI's format and was repaired. */
  get repairs() {
    return this.#call.repairs;
  }

  /** What is known of the HTTP response, once it is there. */
  get response() {
    return this.#call.response;
  }

  /** Ends the request; whoever reads gets an APIUserAbortError with this reason as its cause. */
  abort(reason) {
    this.#call.abort(reason);
  }

  /** Leaving an `await using` block cancels what is not yet read. */
  async [Symbol.asyncDispose ?? "asyncDispose"]() {
    if (this.#reader) await this.#reader.return();
    else this.#call.cancel(!this.#drained);
  }

  /** Two streams of the same reply. It is read as the faster of them asks, and cancelled when both are. */
  tee() {
    const origin = { call: this.#call, failure: undefined };
    return split(this[Symbol.asyncIterator](), origin).map((body) => new ChatStream(reread(body, origin)));
  }

  /** Clean OpenAI SSE as bytes, whatever came in. Cancelling it cancels the request. */
  toReadableStream() {
    const reader = this.#read(SSE);
    const encoder = new TextEncoder();
    let last;
    const next = async () => {
      try {
        const { value, done } = await reader.next();
        if (!done) last = value;
        return { value: done ? undefined : encoder.encode(value), done };
      } catch (failure) {
        // Where the core had no say (no good response, an abort between two reads), the consumer is told here. A second
        // iteration is the caller's mistake, and no news of the reply.
        if (reader !== this.#reader || ERROR_FRAME.test(last)) throw failure;
        return { value: encoder.encode((last = errorFrame(failure))) };
      }
    };
    return pulled(next, () => reader.return());
  }

  /** The same as a Response, with the headers that keep proxies from holding it back. */
  toResponse(init) {
    const headers = new Headers(init?.headers);
    for (const [name, value] of HEADERS) if (!headers.has(name)) headers.set(name, value);
    return new Response(this.toReadableStream(), { ...init, headers });
  }
}

const HEADERS = [
  ["content-type", "text/event-stream"],
  ["cache-control", "no-cache, no-transform"],
  ["x-accel-buffering", "no"],
];

const ERROR_FRAME = /^data: \{"error":/m;

/** A byte stream that asks for the next item only when it is asked itself. */
function pulled(next, cancel) {
  const pull = async (controller) => {
    const { value, done } = await next();
    if (value) controller.enqueue(value);
    if (done) controller.close();
  };
  return new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
}

/** One iteration of chunks as two bodies of clean SSE. */
function split(chunks, origin) {
  const encoder = new TextEncoder();
  const frame = async () => {
    try {
      const { value, done } = await chunks.next();
      return { value: encoder.encode(`data: ${done ? "[DONE]" : JSON.stringify(value)}\n\n`), done };
    } catch (error) {
      origin.failure = error;
      // The branches' calls throw that very error; the core must only see that the body broke.
      throw new Error("the stream that this one branches off has failed");
    }
  };
  // What one branch has asked for and the other has not yet.
  const waiting = [[], []];
  const ask = (mine) => {
    if (!mine.length) {
      const item = frame();
      for (const queue of waiting) queue?.push(item);
    }
    return mine.shift();
  };
  const drop = (index) => {
    waiting[index] = undefined;
    return waiting.some(Boolean) ? undefined : chunks.return();
  };
  return waiting.map((mine, index) =>
    pulled(
      () => ask(mine),
      () => drop(index),
    ),
  );
}

/** A call that reads a branch of a tee. The core needs a request, though none is made. */
function reread(body, origin) {
  const prepare = () => ({
    kind: 0,
    body: '{"model":"-","messages":[{"role":"user","content":"-"}]}',
    settings: { url: "https://localhost/", stream: true, seed: 0 },
    fetch: async () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
    secrets: [],
  });
  return new ApiCall(prepare, origin);
}
