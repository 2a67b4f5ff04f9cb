// The deadlines of one call: in all, for the first content, between contents.
import { quietly } from "./body.js";
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

/** One timer, armed for what comes next. */
export class Clock {
  #call;
  #limits;
  #started = performance.now();
  /** When something with a meaning came last, or nobody was waiting. */
  #moved = this.#started;
  #progress = 0;
  #waits = 0;
  #timer;
  #wasReplying = false;
  #hasLooked = false;
  #isOver = false;

  constructor(call, limits) {
    this.#call = call;
    this.#limits = limits;
    this.#arm(Math.min(limits.total, limits.firstToken, limits.idle / LOOKS));
  }

  stop() {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #arm(wait) {
    if (wait === Infinity) return;
    this.#timer = setTimeout(() => quietly(() => this.#look()), Math.min(Math.max(wait, 1), LONGEST));
    // A call that was forgotten must not keep Node from ending, unless somebody wants to know when its time is over.
    if (this.#limits.isDefault) this.#timer?.unref?.();
    // A test's clock may call back.
    if (this.#isOver) clearTimeout(this.#timer);
  }

  #look() {
    const call = this.#call;
    const { total, firstToken, idle } = this.#limits;
    const now = performance.now();
    const { progress } = call;
    const isSilent = progress === this.#progress && call.waits === this.#waits && call.isWaiting && this.#wasReplying;
    if (!isSilent) this.#moved = now;
    this.#wasReplying = call.isReplying;
    this.#progress = progress;
    this.#waits = call.waits;
    // Timers may come a little early.
    const left = (since, ms) => (now - since >= ms - 1 ? 0 : since + ms - now);
    const ofTotal = left(this.#started, total);
    if (!ofTotal) return call.expire("total", WORDS.total(total));
    let ofContent = Infinity;
    if (!progress) {
      ofContent = left(call.waitingSince, firstToken);
      if (!ofContent && !this.#looksAhead(now)) return call.expire("firstToken", WORDS.firstToken(firstToken));
      ofContent ||= firstToken;
    }
    if (call.isReplying && !left(this.#moved, idle)) return call.expire("idle", WORDS.idle(idle));
    this.#arm(Math.min(ofTotal, ofContent, idle / LOOKS));
  }

  /** Where nobody reads, what comes is looked for, once, and waited for as if somebody did. */
  #looksAhead(now) {
    const call = this.#call;
    if (call.isWaiting || this.#hasLooked) return false;
    this.#hasLooked = true;
    call.waitingSince = now;
    call.peek().catch(() => {});
    return true;
  }
}
