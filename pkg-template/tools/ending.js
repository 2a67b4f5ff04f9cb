// What goes on by itself until it ends, once: with a result, with a failure, or because nobody wants it any more.
import { Feed } from "./feed.js";

export class Ending {
  kit;
  feed;
  controller = new AbortController();
  isOver = false;
  #end;
  #settle;
  #unlisten;

  /** `kit`: see client/late.js. `take`: what becomes of an item when it is handed out. `left`: what to say where it was left. */
  constructor(kit, take, left) {
    this.kit = kit;
    this.feed = new Feed(kit.config, take, () => this.over(kit.aborted(new DOMException(left, "AbortError"))));
    this.#end = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.#end.catch(() => {});
  }

  [Symbol.asyncIterator]() {
    return this.feed.iterator;
  }

  final() {
    return this.#end;
  }

  abort(reason = new DOMException("This operation was aborted", "AbortError")) {
    if (this.isOver) return;
    const failure = this.kit.aborted(reason);
    this.feed.stop(failure);
    this.over(failure);
  }

  listen(signal) {
    if (!signal) return;
    if (typeof signal.addEventListener !== "function") throw this.kit.config("signal must be an AbortSignal");
    const listener = () => this.abort(signal.reason);
    if (signal.aborted) return queueMicrotask(listener);
    signal.addEventListener("abort", listener);
    this.#unlisten = () => signal.removeEventListener("abort", listener);
  }

  /** It ends as this promise does. */
  follow(promise) {
    promise.then(
      (result) => this.#finish(result),
      (failure) => this.#fail(failure),
    );
  }

  #finish(result) {
    if (this.isOver) return;
    this.isOver = true;
    this.#unlisten?.();
    this.feed.close();
    this.#settle.resolve(result);
  }

  #fail(failure) {
    if (this.isOver) return;
    this.feed.close(failure);
    this.over(failure);
  }

  /** Ends it, whatever is under way: nothing foreign is waited for. */
  over(failure) {
    if (this.isOver) return;
    this.isOver = true;
    this.#unlisten?.();
    this.#settle.reject(failure);
    try {
      this.controller.abort(failure.cause ?? failure);
    } catch {
      // A runtime that looks into the reason.
      this.controller.abort();
    }
  }

  /** What becomes of a promise, unless it ends before. */
  until(promise) {
    return Promise.race([promise, this.#end]);
  }
}
