// One API call as this side of the border holds it: begun at once, aborted by signal, its failure kept for whoever reads.
import { Call as CoreCall, __wbg_reset_state as restart } from "./core.js";
import { Clock } from "./clock.js";
import { TokenwireError, aborted, config, expired, fromCore } from "./errors.js";
import { load } from "./load.js";
import { responseMeta } from "./response.js";

const EMPTY = '{"id":"","object":"chat.completion","created":0,"model":"","choices":[]}';

// What the core, a signal or the queue holds of a call, it holds weakly: a stream that nobody reads any more can go, and with
// it its connection. These functions stand here, for one written inside of a method holds `this`, used or not.

/** Calls that the core has a half of, as WeakRefs. */
const live = new Set();
/** How many of these make it worth looking for those that are gone. */
let crowd = 64;
/** Gives the turn of a call back that nobody reads any more. */
const turns = new FinalizationRegistry((queue) => queue.done());

const failing = (weak) => (json, extra) => weak.deref()?.fail(json, extra);
const trapping = (weak) => (error) => isTrap(error) && weak.deref()?.trap(error);
const aborting = (weak, signal) => () => weak.deref()?.abort(signal.reason);

function enlist(weak) {
  if (live.size >= crowd) {
    for (const one of live) if (!one.deref()) live.delete(one);
    crowd = Math.max(64, live.size * 2);
  }
  live.add(weak);
}

/** The core broke down, which is a bug: what was in flight is rejected, and the next call has a fresh instance. */
function trapped(cause) {
  const message = `The core of tokenwire broke down (${cause.message}). This is a bug of tokenwire's; the next call works again`;
  const error = new TokenwireError(message, { kind: "server", retryable: true, cause });
  restart();
  for (const weak of live) weak.deref()?.die(error);
  live.clear();
}

/** A trap, or a stack that overflowed. */
const isTrap = (error) => error instanceof WebAssembly.RuntimeError || error instanceof RangeError;

export class ApiCall {
  /** The core's half: there from shortly before the request until the end, when all that it holds is taken out of it. */
  core;
  /** Why it failed, once it has. Always the same object. */
  failure;
  /** Settled when the response's headers are there. Handled, so that a failure nobody reads is not an unhandled rejection. */
  sent;
  /** The promise of the request, the last read or the drain: until it is settled, the core is not let go. */
  pending;
  #refuse;
  #unlisten;
  /** Somebody waits for what comes next; the clock counts only then. */
  isWaiting = true;
  #secrets;
  /** What is known of the provider; undefined for a branch of a tee. */
  #dialect;
  /** Where the call has or waits for its turn, until it gives it back. */
  #queue;
  #leave;
  #clock;
  /** Which time ran out. */
  #phase;
  /** What the core knew when it was let go. */
  #kept;
  /** For a branch of a tee: the call whose reply it reads again, and how that failed. */
  #origin;
  #responded = false;
  #weak = new WeakRef(this);
  /** Of the request. Here and not in the core, so that a request can be ended without one. */
  #controller;
  /** Rejects the promise of the core's that is waited for. */
  #break = () => {};

  /** `prepare()` gives the request, or throws a ConfigError; see client.js. */
  constructor(prepare, origin) {
    this.#origin = origin;
    let settle;
    this.pending = this.sent = new Promise((resolve, reject) => {
      settle = resolve;
      this.#refuse = reject;
    });
    this.sent.catch(() => {});
    this.#send(prepare).then(settle, (error) => this.#refuse(this.ended(error)));
  }

  // Up to the first await this runs in the caller's own tick: params are read as they are now, and where the core is
  // ready or loads synchronously, the request goes out in it too.
  async #send(prepare) {
    const { kind, body, settings, key, checkKey, fetch, signal, secrets, dialect, queue, limits } = prepare();
    this.#secrets = secrets;
    this.#dialect = dialect;
    this.#listen(signal);
    if (limits) this.#clock = new Clock(this, limits);
    if (queue && !this.failure) {
      const turn = queue.enter((leave) => (this.#leave = leave));
      if (turn) await turn;
      this.#leave = undefined;
      if (this.failure) queue.done();
      else turns.register(this, (this.#queue = queue), this);
    }
    const loading = this.failure ? undefined : load();
    if (loading) await loading;
    if (!this.failure) settings.apiKey = typeof key === "function" ? await answer(key) : checked(key);
    if (this.failure) throw this.failure;
    if (settings.apiKey !== undefined) checkKey?.();
    if (settings.apiKey?.length > 6) secrets.push(settings.apiKey);
    settings.trapped = trapping(this.#weak);
    settings.controller = this.#controller = new AbortController();
    try {
      enlist(this.#weak);
      this.core = new CoreCall(kind, body, settings, fetch, failing(this.#weak));
      await this.settled(this.core.send());
    } catch (error) {
      throw this.broken(error);
    }
    this.#responded = true;
    this.isWaiting = false;
    const learnt = this.core?.learnt();
    if (learnt) dialect.learn(learnt);
  }

  /** A promise of the core's, that a trap settles too: the core then no longer can. */
  settled(promise) {
    return new Promise((resolve, reject) => {
      this.#break = reject;
      promise.then(resolve, (error) => reject(this.broken(error)));
    });
  }

  /** Asks the core. */
  guarded(ask) {
    try {
      return ask();
    } catch (error) {
      throw this.broken(error);
    }
  }

  /** What to throw for what the core threw: what this call failed of, where the core itself broke down. */
  broken(error) {
    if (isTrap(error)) trapped(error);
    return this.failure ?? error;
  }

  /** The core broke down. It is not touched any more: its memory may be anything. */
  die(error) {
    this.core = undefined;
    this.#kept ??= { end: "error", snapshot: () => EMPTY, repairs: () => "[]", meta: () => undefined };
    this.#refuse(this.ended(error));
    this.#controller.abort(error);
    this.#break(error);
  }

  /** The core has failed: makes the error. */
  fail(json, extra) {
    const error = fromCore(json, extra, this.#secrets);
    if (error.kind === "timeout") error.phase ??= this.#phase;
    return this.ended((error.kind !== "aborted" && this.#origin?.failure) || error);
  }

  /** The core broke down in what a promise called. */
  trap(error) {
    this.#break(this.broken(error));
  }

  #listen(signal) {
    if (!signal) return;
    if (typeof signal.addEventListener !== "function") throw config("signal must be an AbortSignal");
    const listener = aborting(this.#weak, signal);
    if (signal.aborted) return listener();
    signal.addEventListener("abort", listener);
    this.#unlisten = () => signal.removeEventListener("abort", listener);
  }

  abort(reason = new DOMException("This operation was aborted", "AbortError")) {
    this.#unlisten?.();
    if (this.core) this.guarded(() => this.core.abort(reason));
    else if (!this.#kept && !this.failure) this.#refuse(this.ended(aborted(reason)));
  }

  /** Ends the call, for a time ran out. */
  expire(phase, message) {
    this.#phase = phase;
    this.#unlisten?.();
    if (this.core) this.guarded(() => this.core.expire(message));
    else if (!this.#kept && !this.failure) this.#refuse(this.ended(expired(phase, message)));
  }

  /** How much of the reply came, for the clock. */
  get progress() {
    return this.core?.progress ?? 0;
  }

  /** The response is there. */
  get isReading() {
    return this.#responded;
  }

  /** Ends the request without an error for those who wait. `idle`: no read is under way that would come to its end. */
  cancel(idle) {
    if (!this.#responded) return this.abort();
    this.core?.cancel();
    if (idle) this.ended();
  }

  /** Nothing more is delivered, from outside or inside: what the core holds can go. Gives the failure that counts. */
  ended(failure) {
    this.failure ??= failure;
    this.#unlisten?.();
    this.#clock?.stop();
    this.#leave?.();
    if (this.#queue) {
      turns.unregister(this);
      this.#queue.done();
      this.#queue = undefined;
    }
    // Not here, for this is called from inside the core as well.
    const close = () => this.#close();
    if (this.core) this.pending.then(close, close);
    return this.failure;
  }

  /** Reads all that is left and hands out none of it. */
  async drain() {
    this.isWaiting = true;
    if (this.core) await (this.pending = this.settled(this.guarded(() => this.core.drain())));
    this.ended();
    this.#close();
  }

  /** Takes the results out of the core and frees it, rather than wait for a garbage collector that sees no wasm memory. */
  #close() {
    const { core } = this;
    if (!core) return;
    const [snapshot, repairs, meta] = [core.snapshot(), core.repairs(), core.meta()];
    this.#kept = {
      end: core.end,
      headers: core.headers,
      snapshot: () => snapshot,
      repairs: () => repairs,
      meta: () => meta,
    };
    this.#dialect?.observe(repairs);
    this.core = undefined;
    live.delete(this.#weak);
    core.free();
  }

  get #known() {
    return this.core ?? this.#kept;
  }

  get end() {
    const { failure } = this;
    if (failure && failure === this.#origin?.failure) return this.#origin.call.end;
    return this.#known ? this.#known.end : failure && (failure.kind === "aborted" ? "aborted" : "error");
  }

  /** JSON text. */
  get snapshot() {
    return this.#known?.snapshot() ?? EMPTY;
  }

  get repairs() {
    return this.#origin ? this.#origin.call.repairs : JSON.parse(this.#known?.repairs() ?? "[]");
  }

  /** Makes its promise when asked. */
  get response() {
    return this.#origin
      ? this.#origin.call.response
      : this.sent.then(() => responseMeta(this.#known.meta(), this.#known.headers));
  }
}

async function answer(key) {
  try {
    key = await key();
  } catch (cause) {
    throw config("the apiKey function failed (see cause)", cause);
  }
  return checked(key);
}

function checked(key) {
  if (key === undefined) return;
  if (typeof key !== "string") throw config(`apiKey must be a string, and is of type ${typeof key}`);
  key = key.trim();
  if (/[^\x21-\x7e]/.test(key))
    throw config("apiKey holds a character that no key has: a blank, a line break, a typographic sign");
  return key || undefined;
}
