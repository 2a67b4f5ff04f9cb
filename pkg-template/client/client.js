// The client: options said once, and the calls that are made of them.
import { ApiCall } from "../call/call.js";
import { ValidationError, aborted, config } from "../call/errors.js";
import { ChatStream } from "../chat/stream.js";
import { late, tools } from "./late.js";
import { bodyOf } from "./params.js";
import { Place } from "./place.js";
import { ApiRequest } from "./request.js";

/** One request, one reply: with `stream: true` a ChatStream at once, otherwise a promise of the completion. */
export function chat(params, options = {}) {
  return begin(params, options, options);
}

/** The same with the options said once. Does no I/O and touches no wasm. */
export function createClient(options) {
  return new Client(options);
}

class Client {
  #options;
  #place;

  constructor(options = {}) {
    this.#options = options;
    this.#place = new Place(options);
  }

  /** What this client knows of its provider: found by host, given, or learnt from refusals. */
  get dialect() {
    return this.#place.dialect.facts;
  }

  /** The base URL after repair. */
  get baseURL() {
    return this.#place.base;
  }

  chat(params, call = {}) {
    return begin(params, this.#options, call, this.#place);
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
    return whole(started("/models", () => "", false, this.#options, call, this.#place));
  }
}

function begin(params, options, call, place) {
  const stream = Boolean(params?.stream);
  const reply = started("/chat/completions", () => bodyOf(params), stream, options, call, place);
  return stream ? new ChatStream(reply) : whole(reply);
}

/** A call that has begun; what is wrong with it is what it fails of. */
function started(path, body, stream, options, call, place) {
  const prepare = () => new ApiRequest(path, body(), stream, options, call, place ?? new Place(options));
  return new ApiCall(prepare, call?.onEnd ?? options?.onEnd);
}

const nothing = () => {};

async function whole(reply) {
  reply.isWanted = true;
  await reply.opened;
  while (!reply.isClosed) await reply.read(nothing);
  if (reply.failure) throw reply.failure;
  return JSON.parse(reply.snapshot);
}
