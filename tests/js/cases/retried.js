// Trying again: by what came and not by how it was cut or read; the queue and what was learnt hold. Runs in every runtime.

import { equal, inTime, ok, rejectsWith, same, settle } from "../support/check.js";
import { completes, replay } from "../support/fake-fetch.js";
import { allAtOnce, busy, holds, refuses, refusesName, sent, sequence, streaming, throughAll } from "../support/provider.js";
import { delta, hello, says, text, usage } from "../support/wire.js";

const word = (reply) => reply.choices[0].message.content;

const role = delta({ role: "assistant", content: "" });
const nothings = {
  "a role chunk": role,
  "a role without content": delta({ role: "assistant" }),
  "content null": delta({ role: "assistant", content: null }),
  "an empty delta": delta({}),
  "two of them": role + delta({ content: "" }),
  "an empty refusal": delta({ role: "assistant", content: "", refusal: null }),
  "no tool calls": delta({ role: "assistant", content: "", tool_calls: [] }),
  "a chunk without choices": 'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[]}\n\n',
  "comments and pings": `: hi\n\nevent: ping\ndata: {}\n\n${role}`,
};

const failures = {
  "an overload error": [busy],
  "an overload error as an event": ["event: error\n", busy],
  "a cut": [""],
  "a cut in an event": [text("lost").slice(0, 60)],
};

/** The first try gives these reads, the second the reply: each face has the reply, and nothing of the first. */
function secondTry(tw, reads, what) {
  const open = () => {
    const fetch = sequence(replay(reads), replay(says("H", "i")));
    return { fetch, stream: tw.chat(streaming, { fetch, maxRetries: 1 }) };
  };
  return allAtOnce(open, async (outcome, way, stream, fetch) => {
    const how = `${what}, ${reads.length} reads, ${way}`;
    equal(outcome.error, undefined, how);
    equal(outcome.end, "complete", how);
    equal(outcome.snapshot.text, "Hi", how);
    equal(fetch.calls, 2, `${how}: requests`);
    equal((await stream.response).attempts, 2, how);
    const items = { chunks: 3, tee: 3, sse: 4, text: 2, events: 3, final: 0 };
    equal(outcome.items.length, items[way], `${how}: nothing of the first try`);
  });
}

const worthless = Object.entries(nothings).map(([label, first]) => ({
  name: `nothing of worth came: ${label}, then a failure, is asked again in every face and at every cut`,
  async run(tw) {
    await Promise.all(Object.entries(failures).map(([what, rest]) => {
      const whole = first + rest.join("");
      const at = first.length + Math.min(12, rest.join("").length);
      return Promise.all([[first, ...rest], [whole], [whole.slice(0, at), whole.slice(at)]].map((reads) => secondTry(tw, reads, what)));
    }));
  },
}));

const spent = {
  name: "nothing of worth came, each time: the error, and the tries are counted alike in every face",
  async run(tw) {
    for (const reads of [[role, busy], [role + busy]]) {
      const open = () => { const fetch = sequence(replay(reads)); return { fetch, stream: tw.chat(streaming, { fetch, maxRetries: 1 }) }; };
      await allAtOnce(open, ({ error, end }, way, stream, fetch) => {
        equal(error?.kind, "overloaded", way);
        equal(end, "error", way);
        equal(fetch.calls, 2, `${way}, ${reads.length} reads`);
      });
    }
  },
};

/** A 429 that says when to come back, in several ways; ms at least. */
const resets = {
  "retry-after-ms": [{ "retry-after-ms": "400" }, 380],
  "retry-after in seconds": [{ "retry-after": "1" }, 950],
  "retry-after as a date": [() => ({ "retry-after": new Date(Math.ceil((Date.now() + 1000) / 1000) * 1000).toUTCString() }), 800],
};

const storms = [
  ...Object.entries(resets).map(([label, [headers, least]]) => ({
    name: `a 429 that is not tried again makes the queue wait all the same: ${label}`,
    async run(tw) {
      for (const [stream, maxRetries] of [[false, 0], [true, 0], [false, 1]]) {
        if (maxRetries > 0 && least > 500) continue;
        const refusal = (...given) => refuses(429, {}, typeof headers === "function" ? headers() : headers)(...given);
        const fetch = sequence(...Array(maxRetries + 1).fill(refusal), completes());
        const client = tw.createClient({ fetch, maxConcurrency: 1, maxRetries });
        const first = client.chat({ ...hello, stream });
        const waiting = client.chat(hello, { maxRetries: 0 });
        const error = await rejectsWith(inTime(stream ? first.final() : first, "the first"), tw.RateLimitError);
        equal(error.status, 429);
        equal(word(await inTime(waiting, "the one that waited")), "Hello");
        equal(word(await inTime(client.chat(hello), "a later one")), "Hello");
        const gap = fetch.at[maxRetries + 1] - fetch.at[maxRetries];
        ok(gap >= least - 60, `sent after ${Math.round(gap)} ms`);
      }
    },
  })),
  {
    name: "a 429 of more than a minute is told at once, and the next call waits until it gives up",
    async run(tw) {
      for (const wait of ["90", "3600"]) {
        const fetch = sequence(refuses(429, {}, { "retry-after": wait }), completes());
        const client = tw.createClient({ fetch, maxConcurrency: 1 });
        await rejectsWith(inTime(client.chat(hello), "the first"), tw.RateLimitError);
        equal((await rejectsWith(inTime(client.chat(hello, { timeout: 80 }), "by its time"), tw.TokenwireError)).kind, "timeout");
        const control = new AbortController();
        const next = rejectsWith(client.chat(streaming, { signal: control.signal }).final(), tw.APIUserAbortError);
        await settle(60);
        equal(fetch.calls, 1, "nothing is sent meanwhile");
        control.abort();
        await inTime(next, "by its signal");
      }
    },
  },
  {
    name: "a 429 without a time holds up nobody",
    async run(tw) {
      const fetch = sequence(refuses(429), completes());
      const client = tw.createClient({ fetch, maxConcurrency: 1, maxRetries: 0 });
      await rejectsWith(client.chat(hello), tw.RateLimitError);
      equal(word(await inTime(client.chat(hello), "the next", 1000)), "Hello");
    },
  },
];

/** Refuses these names while they are in `fake.names`. */
function fickle(...names) {
  const good = completes();
  const streamed = replay(says("Hello"));
  const fake = async (url, init) => {
    const body = await sent(init);
    const name = fake.names.find((candidate) => candidate in body);
    fake.asked.push(body);
    return (name ? refusesName(name) : body.stream ? streamed : good)(url, init);
  };
  return Object.assign(fake, { names, asked: [] });
}

const limits = ["max_tokens", "max_completion_tokens"];

const learning = [
  {
    name: "a parameter that is refused on a later try is learnt",
    async run(tw) {
      const firsts = { "after a 500": refuses(500, {}, { "retry-after-ms": "1" }), "after an overload frame": replay([busy]), "after an empty stream": replay([""]), "after no connection": async () => { throw new TypeError("fetch failed"); } };
      for (const [label, first] of Object.entries(firsts)) {
        for (const [given, name] of [[{ store: true }, "store"], [{ max_tokens: 5 }, "max_tokens"]]) {
          const fetch = sequence(first, refusesName(name), replay(says("Hi")));
          const client = tw.createClient({ fetch });
          const stream = client.chat({ ...streaming, ...given });
          equal(word(await inTime(stream.final(), label)), "Hi", label);
          equal(fetch.calls, 3, label);
          same(stream.repairs.map(({ code }) => code), [name === "store" ? "param_dropped" : "param_renamed"], label);
          equal(word(await inTime(client.chat({ ...streaming, ...given }).final(), label)), "Hi");
          equal(fetch.calls, 4, `${label}: the next call knows`);
          ok(!(name in fetch.bodies[3]), label);
          ok(JSON.stringify(client.dialect).includes(name), "the dialect tells of it");
        }
      }
    },
  },
  ...["plain", "streamed"].map((kind) => ({
    name: `one name refused, then the other, then the first again: one extra request for each change (${kind})`,
    async run(tw) {
      for (const mine of limits) {
        const fetch = fickle();
        const client = tw.createClient({ fetch });
        const call = () => (kind === "plain" ? client.chat({ ...hello, [mine]: 5 }) : client.chat({ ...streaming, [mine]: 5 }).final());
        const other = limits.find((name) => name !== mine);
        for (const refused of [mine, other, mine, other, mine]) {
          fetch.names = [refused];
          for (let turn = 0; turn < 3; turn += 1) {
            const before = fetch.asked.length;
            equal(word(await inTime(call(), `${refused} is refused`)), "Hello");
            const cost = fetch.asked.length - before;
            ok(cost <= (turn === 0 ? 2 : 1), `${mine} given, ${refused} refused: ${cost} requests in turn ${turn}`);
            equal(fetch.asked.at(-1)[limits.find((name) => name !== refused)], 5, "the value stands under the other name");
          }
        }
      }
    },
  })),
  {
    name: "one role refused, then the other, then the first again: one extra request for each change",
    async run(tw) {
      const good = completes();
      let refused;
      let asked = 0;
      const fetch = async (url, init) => {
        asked += 1;
        const { messages } = await sent(init);
        const message = `Unsupported value: 'messages[0].role' does not support '${refused}' with this model.`;
        return (messages[0].role === refused ? refuses(400, { message, param: "messages[0].role", code: "unsupported_value" }) : good)(url, init);
      };
      const client = tw.createClient({ fetch });
      for (refused of ["developer", "system", "developer", "system"]) {
        for (let turn = 0; turn < 3; turn += 1) {
          const before = asked;
          await inTime(client.chat({ ...hello, messages: [{ role: "developer", content: "d" }, ...hello.messages] }), refused);
          ok(asked - before <= (turn === 0 ? 2 : 1), `${refused}: ${asked - before} requests in turn ${turn}`);
        }
      }
    },
  },
  {
    name: "both names refused: an error, and no endless asking",
    async run(tw) {
      const fetch = fickle(...limits);
      const client = tw.createClient({ fetch });
      for (let turn = 0; turn < 2; turn += 1) {
        const before = fetch.asked.length;
        await rejectsWith(inTime(client.chat({ ...hello, max_tokens: 5 }), "both"), tw.BadRequestError);
        ok(fetch.asked.length - before <= 2, `${fetch.asked.length - before} requests`);
      }
    },
  },
];

const limited = {
  name: "retries hold one turn, and what comes after the first content is never tried again",
  async run(tw) {
    for (const first of [text("Hi"), delta({ reasoning_content: "hm" }), delta({ tool_calls: [{ index: 0, id: "c", type: "function", function: { name: "f", arguments: "" } }] })]) {
      for (const reads of [[role, first, busy], [role + first + busy], [first + usage(), busy]]) {
        let fetch;
        await throughAll(() => { fetch = sequence(replay(reads), holds()); return tw.chat(streaming, { fetch }); }, async ({ error, end }, way) => {
          equal(error?.kind, "overloaded", way);
          equal(end, "error", way);
          equal(fetch.calls, 1, way);
        });
      }
    }
  },
};

export const retriedCases = [...worthless, spent, ...storms, ...learning, limited];
