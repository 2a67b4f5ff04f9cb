import { add } from "./dom.js";

/** Says that more is awaited, and for how long nothing came. */
export class Waiting {
  #element;
  #words;
  #since = performance.now();
  #heard = false;
  #timer;

  constructor(parent) {
    this.#element = add(parent, "p", "waiting");
    const dots = add(this.#element, "span", "dots");
    dots.setAttribute("aria-hidden", "true");
    for (let n = 0; n < 3; n += 1) add(dots, "i");
    this.#words = add(this.#element, "span", "words", "Waiting for the first token");
    this.#timer = setInterval(() => this.#tick(), 1000);
  }

  /** Something came. */
  heard() {
    this.#since = performance.now();
    if (this.#words.textContent) this.#words.textContent = "";
    this.#heard = true;
  }

  /** Moves an element in front of this one. */
  before(element) {
    this.#element.before(element);
  }

  #tick() {
    const seconds = Math.floor((performance.now() - this.#since) / 1000);
    if (seconds < 2) return;
    this.#words.textContent = this.#heard ? `Nothing came for ${seconds} s` : `Waiting for the first token, ${seconds} s`;
  }

  end() {
    clearInterval(this.#timer);
    this.#element.remove();
  }
}
