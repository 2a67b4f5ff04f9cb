// The deadlines of one call: in all, for the first content, between contents.
import { config } from "./errors.js";

/** What holds where the caller says nothing, in ms. Models that think may be silent for minutes. */
const DEFAULTS = { firstToken: 600_000, idle: 300_000 };
/** The longest that a timer can wait. */
const LONGEST = 2 ** 31 - 1;
/** How often between two contents the clock looks: a look costs nothing, where a timer per read would. */
const LOOKS = 8;

const WORDS = {
  total: (ms) => `The call took longer than ${ms} ms in all`,
  firstToken: (ms) => `No content came within ${ms} ms`,
  idle: (ms) => `Nothing but silence, comments or pings came for ${ms} ms`,
};

/** The caller's `timeout` as { total, firstToken, idle } in ms, Infinity where there is none. Throws a ConfigError. */
export function limitsOf(timeout) {
  const given = typeof timeout === "object" && timeout ? timeout : { total: timeout ?? undefined };
  const limits = { isDefault: timeout == null };
  for (const phase in WORDS) {
    const ms = given[phase] ?? DEFAULTS[phase] ?? Infinity;
    if (typeof ms !== "number" || !(ms > 0)) {
      throw config(`timeout must be a number of ms above 0, or { total, firstToken, idle } of such; ${phase} is ${ms}`);
    }
    limits[phase] = ms;
  }
  return limits;
}

/** One timer, armed for what comes next. Holds the call weakly: one that nobody reads any more can go. */
export class Clock {
  #call;
  #limits;
  #started = performance.now();
  /** When something with a meaning came last, or the consumer was not waiting. */
  #moved = this.#started;
  #progress = 0;
  #timer;

  constructor(call, limits) {
    this.#call = new WeakRef(call);
    this.#limits = limits;
    this.#arm();
  }

  stop() {
    clearTimeout(this.#timer);
  }

  #arm() {
    const { total, firstToken, idle } = this.#limits;
    const passed = performance.now() - this.#started;
    const first = this.#progress ? Infinity : firstToken - passed;
    const wait = Math.min(total - passed, first, idle / LOOKS);
    if (wait === Infinity) return;
    this.#timer = setTimeout(() => this.#look(), Math.min(Math.max(wait, 1), LONGEST));
    // A call that was forgotten must not keep Node from ending, unless somebody wants to know when its time is over.
    if (this.#limits.isDefault) this.#timer.unref?.();
  }

  #look() {
    const call = this.#call.deref();
    if (!call) return;
    const now = performance.now();
    const { progress } = call;
    if (progress !== this.#progress || !call.isWaiting) this.#moved = now;
    this.#progress = progress;
    const { total, firstToken, idle } = this.#limits;
    // Timers may come a little early.
    const over = (since, ms) => now - since >= ms - 1;
    if (over(this.#started, total)) call.expire("total", WORDS.total(total));
    else if (!progress && over(this.#started, firstToken)) call.expire("firstToken", WORDS.firstToken(firstToken));
    else if (call.isReading && over(this.#moved, idle)) call.expire("idle", WORDS.idle(idle));
    else this.#arm();
  }
}
