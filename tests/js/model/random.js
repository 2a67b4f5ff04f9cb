// Choices that a seed repeats.

import { random } from "../support/bytes.js";

/** A source of choices. `next()` gives a number from 0 up to 1, as Math.random does. */
export class Choices {
  constructor(seed) {
    this.next = random(seed);
  }

  /** A whole number from `least` to `most`. */
  int(least, most) {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** True in so many of a hundred. */
  chance(percent) {
    return this.next() * 100 < percent;
  }

  pick(list) {
    return list[this.int(0, list.length - 1)];
  }

  /** One of the names, by their weights. */
  weighted(weights) {
    const names = Object.keys(weights);
    let rest = this.next() * names.reduce((sum, name) => sum + weights[name], 0);
    return names.find((name) => (rest -= weights[name]) < 0) ?? names[0];
  }
}
