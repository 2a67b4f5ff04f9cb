// Providers and callers that mean harm, and many streams at once. Runs in every runtime.

import { equal, match, ok, rejectsWith } from "../support/check.js";
import { answer, completes, replay } from "../support/fake-fetch.js";
import { callsTool, end, hello, says, text } from "../support/wire.js";

const streaming = { ...hello, stream: true };
const open = (tw, reads, options) => tw.chat(streaming, { fetch: replay(reads), maxRetries: 0, ...options });

/** True when no object got a member that it did not have. */
const isClean = () => !("polluted" in {}) && !("polluted" in []) && Object.prototype.polluted === undefined;

async function all(items) {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}

const pollution = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';
const raw = (inner, extra = "") => `data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m"${extra},"choices":[{"index":0,${inner}}]}\n\n`;

const pollutions = [
  {
    name: "__proto__ and constructor in chunks are data and nothing else",
    async run(tw) {
      // Three alike and more, so that they are read on the predicted way, too.
      const reads = [...Array(5)].map((_, at) => raw(`"delta":{"content":"${at}",${pollution}},"finish_reason":null,${pollution}`, `,${pollution}`));
      for (const flat of [false, true]) {
        const pieces = flat ? reads.map((read) => read.replaceAll(/,"constructor":\{[^}]*\}\}/g, "").replaceAll('{"polluted":1}', "1")) : reads;
        const chunks = await all(open(tw, [...pieces, ...end()]));
        ok(chunks.length >= 6 && isClean(), "clean");
        ok(Object.hasOwn(chunks[4], "__proto__") && Object.getPrototypeOf(chunks[4]) === Object.prototype, "an own member");
        const reply = await open(tw, [...pieces, ...end()]).final();
        equal(reply.choices[0].message.content, "01234");
        ok(isClean() && reply.polluted === undefined, "clean");
      }
    },
  },
  {
    name: "__proto__ in a call's arguments is an own member of its value, while it grows and when it is whole",
    async run(tw) {
      const json = '{"__proto__":{"polluted":"yes"},"a":{"__proto__":1,"constructor":{"prototype":{"polluted":2}}}}';
      const events = await all(open(tw, callsTool("f", json.match(/.{1,3}/g))).events);
      const { partial } = events.filter(({ type }) => type === "tool_call.delta").at(-1);
      const { value } = events.find(({ type }) => type === "tool_call.done");
      for (const found of [partial, value]) {
        equal(JSON.stringify(found), json);
        equal(Object.getPrototypeOf(found), Object.prototype);
      }
      ok(isClean(), "clean");
    },
  },
  {
    name: "__proto__ in plain replies, errors and options pollutes nothing",
    async run(tw) {
      const reply = await tw.chat(hello, { fetch: answer(`{${pollution},"choices":[{"index":0,"message":{"role":"assistant","content":"a",${pollution}},"finish_reason":"stop"}]}`, { contentType: "application/json" }) });
      equal(reply.choices[0].message.content, "a");
      const error = await rejectsWith(tw.chat(hello, { fetch: answer(`{"error":{"message":"no",${pollution}}}`, { status: 400, contentType: "application/json" }) }), tw.BadRequestError);
      ok(isClean() && error.polluted === undefined && !("polluted" in JSON.parse(JSON.stringify(error))), "clean");
      await tw.chat(JSON.parse(`{"model":"m","messages":[{"role":"user","content":"x"}],${pollution}}`), { fetch: completes(), provider: JSON.parse(`{${pollution}}`), headers: JSON.parse('{"__proto__":"1"}'), query: JSON.parse('{"__proto__":"1"}') });
      ok(isClean(), "clean");
    },
  },
];

const bytes = [
  {
    name: "headers cannot be injected through options",
    async run(tw) {
      for (const headers of [{ "x-a": "1\r\nx-b: 2" }, { "x-a\r\nx-b": "1" }, { "x-a": "a\0b" }]) {
        const fetch = completes();
        match((await rejectsWith(tw.chat(hello, { fetch, headers }), tw.ConfigError)).message, /header/);
        equal(fetch.calls.length, 0);
      }
      await rejectsWith(tw.chat(hello, { fetch: completes(), apiKey: "sk-1\r\nx-b: 2" }), tw.ConfigError);
    },
  },
  {
    name: "NUL, a byte order mark in the middle, broken UTF-8, lone surrogates and huge numbers come through",
    async run(tw) {
      const odd = String.raw`a\u0000b\ud800c` + "\ufeffd";
      const number = "123456789012345678901234567890";
      const reads = [raw(`"delta":{"content":"${odd}"},"finish_reason":null,"big":${number},"big":1e999`), ...end()];
      equal((await open(tw, reads).final()).choices[0].message.content, "a\0b\ud800c\ufeffd");
      ok((await new Response(open(tw, reads).toReadableStream()).text()).includes(`"big":${number},"big":1e999`), "passed on as it came");
      const broken = [new Uint8Array([...new TextEncoder().encode(text("X"))].map((byte) => (byte === 88 ? 0xff : byte))), ...end()];
      const stream = open(tw, broken);
      equal((await stream.final()).choices[0].message.content, "\ufffd");
      ok(stream.repairs.some(({ code }) => code === "invalid_utf8"), "told of");
    },
  },
];

const crowds = [
  {
    name: "1,000 streams at once, each with every byte of its own",
    async run(tw) {
      const client = tw.createClient({ fetch: async (input, init) => replay(said(JSON.parse(init.body).seed))(input, init) });
      const said = (seed) => says(...[...Array(20)].map((_, at) => `${seed}:${at}é😀 `));
      const wanted = (seed) => [...Array(20)].map((_, at) => `${seed}:${at}é😀 `).join("");
      const read = async (seed) => {
        const stream = client.chat({ ...streaming, seed });
        if (seed % 3 === 0) return (await stream.final()).choices[0].message.content;
        if (seed % 3 === 1) return (await all(stream.text)).join("");
        return (await all(stream)).map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
      };
      const texts = await Promise.all([...Array(1000).keys()].map(read));
      texts.forEach((found, seed) => equal(found, wanted(seed)));
    },
  },
];

export const hostileCases = [...pollutions, ...bytes, ...crowds];
