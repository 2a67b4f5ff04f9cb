// The caller stops it: the server must see the connection close, and nothing may wait.

import { equal, inTime, ok, rejects, settle } from "../../js/support/check.js";
import { expectError, headOf, read, settled, streaming, told } from "../support/outcome.js";
import { hello } from "../../js/support/wire.js";

const aborted = { error: "APIUserAbortError", kind: "aborted", within: 2000 };

/** Begins a call, waits for `when`, aborts by signal; gives the outcome. */
async function abortedWhen(tw, visit, when, { stream = true, ...options } = {}) {
  const controller = new AbortController();
  const call = tw.chat(stream ? streaming : hello, { baseURL: visit.baseURL, signal: controller.signal, ...options });
  const outcome = stream ? read(call) : settled(call);
  await when(call);
  const begun = performance.now();
  controller.abort("enough");
  const { error, text, end } = await outcome;
  return { error, text, end, ms: performance.now() - begun };
}

function expectAborted(tw, outcome, text) {
  expectError(tw, outcome, aborted);
  equal(outcome.error.cause, "enough", "the cause is the signal's reason");
  if (text === undefined) return;
  equal(outcome.text, text);
  equal(outcome.end, "aborted");
}

/** Aborts in one state. */
const abort = (name, fault, when, text, options) => ({
  name: `abort ${name}`,
  async run(tw, place) {
    const visit = place.at(fault);
    const outcome = await abortedWhen(tw, visit, (call) => when(visit, call), options);
    expectAborted(tw, outcome, text);
    return { visit, line: told(outcome) };
  },
});

/** And the server sees the connection close. */
const closing = ({ name, run }) => ({
  name,
  async run(tw, place) {
    const { visit, line } = await run(tw, place);
    await visit.left();
    equal((await visit.requests()).length, 1, "it is not tried again");
    return line;
  },
});

const arrived = (visit) => visit.arrived();
const headThere = (visit, call) => headOf(call);
const halfRead = async (visit, call) => {
  while (!call.snapshot.choices[0]?.message.content) await settle();
};

const byState = [
  closing(abort("while waiting for the head", "stall-before-head", arrived, "")),
  closing(abort("while waiting for the head of a plain call", "stall-before-head", arrived, undefined, { stream: false })),
  closing(abort("while waiting for the first content", "stall-after-head", headThere, "")),
  closing(abort("while waiting for the body of a plain call", "stall-after-head", arrived, undefined, { stream: false })),
  closing(abort("between reads", "stall-after-content", halfRead, "Hel")),
  closing(abort("while comments come", "comments", halfRead, "Hel")),
  {
    name: "abort while waiting to try again",
    async run(tw, place) {
      const visit = place.at("limited-for-long");
      // Nothing tells that it waits: the answer takes a moment from the server to the call.
      const outcome = await abortedWhen(tw, visit, () => visit.arrived().then(() => settle(100)));
      expectAborted(tw, outcome, "");
      await settle(100);
      equal((await visit.requests()).length, 1);
      return told(outcome);
    },
  },
  {
    name: "abort of a plain call while waiting to try again",
    async run(tw, place) {
      const visit = place.at("limited-for-long");
      const wait = () => visit.arrived().then(() => settle(100));
      const outcome = await abortedWhen(tw, visit, wait, { stream: false });
      expectAborted(tw, outcome);
      equal((await visit.requests()).length, 1);
    },
  },
];

const inQueue = [
  {
    name: "abort in the queue: nothing is sent, and the others have their turns",
    async run(tw, place) {
      const [busy, waiting, next] = [place.at("in-two-halves"), place.at("good"), place.at("good")];
      const at = (visit) => tw.createClient({ baseURL: visit.baseURL, maxConcurrency: 1 });
      // One client has one base URL: the address of the one is bent for each call by its fetch.
      const targets = [busy, waiting, next];
      const bent = (url, init) => fetch(url.replace(busy.baseURL, targets.shift().baseURL), init);
      const client = tw.createClient({ baseURL: busy.baseURL, maxConcurrency: 1, fetch: bent });
      ok(at(busy).baseURL === client.baseURL);
      const controller = new AbortController();
      const first = client.chat(streaming);
      const text = first.text[Symbol.asyncIterator]();
      equal((await text.next()).value, "Hel");
      const second = read(client.chat(streaming, { signal: controller.signal }));
      const third = read(client.chat(streaming));
      await settle(50);
      equal(targets.length, 2, "two wait");
      controller.abort("enough");
      expectAborted(tw, await second, "");
      targets.shift();
      await busy.go();
      equal((await first.final()).choices[0].message.content, "Hello");
      equal((await third).text, "good");
      equal((await waiting.requests()).length, 0);
      equal((await next.requests()).length, 1);
    },
  },
  {
    name: "a call in the queue ends by its total time",
    async run(tw, place) {
      const visit = place.at("stall-after-head");
      const client = tw.createClient({ baseURL: visit.baseURL, maxConcurrency: 1 });
      const first = client.chat(streaming);
      await visit.arrived();
      const outcome = await read(client.chat(streaming, { timeout: 200 }));
      expectError(tw, outcome, { error: "APITimeoutError", kind: "timeout", phase: "total", notBefore: 200, within: 2000 });
      first.abort();
      await visit.left();
      equal((await visit.requests()).length, 1);
      return told(outcome);
    },
  },
  {
    name: "a failure gives its turn back",
    async run(tw, place) {
      for (const fault of ["reset-before-head", "fin-mid-event", "error-frame-late", "quota"]) {
        const client = tw.createClient({ baseURL: place.at(fault).baseURL, maxConcurrency: 1, maxRetries: 0 });
        for (let turn = 0; turn < 3; turn += 1) {
          const { error } = await inTime(read(client.chat(streaming)), `${fault}: turn ${turn}`);
          ok(error !== undefined, fault);
        }
      }
    },
  },
];

const leaving = [
  ...["chunks", "text", "events"].map((face) => ({
    name: `break out of ${face}: the connection is closed, nothing is thrown`,
    async run(tw, place) {
      const visit = place.at("endless");
      const stream = tw.chat(streaming, { baseURL: visit.baseURL });
      for await (const item of face === "chunks" ? stream : stream[face]) {
        ok(item !== undefined);
        break;
      }
      await visit.left();
      equal(stream.end, "aborted");
    },
  })),
  {
    name: "break while the body is silent: the connection is closed",
    async run(tw, place) {
      const visit = place.at("stall-after-content");
      const stream = tw.chat(streaming, { baseURL: visit.baseURL });
      for await (const text of stream.text) {
        equal(text, "Hel");
        break;
      }
      await visit.left();
      equal(stream.end, "aborted");
    },
  },
  {
    name: "cancelling the SSE face closes the connection",
    async run(tw, place) {
      const visit = place.at("endless");
      const reader = tw.chat(streaming, { baseURL: visit.baseURL }).toReadableStream().getReader();
      ok((await reader.read()).value.length > 0);
      await reader.cancel("enough");
      await visit.left();
    },
  },
  {
    name: "cancelling both branches of a tee closes the connection",
    async run(tw, place) {
      const visit = place.at("endless");
      const branches = tw.chat(streaming, { baseURL: visit.baseURL }).tee();
      for (const branch of branches) {
        for await (const text of branch.text) {
          ok(text.length > 0);
          break;
        }
      }
      await visit.left();
    },
  },
  {
    name: "both branches of a tee tell of the fault",
    async run(tw, place) {
      const branches = tw.chat(streaming, { baseURL: place.at("fin-mid-event").baseURL }).tee();
      for (const branch of branches) {
        const outcome = await read(branch);
        expectError(tw, outcome, { error: "StreamError", kind: "truncated" });
        equal(outcome.text, "Hel");
        equal(outcome.end, "truncated");
      }
    },
  },
  {
    name: "abort() without a listener rejects nothing that nobody asked for",
    async run(tw, place) {
      const visit = place.at("stall-before-head");
      const stream = tw.chat(streaming, { baseURL: visit.baseURL });
      await visit.arrived();
      stream.abort("enough");
      await visit.left();
      equal(stream.end, "aborted");
      equal((await rejects(stream.final())).cause, "enough");
    },
  },
];

export const abortCases = [...byState, ...inQueue, ...leaving];
