// The calls of one client that wait for their turn.
import { config } from "./errors.js";

/** At most `most` calls at once, in order. */
export class Queue {
  #most;
  #running = 0;
  #waiting = [];
  /** Until when the provider wants no request, by performance.now(). */
  #closed = 0;
  #timer;

  constructor(most = Infinity) {
    if (most !== Infinity && !(Number.isInteger(most) && most > 0)) {
      throw config(`maxConcurrency must be a whole number above 0, and is ${most}`);
    }
    this.#most = most;
  }

  /** Nothing where the turn has come, else a promise of it. `leave` is given the function that takes it out of the queue. */
  enter(leave) {
    if (this.#running < this.#most && !this.#waiting.length && !this.#wait) {
      this.#running++;
      return undefined;
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      leave(() => this.#leave(resolve));
      this.#next();
    });
  }

  /** A call that had its turn has ended. */
  done() {
    this.#running--;
    this.#next();
  }

  /** The provider wants no request for so many ms: nobody's turn comes before. Only where calls wait for turns at all. */
  pause(ms) {
    if (this.#most < Infinity) this.#closed = Math.max(this.#closed, performance.now() + ms);
  }

  #leave(resolve) {
    this.#waiting = this.#waiting.filter((one) => one !== resolve);
    // Nobody is left for it to wake.
    if (!this.#waiting.length) clearTimeout(this.#timer);
  }

  get #wait() {
    return Math.max(0, this.#closed - performance.now());
  }

  #next() {
    clearTimeout(this.#timer);
    if (this.#wait && this.#waiting.length) {
      this.#timer = setTimeout(() => this.#next(), Math.ceil(this.#wait));
      return;
    }
    while (this.#running < this.#most && this.#waiting.length) {
      this.#running++;
      this.#waiting.shift()();
    }
  }
}
