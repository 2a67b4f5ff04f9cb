// Providers made of bytes: a `fetch` that records what it was asked and answers as told. Runs in every runtime.
// They are not `tokenwire/testing`: the tests of the client must not lean on another piece of the same package.

import { toBytes } from "./bytes.js";

async function recordCall(calls, input, init) {
  const request = typeof input === "string" || input instanceof URL ? new Request(input, init) : input;
  const call = {
    url: request.url,
    method: request.method,
    headers: Object.fromEntries(request.headers),
    signal: init?.signal ?? request.signal,
    body: undefined,
  };
  calls.push(call);
  call.body = request.method === "GET" ? "" : await request.clone().text();
  return call;
}

/** Rejects as a real fetch does once the signal fires, and never otherwise. */
function aborted(signal) {
  return new Promise((_, reject) => {
    if (!signal) return;
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Options for every fake: status, contentType, headers. */
function respond(body, { status = 200, contentType = "text/event-stream", headers = {} } = {}) {
  const all = new Headers(headers);
  if (contentType !== null && !all.has("content-type")) all.set("content-type", contentType);
  return new Response(body, { status, headers: all });
}

/**
 * Answers every call with the same network reads, one per pull: `.pulls` counts what was asked of the network,
 * `.cancelled` says that the body was cancelled or its request aborted. With `fail`, the body errors at its end.
 */
export function replay(reads, options = {}) {
  const parts = (Array.isArray(reads) ? reads : [reads]).map(toBytes);
  const fake = async (input, init) => {
    const call = await recordCall(fake.calls, input, init);
    if (call.signal?.aborted) throw call.signal.reason;
    let at = 0;
    const body = new ReadableStream({
      pull(controller) {
        fake.pulls += 1;
        if (at < parts.length) controller.enqueue(parts[at++].slice());
        else if ("fail" in options) controller.error(options.fail);
        else controller.close();
      },
      cancel() {
        fake.cancelled = true;
      },
    }, { highWaterMark: 0 });
    call.signal?.addEventListener("abort", () => { fake.cancelled = true; });
    return respond(body, options);
  };
  return Object.assign(fake, { calls: [], pulls: 0, cancelled: false });
}

/** Answers with one body text. */
export function answer(text, options = {}) {
  const fake = async (input, init) => {
    await recordCall(fake.calls, input, init);
    return respond(text, { contentType: "application/json", ...options });
  };
  return Object.assign(fake, { calls: [] });
}

/** Answers with a plain completion that says this text. */
export function completes(content = "Hello") {
  const message = { role: "assistant", content, refusal: null };
  return answer(JSON.stringify({
    id: "c1", object: "chat.completion", created: 1, model: "m",
    choices: [{ index: 0, message, finish_reason: "stop", logprobs: null }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  }));
}

/** Never answers. With `deaf`, it does not even honour its signal. */
export function hangs({ deaf = false } = {}) {
  const fake = async (input, init) => {
    const call = await recordCall(fake.calls, input, init);
    return deaf ? new Promise(() => {}) : aborted(call.signal);
  };
  return Object.assign(fake, { calls: [] });
}

/** Throws as fetch does when it cannot reach anybody. */
export function unreachable(error = new TypeError("fetch failed")) {
  const fake = async (input, init) => {
    await recordCall(fake.calls, input, init);
    throw error;
  };
  return Object.assign(fake, { calls: [] });
}

/** A body fed by hand: `.push(text)`, `.close()`; stays open meanwhile. */
export function openBody(options = {}) {
  let controller;
  const body = new ReadableStream({
    start(given) { controller = given; },
    cancel(reason) { fake.cancelled = true; fake.cancelReason = reason; },
  });
  const fake = async (input, init) => {
    const call = await recordCall(fake.calls, input, init);
    call.signal?.addEventListener("abort", () => {
      fake.cancelled = true;
      try { controller.error(call.signal.reason); } catch { /* the body had ended or was cancelled: nothing left to abort */ }
    });
    return respond(body, options);
  };
  return Object.assign(fake, {
    calls: [], cancelled: false, cancelReason: undefined,
    push: (text) => controller.enqueue(toBytes(text)),
    close: () => controller.close(),
  });
}
