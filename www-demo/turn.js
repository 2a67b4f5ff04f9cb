/**
 * One turn as it is seen: what was said, the reply as it grows, and the facts about it.
 *
 * Every text goes into a text node. Text is appended, never set again, so a long reply costs no more per
 * piece than a short one.
 */
import { adviceFor } from "./advice.js";

function add(parent, name, className, text = "") {
  const child = document.createElement(name);
  if (className) child.className = className;
  child.append(text);
  parent.append(child);
  return child;
}

export class ChatTurn {
  #log;
  #reply;
  #facts;
  #parts = new Map();
  #firstToken;
  #usage;
  #finish;

  constructor(log, text) {
    this.#log = log;
    const said = add(log, "li", "user");
    add(said, "h2", "unseen", "You");
    add(said, "p", "text", text);
    this.#reply = add(log, "li", "assistant waiting");
    add(this.#reply, "h2", "unseen", "Reply");
    said.scrollIntoView({ block: "start" });
  }

  /** Shows one event of the stream. */
  show(event, elapsed) {
    const follow = this.#isAtEnd();
    if (this.#firstToken === undefined && carriesTokens(event)) this.#firstToken = elapsed;
    this.#place(event);
    this.#reply.classList.remove("waiting");
    if (follow) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #place(event) {
    switch (event.type) {
      case "text": return this.#part("text").append(event.text);
      case "reasoning": return this.#part("reasoning").append(event.text);
      case "refusal": return this.#part("refusal").append(event.text);
      case "tool_call.start": return this.#part(`call ${event.index}`, event.name);
      case "tool_call.delta": return this.#part(`call ${event.index}`).append(event.arguments);
      case "finish": this.#finish = event.reason; return undefined;
      case "usage": this.#usage = event.usage; return undefined;
      default: return undefined;
    }
  }

  /** The element that a kind of text grows in, made when the first of it comes. */
  #part(key, name) {
    const known = this.#parts.get(key);
    if (known) return known;
    const made = this.#make(key, name);
    this.#parts.set(key, made);
    return made;
  }

  #make(key, name) {
    if (key === "reasoning") return this.#block("reasoning", "Thinking", "p");
    if (key.startsWith("call ")) return this.#block("call", `Calls ${name ?? "a tool"}`, "pre", true);
    return add(this.#reply, "p", key);
  }

  #block(className, title, inner, open = false) {
    const block = add(this.#reply, "details", className);
    block.open = open;
    add(block, "summary", "", title);
    return add(block, inner, "text");
  }

  /** Says what went wrong and what to do. Stopping is no failure. */
  fail(error) {
    if (error.kind === "aborted") return;
    const box = add(this.#reply, "div", "error");
    box.setAttribute("role", "alert");
    add(box, "strong", "kind", error.kind ?? error.name);
    add(box, "p", "message", error.message);
    const advice = adviceFor(error.kind);
    if (advice) add(box, "p", "advice", advice);
    const known = [error.status && `HTTP ${error.status}`, error.requestId && `request ${error.requestId}`].filter(Boolean);
    if (known.length > 0) add(box, "p", "note", known.join(" · "));
  }

  /** The facts, once there will be no more: times, usage, how it ended, what was repaired. */
  end(stream, elapsed) {
    const follow = this.#isAtEnd();
    this.#reply.classList.remove("waiting");
    this.#facts = add(this.#reply, "dl", "facts");
    this.#reply.dataset.end = stream?.end ?? "error";
    if (this.#firstToken !== undefined) this.#fact("First token", milliseconds(this.#firstToken));
    this.#fact("In all", milliseconds(elapsed));
    if (this.#usage) this.#fact("Tokens", usageText(this.#usage));
    this.#fact("End", endText(stream?.end, this.#finish));
    if (stream?.repairs.length > 0) this.#fact("Repaired", stream.repairs.map(({ code, count }) => (count > 1 ? `${code} ×${count}` : code)).join(", "));
    if (follow) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #fact(name, value) {
    const pair = add(this.#facts, "div");
    add(pair, "dt", "", name);
    add(pair, "dd", "", value);
  }

  /** Someone who has scrolled up to read is left there. */
  #isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight < 80;
  }
}

function carriesTokens({ type }) {
  return type !== "finish" && type !== "usage";
}

function milliseconds(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function usageText({ prompt_tokens, completion_tokens, total_tokens }) {
  return `${prompt_tokens} in, ${completion_tokens} out${total_tokens === undefined ? "" : `, ${total_tokens} in all`}`;
}

const ends = { aborted: "stopped", truncated: "cut off", error: "failed" };

function endText(end, finish) {
  return ends[end] ?? (end === "complete" ? `complete${finish ? ` (${finish})` : ""}` : "failed");
}
