// A reply that is being read: by one loop, for whoever asks, to one end.
import { asBytes, isForeign, quietly, release } from "./body.js";
import { COLLECT, DONE, HAND_OVER, READ, ask, live, trapped } from "./core.js";
import { aborted, fromCore } from "./errors.js";
import { takenOver } from "./handover.js";
import { EMPTY, noteUnfinished, resultsOf } from "./results.js";

/**
 * The core's half, the body's reader, and the one end. The end has two steps, each taken once and in one place: `#close` when
 * nothing more comes, which lets everything go; `#tell` when all that came was handed out, from when on `end` is set. Between the
 * two, who reads can still stop, and then has not seen the end.
 *
 * What extends it says where the bytes come from: `source`, and `goOn()` where there is none; `judge()` and `letGo()` at the end.
 */
export class Reply {
  /** The core's half: until the end, when all that it holds is taken out of it. */
  core;
  /** The reader of the body: what it gives is read while `isReading`. */
  source;
  isReading = false;
  /** That body has ended. */
  isOver = false;
  /** What the core was told of the call, beside its parameters. */
  settings = "";
  /** Why nobody could go on with it. */
  lack;
  /** Nothing more comes: all is let go. */
  isClosed = false;
  /** The core was there. */
  hadCore = false;
  /** Aborted, or left: what came and was not yet handed out is not. */
  isStopped = false;
  /** final() has read on, and what it read waits for the iteration. */
  isLeft = false;
  /** Somebody waits for what comes next, since when; the clock counts only then. */
  isWaiting = true;
  waitingSince = 0;
  /** How often somebody began to wait. */
  waits = 0;
  /** When the first content came, and when nothing more did, by performance.now(). */
  contentAt;
  closedAt;
  /** A read is under way; its promise, or that of the last. */
  isBusy = false;
  pending;
  /** The caller asked for usage, which then comes in a chunk without choices. */
  asksUsage = false;
  /** Branches that read it in its stead. */
  branches = [];
  /** What a registry may hold of it: nothing once it has ended, for its failure's stack may hold the very stream. */
  hold = { reply: this };
  #isTold = false;
  #failure;
  #results;
  #over;
  #hand;
  /** What came that nobody had asked for, for who reads next. */
  #rest;
  /** What texts of a body left over. */
  #texts = {};
  #loss;
  /** Settles what is waited for, other than a read. */
  #interrupt;

  /** `api`: the core that reads it, and what differs by it; `empty` is what there is before anything came, JSON text. */
  constructor(api) {
    this.api = api;
    this.empty = api.empty ?? EMPTY;
  }

  /** Why it failed, once it has. Always the same object. */
  get failure() {
    return this.#failure;
  }
  set failure(failure) {
    this.#failure = failure && this.placed(failure);
  }

  /** One read of the body, or one try more where it is between two; `hand` is given what is ready then, or undefined. */
  read(hand) {
    if (!this.isWaiting) this.#wait();
    if (this.isBusy) return this.#after(() => this.read(hand));
    if (this.#rest !== undefined) return Promise.resolve(hand(this.#takeRest()));
    return this.#read(hand);
  }

  #read(hand) {
    this.isBusy = true;
    if (!this.isReading) return (this.pending = this.#again(hand));
    this.#hand = hand;
    return (this.pending = this.source.read().then(this.#came, this.#broke));
  }

  /** Once the read is over that is under way. */
  #after(go) {
    return this.pending.then(go, go);
  }

  #wait() {
    this.isWaiting = true;
    this.waits++;
    if (this.contentAt === undefined) this.waitingSince = performance.now();
  }

  async #again(hand) {
    try {
      if (!this.isClosed) await this.goOn();
    } finally {
      this.isBusy = false;
    }
    return hand(this.#takeRest());
  }

  // The one promise of a read is the one that its consumer holds; these two functions are made once.
  #came = (result) => (isForeign(result) ? asBytes(result, this.#texts).then(this.#came, this.#broke) : this.#handOver(result));
  #broke = (cause) => this.#handOver(undefined, cause);

  #handOver(result, cause) {
    const hand = this.#hand;
    // Who reads is not held beyond the read: he may be forgotten.
    this.#hand = undefined;
    this.isBusy = false;
    let batch;
    try {
      batch = result ? this.#take(result) : this.isClosed ? this.#takeRest() : this.#stepped(this.breaks(cause));
    } catch (trap) {
      // What it is told by then is that very trap.
      if (!this.isClosed) throw trap;
    }
    return hand(batch);
  }

  /** What a read gave, into the core. */
  #take({ done, value: bytes, problem }) {
    if (this.isClosed) return this.#takeRest();
    if (done) {
      this.source = undefined;
      this.isOver = true;
      return this.#stepped(ask(() => this.core.over(Date.now())));
    }
    if (problem) return this.#stepped(ask(() => this.core.unusable(problem)));
    let batch, step;
    try {
      batch = this.core.took(bytes);
      ({ step } = this.core);
    } catch (cause) {
      throw trapped(cause);
    }
    if (this.contentAt === undefined) this.#look();
    if (step !== READ) this.#left(step, batch);
    return batch;
  }

  /** One read of what is no reply, for the core alone. */
  async collect() {
    try {
      const result = await this.source.read();
      this.#take(isForeign(result) ? await asBytes(result, this.#texts) : result);
    } catch (cause) {
      if (this.isClosed) return;
      this.#stepped(this.breaks(cause));
    }
  }

  #takeRest() {
    const rest = this.#rest;
    this.#rest = undefined;
    return rest;
  }

  #stepped(batch) {
    const step = ask(() => this.core.step);
    if (step !== READ) this.#left(step, batch);
    return batch;
  }

  #look() {
    if (ask(() => this.core.progress)) this.contentAt = performance.now();
  }

  /** The core wants something else than the next read of a reply. */
  #left(step, batch) {
    if (step === COLLECT) return;
    this.isReading = false;
    if (step === DONE) this.#finish(batch !== undefined);
    else if (step !== HAND_OVER) this.between?.();
  }

  /** What came is for the whole core to read: it goes on from here. */
  async handOver() {
    this.lack = undefined;
    const batch = await takenOver(this);
    if (this.isClosed) return;
    if (this.contentAt === undefined) this.#look();
    this.#rest = this.#stepped(batch);
  }

  /** What becomes of a promise, or undefined as soon as the reply has ended: nothing foreign is waited for beyond. */
  until(promise) {
    if (this.isClosed) return Promise.resolve(quietly(() => promise));
    return new Promise((resolve, reject) => {
      this.#interrupt = resolve;
      Promise.resolve(promise).then(resolve, reject);
    });
  }

  /** A read failed. Gives what the core makes of it. */
  breaks() {}

  /** Chooses what comes out. Gives what is ready. */
  open(mode) {
    return this.isClosed ? undefined : ask(() => this.core.open(mode));
  }

  /** Looks, for nobody, whether content has come by now; what has is kept for who reads. */
  async peek() {
    const keep = (batch) => (this.#rest = batch);
    const goesOn = () => this.isReading || (!this.isClosed && ask(() => this.core.step) === HAND_OVER);
    while (!this.isWaiting && !this.isBusy && this.contentAt === undefined && goesOn()) await this.#read(keep);
  }

  /** Nobody waits any more: something was handed out. */
  handedOut() {
    this.isWaiting = false;
  }

  /** All that came was handed out by the one that reads. */
  delivered() {
    this.isLeft = false;
    if (this.#isTold) this.unlisten?.();
    else this.given();
  }

  /** All of it was given at once. */
  given() {
    if (this.isClosed) this.#tell();
  }

  /** What came last has ended the call. `isLeft`: of it something is still to be handed out. */
  #finish(isLeft) {
    this.#close();
    if (!isLeft) this.given();
  }

  /** The core has ended. */
  settle() {
    if (!this.isClosed) this.#finish(false);
  }

  /** A time ran out: what has all that it needs is complete, all else has failed. */
  late(message) {
    this.#rest = ask(() => this.core.expire(message));
    this.#finish(false);
  }

  /** Ends it from this side of the border: what was in flight fails, and nothing that came before is handed out any more. */
  stop(end, failure) {
    // What is let go of may call back: the first word counts.
    if (this.#isTold || this.isStopped) return;
    this.isStopped = true;
    this.failure = failure;
    if (this.isClosed) noteUnfinished(Object.assign(this.#results, { end }));
    else this.#close(end);
    this.#tell();
    for (const branch of this.branches) branch.stop(end, failure);
  }

  /** Ends the request; whoever waits gets an APIUserAbortError with this cause. */
  abort(reason = new DOMException("This operation was aborted", "AbortError")) {
    this.halt(aborted(reason));
  }

  /** Nothing more is handed out. Where final() has given all of it, that stays its end: only what reads beside it stops. */
  halt(failure) {
    if (!this.#isTold) return this.stop("aborted", failure);
    if (this.isLeft) {
      this.isStopped = true;
      this.failure ??= failure;
      this.delivered();
    }
    for (const branch of this.branches) branch.halt(this.failure ?? failure);
  }

  /** Ends it without an error for who reads. */
  cancel() {
    if (this.isStopped) return;
    this.stop("aborted", undefined);
    for (const branch of this.branches) branch.cancel();
  }

  /** The core broke down: its half is gone. */
  broken(error) {
    this.core = undefined;
    this.stop("error", error);
  }

  // The one place where a call ends. Everything is let go here and nowhere else.
  #close(end) {
    this.isClosed = true;
    this.isReading = false;
    const { core } = this;
    this.core = undefined;
    this.hadCore = core !== undefined;
    live.delete(this);
    this.closedAt = performance.now();
    this.#results = { end: "error", snapshot: this.empty, repairs: "[]" };
    try {
      if (core) this.#results = resultsOf(core);
      if (!this.isStopped) this.failure = this.judge(this.#results);
    } catch (failure) {
      this.failure = failure;
    }
    noteUnfinished(Object.assign(this.#results, end && { end }));
    this.#interrupt?.();
    this.letGo(this.#results);
  }

  /** The end as it is told: once. */
  #tell() {
    if (this.#isTold) return;
    this.#isTold = true;
    this.hold.reply = undefined;
    this.told?.(this.#results);
    if (!this.isLeft && this.branches.every((branch) => branch.isDone)) this.unlisten?.();
    this.#over?.resolve();
  }

  /** Why it failed, as an error: asked once. */
  judge({ failure, body }, facts) {
    return failure ? fromCore(failure, { ...facts, body: body || undefined }) : undefined;
  }

  /** With what the reply knows of where it failed. */
  placed(failure) {
    return failure;
  }

  /** What to tell who wants all of a reply of which there is only a part. */
  get loss() {
    return this.failure ?? (this.#loss ??= this.placed(aborted(new DOMException("The stream was cancelled", "AbortError"))));
  }

  /** Lets go of all that brings the bytes. */
  letGo() {
    release(this.source);
    this.source = undefined;
  }

  /** Resolves when it has ended and that was told. */
  get over() {
    if (this.#isTold) return undefined;
    if (!this.#over) {
      this.#over = {};
      this.#over.promise = new Promise((resolve) => (this.#over.resolve = resolve));
    }
    return this.#over.promise;
  }

  /** How it ended; nothing before all that came was handed out. */
  get end() {
    return this.#isTold ? this.#results.end : undefined;
  }

  /** How it ended, be it that not all was handed out. */
  get ending() {
    return this.#results?.end;
  }

  /** It has ended, and something came of it that was not handed out. */
  get isRead() {
    return this.isClosed && !this.isStopped && !this.snapshot.includes(this.api.blank ?? '"choices":[]');
  }

  /** JSON text. */
  get snapshot() {
    return this.#told("snapshot") ?? this.empty;
  }

  get repairs() {
    return JSON.parse(this.#told("repairs") ?? "[]");
  }

  /** Of the response that came last, JSON text; nothing before any. */
  get metaText() {
    return this.#told("meta");
  }

  /** What the core says, or said at the end. Safe at any moment: should it break down by that, all calls have ended. */
  #told(what) {
    try {
      if (this.core) return ask(() => this.core[what]());
    } catch {
      // As said.
    }
    return this.#results?.[what];
  }
}
