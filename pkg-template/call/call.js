// One API call: begun at once, sent as often as it takes, aborted by signal. What is read of it, and its end: reply.js.
import { quietly, release, sourceOf } from "./body.js";
import { Clock } from "./clock.js";
import { COLLECT, HAND_OVER, READ, SEND, SLEEP, ask, live } from "./core.js";
import { TokenwireError, config, expired, located, withoutSecrets } from "./errors.js";
import { linger } from "./linger.js";
import { Reply } from "./reply.js";
import { messageOf, plainResponse, responseMeta } from "./response.js";

/** How long the body of a refusal is waited for, in ms. */
const REFUSAL_WAIT = 3000;

export class ApiCall extends Reply {
  /** Resolves when a reply is being read, or when the call has ended; made anew where a second try follows. */
  opened;
  /** Somebody waits for the response, in order to read it. */
  isWanted = false;
  /** What a log may show of it. */
  shown;
  #opens;
  #begun = performance.now();
  #respondedAt;
  #request;
  #clock;
  #unlisten;
  /** Takes it out of the queue, or gives its turn back. */
  #leave;
  /** Of the request that is under way. */
  #controller;
  #isSending = false;
  /** Its body was given up: cancelled, which Firefox tells nobody before the next bytes come. */
  #isUnread = false;
  /** Of the response that came last; and as the core is told of it. */
  #headers;
  #head;
  #isRefused = false;
  #isLimited = false;
  /** A reply has been read. */
  #isGood = false;
  /** What a connection failed of. */
  #cause;
  /** Which time ran out. */
  #phase;
  #onEnd;

  /** The address that is asked, once it is. */
  #asked;
  /** Of the caller, see `traced`; where whoever reads holds it, by a reference that is weak: its frames may hold the very stream. */
  #at;

  /** `prepare()` gives the request, or throws a ConfigError; see client/request.js. `onEnd`: told of the end. `api`: its core. */
  constructor(prepare, onEnd, api, at) {
    super(api);
    this.#at = at;
    this.waitingSince = this.#begun;
    this.#onEnd = onEnd;
    this.#renew();
    this.#begin(prepare).catch((failure) => this.fail(failure));
  }

  // Up to the first await this runs in the caller's own tick: params are read as they are now, and where the core is
  // ready or loads synchronously, the request goes out in it too.
  async #begin(prepare) {
    const request = (this.#request = prepare());
    this.shown = request.place.shown;
    if (!request.params && !this.api.path) this.empty = "[]";
    this.#listen(request.signal);
    if (this.isClosed) return;
    // Timers and signals are foreign, too: any of them may end the call while it is set.
    const clock = (this.#clock = new Clock(this, request.limits));
    if (this.isClosed) return clock.stop();
    const place = request.queue.enter();
    if (this.isClosed) return place?.leave();
    this.#leave = place?.leave;
    if (place?.turn) await this.until(place.turn);
    const loading = this.isClosed ? undefined : this.api.load();
    if (loading) await this.until(loading);
    let key = this.isClosed ? undefined : request.key;
    if (typeof key === "object") key = await this.until(key);
    if (this.isClosed) return;
    const settings = request.settings(key, this.api);
    if (typeof settings !== "string") throw await settings;
    this.settings = settings;
    this.core = ask(() => new this.api.Call(request.params, settings, Math.random() * 2 ** 53));
    request.params = undefined;
    live.add(this);
    await this.goOn();
  }

  #renew() {
    this.opened = new Promise((resolve) => (this.#opens = resolve));
  }

  /** Goes on until a reply is being read, or the call has ended. */
  async goOn() {
    while (!this.isClosed) {
      const step = ask(() => this.core.step);
      if (step === READ) return this.#reads();
      if (step === SEND) await this.#send();
      else if (step === SLEEP) await this.#sleep();
      else if (step === COLLECT) await this.#collect();
      else if (step === HAND_OVER) await this.handOver();
      else this.settle();
    }
  }

  async #send() {
    const { url, headers, isSecret, fetch, fetchOptions } = this.#request;
    this.#asked ??= this.#request.shown;
    this.#controller = new AbortController();
    this.#headers = this.#head = this.#cause = undefined;
    this.#isSending = true;
    this.#isUnread = false;
    let response;
    try {
      // The text of the body is held by the core alone: images in it are gone with the first content.
      const body = ask(() => this.core.request());
      const { signal } = this.#controller;
      const init = { ...fetchOptions, method: body === undefined ? "GET" : "POST", headers: new Headers(headers), signal };
      if (body !== undefined) init.body = body;
      // Runtimes take `authorization` out of a request that is redirected to another origin, some of them, and no other header:
      // with something secret in it, it is not followed, unless the caller says so.
      if (isSecret) init.redirect ??= "manual";
      const sent = ask(() => this.api.send(url, init, fetch));
      response = plainResponse(await this.until(sent));
      if (response instanceof Promise) response = await this.until(response);
    } catch (cause) {
      if (!this.isClosed) this.breaks(cause);
      return;
    }
    if (this.isClosed) return;
    const problem = typeof response === "string" ? response : this.#responded(response);
    if (problem) ask(() => this.core.unusable(problem));
    else this.#isSending = false;
  }

  /** The head is there. Gives what is wrong with the body, if anything is. */
  #responded(response) {
    const { status, headers, lines } = response;
    this.#headers = headers;
    this.#respondedAt = performance.now();
    this.#head = [status, lines, Date.now()];
    this.isOver = false;
    this.resumed();
    this.#isRefused = status < 200 || status > 299;
    this.#isLimited = status === 429;
    if (this.#isRefused) this.#pause();
    try {
      const source = sourceOf(response, this.api.open);
      if (typeof source === "string") return source;
      this.source = source;
    } catch (cause) {
      return `fetch gave a response whose body cannot be read: ${messageOf(cause)}`;
    }
  }

  /** Where the provider wants no request for a time, nobody's turn comes. */
  #pause() {
    const ms = ask(() => this.core.pause);
    if (ms) this.#request.queue.pause(ms);
  }

  #reads() {
    this.isReading = this.#isGood = true;
    this.#request.place.guessed = undefined;
    this.isWaiting = this.isWanted;
    // Only the whole core learns.
    const learnt = ask(() => this.core.learnt?.());
    if (learnt) this.#request.dialect.learn(learnt);
    this.#opens();
  }

  /** Reads a refusal, or a list of models. */
  async #collect() {
    this.isReading = true;
    const giveUp = () => {
      this.#isUnread = true;
      release(this.source);
    };
    const timer = this.#isRefused ? setTimeout(giveUp, REFUSAL_WAIT) : undefined;
    try {
      while (this.isReading) await this.collect();
    } finally {
      clearTimeout(timer);
    }
  }

  async #sleep() {
    const ms = ask(() => this.core.wait);
    // Who was one too many has the others wait as long as himself.
    if (this.#isLimited) this.#request.queue.pause(ms);
    let timer;
    await this.until(new Promise((resolve) => (timer = setTimeout(resolve, ms))));
    clearTimeout(timer);
    if (!this.isClosed) ask(() => this.core.wake());
  }

  breaks(cause) {
    this.#cause = cause;
    this.source = undefined;
    this.#isSending = false;
    return ask(() => this.core.broke(messageOf(cause), isOffline(), Date.now()));
  }

  resumed() {
    if (this.#head) ask(() => this.core.responded(...this.#head));
  }

  between() {
    this.contentAt = undefined;
    if (this.#isGood) {
      this.#isGood = false;
      this.#renew();
    }
    // Last, for a body that is cancelled may call back.
    this.#putAway();
  }

  /** Lets go of the request and what comes of it. */
  #putAway(reason) {
    const { source } = this;
    this.source = undefined;
    release(source);
    if (source || this.#isSending || this.#isUnread) abortWith(this.#controller, reason);
  }

  #listen(signal) {
    if (signal == null) return;
    const listener = () => this.abort(reasonOf(signal));
    try {
      if (signal.aborted) return listener();
      signal.addEventListener("abort", listener);
    } catch (cause) {
      throw config("signal must be an AbortSignal", cause);
    }
    this.#unlisten = () => quietly(() => signal.removeEventListener("abort", listener));
    if (this.isClosed) this.unlisten();
  }

  /** Ends the call, for a time ran out. */
  expire(phase, message) {
    this.#phase = phase;
    if (this.core) this.late(message);
    else this.fail(expired(phase, message));
  }

  /** Ends the call with an error of this side's. */
  fail(failure) {
    if (!this.isClosed) this.stop("error", failure);
  }

  /** A reply is being read, not a refusal. */
  get isReplying() {
    return this.isReading && !this.#isRefused;
  }

  /** How much of the reply came, for the clock. */
  get progress() {
    return this.core ? ask(() => this.core.progress) : 0;
  }

  judge(results) {
    const reason = this.#cause ?? this.lack;
    const cause = reason && withoutSecrets(reason, this.#request.secrets);
    const hint = ({ kind, status }) =>
      status && kind === "auth" && !this.#request.isSecret ? " (no apiKey was given)" : status === 404 || status === 405 ? ` (asked ${this.#asked})` : "";
    const failure = super.judge(results, { headers: this.#headers, cause, hint });
    if (failure?.kind === "timeout" && this.#phase) failure.phase = this.#phase;
    // What the body said of when to come back, of what is not tried again.
    if (this.#isRefused && failure?.retryable && failure.retryAfterMs) this.#request.queue.pause(Math.min(failure.retryAfterMs, 2 ** 31 - 1));
    return failure;
  }

  placed(failure) {
    if (!(failure instanceof TokenwireError)) return failure;
    if (this.#asked) failure.url ??= this.#asked;
    return located(failure, this.#at?.deref());
  }

  letGo({ end, observed }) {
    this.#clock?.stop();
    this.#leave?.();
    // Where a read still waits, the end does not follow at once: a time ran out.
    if (end === "complete" && this.source && !this.isStopped && !this.isBusy) {
      linger(this.source, this.#controller);
      this.source = undefined;
    } else this.#putAway(this.failure?.cause);
    if (observed) this.#request?.dialect.observe(observed);
    this.#request = this.#head = undefined;
    this.settings = "";
    this.#opens();
  }

  unlisten() {
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  told({ end, repairs, snapshot }) {
    const onEnd = this.#onEnd;
    if (!onEnd) return;
    const { model, usage } = JSON.parse(snapshot);
    const report = { end, model: model || null, usage: usage ? (this.api.usage?.(usage) ?? usage) : null, repairs: JSON.parse(repairs) };
    if (this.failure) report.error = this.failure;
    quietly(() => onEnd({ ...report, response: this.meta(), timing: this.timing }));
  }

  /** ms since the call began. */
  get timing() {
    const since = (moment) => (moment === undefined ? null : moment - this.#begun);
    return { responseMs: since(this.#respondedAt), firstContentMs: since(this.contentAt), totalMs: since(this.closedAt) };
  }

  /** Of the response that came last; null before any. */
  meta() {
    const json = this.metaText;
    return json ? responseMeta(json, this.#headers) : null;
  }

  /** Makes its promise when asked. */
  get response() {
    return this.#whenRead();
  }

  async #whenRead() {
    while (!this.#isGood && !this.isClosed) await this.opened;
    if (this.#isGood) return this.meta();
    throw this.loss;
  }
}

/** workerd looks into the reason, and throws what that throws before it aborts. */
function abortWith(controller, reason) {
  quietly(() => controller?.abort(reason));
  if (controller?.signal.aborted === false) quietly(() => controller.abort());
}

/** The device says that it has no network. */
function isOffline() {
  try {
    return globalThis.navigator?.onLine === false;
  } catch {
    return false;
  }
}

/** A signal's reason; undefined where it cannot be had. */
function reasonOf(signal) {
  try {
    return signal.reason;
  } catch {
    return undefined;
  }
}
