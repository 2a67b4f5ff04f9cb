// ChatStream: one reply that is read once, in the way the caller chooses.
import { setAside } from "../call/unfinished.js";
import { chunkReader } from "./chunks.js";
import { eventReader } from "./events.js";
import { CHUNKS, EVENTS, SSE, TEXT } from "./modes.js";
import { Reader, refusal } from "./reader.js";
import { byteStream, eventHeaders } from "./sse.js";
import { branches } from "./tee.js";

/** Ends the call of a stream that nobody holds any more, where the runtime can tell. */
const forgotten =
  typeof FinalizationRegistry === "function" ? new FinalizationRegistry(({ reply }) => reply?.cancel()) : undefined;

const nothing = () => {};

/** What chat() with `stream: true` returns. Its request is under way; what went wrong is thrown at the first read. */
export class ChatStream {
  #reply;
  #reader;
  /** The reader hands the reply on, and sets the pace. */
  #isPaced = false;
  #reading;
  /** Where the caller asked for it, held for its errors. */
  #at;

  constructor(reply, at) {
    this.#reply = reply;
    this.#at = at;
    forgotten?.register(this, reply.hold);
  }

  /** Chunks in OpenAI's shape, whatever the provider sent. */
  [Symbol.asyncIterator]() {
    let unpack;
    const { api, asksUsage } = this.#reply;
    return this.#read(CHUNKS, (batch) => (unpack ??= (api.reader ?? chunkReader)(asksUsage))(batch));
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
    if (this.#reader) return refusal("this stream is being read already: it has one iteration. tee() gives two streams");
    return (this.#reader = new Reader(this, this.#reply, mode, ...how));
  }

  /** Reads to the end and gives the whole reply. What comes by is kept for the iteration, if there is one. */
  async final() {
    const reply = this.#reply;
    try {
      await (this.#reading ??= this.#readOn());
    } catch (failure) {
      // Of a reply that failed, the first failure counts.
      if (!reply.failure) throw failure;
    }
    reply.given();
    if (reply.end !== "complete") throw reply.loss;
    return this.snapshot;
  }

  async #readOn() {
    const reply = this.#reply;
    if (!this.#reader) reply.isWanted = true;
    await reply.opened;
    for (;;) {
      if (this.#isPaced) return reply.over;
      if (reply.isClosed) return undefined;
      if (this.#reader) await this.#reader.fill();
      else await reply.read(nothing);
    }
  }

  /** The reply so far; safe at any moment. */
  get snapshot() {
    const { snapshot, ending } = this.#reply;
    const completion = JSON.parse(snapshot);
    if (ending && ending !== "complete") setAside(completion);
    return completion;
  }

  /** How it ended; undefined while it runs. */
  get end() {
    return this.#reply.end;
  }

  /** What deviated from OpenAI's format and was repaired. */
  get repairs() {
    return this.#reply.repairs;
  }

  /** What is known of the HTTP response, once it is there. */
  get response() {
    return this.#reply.response;
  }

  /** When what came, in ms since the call began. */
  get timing() {
    return this.#reply.timing;
  }

  /** Ends the request; whoever reads gets an APIUserAbortError with this reason as its cause. */
  abort(reason) {
    this.#reply.abort(reason);
  }

  /** Leaving an `await using` block cancels what is not yet read. */
  async [Symbol.asyncDispose ?? "asyncDispose"]() {
    if (this.#reader) await this.#reader.return();
    else this.#reply.cancel();
  }

  /** Two streams of the same reply. It is read as the faster of them asks, and cancelled when both are. */
  tee() {
    return branches(this.#reply, this.#read(SSE)).map((branch) => new ChatStream(branch));
  }

  /** Clean OpenAI SSE as bytes, whatever came in. Cancelling it cancels the request. */
  toReadableStream() {
    const isFirst = !this.#reader;
    const reader = this.#read(SSE);
    if (isFirst) this.#isPaced = true;
    return byteStream(reader, isFirst, this.#reply.asksUsage, this.#reply.api);
  }

  /** The same as a Response, with the headers that keep proxies from holding it back. */
  toResponse(init) {
    return new Response(this.toReadableStream(), { ...init, headers: eventHeaders(init?.headers) });
  }
}
