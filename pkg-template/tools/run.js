// The tool loop: a request, the calls of its reply carried out, their results sent back, until the model answers.
import { carriedOut } from "./calls.js";
import { eventsOf, freshId } from "./chat.js";
import { choiceOf } from "./choice.js";
import { Ending } from "./ending.js";
import { offer } from "./offered.js";
import { Partial } from "./partial.js";
import { Screen } from "./screen.js";
import { nothing, sum } from "./usage.js";

const EMPTY = () => ({ id: "", object: "chat.completion", created: 0, model: "", choices: [] });
/** Reasons to stop that the reply itself gives: no call of it is carried out. */
const CUT = { length: "it was cut off", content_filter: "it was filtered" };

export class Run extends Ending {
  #api;
  #params;
  #options;
  #call;
  #offered;
  #choice;
  /** The conversation so far: the caller's, and what came of it. */
  #messages;
  /** Results that are in, of the calls that are being carried out: they belong behind this message. */
  #results = [];
  #reply;
  /** Requests, and replies to them. */
  #steps = 0;
  #answers = 0;
  #usage = nothing();
  #completion = EMPTY();
  /** The reply that is being read. */
  #current;
  #repairs = new Map();

  /** `params`: JSON of the caller's, `tools` as they are. `kit`: see client/late.js. */
  constructor(kit, api, params, tools, options = {}) {
    const { maxSteps = 8, api: _, context, onStep, signal, ...call } = options;
    super(kit, growing(), "The run was left");
    this.#api = api;
    this.#params = params;
    this.#options = { maxSteps, context, onStep };
    this.#call = call;
    this.#messages = api.messages(params, kit.config);
    this.listen(signal);
    this.follow(this.#go(tools));
  }

  get snapshot() {
    const isOpen = this.#current?.snapshot.choices.length;
    const completion = isOpen ? this.#current.snapshot : this.#completion;
    return { completion, messages: this.#withResults(), steps: isOpen ? this.#steps : this.#answers, usage: this.#usage };
  }

  get repairs() {
    return [...this.#repairs].map(([code, count]) => ({ code, count }));
  }

  async #go(tools) {
    const { maxSteps, onStep } = this.#options;
    const { config } = this.kit;
    if (!Number.isInteger(maxSteps) || maxSteps < 1) throw config(`maxSteps must be a whole number, 1 or above, and is ${maxSteps}`);
    if (onStep !== undefined && typeof onStep !== "function") throw config(`onStep must be a function, and is ${typeof onStep}`);
    this.#offered = await offer(tools, config);
    this.#choice = choiceOf(this.#params.tool_choice);
    for (;;) {
      const stopped = await this.#step();
      if (stopped) return { ...this.snapshot, stopped };
    }
  }

  /** One request and what follows. Gives why it stopped, or nothing where another step follows. */
  async #step() {
    const reply = await this.#ask();
    this.#reply = reply.message;
    this.#messages.push(reply.message);
    const before = this.#messages.length;
    await this.#tell();
    const isCut = Object.hasOwn(CUT, reply.finish);
    if (isCut) this.#answerAll(reply.calls, `Error: this was not carried out: the reply that asked for it is not whole, ${CUT[reply.finish]}`);
    const { maxSteps } = this.#options;
    const isLast = this.#steps >= maxSteps && "maxSteps";
    if (isCut) return reply.finish;
    if (reply.isRefusal) return "refusal";
    if (!reply.calls.length) return this.#messages.length > before ? isLast : "answer";
    const isPending = await this.#carryOut(reply.calls);
    return (isPending && "pending") || (this.#choice.isForced && "forced") || isLast;
  }

  /** Sends what there is, and reads the reply. */
  async #ask() {
    const step = ++this.#steps;
    const { wire, byName } = this.#offered;
    const body = this.#api.body(this.#params, this.#messages, wire, this.#choice.at(step));
    const isStream = this.#params.stream !== false;
    const screen = new Screen((event) => this.feed.push({ ...event, step }), byName, eventsOf);
    const sent = this.kit.send({ ...body, stream: isStream }, { ...this.#call, signal: this.controller.signal });
    try {
      return this.#read(await this.#received(sent, isStream, screen), screen);
    } catch (failure) {
      const completion = rescued(failure, screen);
      if (!completion || this.isOver) {
        // What is held back was said.
        screen.end("", false);
        throw failure;
      }
      return this.#read(completion, screen);
    }
  }

  async #received(sent, isStream, screen) {
    if (!isStream) {
      const completion = await sent;
      for (const event of this.#api.said(completion)) screen.take(event);
      return completion;
    }
    this.#current = sent;
    for await (const event of sent.events) screen.take(event);
    const completion = await sent.final();
    this.#note(sent.repairs);
    this.#current = undefined;
    return completion;
  }

  /** What a reply says. */
  #read(completion, screen) {
    let reply = this.#api.read(completion);
    screen.end(reply.text, !reply.calls.length && !CUT[reply.finish], (calls) => calls.map((call, index) => ({ ...call, index, id: freshId() })));
    if (screen.calls) {
      completion = this.#api.withCalls(completion, screen.calls);
      reply = this.#api.read(completion);
      this.#note([{ code: "tool_call_in_text", count: screen.calls.length }]);
    }
    this.#answers = this.#steps;
    this.#completion = completion;
    this.#usage = sum(this.#usage, this.#api.usage(completion));
    return reply;
  }

  #note(repairs) {
    for (const { code, count } of repairs) this.#repairs.set(code, (this.#repairs.get(code) ?? 0) + count);
  }

  async #tell() {
    const { onStep } = this.#options;
    if (!onStep) return;
    try {
      await this.until(onStep({ step: this.#steps, completion: this.#completion, messages: this.#messages }));
    } catch (cause) {
      if (this.isOver) throw cause;
      throw this.kit.config("onStep failed (see cause)", cause);
    }
  }

  /** Carries out the calls of a step. True where some are the caller's to answer. */
  async #carryOut(calls) {
    const { byName } = this.#offered;
    // A tool that is known here, and not carried out here, is the caller's.
    const own = calls.filter(({ name }) => byName.get(name)?.execute || !byName.has(name));
    this.#results = own.map(() => undefined);
    if (this.#params.parallel_tool_calls === false) {
      for (const [at, call] of own.entries()) await this.#carryOutOne(call, at);
    } else await this.until(Promise.all(own.map((call, at) => this.#carryOutOne(call, at))));
    this.#messages = this.#inPlace(this.#withResults());
    this.#results = [];
    return own.length < calls.length;
  }

  async #carryOutOne(call, at) {
    const { context } = this.#options;
    const { text, result, error } = await this.until(carriedOut(call, this.#offered.byName, { signal: this.controller.signal, context }));
    this.#results[at] = this.#api.result(call, text);
    this.feed.push({ type: "tool_result", step: this.#steps, id: call.id, result, ...(error !== undefined && { error }) });
  }

  /** Answers calls that are not carried out, so that the conversation can go on. */
  #answerAll(calls, text) {
    this.#results = calls.map((call) => this.#api.result(call, text));
    this.#messages = this.#inPlace(this.#withResults());
    this.#results = [];
  }

  /** The messages, with the results that are in behind the reply that asked for them. */
  #withResults() {
    const at = this.#messages.indexOf(this.#reply) + 1 || this.#messages.length;
    return [...this.#messages.slice(0, at), ...this.#results.filter(Boolean), ...this.#messages.slice(at)];
  }

  /** The list stays the one that onStep was given. */
  #inPlace(messages) {
    this.#messages.splice(0, this.#messages.length, ...messages);
    return this.#messages;
  }

}

/** A provider that could not read the model's call may say what the model wrote (Groq's `failed_generation`): that as a reply. */
function rescued(failure, screen) {
  const text = failure?.body?.error?.failed_generation;
  if (typeof text !== "string" || !screen.find(text)) return undefined;
  return { ...EMPTY(), choices: [{ index: 0, message: { role: "assistant", content: text, refusal: null }, finish_reason: "stop", logprobs: null }] };
}

/** `partial` is what the arguments gave up to the event that has it, whenever that is handed out. */
function growing() {
  const values = new Map();
  return (event) => {
    if (event.type !== "tool_call.delta") return event;
    const key = `${event.step} ${event.index}`;
    if (!values.has(key)) values.set(key, new Partial());
    const value = values.get(key);
    value.feed(event.arguments);
    const isTree = event.partial !== null && typeof event.partial === "object";
    return isTree ? { ...event, partial: value.root ?? event.partial } : event;
  };
}
