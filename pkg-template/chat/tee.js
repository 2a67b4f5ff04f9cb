// A reply that is read more than once: the branches of a tee, and a reply that had ended before it was iterated. The reply's own
// core gives clean SSE, or the whole completion; a core of its own makes of it what a branch is asked for.
import { CoreCall, ask, live } from "../call/core.js";
import { Reply } from "../call/reply.js";

/** A branch: what it hands out comes of its source, all else is its origin's. */
class Branch extends Reply {
  #origin;
  /** Called when it is left before its end. */
  #leave;
  isReading = true;
  isWaiting = false;
  /** All that came was handed out, or it was left. */
  isDone = false;
  opened;

  /** `source`: reads to the origin's end. */
  constructor(origin, source, leave) {
    super();
    this.#origin = origin;
    this.#leave = leave;
    this.source = source;
    this.opened = this.#begin().catch((failure) => this.broken(failure));
    origin.branches.push(this);
  }

  /** Waits for the origin, which has the core loaded; or has failed before. */
  async #begin() {
    const origin = this.#origin;
    await origin.opened;
    if (this.isClosed) return;
    if (origin.isClosed && !origin.hadCore) return this.settle();
    this.core = ask(() => CoreCall.replay());
    live.add(this);
  }

  /** It ends as its origin did, unless it was left before. */
  judge(results) {
    results.end = this.#origin.ending;
    return this.#origin.failure;
  }

  /** The origin's end is what its branches see. */
  told() {
    if (this.isStopped) this.#leave?.();
    else this.#origin.given();
  }

  unlisten() {
    this.isDone = true;
    if (this.#origin.branches.every((branch) => branch.isDone)) this.#origin.delivered();
  }

  get repairs() {
    return this.#origin.repairs;
  }

  get response() {
    return this.#origin.response;
  }

  get timing() {
    return this.#origin.timing;
  }
}

/** The same reply once more, after its end. */
export function replayed(origin) {
  let rest = [new TextEncoder().encode(origin.snapshot)];
  const read = async () => {
    const value = rest.pop();
    return { done: value === undefined, value };
  };
  return new Branch(origin, { read, cancel: () => (rest = []) });
}

/** Two branches of one reply. `reader`: its iteration, in clean SSE. It is read as the faster asks, and left when both are. */
export function branches(origin, reader) {
  reader.isRelay = true;
  const trunk = new Trunk(reader);
  return [trunk.branch(origin), trunk.branch(origin)];
}

/** What both branches read: a list of promises of reads, of which each branch holds the place where it is. */
class Trunk {
  #reader;
  #encoder = new TextEncoder();
  #open = 2;
  #last = {};

  constructor(reader) {
    this.#reader = reader;
  }

  branch(origin) {
    let at = this.#last;
    const read = () => {
      at.next ??= this.#grow();
      at = at.next;
      return at.result;
    };
    const source = { read, cancel: () => (at = { next: ENDED }) };
    return new Branch(origin, source, () => {
      if (--this.#open === 0) this.#reader.return();
    });
  }

  #grow() {
    return { result: this.#read(), next: undefined };
  }

  /** How the reply failed is the branches' to tell, of their origin. */
  async #read() {
    try {
      const { value, done } = await this.#reader.next();
      return { done, value: done ? undefined : this.#encoder.encode(value) };
    } catch {
      return END;
    }
  }
}

const END = { done: true, value: undefined };
const ENDED = { result: Promise.resolve(END) };
ENDED.next = ENDED;
