// A value that fits a schema: asked for by the ladder, checked here. One object for parse and parseStream.
import { inWords } from "./calls.js";
import { Ending } from "./ending.js";
import { valuesIn } from "./found.js";
import { Growing } from "./growing.js";
import { RUNGS, answerOf, formed, isObject, refuses, refusesStrict } from "./rungs.js";
import { schemaOf } from "./schema.js";
import { fitsStrict } from "./strict.js";

/** Rungs that have a strict form. */
const STRICT = { json_schema: true, tool: true };

export class Parsing extends Ending {
  #api;
  #params;
  #call;
  #schema;
  #name;

  /** `params`: JSON of the caller's. `kit`: see client/late.js. */
  constructor(kit, api, { stream, ...params }, schema, { api: _, signal, ...call } = {}) {
    const growing = new Growing();
    super(kit, (item) => growing.take(item), "The stream was left");
    this.#api = api;
    this.#params = params;
    this.#call = call;
    this.listen(signal);
    this.follow(this.#go(schema, Boolean(stream)));
  }

  async #go(schema, isStream) {
    const { config, options } = this.kit;
    this.#schema = await schemaOf(schema, "the schema", config);
    const { json } = this.#schema;
    this.#name = (typeof json?.title === "string" && json.title.replace(/[^\w-]+/g, "_").slice(0, 64)) || "answer";
    const mayAdapt = options.adapt !== false;
    let refusal;
    for (const rung of this.#order()) {
      const outcome = await this.#climb(rung, isStream, mayAdapt);
      if (outcome.parsed) return outcome.parsed;
      if (!mayAdapt || rung === "prompt") throw outcome.failure;
      refusal = outcome.failure;
    }
    throw refusal;
  }

  /** The rung that was right last time comes first; none is expected of another. */
  #order() {
    const { json } = this.#schema;
    if (this.#isFixed) return [RUNGS.find((rung) => rung === this.#params.response_format.type) ?? "prompt"];
    const isPossible = (rung) => (rung !== "json_schema" || json) && (rung !== "json_object" || !json?.type || isObject(json));
    const learnt = this.#known(this.#fact);
    return [learnt, ...RUNGS.filter((rung) => rung !== learnt)].filter((rung) => RUNGS.includes(rung) && isPossible(rung));
  }

  get #fact() {
    return this.#api.name === "chat" ? "structured" : `structured_${this.#api.name}`;
  }

  get #model() {
    return this.#params.model ?? this.kit.options.model ?? "";
  }

  /** What was learnt of the model, or is known of its provider. */
  #known(fact) {
    const { models, ...facts } = this.kit.dialect.facts;
    const own = models && Object.hasOwn(models, this.#model) ? models[this.#model] : {};
    return own[fact] ?? facts[fact];
  }

  #learn(fact, value) {
    if (this.#known(fact) !== value) this.kit.dialect.observe(JSON.stringify([this.#model, [[fact, value]]]));
  }

  /** The caller says himself how to ask. */
  get #isFixed() {
    return (this.#params.response_format?.type ?? "text") !== "text";
  }

  /** One rung: `{ parsed }`, or `{ failure }` where another may do; rejects where none would. */
  async #climb(rung, isStream, mayAdapt) {
    const isStrict = rung in STRICT && this.#schema.json !== undefined && fitsStrict(this.#schema.json) && this.#known("structured_strict") !== false;
    try {
      return await this.#ask(rung, isStream, isStrict);
    } catch (failure) {
      if (!mayAdapt) throw failure;
      if (isStrict && refusesStrict(failure)) return this.#again(rung, isStream);
      if (refuses(rung, failure)) return { failure };
      throw failure;
    }
  }

  /** The same without the strict form, whose refusal says nothing of the rung. */
  async #again(rung, isStream) {
    this.#learn("structured_strict", false);
    try {
      return await this.#ask(rung, isStream, false);
    } catch (failure) {
      if (refuses(rung, failure)) return { failure };
      throw failure;
    }
  }

  async #ask(rung, isStream, isStrict) {
    const { json } = this.#schema;
    const params = this.#isFixed ? this.#params : this.#api.formed(rung, this.#params, { name: this.#name, schema: json, isStrict });
    const completion = await this.#read(rung, { ...params, stream: isStream });
    const reply = this.#api.read(completion);
    this.#refuseParts(reply, completion);
    const answer = answerOf(rung, reply, this.#name, json);
    if (answer.isIgnored) return { failure: this.#invalid(answer.text, [{ path: "", message: "is no JSON: the answer is in words" }]) };
    if (!this.#isFixed) this.#learn(this.#fact, rung);
    const value = await this.#checked(rung, answer);
    return { parsed: { value, completion, via: rung } };
  }

  /** Reads a reply; what it has in the rung's place is handed on as it comes. */
  async #read(rung, body) {
    const sent = this.kit.send(body, { ...this.#call, signal: this.controller.signal });
    if (!body.stream) return sent;
    this.feed.push({ rung, isWrapped: rung === "tool" && this.#schema.json !== undefined && !isObject(this.#schema.json) });
    let index;
    for await (const event of sent.events) {
      if (event.type === "tool_call.start" && event.name === this.#name) index ??= event.index;
      if (rung === "tool" ? event.type === "tool_call.delta" && event.index === index : event.type === "text") this.feed.push(event.text ?? event.arguments);
    }
    this.feed.push({});
    return sent.final();
  }

  /** What is cut, filtered or refused is no value, whatever it looks like. */
  #refuseParts({ finish, isRefusal, text, calls }, { choices: [choice] }) {
    const kept = text || choice?.message?.refusal || calls[0]?.input || "";
    if (isRefusal) throw this.#error("The model refused to answer", "content_filter", kept);
    if (finish === "length") throw this.#error("The answer was cut off: it reached the limit of tokens", "truncated", kept);
    if (finish === "content_filter") throw this.#error("The answer was filtered by the provider", "content_filter", kept);
  }

  async #checked(rung, answer) {
    const { text } = answer;
    const values = "value" in answer ? [answer.value] : rung === "prompt" ? [...valuesIn(text)] : [];
    let issues;
    for (const value of values) {
      const result = await this.#judged(value, text);
      if (!result.issues) return result.value;
      issues ??= result.issues;
    }
    throw this.#invalid(text, issues ?? [{ path: "", message: text.trim() ? "is no JSON" : "is missing: the answer is empty" }]);
  }

  async #judged(value, text) {
    try {
      return await this.#schema.check(value);
    } catch (cause) {
      if (cause?.kind === "config") throw cause;
      throw this.#error("The schema's own check failed (see cause)", "validation", text, [], cause);
    }
  }

  #invalid(text, issues) {
    const more = issues.length > 3 ? ` (and ${issues.length - 3} more)` : "";
    return this.#error(`The answer does not fit the schema: ${inWords(issues.slice(0, 3))}${more}`, "validation", text, issues);
  }

  #error(message, kind, text, issues = [], cause = undefined) {
    return new this.kit.ValidationError(message, { kind, retryable: false, issues, text, cause });
  }
}
