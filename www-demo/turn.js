/**
 * One turn as it is seen: what was said, the reply as it grows, and the facts about it.
 */
import { adviceFor } from "./advice.js";
import { add } from "./dom.js";
import { endText, factsOf } from "./facts.js";
import { GrowingMarkdown } from "./markdown.js";
import { Waiting } from "./waiting.js";

/** Text that is shown as it is, and only added to. */
class GrowingText {
  #element;
  #fresh = "";

  constructor(element) {
    this.#element = element;
  }

  append(text) {
    this.#fresh += text;
  }

  draw() {
    if (this.#fresh) this.#element.append(this.#fresh);
    this.#fresh = "";
  }
}

export class Turn {
  #log;
  #said;
  #reply;
  #waiting;
  #parts = new Map();
  #frame;
  #finish;

  constructor(log, text) {
    this.text = text;
    /** What the next request says of this turn: nothing, if no answer came. Two user messages in a row are refused by some. */
    this.messages = [];
    this.#log = log;
    this.#said = add(log, "article", "user");
    add(this.#said, "h2", "unseen", "You");
    add(this.#said, "p", "text", text);
    this.#reply = add(log, "article", "assistant");
    add(this.#reply, "h2", "unseen", "Reply");
    this.#waiting = new Waiting(this.#reply);
    this.#toEnd();
  }

  /** What came of the answer, as the provider wrote it. */
  get answer() {
    return this.messages[1]?.content ?? "";
  }

  /** Shows one event of the stream, with the next frame. */
  show(event) {
    this.#waiting.heard();
    this.#place(event);
    this.#frame ??= requestAnimationFrame(() => this.#draw());
  }

  #draw(last = false) {
    cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    this.#following(() => this.#parts.forEach((part) => part.draw(last)));
  }

  #place(event) {
    switch (event.type) {
      case "text": return this.#part("text").append(event.text);
      case "reasoning": return this.#part("reasoning").append(event.text);
      case "refusal": return this.#part("refusal").append(event.text);
      case "tool_call.start": return this.#part(`call ${event.index}`, event.name);
      case "tool_call.delta": return this.#part(`call ${event.index}`).append(event.arguments);
      case "finish": this.#finish = event.reason; return undefined;
      default: return undefined;
    }
  }

  /** What a kind of text grows in, made when the first of it comes. */
  #part(key, name) {
    const known = this.#parts.get(key);
    if (known) return known;
    let made;
    this.#following(() => { made = this.#make(key, name); });
    this.#parts.set(key, made);
    return made;
  }

  #make(key, name) {
    if (key === "text") return new GrowingMarkdown(this.#add("div", "text"));
    if (key === "reasoning") return this.#block("reasoning", "Thinking", "p");
    if (key.startsWith("call ")) return this.#block("call", `Calls ${name ?? "a tool"}`, "pre", true);
    return new GrowingText(this.#add("p", key));
  }

  #block(className, title, inner, open = false) {
    const block = this.#add("details", className);
    block.open = open;
    add(block, "summary", "", title);
    return new GrowingText(add(block, inner, "text"));
  }

  /** An element of the reply; that more is awaited is said below it. */
  #add(name, className) {
    const made = add(this.#reply, name, className);
    this.#waiting.before(made);
    return made;
  }

  /** Says what went wrong and what to do. Stopping is no failure. */
  fail(error) {
    if (error.kind === "aborted") return;
    this.#following(() => {
      const box = this.#add("div", "error");
      box.setAttribute("role", "alert");
      add(box, "strong", "kind", error.kind ?? error.name);
      add(box, "p", "message", error.message);
      const advice = adviceFor(error.kind);
      if (advice) add(box, "p", "advice", advice);
      const known = [error.status && `HTTP ${error.status}`, error.requestId && `request ${error.requestId}`].filter(Boolean);
      if (known.length > 0) add(box, "p", "note", known.join(" · "));
    });
  }

  /** What is left to say once no more will come: the facts, and what can be done with the reply. Gives how it ended, in words. */
  end(stream) {
    this.#draw(true);
    const content = stream?.snapshot.choices[0]?.message?.content;
    if (content) this.messages = [{ role: "user", content: this.text }, { role: "assistant", content }];
    this.#following(() => {
      this.#waiting.end();
      this.#reply.dataset.end = stream?.end ?? "error";
      const facts = add(this.#reply, "dl", "facts");
      for (const [name, value] of factsOf(stream, this.#finish)) {
        const pair = add(facts, "div");
        add(pair, "dt", "", name);
        add(pair, "dd", "", value);
      }
      this.#buttons(content ? ["copy", "retry"] : ["retry"]);
    });
    return endText(stream?.end, this.#finish);
  }

  #buttons(names) {
    const row = add(this.#reply, "div", "actions");
    for (const name of names) {
      const button = add(row, "button", "small", name === "copy" ? "Copy" : "Retry");
      button.type = "button";
      button.dataset.action = name;
    }
  }

  remove() {
    this.#said.remove();
    this.#reply.remove();
  }

  /** Changes what is seen. Someone who has scrolled up to read is left there. */
  #following(change) {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    change();
    if (scrollHeight - scrollTop - clientHeight < 80) this.#toEnd();
  }

  #toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}
