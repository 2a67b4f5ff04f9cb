// Cancelling: break, abort(), a signal, in every state and with any reason. Runs in every runtime.

import { equal, inTime, match, ok, rejects, rejectsWith, settle } from "../support/check.js";
import { hangs, openBody, replay } from "../support/fake-fetch.js";
import { hello, says, text } from "../support/wire.js";

const streaming = { ...hello, stream: true };

const reasons = {
  "a string": "user left",
  "a number": 42,
  "null": null,
  "an object": { why: "closed" },
  "an Error": new Error("left the page"),
  "a function": () => "left",
};

function signalAborting(reason) {
  const controller = new AbortController();
  controller.abort(reason);
  return controller.signal;
}

async function expectAbort(tw, promise, reason, message) {
  const error = await rejectsWith(inTime(promise, message ?? "the aborted call"), tw.APIUserAbortError, /\S/, message);
  equal(error.kind, "aborted");
  equal(error.retryable, false);
  if (reason !== undefined) equal(error.cause, reason, "the cause is the reason");
  return error;
}

const perReason = Object.entries(reasons).flatMap(([label, reason]) => [
  {
    name: `a signal aborted with ${label} before the call sends nothing`,
    async run(tw) {
      const fetch = replay(says("Hello"));
      const options = { fetch, signal: signalAborting(reason) };
      await expectAbort(tw, tw.chat(hello, options), reason);
      const stream = tw.chat(streaming, options);
      await expectAbort(tw, stream[Symbol.asyncIterator]().next(), reason);
      equal(stream.end, "aborted");
      equal(fetch.calls.length, 0);
    },
  },
  {
    name: `a signal aborted with ${label} while waiting for headers rejects`,
    async run(tw) {
      for (const deaf of [false, true]) {
        const controller = new AbortController();
        const fetch = hangs({ deaf });
        const plain = tw.chat(hello, { fetch, signal: controller.signal });
        const stream = tw.chat(streaming, { fetch, signal: controller.signal });
        const next = stream[Symbol.asyncIterator]().next();
        const outcomes = [expectAbort(tw, plain, reason), expectAbort(tw, next, reason)];
        await settle();
        controller.abort(reason);
        await Promise.all(outcomes);
        ok(fetch.calls.every((call) => call.signal.aborted), "the requests are cancelled");
        equal(stream.end, "aborted");
      }
    },
  },
  {
    name: `abort() with ${label} between reads rejects the pending next() and cancels the request`,
    async run(tw) {
      const fetch = openBody();
      const stream = tw.chat(streaming, { fetch });
      const items = stream.text[Symbol.asyncIterator]();
      fetch.push(text("Hel"));
      equal((await items.next()).value, "Hel");
      const pending = expectAbort(tw, items.next(), reason);
      await settle();
      stream.abort(reason);
      await pending;
      await settle();
      ok(fetch.cancelled, "the request is cancelled");
      equal(stream.end, "aborted");
      equal(stream.snapshot.choices[0].message.content, "Hel");
    },
  },
]);

const states = [
  {
    name: "abort() right after chat() sends nothing more and rejects the first read",
    async run(tw) {
      const fetch = replay(says("Hello"));
      const stream = tw.chat(streaming, { fetch });
      stream.abort("changed my mind");
      await expectAbort(tw, stream.final(), "changed my mind");
      equal(stream.end, "aborted");
      await settle();
      ok(fetch.calls.every((call) => call.signal.aborted), "what was sent is cancelled");
    },
  },
  {
    name: "abort() without a reason gives a DOMException named AbortError as cause",
    async run(tw) {
      const stream = tw.chat(streaming, { fetch: hangs() });
      const next = expectAbort(tw, stream[Symbol.asyncIterator]().next());
      stream.abort();
      const error = await next;
      equal(error.cause?.name, "AbortError");
    },
  },
  {
    name: "abort() between items is thrown at the next read, and again at the one after",
    async run(tw) {
      const fetch = openBody();
      const stream = tw.chat(streaming, { fetch });
      const items = stream[Symbol.asyncIterator]();
      fetch.push(text("a"));
      await items.next();
      stream.abort("enough");
      await expectAbort(tw, items.next(), "enough");
      await expectAbort(tw, stream.final(), "enough");
    },
  },
  {
    name: "a signal that fires during a plain call's body rejects it",
    async run(tw) {
      const controller = new AbortController();
      const fetch = openBody({ contentType: "application/json" });
      const reply = expectAbort(tw, tw.chat(hello, { fetch, signal: controller.signal }), "late");
      await settle();
      fetch.push('{"choices":[');
      await settle();
      controller.abort("late");
      await reply;
      await settle();
      ok(fetch.cancelled, "the request is cancelled");
    },
  },
  {
    name: "abort() after the end changes nothing",
    async run(tw) {
      const controller = new AbortController();
      const stream = tw.chat(streaming, { fetch: replay(says("Hel", "lo")), signal: controller.signal });
      const reply = await stream.final();
      stream.abort("too late");
      controller.abort("too late");
      equal(stream.end, "complete");
      equal((await stream.final()).choices[0].message.content, reply.choices[0].message.content);
    },
  },
  {
    name: "abort() while final() reads rejects it and keeps what came",
    async run(tw) {
      const fetch = openBody();
      const stream = tw.chat(streaming, { fetch });
      const reply = expectAbort(tw, stream.final(), "stop");
      fetch.push(text("so far"));
      await settle();
      stream.abort("stop");
      await reply;
      equal(stream.snapshot.choices[0].message.content, "so far");
    },
  },
  {
    name: "aborting models() rejects",
    async run(tw) {
      const controller = new AbortController();
      const client = tw.createClient({ baseURL: "https://api.example/v1", fetch: hangs() });
      const reply = expectAbort(tw, client.models({ signal: controller.signal }), "gone");
      await settle();
      controller.abort("gone");
      await reply;
    },
  },
];

const quiet = [
  {
    name: "break cancels the request and throws nothing",
    async run(tw) {
      for (const face of ["chunks", "text", "events"]) {
        const fetch = replay(says("a", "b", "c", "d"));
        const stream = tw.chat(streaming, { fetch });
        for await (const item of face === "chunks" ? stream : stream[face]) {
          ok(item !== undefined);
          break;
        }
        await settle();
        ok(fetch.cancelled, `${face}: the request is cancelled`);
        equal(stream.end, "aborted", face);
        ok(fetch.pulls <= 2, `${face}: ${fetch.pulls} reads for one item`);
      }
    },
  },
  {
    name: "an error thrown in the loop cancels the request and comes through",
    async run(tw) {
      const fetch = replay(says("a", "b", "c"));
      const mine = new Error("mine");
      const loop = async () => {
        for await (const chunk of tw.chat(streaming, { fetch })) throw Object.assign(mine, { chunk });
      };
      equal(await rejects(loop()), mine);
      await settle();
      ok(fetch.cancelled);
    },
  },
  {
    name: "after break the iterator is done",
    async run(tw) {
      const items = tw.chat(streaming, { fetch: replay(says("a", "b")) })[Symbol.asyncIterator]();
      await items.next();
      const returned = await items.return("value");
      equal(returned.done, true);
      equal((await items.next()).done, true);
    },
  },
  {
    name: "return() ends a next() that is waiting",
    async run(tw) {
      const fetch = openBody();
      const items = tw.chat(streaming, { fetch }).text[Symbol.asyncIterator]();
      const pending = items.next();
      await settle();
      const returned = await inTime(items.return(), "return()");
      equal(returned.done, true);
      equal((await inTime(pending, "the waiting next()")).done, true);
    },
  },
  {
    name: "disposing of a stream cancels it",
    async run(tw) {
      const fetch = replay(says("a", "b", "c"));
      const stream = tw.chat(streaming, { fetch });
      await stream.text[Symbol.asyncIterator]().next();
      equal(typeof stream[Symbol.asyncDispose], "function");
      await inTime(stream[Symbol.asyncDispose](), "disposal");
      await settle();
      ok(fetch.cancelled);
      equal(stream.end, "aborted");
    },
  },
  {
    name: "disposing of a finished stream leaves it complete",
    async run(tw) {
      const stream = tw.chat(streaming, { fetch: replay(says("a")) });
      await stream.final();
      await stream[Symbol.asyncDispose]();
      equal(stream.end, "complete");
    },
  },
  {
    name: "the abort error says what happened",
    async run(tw) {
      const error = await rejects(tw.chat(hello, { fetch: hangs(), signal: signalAborting("x") }));
      match(error.message, /abort/i);
      equal(error.name, "APIUserAbortError");
    },
  },
];

export const abortCases = [...perReason, ...states, ...quiet];
