// The client: options said once, and the calls that are made of them.
import { ApiCall } from "../call/call.js";
import { core } from "../call/core.js";
import { ValidationError, aborted, config, located, traced } from "../call/errors.js";
import { Call } from "../call/plain.js";
import { responses } from "../call/whole.js";
import { ChatStream } from "../chat/stream.js";
import { late, tools } from "./late.js";
import { bodyOf } from "./params.js";
import { Place } from "./place.js";
import { ApiRequest } from "./request.js";

/** One request, one reply: with `stream: true` a ChatStream at once, otherwise a promise of the completion. */
export function chat(params, options = {}) {
  return begin(params, options, options, undefined, chat);
}

/** The same with the options said once. Does no I/O and touches no wasm. */
export function createClient(options) {
  try {
    return new Client(options);
  } catch (error) {
    throw located(error, traced(createClient));
  }
}

class Client {
  #options;
  #place;

  constructor(options = {}) {
    this.#options = options;
    this.#place = new Place(options);
    show(this, this.#place.shown);
  }

  /** What this client knows of its provider: found by host, given, or learnt from refusals. */
  get dialect() {
    return this.#place.dialect.facts;
  }

  chat(params, call = {}) {
    return begin(params, this.#options, call, this.#place, Client.prototype.chat);
  }

  /** As `chat`, of the Responses API. */
  respond(params, call = {}) {
    return begin(params, this.#options, call, this.#place, Client.prototype.respond, responses);
  }

  /** A stored response; with `stream`, its events from after `startingAfter` on. */
  retrieve(id, { stream, startingAfter, ...call } = {}) {
    return this.#stored(id, "", stream, call, Client.prototype.retrieve, { stream: stream || undefined, starting_after: startingAfter });
  }

  /** Ends a response in the background. */
  cancel(id, call = {}) {
    return this.#stored(id, "/cancel", false, call, Client.prototype.cancel, {});
  }

  #stored(id, action, stream, call, from, query) {
    const at = traced(from);
    const reply = started(() => segment(id) + action, () => "", false, this.#options, call, this.#place, responses, at, query);
    return handed(reply, stream, at);
  }

  /** The tool loop: what the model asks for is carried out, until it answers. */
  runTools(params, call) {
    const { tools, ...rest } = params ?? {};
    return late(rest, (module, own) => module.runTools(this.#kit, own, tools, call));
  }

  /** The answer as a value that fits the schema. */
  async parse(params, schema, call) {
    const text = bodyOf(params);
    return (await tools()).parse(this.#kit, JSON.parse(text), schema, call).final();
  }

  /** The same while it is written. */
  parseStream(params, schema, call) {
    return late(params, (module, own) => module.parse(this.#kit, { ...own, stream: true }, schema, call));
  }

  /** What tools/ has of this page. */
  get #kit() {
    const send = (params, call) => begin(params, this.#options, call, this.#place);
    return { send, dialect: this.#place.dialect, options: this.#options, aborted, config, ValidationError };
  }

  /** GET {base}/models, whatever envelope the provider uses. */
  models(call = {}) {
    return new Call(started(() => "/models", () => "", false, this.#options, call, this.#place, core, traced(Client.prototype.models)));
  }
}

/** Plain properties, so that a log shows something, and no more than that: `baseURL`, `provider`, `model`. */
function show(object, shown) {
  for (const name in shown) Object.defineProperty(object, name, { value: shown[name], enumerable: true });
  return object;
}

/** `from`: the function that the caller called. */
function begin(params, options, call, place, from, api = core) {
  const stream = Boolean(params?.stream);
  const at = traced(from);
  const reply = started(() => api.path ?? "/chat/completions", () => bodyOf(params), stream, options, call, place, api, at);
  reply.asksUsage = Boolean((call?.extraBody?.stream_options ?? params?.stream_options)?.include_usage);
  const shown = { ...reply.shown };
  if (typeof params?.model === "string") shown.model = params.model;
  return show(handed(reply, stream, at), shown);
}

const handed = (reply, stream, at) => (stream ? new ChatStream(reply, at) : new Call(reply));

/** A call that has begun; what is wrong with it is what it fails of. `api`: the core that reads the reply. `at`: see `traced`. */
function started(path, body, stream, options, call, place, api, at, query) {
  const prepare = () => new ApiRequest(path(), body(), stream, options, call, place ?? new Place(options, true), query);
  const held = stream && typeof WeakRef === "function" ? new WeakRef(at) : { deref: () => at };
  return new ApiCall(prepare, call?.onEnd ?? options?.onEnd, api, held);
}

/** The path of a response. */
function segment(id) {
  if (/[^.]/.test(id ?? "")) return `/responses/${encodeURIComponent(id)}`;
  throw config("the id of a response must be a non-empty string");
}
