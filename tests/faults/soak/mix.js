// The ways in which a stream of the soak can go, chosen at random; each gives how it came out.

import { pause, watch } from "./gauge.js";

const hello = { model: "m", messages: [{ role: "user", content: "Hi" }] };
const streaming = { ...hello, stream: true };

/** Reads one face to its end. */
async function drain(iterable, leave = Infinity) {
  let items = 0;
  for await (const item of iterable) {
    items += item === undefined ? 0 : 1;
    if (items >= leave) break;
  }
}

/** What a soak is run with: the package, the provider's address, one signal for all calls, numbers at random. */
export class Mix {
  #tw;
  #origin;
  #signal;
  #random;
  #queued;
  #count = 0;
  /** How often each way came out how. */
  counts = {};

  constructor(tw, origin, signal, random) {
    [this.#tw, this.#origin, this.#signal, this.#random] = [tw, origin, signal, random];
    // One client that lives as long as the soak, as in a server.
    this.#queued = this.#client("slow", { maxConcurrency: 4 });
  }

  /** One stream, whichever of `ways`. */
  async one(ways) {
    const names = Object.keys(ways);
    const name = names[Math.floor(this.#random() * names.length)];
    let outcome = "good";
    try {
      await ways[name].call(this);
    } catch (error) {
      outcome = error.kind ?? `${error}`;
    }
    const key = `${name}: ${outcome}`;
    this.counts[key] = (this.counts[key] ?? 0) + 1;
  }

  /** A client whose replies all go one way; by its fetch, so that the bodies can be watched. */
  #client(way, options) {
    const id = (this.#count += 1);
    const watched = async (_, init) => {
      const response = await fetch(`${this.#origin}/${way}/${id}`, init);
      return watch("bodies", response.body), response;
    };
    return this.#tw.createClient({ baseURL: `${this.#origin}/v1`, fetch: watched, ...options });
  }

  #stream(way, call, options) {
    const stream = this.#client(way, options).chat(streaming, { signal: this.#signal, ...call });
    return watch("streams", stream);
  }

  static ways = {
    async text() { await drain(this.#stream("whole").text); },
    async chunks() { await drain(this.#stream("slow")); },
    async events() { await drain(this.#stream("whole").events); },
    async final() { await this.#stream("slow").final(); },
    async plain() { await this.#client("plain").chat(hello, { signal: this.#signal }); },
    async queued() { await drain(this.#queued.chat(streaming, { signal: this.#signal }).text); },
    async sse() { await this.#stream("whole").toResponse().text(); },
    async tee() { await Promise.all(this.#stream("whole").tee().map((branch) => drain(branch.text))); },
    async cut() { await drain(this.#stream("cut").text); },
    async short() { await drain(this.#stream("short")); },
    async error() { await drain(this.#stream("error").events); },
    async reset() { await drain(this.#stream("reset", { maxRetries: 0 }).text); },
    async retried() { await drain(this.#stream("once").text); },
    async limited() { await drain(this.#stream("limited", { maxRetries: 1 }).text); },
    async firstToken() { await drain(this.#stream("pings", { timeout: { total: 30 } }).text); },
    async idle() { await drain(this.#stream("pings", { timeout: { idle: 30 } }).text); },
    async left() { await drain(this.#stream("endless"), 2); },
    async disposed() {
      const stream = this.#stream("endless");
      await drain(stream.text, 1);
      await stream[Symbol.asyncDispose ?? "asyncDispose"]();
    },
    async aborted() { await this.#aborting("endless"); },
    async abortedInSilence() { await this.#aborting("silent"); },
    async abortedInQueue() {
      const stream = this.#queued.chat(streaming, { signal: this.#signal });
      pause(this.#random() * 5).then(() => stream.abort("enough"));
      await drain(stream.text);
    },
    // By a signal of its own, which lives on.
    async signalled() {
      const controller = new AbortController();
      const stream = this.#stream("endless", { signal: controller.signal });
      pause(this.#random() * 20).then(() => controller.abort("enough"));
      await drain(stream.text);
    },
  };

  /** Begun and forgotten: nobody reads it, nobody stops it. What it holds must go when it is collected. */
  static forgotten = {
    async whole() { this.#stream("whole", { signal: undefined }); },
    async inSilence() { this.#stream("silent", { signal: undefined }); },
    async inTheMiddle() {
      const items = this.#stream("silent", { signal: undefined }).text[Symbol.asyncIterator]();
      await items.next();
    },
  };

  async #aborting(way) {
    const stream = this.#stream(way);
    pause(this.#random() * 20).then(() => stream.abort("enough"));
    await drain(stream.text);
  }
}
