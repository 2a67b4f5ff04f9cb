// The one iteration of a stream. A plain iterator object: next() costs the promise of the network read, with the core called
// once when it settles, and no other; an async generator would add three turns of the microtask queue to every item.
import { config } from "./errors.js";

export class Reader {
  #call;
  #mode;
  #unpack;
  #complete;
  #core;
  /** The reader of the body. */
  #source;
  /** Items that came and were not yet asked for. */
  #queue = [];
  #at = 0;
  /** A pull is under way. */
  #busy = false;
  /** What the pull brings is for the queue: final() asked, not the consumer. */
  #filling = false;
  #ended = false;
  /** Callers that asked while a pull was under way, and the promise that the last of them (or of all) got. */
  #waiting = 0;
  #tail = Promise.resolve();

  /** `unpack` turns a batch into an array of items (without it, a batch is an item), `complete` is done to each in turn. */
  constructor(call, mode, unpack, complete) {
    this.#call = call;
    this.#mode = mode;
    this.#unpack = unpack;
    this.#complete = complete;
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  next() {
    if (this.#busy || this.#waiting) return this.#turn(() => this.#take());
    return (this.#tail = this.#take());
  }

  /** `break` comes here: ends quietly and cancels the request. */
  return(value) {
    if (!this.#ended) {
      this.#ended = true;
      this.#queue = [];
      this.#at = 0;
      this.#call.cancel(!this.#busy);
    }
    return Promise.resolve({ value, done: true });
  }

  /** Reads on to the end and keeps what comes for next(). */
  async finish() {
    while (!this.#ended) await this.#turn(() => this.#fill());
  }

  /** Concurrent askers are served in order. */
  #turn(ask) {
    this.#waiting++;
    const go = () => {
      this.#waiting--;
      return ask();
    };
    return (this.#tail = this.#tail.then(go, go));
  }

  #take() {
    return this.#at < this.#queue.length ? Promise.resolve(this.#shift()) : this.#pull();
  }

  #fill() {
    this.#filling = true;
    return this.#pull();
  }

  #pull() {
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    const { failure } = this.#call;
    if (failure) return Promise.reject(failure);
    this.#busy = this.#call.isWaiting = true;
    return this.#source ? this.#read() : this.#open();
  }

  #read() {
    return (this.#call.pending = this.#source.read().then(this.#came, this.#failed));
  }

  /** The first pull: waits for the response. */
  async #open() {
    try {
      await this.#call.sent;
    } catch (error) {
      if (!this.#ended) throw error;
    }
    const { core } = this.#call;
    this.#call.isWaiting = true;
    // Ended in the meantime, by return() or by leaving an `await using` block.
    if (this.#ended || !core) return this.#deliver();
    this.#source = this.#call.guarded(() => {
      core.open(this.#mode);
      return core.reader;
    });
    this.#core = core;
    // A response without a body has ended already.
    return this.#source ? this.#read() : this.#handed(this.#took({ done: true }));
  }

  #took = ({ done, value }) => {
    try {
      return done ? this.#core.over() : this.#core.took(bytes(value));
    } catch (error) {
      throw this.#call.broken(error);
    }
  };
  #broke = (cause) => this.#call.guarded(() => this.#core.broke(cause));
  #came = (result) => this.#handed(this.#took(result));
  #failed = (cause) => this.#handed(this.#broke(cause));

  /** What the core made of a read: a batch, the end, or nothing yet. */
  #handed(batch) {
    return batch !== undefined || this.#core.end ? this.#deliver(batch) : this.#more();
  }

  /** A read brought nothing to deliver: reads on, without a promise within a promise for each. */
  async #more() {
    let batch;
    do {
      if (this.#core.retries) await this.#again();
      batch = await this.#source.read().then(this.#took, this.#broke);
    } while (batch === undefined && !this.#core.end);
    return this.#deliver(batch);
  }

  /** What came was worth nothing, and the core asks again: reads on in the next response. */
  async #again() {
    await (this.#call.pending = this.#call.settled(this.#core.again()));
    this.#source = this.#core.reader;
  }

  /** What the promise of the one who asked resolves to. */
  #deliver(batch) {
    this.#busy = this.#call.isWaiting = false;
    if (batch === undefined) {
      this.#ended = true;
      this.#call.ended();
      return { value: undefined, done: true };
    }
    if (this.#filling) return this.#keep(batch);
    if (!this.#unpack) return { value: batch, done: false };
    this.#queue = this.#unpack(batch);
    this.#at = 0;
    return this.#shift();
  }

  #keep(batch) {
    this.#filling = false;
    this.#queue = this.#queue.slice(this.#at).concat(this.#unpack ? this.#unpack(batch) : batch);
    this.#at = 0;
  }

  #shift() {
    const item = this.#queue[this.#at++];
    return { value: this.#complete ? this.#complete(item) : item, done: false };
  }
}

/** A custom fetch may hand out strings, array buffers, or bytes of another realm. */
function bytes(value) {
  if (value instanceof Uint8Array) return value;
  return typeof value === "string" ? new TextEncoder().encode(value) : new Uint8Array(value ?? 0);
}

/** An iterator that only says why there is none. */
export const refusal = (message) => ({
  [Symbol.asyncIterator]() {
    return this;
  },
  next: async () => {
    throw config(message);
  },
  return: async (value) => ({ value, done: true }),
});
