// A provider whose every step is an operation of the run: one Exchange per request that the client makes.

import { EVENTS, Verdict, refusalOf, textEvent } from "./script.js";

const encoder = new TextEncoder();

/** Headers whose reading is a place where foreign code runs. */
class WatchedHeaders extends Headers {
  onGet = () => {};

  get(name) {
    this.onGet();
    return super.get(name);
  }
}

const completion = (content) => JSON.stringify({
  id: "c1", object: "chat.completion", created: 1, model: "m",
  choices: [{ index: 0, message: { role: "assistant", content, refusal: null }, finish_reason: "stop", logprobs: null }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});
const models = (id) => JSON.stringify({ object: "list", data: [{ id, object: "model", created: 1, owned_by: "me" }] });

export class Exchange {
  verdict = new Verdict();
  /** A good head or a refusal was given, or the fetch failed. */
  isAnswered = false;
  /** none, open, closed, broken, cancelled */
  body = "none";
  /** Reads that brought content and were asked for. */
  contentReads = 0;
  /** When its head came, by the run's clock. */
  headAt;
  /** Since when, in ms of retry-after, nobody may ask. */
  refusedFor = 0;
  onContent = () => {};
  #at = 0;
  #said = 0;
  #owed;
  #breaks = false;
  #controller;
  #settle;

  /** `plan`: { steps, isObject, isPulled, isDeaf }. `hook(place)` runs what the run wants to happen there. */
  constructor(plan, { call, number, kind, hook, now }) {
    Object.assign(this, { plan, call, number, kind, hook, now, id: `c${call}e${number}` });
  }

  /** What `fetch` returns. */
  open(signal) {
    this.signal = signal;
    signal?.addEventListener("abort", () => this.#aborted(), { once: true });
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  /** There is a step left that would do something. */
  get isWilling() {
    const step = this.plan.steps[this.#at];
    return step !== undefined && step !== "stall" && !this.isOver;
  }

  /** Nothing of what the server does can reach the client any more. */
  get isOver() {
    if (this.#breaks || (this.signal?.aborted && !this.plan.isDeaf)) return true;
    return this.isAnswered && this.body !== "open";
  }

  /** Something was sent that the client has not read. */
  get hasUnread() {
    return this.body === "open" && this.#controller.desiredSize < 0;
  }

  /** The client has let go of it: read to its end, cancelled, or aborted. */
  get isReleased() {
    return this.body === "none" ? this.isAnswered || this.signal?.aborted : this.body !== "open" || this.signal?.aborted;
  }

  /** The next step; false if there is none. */
  step() {
    if (!this.isWilling) return false;
    const step = this.plan.steps[this.#at++];
    const refusal = refusalOf(step);
    if (step === "drop" && !this.isAnswered) this.#drop();
    else if (refusal && !this.isAnswered) this.#refuse(refusal);
    else if (!refusal && step !== "drop") this.#reply(step);
    return true;
  }

  #reply(step) {
    if (!this.isAnswered) this.#head(step === "null" ? null : this.#stream());
    if (step === "null" && this.body === "none") this.verdict.sent("close");
    if (step === "head" || step === "null" || this.body !== "open") return;
    const ends = { close: () => this.#close(), break: () => this.#break() };
    if (ends[step]) ends[step]();
    else if (this.kind === "stream") this.#event(step);
    else this.#json(step);
  }

  #head(body, { status = 200, headers = {} } = {}) {
    this.isAnswered = true;
    this.headAt = this.now();
    const type = this.kind === "stream" && status === 200 ? "text/event-stream" : "application/json";
    const all = new WatchedHeaders({ "content-type": type, "x-request-id": this.id, ...headers });
    all.onGet = () => this.hook("headers");
    if (!this.plan.isObject) return this.#settle.resolve(new Response(body, { status, headers: all }));
    const given = typeof body === "string" ? new Response(body).body : body;
    this.#settle.resolve({ status, ok: status === 200, statusText: "", type: "default", redirected: false, url: "", headers: all, body: given, text: async () => "" });
  }

  #refuse(refusal) {
    const { status, message, param, after, isOpen } = refusal;
    this.verdict.refused(refusal);
    const text = JSON.stringify({ error: { message, type: "invalid_request_error", param: param ?? null, code: param ? "unsupported_parameter" : null } });
    const headers = { ...(after && { "retry-after": String(after) }), ...(status < 400 && { location: "https://elsewhere.example/" }) };
    this.refusedFor = status === 429 && after ? after * 1000 : 0;
    this.#head(isOpen ? this.#stream() : text, { status, headers });
    if (isOpen) this.#controller.enqueue(encoder.encode(text));
  }

  #drop() {
    this.isAnswered = true;
    this.verdict.unreachable();
    this.#settle.reject(new TypeError("fetch failed"));
  }

  #stream() {
    this.body = "open";
    return new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#pull(),
      cancel: () => this.#cancel(),
    }, { highWaterMark: 0 });
  }

  #pull() {
    this.hook("pull");
    if (this.#breaks) return this.#break();
    // What is asked for comes at once, in the tick of the one who asks.
    if (this.plan.isPulled) while (this.body === "open" && this.#controller.desiredSize === 0 && this.step());
    return undefined;
  }

  #cancel() {
    if (this.body === "open") this.body = "cancelled";
    this.hook("cancel");
  }

  #aborted() {
    this.hook("abort");
    if (this.plan.isDeaf) return;
    this.#settle.reject(this.signal.reason);
    if (this.body !== "open") return;
    this.body = "broken";
    try {
      this.#controller.error(this.signal.reason);
    } catch { /* cancelled in the same moment */ }
  }

  #push(text, hasContent) {
    if (hasContent) {
      this.contentReads += 1;
      this.onContent();
    }
    this.#controller.enqueue(encoder.encode(text));
  }

  /** The second half of an event that was cut. */
  #rest() {
    if (!this.#owed) return;
    const { rest, text } = this.#owed;
    this.#owed = undefined;
    this.#push(rest, true);
    this.verdict.said(text);
  }

  #word() {
    return `c${this.call}e${this.number}t${this.#said++} `;
  }

  #event(step) {
    this.#rest();
    if (step === "half") {
      const text = this.#word();
      const event = textEvent(text);
      const at = event.indexOf(text) + 3;
      this.#owed = { rest: event.slice(at), text };
      this.verdict.isHalf = true;
      return this.#push(event.slice(0, at), false);
    }
    if (step !== "text" && step !== "texts") {
      this.verdict.sent(step);
      return this.#push(EVENTS[step] ?? ": \n\n", false);
    }
    const words = step === "text" ? [this.#word()] : [this.#word(), this.#word(), this.#word()];
    this.verdict.said(words.join(""));
    return this.#push(words.map(textEvent).join(""), true);
  }

  #json(step) {
    const word = this.#word();
    const text = this.kind === "models" ? models(word) : completion(word);
    if (step === "json" && this.verdict.text === "" && !this.#owed) {
      this.#push(text, true);
      this.#whole(word);
    } else if (step === "half" && !this.#owed && !this.verdict.text) {
      this.#owed = { rest: text.slice(20), text: word };
      this.#push(text.slice(0, 20), false);
    } else if (step === "rest" && this.#owed) {
      this.#push(this.#owed.rest, true);
      this.#whole(this.#owed.text);
      this.#owed = undefined;
    }
  }

  /** A completion is its own end; a list of models is one when the body ends. */
  #whole(text) {
    if (this.kind === "models") this.verdict.said(text);
    else this.verdict.whole(text);
  }

  #ended() {
    if (this.kind === "models" && this.verdict.hasContent) this.verdict.whole("");
    this.verdict.cut();
  }

  #close() {
    this.body = "closed";
    if (this.kind === "stream") this.verdict.sent("close");
    else this.#ended();
    this.#controller.close();
  }

  /** The connection breaks once what came before was read: the platform's stream would drop it otherwise. */
  #break() {
    if (this.kind === "stream") this.verdict.sent("break");
    else this.verdict.cut();
    this.#breaks = true;
    if (this.#controller.desiredSize < 0) return;
    this.body = "broken";
    this.#controller.error(new TypeError("terminated"));
  }
}
