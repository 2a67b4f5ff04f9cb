// A reply that is read more than once: the branches of a tee, and a reply that had ended before it was iterated. The reply's own
// core gives clean SSE, or the whole completion; a core of its own makes of it what a branch is asked for.
import { ask, live } from "../call/core.js";
import { Reply } from "../call/reply.js";

/** A branch: what it hands out comes of its source, all else is its origin's. */
class Branch extends Reply {
  #origin;
  #source;
  #opens;
  isReading = true;
  isWaiting = false;
  /** All that came was handed out, or it was left. */
  isDone = false;
  opened;

  /** `source`: reads to the origin's end. */
  constructor(origin, source) {
    super(origin.api);
    this.#origin = origin;
    this.asksUsage = origin.asksUsage;
    this.source = this.#source = source;
    this.opened = new Promise((resolve) => (this.#opens = resolve));
    this.#begin().catch((failure) => this.broken(failure));
    origin.branches.push(this);
  }

  /** Waits for the origin, which has the core loaded; or has failed before. */
  async #begin() {
    const origin = this.#origin;
    await origin.opened;
    if (this.isClosed) return;
    if (origin.isClosed && !origin.hadCore) return this.settle();
    this.core = ask(() => origin.api.Call.replay(origin.api.path !== undefined));
    live.add(this);
    this.#opens();
  }

  /** What it reads is not OpenAI's. */
  async goOn() {
    await this.handOver();
    this.isReading = !this.isClosed;
  }

  letGo() {
    super.letGo();
    this.#opens();
  }

  /** It ends as its origin did, unless that could not be read. */
  judge(results) {
    const { failure, ending } = this.#origin;
    const refused = this.#source.failure === failure ? undefined : this.#source.failure;
    results.end = refused ? "error" : ending;
    return refused ?? failure;
  }

  /** The origin's end is what its branches see. */
  told({ end }) {
    if (!this.isStopped) this.#origin.given();
    else if (end === "error") this.#origin.stop(end, this.failure);
    else this.#source.leave();
  }

  unlisten() {
    this.isDone = true;
    if (this.#origin.branches.every((branch) => branch.isDone)) this.#origin.delivered();
  }

  get loss() {
    return this.failure ?? this.#origin.loss;
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
  return new Branch(origin, { read, cancel: () => (rest = []), leave() {} });
}

/** Two branches of one reply. `reader`: its iteration, in clean SSE. It is read as the faster asks, and left when both are. */
export function branches(origin, reader) {
  reader.isRelay = true;
  const trunk = new Trunk(reader);
  return [0, 1].map(() => new Branch(origin, new Limb(trunk)));
}

/** What both branches read: a list of reads, made as the first asks. */
class Trunk {
  /** Of a reader that refuses: what a reply fails of is told by the reply. */
  failure;
  #reader;
  #encoder = new TextEncoder();
  #branches = 2;
  /** The place before the first read. */
  start = {};

  constructor(reader) {
    this.#reader = reader;
  }

  /** The place after this one. */
  after(place) {
    return (place.next ??= { result: this.#read(), next: undefined });
  }

  leave() {
    if (--this.#branches === 0) this.#reader.return();
  }

  async #read() {
    try {
      const { value, done } = await this.#reader.next();
      return { done, value: done ? undefined : this.#encoder.encode(value) };
    } catch (failure) {
      this.failure = failure;
      return END;
    }
  }
}

/** Where one branch is. */
class Limb {
  #trunk;
  #place;
  /** Ends the read that is under way. */
  #end;

  constructor(trunk) {
    this.#trunk = trunk;
    this.#place = trunk.start;
  }

  get failure() {
    return this.#trunk.failure;
  }

  read() {
    if (!this.#place) return Promise.resolve(END);
    this.#place = this.#trunk.after(this.#place);
    const { result } = this.#place;
    return new Promise((resolve) => {
      this.#end = resolve;
      result.then(resolve);
    });
  }

  cancel() {
    this.#place = undefined;
    this.#end?.(END);
  }

  leave() {
    this.#trunk.leave();
  }
}

const END = { done: true, value: undefined };
