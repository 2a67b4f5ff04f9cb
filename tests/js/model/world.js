// The state of one run: a client, its calls, what the consumer holds of them and what he asked for.

import { Exchange } from "./server.js";
import { waitsHard } from "./waits.js";

const REPLIES = { stream: ["head", "text", "finish", "done", "close"], plain: ["head", "json", "close"], models: ["head", "json", "close"] };

/** A promise that the consumer asked for. It is handled: only those that nobody asked for may not reject. */
class Asked {
  /** "ok" or "error", once it is settled. */
  state;

  constructor(world, promise, about) {
    Object.assign(this, about, { askedAt: world.moment, wasQuiet: world.isQuiet });
    promise.then(
      (value) => this.#settled(world, "ok", value),
      (error) => this.#settled(world, "error", error),
    );
  }

  #settled(world, state, value) {
    Object.assign(this, { state, value, settledAt: world.moment });
    world.onSettled(this);
  }
}

/** A stream that the consumer holds: the one that chat() gave, or a branch of a tee. */
class Held {
  branches = [];
  readers = [];
  /** What was done to it: see acts.js. */
  acts = [];
  /** The first end that was seen. */
  end;
  seenText = "";

  constructor(call, stream, parent) {
    Object.assign(this, { call, stream, parent });
  }

  /** It has its iteration already. */
  get isTaken() {
    return this.readers.length > 0 || this.branches.length > 0;
  }
}

/** One call of the client's. */
class MadeCall {
  exchanges = [];
  reports = [];
  asked = [];
  listeners = new Set();
  /** ms that somebody waited: in all, and since content came or was handed out last. */
  waited = 0;
  waitedInSilence = 0;
  /** ms that somebody waited at one go, at his own pace, and no content came. */
  waitedHard = 0;
  hasHandedContent = false;
  stream;

  constructor(plan, index, startedAt) {
    Object.assign(this, { plan, index, startedAt, hooksLeft: plan.hook?.times ?? 0, hooksAfter: plan.hook?.after ?? 0 });
    if (!plan.hasSignal) return;
    this.controller = new AbortController();
    this.#watch(this.controller.signal);
  }

  get isWaiting() {
    return this.asked.some((asked) => !asked.state);
  }

  get exchange() {
    return this.exchanges.at(-1);
  }

  /** What the consumer has of the reply is a beginning of this. */
  get text() {
    return this.exchanges.find((exchange) => exchange.verdict.hasContent)?.verdict.text ?? "";
  }

  #watch(signal) {
    const { listeners } = this;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (type, listener, how) => {
      listeners.add(listener);
      if (how?.once) add(type, () => listeners.delete(listener), { once: true });
      how?.signal?.addEventListener("abort", () => listeners.delete(listener), { once: true });
      add(type, listener, how);
    };
    signal.removeEventListener = (type, listener, how) => {
      listeners.delete(listener);
      remove(type, listener, how);
    };
  }
}

export class World {
  calls = [];
  held = [];
  readers = [];
  violations = [];
  strays = [];
  /** Counts operations. */
  moment = 0;
  /** All that was queued has run since the last operation. */
  isQuiet = true;
  /** Until when the provider wants no request, as the client knows. */
  #closed = { until: 0, told: 0 };
  perform = () => {};

  constructor(plan, tokenwire, clock) {
    Object.assign(this, { plan, tokenwire, clock });
    const { maxConcurrency, maxRetries, timeout } = plan.client;
    this.client = tokenwire.createClient({
      baseURL: "https://api.example/v1", maxConcurrency, maxRetries, timeout,
      fetch: (url, init) => this.#fetch(init), onEnd: (report) => this.#ended(report),
    });
    clock.onMove = (ms) => this.#passed(ms);
    clock.onSet = () => this.calls.forEach((call) => this.hook(call, "timer"));
    clock.onThrow = (error) => this.report("uncaught", `a timer's function threw ${error?.stack}`);
  }

  /** Something that must not be. `code` names the rule. */
  report(code, what) {
    this.violations.push({ code, what, moment: this.moment });
  }

  get closedUntil() {
    return this.#closed.until;
  }

  /** Begins the next call of the plan, if there is one. */
  start() {
    const plan = this.plan.calls[this.calls.length];
    if (!plan) return;
    const call = new MadeCall(plan, this.calls.length, this.clock.now);
    this.calls.push(call);
    const params = { model: `m${call.index}`, messages: [{ role: "user", content: "Hi" }], temperature: 1 };
    const options = { headers: { "x-call": String(call.index) }, signal: call.controller?.signal };
    if (plan.kind === "models") return this.ask(call, this.client.models(options), { kind: "whole" });
    if (plan.kind === "plain") return this.ask(call, this.client.chat(params, options), { kind: "whole" });
    call.stream = this.hold(call, this.client.chat({ ...params, stream: true }, options));
    // Aborted from inside of chat(), before there was a stream.
    if (call.signalled) call.stream.acts.push({ type: "abort", held: call.stream, moment: this.moment, wasQuiet: false, pending: [] });
  }

  hold(call, stream, parent) {
    const held = new Held(call, stream, parent);
    this.held.push(held);
    return held;
  }

  ask(call, promise, about) {
    const asked = new Asked(this, promise, { call, ...about });
    call.asked.push(asked);
    return asked;
  }

  /** Runs what the plan wants to happen inside a place where the client calls foreign code. */
  hook(call, place) {
    const { hook } = call.plan;
    if (hook?.at !== place || !call.hooksLeft || call.hooksAfter-- > 0) return;
    call.hooksLeft -= 1;
    this.isQuiet = false;
    this.perform(hook.op);
  }

  onSettled(asked) {
    const { call, state, kind, value } = asked;
    if (state === "ok" && kind === "next" && !value.done) this.#handed(asked);
    if (state === "error" && value?.kind === "timeout") this.onTimeout?.(call, value);
  }

  #handed(asked) {
    const { call, reader } = asked;
    try {
      asked.item = reader.read(asked.value.value);
    } catch (error) {
      asked.item = { text: "" };
      this.report("item.shape", `${reader.face}: ${error.message}`);
    }
    if (!asked.item.text) return;
    call.hasHandedContent = true;
    call.waitedInSilence = 0;
  }

  /** All that is queued has run. */
  settled() {
    this.isQuiet = true;
    for (const call of this.calls) for (const exchange of call.exchanges) this.#heed(exchange);
  }

  /** A refusal that says when to come back, and that the client has seen. */
  #heed(exchange) {
    if (!exchange.refusedFor || exchange.signal?.aborted) return;
    const until = exchange.headAt + exchange.refusedFor;
    if (until > this.#closed.until) this.#closed = { until, told: exchange.headAt };
    exchange.refusedFor = 0;
  }

  #passed(ms) {
    for (const call of this.calls) {
      call.waitedHard = call.asked.some(waitsHard) ? call.waitedHard + ms : 0;
      if (!call.isWaiting) continue;
      call.waited += ms;
      call.waitedInSilence += ms;
    }
  }

  #fetch(init) {
    const call = this.calls[new Headers(init.headers).get("x-call") ?? "none"];
    if (!call) return Promise.resolve(this.fresh());
    this.#judgeRequest(call);
    const number = call.exchanges.length;
    const { kind, exchanges } = call.plan;
    const plan = exchanges[number] ?? { steps: REPLIES[kind] };
    const hook = (place) => this.hook(call, place);
    const exchange = new Exchange(plan, { call: call.index, number, kind, hook, now: () => this.clock.now });
    call.exchanges.push(exchange);
    exchange.onContent = () => Object.assign(call, { waitedInSilence: 0, waitedHard: 0, contentAt: call.contentAt ?? this.clock.now });
    const answer = exchange.open(init.signal);
    hook("fetch");
    return answer;
  }

  /** A report says which call it is of by the model, the request's id or the error; else `strays` are given out at the end. */
  #ended(report) {
    const has = (call) => report.model === `m${call.index}` || call.exchanges.some((exchange) => exchange.id === report.response?.requestId)
      || (report.error && call.asked.some((asked) => asked.value === report.error));
    const call = this.calls.find(has);
    if (!call) return this.strays.push({ report, moment: this.moment });
    call.reports.push(report);
    this.hook(call, "end");
  }

  /** Only what may be asked again is asked again. */
  #judgeRequest(call) {
    const { client: { maxRetries, maxConcurrency } } = this.plan;
    const before = call.exchange?.verdict;
    const adapted = call.exchanges.filter((exchange) => exchange.verdict.adapts).length;
    if (call.exchanges.length > maxRetries + Math.min(adapted, 1)) this.report("retry.many", `request ${call.exchanges.length + 1} with maxRetries ${maxRetries}`);
    if (call.hasHandedContent) this.report("retry.late", "a request after content was handed out");
    if (before && !before.end) this.report("retry.early", "a request while the one before may still be answered");
    if (before?.end && before.retry === false && !before.adapts) this.report("retry.vain", `a request after ${before.end} that cannot pass`);
    if (call.stream?.stream.end || call.reports.length) this.report("retry.dead", `a request after the end (${call.stream?.stream.end ?? call.reports[0].end})`);
    const { until, told } = this.#closed;
    if (maxConcurrency && !before && this.clock.now > told && this.clock.now < until - 1) this.report("queue.storm", `a request ${until - this.clock.now} ms before the provider wants one`);
  }

  /** The reply to the call that is made when all is over. */
  fresh() {
    return Response.json({ id: "f", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, message: { role: "assistant", content: "fresh" }, finish_reason: "stop" }] });
  }
}
