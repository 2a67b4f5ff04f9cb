// What is handed out as it comes, and kept until it is asked for. One iteration, as a stream has.

/** Items, then an end or a failure. */
export class Feed {
  #items = [];
  #at = 0;
  /** Those who asked before there was anything: [resolve, reject]. */
  #waiting = [];
  /** Nothing more comes; `failure`: why not, if it failed. */
  #end;
  #isTaken = false;
  #leave;
  #config;
  #complete;

  /** `complete` is done to each item as it is handed out; what it gives undefined for is passed over. `leave`: the reader has gone. */
  constructor(config, complete, leave) {
    this.#config = config;
    this.#complete = complete;
    this.#leave = leave;
  }

  push(item) {
    if (this.#end) return;
    this.#items.push(item);
    this.#serve();
  }

  /** No more comes: what came is handed out, then the end or the failure. */
  close(failure) {
    this.#end ??= { failure };
    this.#serve();
  }

  /** The same at once: what came and was not handed out is not. */
  stop(failure) {
    this.#end = { failure };
    this.#items = [];
    this.#at = 0;
    this.#serve();
  }

  get iterator() {
    if (this.#isTaken) return this.#refusal();
    this.#isTaken = true;
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: () =>
        new Promise((resolve, reject) => {
          this.#waiting.push([resolve, reject]);
          this.#serve();
        }),
      return: async (value) => {
        this.stop();
        this.#leave();
        return { value, done: true };
      },
    };
  }

  #refusal() {
    const next = async () => {
      throw this.#config("this is being read already: it has one iteration");
    };
    return { [Symbol.asyncIterator]() { return this; }, next, return: async (value) => ({ value, done: true }) };
  }

  #serve() {
    while (this.#waiting.length) {
      const value = this.#next();
      if (value === undefined && !this.#end) return;
      const [resolve, reject] = this.#waiting.shift();
      if (value !== undefined) resolve({ value, done: false });
      else if (this.#end.failure) reject(this.#end.failure);
      else resolve({ value, done: true });
    }
  }

  #next() {
    while (this.#at < this.#items.length) {
      const value = this.#complete(this.#items[this.#at++]);
      if (this.#at === this.#items.length) this.#items.length = this.#at = 0;
      if (value !== undefined) return value;
    }
    return undefined;
  }
}
