// A plain call as its caller holds it: a promise that also tells what is known of it.
import { config, located, traced } from "./errors.js";

const FORGOTTEN = "nothing to iterate: say stream: true in the parameters, or await the call";

const nothing = () => {};

/** Throws what whoever iterates is told, with the stack of who called `from`. */
function refuse(from) {
  throw located(config(FORGOTTEN), traced(from));
}

/** On what a plain call gives, for who awaits it before he iterates. */
function guarded(data) {
  const iterate = () => refuse(iterate);
  if (!Array.isArray(data)) Object.defineProperty(data, Symbol.asyncIterator, { value: iterate });
  return data;
}

/** Goes on by itself; nothing rejects that nobody asked for. */
export class Call extends Promise {
  #reply;

  /** What then(), catch() and finally() give. */
  static get [Symbol.species]() {
    return Promise;
  }

  constructor(reply) {
    super((resolve, reject) => whole(reply).then(resolve, reject));
    this.#reply = reply;
    this.then(nothing, nothing);
  }

  /** The reply with what came beside it. */
  async withResponse() {
    return { data: await this, response: this.#reply.meta(), repairs: this.#reply.repairs };
  }

  [Symbol.asyncIterator]() {
    refuse(this[Symbol.asyncIterator]);
  }

  [Symbol.iterator]() {
    refuse(this[Symbol.iterator]);
  }

  // Of a stream; what is iterated here says why there is nothing.
  get text() {
    return guarded({});
  }

  get events() {
    return guarded({});
  }
}

async function whole(reply) {
  reply.isWanted = true;
  await reply.opened;
  while (!reply.isClosed) await reply.read(nothing);
  if (reply.failure) throw reply.failure;
  return guarded(JSON.parse(reply.snapshot));
}
