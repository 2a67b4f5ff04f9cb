// The calls of one client that wait for their turn.
import { config } from "../call/errors.js";

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

  /**
   * Asks for a turn. Nothing where all may run at once; else `turn`, a promise of it where it has not come, and `leave()`, which
   * gives it back, or takes who waits out of the queue. Once.
   */
  enter() {
    if (this.#most === Infinity) return undefined;
    const place = { start: undefined };
    const leave = () => this.#leave(place);
    if (this.#running < this.#most && !this.#waiting.length && !this.#wait) {
      this.#running++;
      return { leave };
    }
    const turn = new Promise((resolve) => (place.start = resolve));
    this.#waiting.push(place);
    this.#next();
    return { leave, turn };
  }

  /** The provider wants no request for so many ms: nobody's turn comes before. Only where calls wait for turns at all. */
  pause(ms) {
    if (this.#most < Infinity) this.#closed = Math.max(this.#closed, performance.now() + ms);
  }

  #leave(place) {
    const at = this.#waiting.indexOf(place);
    if (at < 0) this.#running--;
    else this.#waiting.splice(at, 1);
    this.#next();
  }

  get #wait() {
    return Math.max(0, this.#closed - performance.now());
  }

  #next() {
    clearTimeout(this.#timer);
    if (this.#wait && this.#waiting.length) {
      this.#timer = setTimeout(() => this.#next(), Math.ceil(this.#wait));
      if (!this.#waiting.length) clearTimeout(this.#timer);
      return;
    }
    while (this.#running < this.#most && this.#waiting.length) {
      this.#running++;
      this.#waiting.shift().start();
    }
  }
}
