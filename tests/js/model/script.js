// What the steps of a server's script are, and what a reply is worth of which these were sent: the oracle's half of server.js.

import { delta, end, text, usage } from "../support/wire.js";

const errorFrame = (error) => `data: ${JSON.stringify({ error })}\n\n`;
const [finish, done] = end();

/** The events of steps that carry no text. */
export const EVENTS = {
  role: delta({ role: "assistant", content: "" }),
  ping: ": ping\n\n",
  usage: usage(),
  finish,
  done,
  overloaded: errorFrame({ message: "Overloaded", type: "overloaded_error" }),
  failure: errorFrame({ message: "The prompt is not to my taste", type: "invalid_request_error", code: "bad_prompt" }),
  garbage: 'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"LO\n\n',
};

export const textEvent = text;

/** Steps in place of a good head, as { status, after, body }: `after` is retry-after in seconds. */
export function refusalOf(step) {
  const [status, more] = step.split(":");
  if (!/^[345]\d\d$/.test(status)) return undefined;
  if (more === "adapt") return { status: 400, message: "Unsupported parameter: 'temperature' is not supported with this model.", param: "temperature" };
  return { status: Number(status), message: "no", after: Number(more) || undefined, isOpen: more === "open" };
}

const CLASSES = { 400: "BadRequestError", 429: "RateLimitError", 500: "InternalServerError", 503: "InternalServerError" };

/** What came of a reply so far. `end` is undefined while more may come; `retry` is true, false, or "maybe" where either is right. */
export class Verdict {
  text = "";
  hasContent = false;
  isFinished = false;
  /** Half an event with content came. */
  isHalf = false;
  end;
  /** Names of the classes that the error may be of. */
  classes = [];
  retry = false;
  /** The parameter was refused: asked again without it, and that is no retry. */
  adapts = false;
  /** The server redirects: where it leads, the caller has to say. */
  redirects = false;

  refused({ status, after, param }) {
    this.#over("error", CLASSES[status] ? [CLASSES[status]] : [], status === 400 ? false : status < 400 ? "maybe" : !(after > 60));
    this.adapts = param !== undefined;
    this.redirects = status < 400;
  }

  unreachable() {
    this.#over("error", ["APIConnectionError"], true);
  }

  said(text) {
    if (this.end) return;
    this.text += text;
    this.hasContent = true;
  }

  /** A step without text was sent. */
  sent(step) {
    if (this.end) return;
    if (step === "finish") this.isFinished = true;
    else if (step === "overloaded") this.#over("error", ["StreamError"], !this.hasContent);
    else if (step === "failure") this.#over("error", ["StreamError"], false);
    else if (step === "garbage") this.#over("error", ["StreamError"], this.hasContent ? false : "maybe");
    else if (step === "done") this.#ends(this.isFinished || this.hasContent, this.hasContent ? false : "maybe");
    else if (step === "close" || step === "break") this.#ends(this.isFinished, this.isHalf && !this.hasContent ? "maybe" : !this.hasContent);
  }

  /** A whole JSON reply, or its end without one. */
  whole(text) {
    this.said(text);
    this.#ends(true, false);
  }

  cut() {
    if (!this.end) this.#over("truncated", ["StreamError", "APIConnectionError"], "maybe");
  }

  #ends(isComplete, retry) {
    if (isComplete) this.end = "complete";
    else this.#over("truncated", ["StreamError"], retry);
  }

  #over(end, classes, retry) {
    Object.assign(this, { end, classes, retry });
  }
}
