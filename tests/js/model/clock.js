// Time as an operation: timers and clocks of the process, replaced while the model runs.

import { Choices } from "./random.js";

const real = {
  setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval, clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate, dateNow: Date.now, mathRandom: Math.random,
};
/** Where the calendar stands when a run begins. */
const EPOCH = 1_750_000_000_000;
const LONGEST = 2 ** 31 - 1;

/** Lets all that is queued run: microtasks, ticks, and whatever they queue. No time passes. */
export const drain = () => new Promise((resolve) => real.setImmediate(resolve));

export class Clock {
  now = 0;
  /** Called when somebody sets a timer, in his own tick. */
  onSet = () => {};
  /** Told how many ms passed, whenever some did. */
  onMove = () => {};
  /** Told what a timer's function threw. */
  onThrow = () => {};
  #timers = new Set();

  /** How many timers are set. */
  get size() {
    return this.#timers.size;
  }

  /** From here to restore(), this clock is the process's, and Math.random is repeatable. */
  install(seed) {
    const set = (repeats) => (call, ms = 0, ...given) => this.#set(call, ms, given, repeats);
    const clear = (timer) => void this.#timers.delete(timer);
    globalThis.setTimeout = set(false);
    globalThis.setInterval = set(true);
    globalThis.clearTimeout = globalThis.clearInterval = clear;
    Date.now = () => EPOCH + Math.floor(this.now);
    Math.random = new Choices(seed).next;
    performance.now = () => this.now;
  }

  restore() {
    const { dateNow, mathRandom, setImmediate: _, ...timers } = real;
    Object.assign(globalThis, timers);
    Date.now = dateNow;
    Math.random = mathRandom;
    delete performance.now;
  }

  /** Time passes; what falls due runs in order, each with all that follows from it. */
  async advance(ms) {
    const until = this.now + ms;
    for (let timer; (timer = this.#first()) && timer.due <= until;) await this.#fire(timer);
    this.#move(until);
  }

  #move(until) {
    const passed = until - this.now;
    if (passed <= 0) return;
    this.now = until;
    this.onMove(passed);
  }

  /** Goes to the next timer and runs it; false where there is none. */
  async jump() {
    const timer = this.#first();
    if (timer) await this.#fire(timer);
    return Boolean(timer);
  }

  #set(call, ms, given, repeats) {
    const every = ms >= 1 && ms <= LONGEST ? ms : 1;
    const timer = { due: this.now + every, every: repeats ? every : undefined, call, given, unref: () => timer, ref: () => timer, hasRef: () => true };
    this.#timers.add(timer);
    this.onSet();
    return timer;
  }

  #first() {
    let first;
    for (const timer of this.#timers) if (!first || timer.due < first.due) first = timer;
    return first;
  }

  async #fire(timer) {
    this.#move(timer.due);
    if (timer.every) timer.due += timer.every;
    else this.#timers.delete(timer);
    try {
      timer.call(...timer.given);
    } catch (error) {
      this.onThrow(error);
    }
    await drain();
  }
}
