// Text that may turn out to be calls is held back until that is known, so that nobody is shown it.
import { LONGEST, callsIn, mayBeCalls } from "./prose.js";

/** By then it is known whether a text begins as calls do. */
const ENOUGH = 120;

/** The events of one reply on their way. `hand(event)` is given them, with calls in place of text that is calls. */
export class Screen {
  /** The calls that came as text. */
  calls;
  #hand;
  #byName;
  #eventsOf;
  /** Held back. */
  #text = "";
  /** Behind it. */
  #after = [];
  #isHeld = true;

  /** `byName`: the tools that were offered. */
  constructor(hand, byName, eventsOf) {
    this.#hand = hand;
    this.#byName = byName;
    this.#eventsOf = eventsOf;
  }

  take(event) {
    if (!this.#isHeld) return this.#hand(event);
    if (event.type === "text") return this.#hold(event.text);
    // Thinking stands before the answer.
    if (event.type === "reasoning") return this.#hand(event);
    if (event.type === "finish" || event.type === "usage") return this.#after.push(event);
    this.#letGo();
    return this.#hand(event);
  }

  #hold(text) {
    const isOpen = this.#text.length < ENOUGH;
    this.#text += text;
    if (this.#text.length > LONGEST || (isOpen && !mayBeCalls(this.#text.slice(0, ENOUGH)))) this.#letGo();
  }

  #letGo() {
    this.#isHeld = false;
    if (this.#text) this.#hand({ type: "text", text: this.#text });
    for (const event of this.#after) this.#hand(event);
  }

  /** The calls that a text is, if it is. */
  find(text) {
    const typeOf = (name, key) => this.#byName.get(name)?.properties?.[key]?.type;
    return callsIn(text, (name) => this.#byName.has(name), typeOf);
  }

  /** The reply has ended, as it should, or not. `text`: all of it. */
  end(text, isWhole, nameCalls) {
    const calls = isWhole ? this.find(text) : undefined;
    if (!calls) return this.#isHeld ? this.#letGo() : undefined;
    this.calls = nameCalls(calls);
    const after = this.#isHeld ? this.#after : [];
    this.#isHeld = false;
    for (const call of this.calls) for (const event of this.#eventsOf(call)) this.#hand(event);
    for (const event of after) this.#hand(event.type === "finish" ? { ...event, reason: "tool_calls" } : event);
    return undefined;
  }
}
