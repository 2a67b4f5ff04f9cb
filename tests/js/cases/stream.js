// The life of a ChatStream: single use, back-pressure, final, snapshot, meta. Runs in every runtime.

import { equal, inTime, match, ok, rejects, rejectsWith, same, settle } from "../support/check.js";
import { answer, openBody, replay, unreachable } from "../support/fake-fetch.js";
import { collect, foldChunks, foldEvents, ofCompletion } from "../support/outcome.js";
import { callsTool, delta, end, hello, says, text, usage } from "../support/wire.js";

const streaming = { ...hello, stream: true };
const words = ["one ", "two ", "three ", "four ", "five"];
const open = (tw, reads, options) => tw.chat(streaming, { fetch: replay(reads), maxRetries: 0, ...options });

const singleUse = [
  {
    name: "awaiting a stream gives the same stream",
    async run(tw) {
      const stream = open(tw, says("Hi"));
      equal(stream.then, undefined);
      equal(await stream, stream);
      await stream.final();
    },
  },
  {
    name: "a second iteration is a ConfigError that says what to do, and leaves the first alone",
    async run(tw) {
      const seconds = {
        chunks: (stream) => stream[Symbol.asyncIterator]().next(),
        text: (stream) => stream.text[Symbol.asyncIterator]().next(),
        events: (stream) => stream.events[Symbol.asyncIterator]().next(),
        sse: (stream) => stream.toReadableStream().getReader().read(),
      };
      for (const [face, second] of Object.entries(seconds)) {
        const stream = open(tw, says(...words));
        const first = stream.text[Symbol.asyncIterator]();
        const head = await first.next();
        const error = await rejectsWith(second(stream), tw.ConfigError, /tee|once|already|single/i, face);
        equal(error.kind, "config");
        const { items } = await collect({ [Symbol.asyncIterator]: () => first });
        equal(head.value + items.join(""), words.join(""), face);
        equal(stream.end, "complete");
      }
    },
  },
  {
    name: "concurrent next() calls are served in order",
    async run(tw) {
      for (const face of ["chunks", "text"]) {
        const stream = open(tw, says(...words));
        const items = (face === "chunks" ? stream : stream.text)[Symbol.asyncIterator]();
        const results = await Promise.all(Array.from({ length: 8 }, () => items.next()));
        const got = results.filter((result) => !result.done).map((result) => result.value);
        equal(face === "chunks" ? foldChunks(got).text : got.join(""), words.join(""), face);
        equal(results.at(-1).done, true, face);
      }
    },
  },
];

const backPressure = ["chunks", "text", "events", "sse"].map((face) => ({
  name: `${face}: after each item no more than one read ahead is asked of the network`,
  async run(tw) {
    const fetch = replay(says(...words));
    const stream = tw.chat(streaming, { fetch, maxRetries: 0 });
    await settle();
    ok(fetch.pulls <= 1, `${fetch.pulls} reads before the first item was asked for`);
    const next = nextOf(face, stream);
    for (let taken = 1; taken <= 3; taken += 1) {
      await next();
      await settle();
      ok(fetch.pulls <= taken + 1, `${fetch.pulls} reads after ${taken} items`);
    }
  },
}));

function nextOf(face, stream) {
  if (face === "sse") {
    const reader = stream.toReadableStream().getReader();
    return () => reader.read();
  }
  const items = (face === "chunks" ? stream : stream[face])[Symbol.asyncIterator]();
  return () => items.next();
}

const batches = [
  {
    name: "many events in one read: one string, all chunks, one read ahead at most",
    async run(tw) {
      const whole = [says(...words).join("")];
      const asText = await collect(open(tw, whole).text);
      same(asText.items, [words.join("")]);
      const fetch = replay(whole);
      const items = tw.chat(streaming, { fetch, maxRetries: 0 })[Symbol.asyncIterator]();
      await items.next();
      await settle();
      ok(fetch.pulls <= 2, `${fetch.pulls} reads`);
      equal(foldChunks((await collect({ [Symbol.asyncIterator]: () => items })).items).text, words.slice(1).join(""));
    },
  },
  {
    name: "fields that nobody knows are kept in the chunk",
    async run(tw) {
      const odd = { id: "c1", object: "chat.completion.chunk", created: 1, model: "m", x_top: { deep: [1, null, "é"] }, provider: "p",
        choices: [{ index: 0, delta: { content: "a", x_delta: [] }, finish_reason: null, x_choice: 1.5 }] };
      const { items } = await collect(open(tw, [`data: ${JSON.stringify(odd)}\n\n`, ...end()]));
      const { x_top, provider, choices: [{ x_choice, delta: { x_delta } }] } = items[0];
      same({ x_top, provider, x_choice, x_delta }, { x_top: odd.x_top, provider: "p", x_choice: 1.5, x_delta: [] });
    },
  },
  {
    name: "text never gives an empty string",
    async run(tw) {
      const reads = [delta({ role: "assistant", content: "" }), ": ping\n\n", text("a"), delta({ reasoning_content: "hm" }), text("b"), ...end()];
      same((await collect(open(tw, reads).text)).items, ["a", "b"]);
    },
  },
];

const final = [
  {
    name: "final() alone reads the whole reply",
    async run(tw) {
      const stream = open(tw, [...says(...words).slice(0, -1), usage(3, 2), "data: [DONE]\n\n"]);
      equal(stream.end, undefined);
      const reply = await stream.final();
      equal(reply.object, "chat.completion");
      equal(reply.id, "c1");
      equal(reply.model, "m");
      equal(reply.choices[0].message.role, "assistant");
      equal(ofCompletion(reply).text, words.join(""));
      equal(reply.choices[0].finish_reason, "stop");
      equal(reply.usage.total_tokens, 5);
      equal(stream.end, "complete");
      same(await stream.final(), reply);
    },
  },
  {
    name: "final() during an iteration reads on, and the iterator still gets every item",
    async run(tw) {
      const stream = open(tw, says(...words));
      const items = stream[Symbol.asyncIterator]();
      const first = (await items.next()).value;
      const reply = await inTime(stream.final(), "final()");
      equal(ofCompletion(reply).text, words.join(""));
      const rest = await collect({ [Symbol.asyncIterator]: () => items });
      equal(foldChunks([first, ...rest.items]).text, words.join(""));
    },
  },
  {
    name: "final() beside a running loop gives the same to both",
    async run(tw) {
      const stream = open(tw, says(...words));
      const [loop, reply] = await inTime(Promise.all([collect(stream.text), stream.final()]), "both");
      equal(loop.items.join(""), words.join(""));
      equal(ofCompletion(reply).text, words.join(""));
    },
  },
  {
    name: "final() after an iteration gives the reply",
    async run(tw) {
      const stream = open(tw, says(...words));
      await collect(stream.events);
      equal(ofCompletion(await stream.final()).text, words.join(""));
    },
  },
  {
    name: "final() of a cut stream rejects with kind truncated, each time with the same error",
    async run(tw) {
      const stream = open(tw, [text("Hel"), text("lo")]);
      const error = await rejectsWith(stream.final(), tw.StreamError);
      equal(error.kind, "truncated");
      equal(stream.end, "truncated");
      equal(await rejects(stream.final()), error);
      equal(stream.snapshot.choices[0].message.content, "Hello");
    },
  },
  {
    name: "a cut stream hands out all that came, then throws, and goes on throwing",
    async run(tw) {
      const items = open(tw, [text("Hel"), text("lo")]).text[Symbol.asyncIterator]();
      equal((await items.next()).value, "Hel");
      equal((await items.next()).value, "lo");
      const error = await rejectsWith(items.next(), tw.StreamError);
      equal(await rejects(items.next()), error);
    },
  },
  {
    name: "a body that fails in the middle is not an end",
    async run(tw) {
      const fetch = replay([text("Hel")], { fail: new TypeError("terminated") });
      const stream = tw.chat(streaming, { fetch, maxRetries: 0 });
      const { items, error } = await collect(stream.text);
      same(items, ["Hel"]);
      ok(error instanceof tw.TokenwireError, `got ${error}`);
      ok(stream.end === "error" || stream.end === "truncated", stream.end);
    },
  },
];

const snapshots = [
  {
    name: "snapshot and end can be asked at any moment",
    async run(tw) {
      const fetch = openBody();
      const stream = tw.chat(streaming, { fetch, maxRetries: 0 });
      same(stream.snapshot, { id: "", object: "chat.completion", created: 0, model: "", choices: [] });
      equal(stream.end, undefined);
      const items = stream.text[Symbol.asyncIterator]();
      let said = "";
      for (const word of words) {
        fetch.push(text(word));
        said += (await items.next()).value;
        equal(stream.snapshot.choices[0].message.content, said);
        equal(stream.end, undefined);
      }
      for (const part of end()) fetch.push(part);
      fetch.close();
      equal((await items.next()).done, true);
      equal(stream.end, "complete");
    },
  },
  {
    name: "a failed stream that nobody reads rejects nothing, and its snapshot is empty",
    async run(tw) {
      const stream = tw.chat(streaming, { fetch: unreachable(), maxRetries: 0 });
      await settle(40);
      same(stream.snapshot.choices, []);
      const first = await rejects(stream.final());
      equal(await rejects(stream[Symbol.asyncIterator]().next()), first, "the same error at every read");
    },
  },
];

const meta = [
  {
    name: "response tells status, request id, headers and attempts",
    async run(tw) {
      const headers = { "x-request-id": "req_1", "x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "59", "x-ratelimit-reset-requests": "6s" };
      const stream = open(tw, says("Hi"), { fetch: replay(says("Hi"), { headers }) });
      const response = await inTime(stream.response, "response");
      equal(response.status, 200);
      equal(response.requestId, "req_1");
      equal(response.attempts, 1);
      equal(response.headers.get("x-request-id"), "req_1");
      same(response.rateLimit, { requests: { limit: 60, remaining: 59, resetMs: 6000 } });
      await stream.final();
    },
  },
  {
    name: "response of a reply without such headers says null",
    async run(tw) {
      const stream = open(tw, says("Hi"));
      const response = await stream.response;
      equal(response.requestId, null);
      equal(response.rateLimit, null);
      await stream.final();
    },
  },
  {
    name: "response rejects with the failure of the call",
    async run(tw) {
      const fetch = answer('{"error":{"message":"No such key"}}', { status: 401 });
      const stream = tw.chat(streaming, { fetch, maxRetries: 0 });
      const error = await rejectsWith(stream.response, tw.AuthenticationError, /No such key/);
      equal(await rejects(stream.final()), error);
    },
  },
  {
    name: "a clean stream needs no repairs, a deviating one names each once",
    async run(tw) {
      const clean = open(tw, says("Hi"));
      await clean.final();
      same(clean.repairs, []);
      const odd = open(tw, ['data: {"choices":[{"delta":{"content":"a"}}]}\n\n', 'data: {"choices":[{"delta":{"content":"b"}}]}\n\n', ...end()]);
      await odd.final();
      const codes = odd.repairs.map((repair) => repair.code);
      ok(codes.length > 0, "repairs are named");
      equal(new Set(codes).size, codes.length, "each once");
      for (const { code, count } of odd.repairs) ok(/^\S+$/.test(code) && count >= 1, `${code}: ${count}`);
    },
  },
];

const events = [
  {
    name: "events tell text, finish and usage in order",
    async run(tw) {
      const reads = [...says("Hel", "lo").slice(0, -1), usage(3, 2), "data: [DONE]\n\n"];
      const { items, error } = await collect(open(tw, reads).events);
      equal(error, undefined);
      same(items.map((event) => event.type), ["text", "text", "finish", "usage"]);
      equal(foldEvents(items).text, "Hello");
      equal(items.at(-1).usage.total_tokens, 5);
    },
  },
  {
    name: "a tool call's partial value grows in place and ends as the parsed arguments",
    async run(tw) {
      const fragments = ['{"ci', 'ty":"Par', 'is","days":[1,', '2],"__proto__":{"x":1}}'];
      const partials = [];
      const done = [];
      for await (const event of open(tw, callsTool("weather", fragments)).events) {
        if (event.type === "tool_call.delta") partials.push(JSON.stringify(event.partial));
        if (event.type === "tool_call.done") done.push(event);
      }
      equal(done.length, 1);
      same({ id: done[0].id, name: done[0].name, arguments: done[0].arguments }, { id: "call_1", name: "weather", arguments: fragments.join("") });
      equal(JSON.stringify(done[0].value), JSON.stringify(JSON.parse(fragments.join(""))));
      equal(done[0].error, undefined);
      equal(partials.at(-1), JSON.stringify(JSON.parse(fragments.join(""))));
      ok(partials.includes('{"city":"Par"}'), `a string shows as it grows: ${partials}`);
      equal({}.x, undefined, "nothing was polluted");
    },
  },
  {
    name: "arguments that are not JSON end in an error text, not in a throw",
    async run(tw) {
      const { items, error } = await collect(open(tw, callsTool("weather", ['{"city":'])).events);
      equal(error, undefined);
      const done = items.find((event) => event.type === "tool_call.done");
      equal(done.value, undefined);
      match(done.error, /\S/);
      equal(done.arguments, '{"city":');
    },
  },
];

export const streamCases = [...singleUse, ...backPressure, ...batches, ...final, ...snapshots, ...meta, ...events];
