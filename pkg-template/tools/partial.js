// JSON that is still being written, linearly: no character is looked at twice. The value grows in place and is never wrong: strings
// may be unfinished, a number or a word counts when it has ended, a key when its value has begun. What the core does for the
// arguments of calls (src/json/partial.rs) is done here for text, and for what waits to be read.

/** Nesting beyond this is nobody's answer. */
const DEEPEST = 512;
const OWN = { writable: true, enumerable: true, configurable: true };
const STRING_END = /["\\]/g;
const ESCAPES = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\", "/": "/" };
const SCALAR = /^(-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?|true|false|null)$/;

/** A growing value. */
export class Partial {
  /** The value so far; undefined before any. */
  root;
  #state = "value";
  #open = [];
  #key;
  /** The piece of a key, a scalar or an escape that is not whole. */
  #piece = "";
  #escape = "";
  #isKey = false;
  #isChanged = false;

  /** Reads on. True where that changed the value. */
  feed(text) {
    this.#isChanged = false;
    let at = 0;
    while (at < text.length && this.#state !== "over") at = this.#step(text, at);
    return this.#isChanged;
  }

  /** Nothing more comes: a number that stands alone is whole. True where that changed the value. */
  end() {
    return this.#state === "scalar" && !this.#open.length && this.feed(" ");
  }

  /** What came is no JSON, or more than one value. */
  get isBroken() {
    return this.#state === "over";
  }

  /** Reads one letter, or more where it can. Gives where to go on. */
  #step(text, at) {
    switch (this.#state) {
      case "value":
        return this.#value(text, at);
      case "string":
        return this.#string(text, at);
      case "escape":
        return this.#escaped(text, at);
      case "first":
      case "key":
        return this.#keyOrEnd(text, at);
      case "colon":
        return this.#colon(text, at);
      case "scalar":
        return this.#scalar(text, at);
      default:
        return this.#after(text, at);
    }
  }

  #value(text, at) {
    const letter = text[at];
    if (blank(letter)) return at + 1;
    if (letter === "{" || letter === "[") return this.#enter(letter, at);
    // Of an empty list.
    if (letter === "]" && Array.isArray(this.#top) && !this.#top.length) return this.#leave(at);
    if (letter === '"') {
      this.#isKey = false;
      this.#add("");
      this.#state = "string";
      return at + 1;
    }
    this.#state = /[-\dtfn]/.test(letter) ? "scalar" : "over";
    return at;
  }

  #keyOrEnd(text, at) {
    const letter = text[at];
    if (blank(letter)) return at + 1;
    if (letter === "}" && this.#state === "first") return this.#leave(at);
    this.#isKey = true;
    this.#piece = "";
    this.#state = letter === '"' ? "string" : "over";
    return at + 1;
  }

  #colon(text, at) {
    if (!blank(text[at])) this.#state = text[at] === ":" ? "value" : "over";
    return at + 1;
  }

  #after(text, at) {
    const letter = text[at];
    const isList = Array.isArray(this.#top);
    if (blank(letter)) return at + 1;
    if (this.#top && letter === (isList ? "]" : "}")) return this.#leave(at);
    this.#state = this.#top && letter === "," ? (isList ? "value" : "key") : "over";
    return at + 1;
  }

  #string(text, at) {
    STRING_END.lastIndex = at;
    const end = STRING_END.exec(text)?.index ?? text.length;
    if (end > at) this.#append(text.slice(at, end));
    if (end === text.length) return end;
    if (text[end] === "\\") this.#state = "escape";
    else if (this.#isKey) [this.#key, this.#piece, this.#state] = [this.#piece, "", "colon"];
    else this.#state = "after";
    this.#escape = "";
    return end + 1;
  }

  #escaped(text, at) {
    this.#escape += text[at];
    const isUnicode = this.#escape[0] === "u";
    if (isUnicode && this.#escape.length < 5) return at + 1;
    const value = isUnicode ? String.fromCharCode(Number.parseInt(this.#escape.slice(1), 16)) : ESCAPES[this.#escape];
    const isGood = isUnicode ? /^u[\da-f]{4}$/i.test(this.#escape) : value !== undefined;
    this.#state = isGood ? "string" : "over";
    if (isGood) this.#append(value);
    return at + 1;
  }

  #scalar(text, at) {
    if (/[-+.\w]/.test(text[at])) {
      this.#piece += text[at];
      // A word cannot go on.
      if (/^(true|false|null)$/.test(this.#piece)) this.#ended();
      return at + 1;
    }
    this.#ended();
    return at;
  }

  #ended() {
    const isGood = SCALAR.test(this.#piece);
    this.#state = isGood ? "after" : "over";
    if (isGood) this.#add(JSON.parse(this.#piece));
    this.#piece = "";
  }

  get #top() {
    return this.#open.at(-1);
  }

  #enter(letter, at) {
    const container = letter === "{" ? {} : [];
    this.#add(container);
    this.#open.push(container);
    this.#state = this.#open.length > DEEPEST ? "over" : letter === "{" ? "first" : "value";
    return at + 1;
  }

  #leave(at) {
    this.#open.pop();
    this.#state = "after";
    return at + 1;
  }

  #append(text) {
    if (this.#isKey) this.#piece += text;
    else this.#set((this.#top ? this.#top[this.#key] : this.root) + text);
  }

  #add(value) {
    if (Array.isArray(this.#top)) this.#key = this.#top.length;
    this.#set(value);
  }

  #set(value) {
    this.#isChanged = true;
    if (!this.#top) this.root = value;
    // As a key, "__proto__" is data and not the prototype.
    else if (this.#key === "__proto__") Object.defineProperty(this.#top, this.#key, { value, ...OWN });
    else this.#top[this.#key] = value;
  }
}

const blank = (letter) => letter === " " || letter === "\n" || letter === "\r" || letter === "\t";
