// The client: options said once, and the calls that are made of them.
import { ApiCall } from "../call/call.js";
import { core } from "../call/core.js";
import { config } from "../call/errors.js";
import { responses } from "../call/whole.js";
import { ChatStream } from "../chat/stream.js";
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

  /** As `chat`, of the Responses API. */
  respond(params, call = {}) {
    return begin(params, this.#options, call, this.#place, responses);
  }

  /** A stored response; with `stream`, its events from after `startingAfter` on. */
  retrieve(id, { stream, startingAfter, ...call } = {}) {
    return this.#stored(id, "", stream, call, { stream: stream || undefined, starting_after: startingAfter });
  }

  /** Ends a response in the background. */
  cancel(id, call = {}) {
    return this.#stored(id, "/cancel", false, call, {});
  }

  #stored(id, action, stream, call, query) {
    return handed(started(() => segment(id) + action, () => "", false, this.#options, call, this.#place, responses, query), stream);
  }

  /** GET {base}/models, whatever envelope the provider uses. */
  models(call = {}) {
    return whole(started(() => "/models", () => "", false, this.#options, call, this.#place, core));
  }
}

function begin(params, options, call, place, api = core) {
  const stream = Boolean(params?.stream);
  return handed(started(() => api.path ?? "/chat/completions", () => bodyOf(params), stream, options, call, place, api), stream);
}

const handed = (reply, stream) => (stream ? new ChatStream(reply) : whole(reply));

/** A call that has begun; what is wrong with it is what it fails of. `api`: the core that reads the reply. */
function started(path, body, stream, options, call, place, api, query) {
  const prepare = () => new ApiRequest(path(), body(), stream, options, call, place ?? new Place(options), query);
  return new ApiCall(prepare, call?.onEnd ?? options?.onEnd, api);
}

/** The path of a response. */
function segment(id) {
  if (/[^.]/.test(id ?? "")) return `/responses/${encodeURIComponent(id)}`;
  throw config("the id of a response must be a non-empty string");
}

const nothing = () => {};

async function whole(reply) {
  reply.isWanted = true;
  await reply.opened;
  while (!reply.isClosed) await reply.read(nothing);
  if (reply.failure) throw reply.failure;
  return JSON.parse(reply.snapshot);
}
