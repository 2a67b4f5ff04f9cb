// The one iteration of a stream. A plain iterator object: next() costs the promise of the network read, with the core called
// once when it settles, and no other; an async generator would add three turns of the microtask queue to every item.
import { config } from "../call/errors.js";
import { replayed } from "./tee.js";

export class Reader {
  #reply;
  #mode;
  #unpack;
  #complete;
  /** Others hand out what it gives, and say when that is done. */
  isRelay = false;
  /** The stream, so that it is not forgotten while it is read. */
  #stream;
  #isOpen = false;
  /** Items that came and were not yet asked for; and batches after them, which final() had read. */
  #items = [];
  #at = 0;
  #batches = [];
  #batch = 0;
  /** A read is under way. */
  #isBusy = false;
  /** What a read brings is for the loop that asked, which hands it on. */
  #isLooping = false;
  #hasEnded = false;
  /** Callers that asked while a read was under way, and the promise that the last of them (or of all) got. */
  #waiting = 0;
  #tail = Promise.resolve();

  /** `unpack` turns a batch into an array of items (without it, a batch is an item), `complete` is done to each in turn. */
  constructor(stream, reply, mode, unpack, complete) {
    this.#stream = stream;
    this.#reply = reply;
    this.#mode = mode;
    this.#unpack = unpack;
    this.#complete = complete;
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  next() {
    if (this.#hasEnded) return Promise.resolve({ value: undefined, done: true });
    if (this.#isBusy || this.#waiting) return this.#turn(() => this.#take());
    return (this.#tail = this.#take());
  }

  /** `break` comes here: ends quietly and cancels the request. */
  return(value) {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.#items = this.#batches = [];
      this.#reply.cancel();
      this.#delivered();
      this.#stream = undefined;
    }
    return Promise.resolve({ value, done: true });
  }

  /** Reads once more and keeps what comes for next(). */
  fill() {
    return this.#turn(async () => {
      if (this.#hasEnded || this.#reply.isClosed) return;
      this.#isBusy = true;
      try {
        const batch = await this.#ready();
        if (batch === undefined) return;
        this.#batches.push(batch);
        this.#reply.isLeft = true;
      } finally {
        this.#isBusy = false;
      }
    });
  }

  /** Concurrent askers are served in order. */
  #turn(ask) {
    this.#waiting++;
    const go = () => {
      this.#waiting--;
      // Who asked inside of the very read has come before its promise.
      return this.#isBusy ? this.#turn(ask) : ask();
    };
    return (this.#tail = this.#tail.then(go, go));
  }

  #take() {
    // Who waited when it was aborted is told so, though it was left since.
    if (this.#hasEnded) return this.#reply.failure ? Promise.reject(this.#reply.failure) : Promise.resolve({ value: undefined, done: true });
    if (!this.#reply.isStopped) {
      if (this.#at < this.#items.length) return Promise.resolve(this.#shift());
      if (this.#batch < this.#batches.length) return Promise.resolve(this.#deliver(this.#nextBatch()));
    }
    this.#isBusy = true;
    if (this.#isOpen) return this.#reply.read(this.#handed);
    return this.#loop(this.#ready());
  }

  #nextBatch() {
    const batch = this.#batches[this.#batch++];
    if (this.#batch === this.#batches.length) {
      this.#batches = [];
      this.#batch = 0;
    }
    return batch;
  }

  /** What a read gave: handed out, or where it is nothing read on for. */
  #handed = (batch) => {
    if (this.#isLooping) return batch;
    if (batch === undefined && !this.#reply.isClosed) return this.#loop(this.#readOn());
    return this.#deliver(batch);
  };

  async #loop(reading) {
    try {
      return this.#deliver(await reading);
    } finally {
      this.#isBusy = false;
    }
  }

  /** The next batch, from the first read on; undefined at the end. */
  async #ready() {
    if (this.#isOpen) return this.#readOn();
    const reply = this.#reply;
    reply.isWanted = true;
    await reply.opened;
    // Of a final() that came before.
    while (reply.isBusy) await reply.pending.catch(() => {});
    // What others have read to its end is read once more.
    if (reply.isRead) {
      this.#reply = replayed(reply);
      await this.#reply.opened;
    }
    this.#isOpen = true;
    return this.#reply.open(this.#mode) ?? this.#readOn();
  }

  /** Reads until something is ready, without a promise within a promise for each read. */
  async #readOn() {
    this.#isLooping = true;
    try {
      for (;;) {
        const batch = await this.#reply.read(this.#handed);
        if (batch !== undefined || this.#reply.isClosed) return batch;
      }
    } finally {
      this.#isLooping = false;
    }
  }

  /** What the promise of the one who asked resolves to. */
  #deliver(batch) {
    this.#isBusy = false;
    const reply = this.#reply;
    reply.handedOut();
    if (this.#hasEnded && !reply.failure) return { value: undefined, done: true };
    if (batch === undefined || reply.isStopped) {
      this.#delivered();
      if (reply.failure) throw reply.failure;
      this.#hasEnded = true;
      return { value: undefined, done: true };
    }
    if (!this.#unpack) {
      if (!this.#batches.length) this.#delivered();
      return { value: batch, done: false };
    }
    this.#items = this.#unpack(batch);
    this.#at = 0;
    // Should final() give all of it meanwhile, an abort still stops what waits here.
    reply.isLeft = true;
    return this.#shift();
  }

  #shift() {
    const item = this.#items[this.#at++];
    const value = this.#complete ? this.#complete(item) : item;
    if (this.#at === this.#items.length && !this.#batches.length) this.#delivered();
    return { value, done: false };
  }

  #delivered() {
    if (!this.isRelay) this.#reply.delivered();
  }
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
