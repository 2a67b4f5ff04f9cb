// Where the fault server is, for cases that run in every runtime: base URLs, what it saw, and its waiting faults.

import { Failure, settle } from "../../js/support/check.js";

let last = 0;

/** What a case is given. `runtime`: "node", "workerd", "chromium" or "firefox". */
export class Place {
  constructor({ origin, other, refused, runtime }) {
    Object.assign(this, { origin, other, refused, runtime });
  }

  /** A provider with this fault, that no other case has asked. */
  at(fault) {
    last += 1;
    return new Visit(this, fault, `n${last}`);
  }

  /** Ends what the case before has left open: a browser has six connections for one address, and the next case needs some. */
  async sweep() {
    await fetch(`${this.other}/-/sweep/all`);
  }
}

class Visit {
  #control;
  #id;

  constructor({ origin, other }, fault, id) {
    // The other address: the one of the case may have no connection left.
    this.#control = `${other}/-`;
    this.#id = id;
    this.baseURL = `${origin}/${fault}/${id}/v1`;
  }

  /** The requests so far: [{host, headers, left, connection}]; `left`: after how many ms the client closed the connection, or null. */
  async requests() {
    return (await this.#ask("seen")).requests;
  }

  /** Has the fault that waits for it go on. */
  go() {
    return this.#ask("go");
  }

  /** Waits until the client has closed the connection of its nth request. */
  async left(index = 0, ms = 3000) {
    for (const late = performance.now() + ms; performance.now() < late; await settle(20)) {
      const request = (await this.requests())[index];
      if (request && request.left !== null) return request.left;
    }
    throw new Failure(`the client did not close the connection of request ${index + 1} within ${ms} ms`);
  }

  /** Waits until so many requests have come. */
  async arrived(count = 1, ms = 3000) {
    for (const late = performance.now() + ms; performance.now() < late; await settle(10)) {
      if ((await this.requests()).length >= count) return;
    }
    throw new Failure(`${count} requests did not come within ${ms} ms`);
  }

  async #ask(what) {
    const response = await fetch(`${this.#control}/${what}/${this.#id}`);
    const told = await response.json();
    if (told.failure) throw new Failure(`the server failed: ${told.failure}`);
    return told;
  }
}
