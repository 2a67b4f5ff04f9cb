// The value so far of an answer that is being written, made when it is asked for.
import { startOfJson } from "./found.js";
import { Partial } from "./partial.js";

/** A beginning with words in front is looked for within this. */
const SOON = 4096;

export class Growing {
  #rung;
  #isWrapped;
  #value;
  /** Before the JSON begins: what came. */
  #before;

  /** An object begins an answer or ends it, a text is a piece of it. Gives the value where there is a new one. */
  take(item) {
    if (typeof item === "string") return this.#piece(item);
    if (item.rung) {
      this.#rung = item.rung;
      this.#isWrapped = item.isWrapped;
      this.#value = new Partial();
      this.#before = "";
      return undefined;
    }
    return this.#value.end() ? this.#shown() : undefined;
  }

  #piece(text) {
    if (this.#rung === "prompt" && this.#before !== undefined) {
      if (this.#before.length > SOON) return undefined;
      this.#before += text;
      const start = startOfJson(this.#before);
      if (start < 0) return undefined;
      text = this.#before.slice(start);
      this.#before = undefined;
    }
    return this.#value.feed(text) ? this.#shown() : undefined;
  }

  #shown() {
    const { root } = this.#value;
    return this.#isWrapped ? root?.value : root;
  }
}
