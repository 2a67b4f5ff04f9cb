// On the wire: a hole in a reply is no reply, an end is exactly an end, and what never ends is bounded. Runs in every runtime.

import { cutEvery, toBytes } from "../support/bytes.js";
import { equal, inTime, ok, rejectsWith, same } from "../support/check.js";
import { answer, completes, replay } from "../support/fake-fetch.js";
import { collect } from "../support/outcome.js";
import { busy, refuses, sequence, streaming, throughAll } from "../support/provider.js";
import { callsTool, delta, end, hello, says, text, usage } from "../support/wire.js";

const word = (reply) => reply.choices[0].message.content;
const cutsOf = (reads) => ({ "as given": reads, "in one read": [reads.join("")], "in sevens": cutEvery(toBytes(reads.join("")), 7) });
const open = (tw, reads, options) => tw.chat(streaming, { fetch: replay(reads, options), maxRetries: 0 });

const lost = text("LOST");
/** Events that would have carried something, and cannot be read. */
const breaks = {
  "a chunk cut in its text": lost.slice(0, lost.indexOf("ST")) + "\n\n",
  "a chunk without its last brace": lost.replace("}\n\n", "\n\n"),
  "a chunk with a brace too many": lost.replace("}\n\n", "}}\n\n"),
  "an invalid escape": lost.replace("LOST", "LO\\x41ST"),
  "a cut escape": lost.replace("LOST", "LO\\u00"),
  "a chunk without its first half": `data: ${lost.slice(lost.indexOf('"delta"'))}`,
  "two chunks run into each other": lost.slice(0, 60) + lost.slice(6),
  "an error page": "data: <html><body>502 Bad Gateway</body></html>\n\n",
  "a quote too few": lost.replace('"content":"LOST"', '"content":"LOST'),
  "single quotes": `data: {'choices':[{'index':0,'delta':{'content':'LOST'}}]}\n\n`,
  "a list that is cut": 'data: [{"choices":[{"index":0,"delta":{"content":"LOST"}}]\n\n',
  "a chunk in two data fields, the second of which is lost": 'data: {"id":"c1","choices":[{"index":0,\ndata: "delta":{"content":"LO\n\n',
};

/** What came before the hole, then an error, and never complete. */
function holed(tw, what) {
  return (outcome, way) => {
    ok(outcome.error instanceof tw.StreamError, `${what}, ${way}: ${outcome.error}`);
    ok(outcome.end === "error" || outcome.end === "truncated", `${what}, ${way}: ${outcome.end}`);
    // What is whole in front of what is not has come.
    equal(outcome.snapshot.text.replace("LOST", ""), "Hel", `${what}, ${way}`);
    if (way !== "final") equal(outcome.text.replace("LOST", ""), "Hel", `${what}, ${way}`);
    if (way === "sse") ok(!outcome.items.includes("[DONE]"), `${what}: no [DONE]`);
  };
}

const holes = [
  ...Object.entries(breaks).map(([label, broken]) => ({
    name: `a hole in mid-stream is an error: ${label}`,
    async run(tw) {
      const places = { "in the middle": [text("Hel"), broken, text("lo"), ...end()], "before the finish": [text("Hel"), broken, ...end()], "before [DONE]": [text("Hel"), broken, "data: [DONE]\n\n"], "at the end": [text("Hel"), broken] };
      for (const [place, reads] of Object.entries(places)) {
        for (const [cut, given] of Object.entries(cutsOf(reads))) await throughAll(() => open(tw, given), holed(tw, `${place}, ${cut}`));
      }
    },
  })),
  {
    name: "a hole among JSON lines is an error",
    async run(tw) {
      const lines = says("Hel", "lo").map((event) => event.slice(6).trim()).filter((line) => line !== "[DONE]");
      for (const broken of ['{"choices":[{"index":0,"delta":{"content":"LO', '{"choices":[{"index":0,"delta":{"content":"LO\\x"}}]}', "<html>502 Bad Gateway</html>"]) {
        const reads = [lines[0], broken, ...lines.slice(1)].map((line) => `${line}\n`);
        for (const given of Object.values(cutsOf(reads))) {
          for (const contentType of ["application/x-ndjson", "application/json", "text/event-stream"]) {
            await throughAll(() => open(tw, given, { contentType }), holed(tw, `${broken}, ${contentType}`), ["text", "chunks", "final"]);
          }
        }
      }
    },
  },
  {
    name: "a hole in a tool call's arguments is an error, and no call is done with what is left",
    async run(tw) {
      const [head, one, zeros, brace, ...rest] = callsTool("pay", ['{"amount":1', "00", "}"]);
      for (const broken of [zeros.slice(0, -8) + "\n\n", zeros.replace('"00"', '"00'), zeros.replace("00", "\\0")]) {
        for (const given of Object.values(cutsOf([head, one, broken, brace, ...rest]))) {
          const { items, error } = await collect(open(tw, given).events);
          ok(error instanceof tw.StreamError, String(error));
          same(items.filter(({ type }) => type === "tool_call.done"), []);
          await throughAll(() => open(tw, given), ({ error: failure, end: ended }, way) => ok(failure instanceof tw.StreamError && ended !== "complete", `${way}: ${ended}`));
        }
      }
    },
  },
  {
    name: "a hole as the first thing is an error as well",
    async run(tw) {
      for (const broken of [breaks["a chunk cut in its text"], breaks["an invalid escape"]]) {
        await throughAll(() => open(tw, [broken, text("lo"), ...end()]), ({ error, end: ended }, way) => {
          ok(error instanceof tw.StreamError && ended !== "complete", `${way}: ${ended}`);
        });
      }
    },
  },
  {
    name: "what carries nothing is passed over: pings, blanks, words",
    async run(tw) {
      for (const idle of [": ping\n\n", "data: \n\n", "data:\n\n", "data: ping\n\n", "data: keep-alive\n\n", "data: OK\n\n", "data: {}\n\n", "data: null\n\n", "event: ping\n\n", 'event: ping\ndata: {"type":"ping"}\n\n', "\n\n\n", "id: 7\n\n", "retry: 10\n\n"]) {
        for (const given of Object.values(cutsOf([text("Hel"), idle, text("lo"), ...end()]))) {
          await throughAll(() => open(tw, given), ({ error, snapshot }, way) => {
            equal(error, undefined, `${JSON.stringify(idle)}, ${way}`);
            equal(snapshot.text, "Hello", way);
          }, ["text", "final", "sse"]);
        }
      }
    },
  },
];

const almost = { "[DONE] and a word": "data: [DONE]evil\n\n", "a word apart": "data: [DONE] evil\n\n", "a further data line": "data: [DONE]\ndata: more\n\n", "a data line before it": "data: more\ndata: [DONE]\n\n", "twice": "data: [DONE][DONE]\n\n", "JSON behind it": `data: [DONE]${text("x").slice(6)}`, "in a list": "data: [[DONE]]\n\n" };

const marks = Object.entries(almost).flatMap(([label, mark]) => [
  {
    name: `[DONE] is exactly that: ${label} is no end`,
    async run(tw) {
      const middles = { "after the finish": [text("Hel"), mark, text("lo"), ...end()], "before usage": [text("Hel"), text("lo"), delta({}, "stop"), mark, usage(), "data: [DONE]\n\n"] };
      for (const [place, reads] of Object.entries(middles)) {
        for (const [cut, given] of Object.entries(cutsOf(reads))) {
          await throughAll(() => open(tw, given), ({ error, end: ended, snapshot }, way) => {
            const how = `${place}, ${cut}, ${way}`;
            // A chunk behind it is a chunk like any other.
            if (ended === "complete") equal(snapshot.text.replace("x", ""), "Hello", `${how}: complete before the rest`);
            else ok(error instanceof tw.StreamError, `${how}: ${error}`);
            if (ended === "complete" && place === "before usage") ok(snapshot.usage?.total_tokens === 5, `${how}: the usage behind it`);
          });
        }
      }
    },
  },
  {
    name: `an error behind what only looks like [DONE] is told: ${label}`,
    async run(tw) {
      for (const given of Object.values(cutsOf([text("Hel"), mark, busy]))) {
        await throughAll(() => open(tw, given), ({ error, end: ended }, way) => {
          ok(error instanceof tw.StreamError, `${way}: ${error}`);
          ok(ended !== "complete", `${way}: ${ended}`);
        });
      }
    },
  },
]);

const firsts = {
  name: "an unknown first line of a declared event stream is ignored, as everywhere else",
  async run(tw) {
    for (const line of ["foo: bar", "foo", "foo:bar", "x-request: 1", "Data: x", "datum: {}", "retry: 3", "id: 1", "event: message", "\ufefffoo: bar", "200 OK", "hello world", "foo: bar\nbaz: qux"]) {
      for (const type of ["text/event-stream", "text/event-stream; charset=utf-8"]) {
        for (const given of Object.values(cutsOf([`${line}\n`, ...says("Hel", "lo")]))) {
          await throughAll(() => open(tw, given, { contentType: type }), ({ error, snapshot }, way) => {
            equal(error, undefined, `${line}, ${way}`);
            equal(snapshot.text, "Hello", `${line}, ${way}`);
          }, ["text", "final"]);
        }
      }
    }
  },
};

const call = (index, name, args = "{}") => delta({ tool_calls: [{ index, id: `c${index}`, type: "function", function: { name, arguments: args } }] });

const tools = [
  {
    name: "tool calls that arrive out of order are sorted by their index",
    async run(tw) {
      for (const order of [[1, 0], [2, 0, 1], [2, 1, 0], [1, 0, 2]]) {
        const reads = [...order.map((index) => call(index, `f${index}`)), ...end("tool_calls")];
        for (const given of [reads, [reads.join("")]]) {
          await throughAll(() => open(tw, given), async ({ snapshot, tool_calls }, way, stream) => {
            const names = order.map((_, index) => `f${index}`);
            same(snapshot.tool_calls.map(({ name }) => name), names, `${order}, ${way}`);
            if (way === "chunks" || way === "events" || way === "sse") same(tool_calls.map(({ id }) => id), names.map((_, index) => `c${index}`), `${order}, ${way}`);
            same((await stream.final().catch(() => stream.snapshot)).choices[0].message.tool_calls.map(({ id }) => id), names.map((_, index) => `c${index}`), way);
          }, ["chunks", "text", "events", "final", "sse"]);
        }
      }
    },
  },
  {
    name: "a tool call that never gets a name is told: an error in tool_call.done, and a repair",
    async run(tw) {
      const nameless = [{ arguments: "{}" }, { name: "", arguments: "{}" }, { name: null, arguments: '{"a":1}' }];
      for (const given of nameless) {
        const reads = [delta({ tool_calls: [{ index: 0, id: "c", type: "function", function: given }] }), delta({ tool_calls: [{ index: 0, function: { arguments: "" } }] }), ...end("tool_calls")];
        const stream = open(tw, reads);
        const { items, error } = await collect(stream.events);
        equal(error, undefined);
        const done = items.filter(({ type }) => type === "tool_call.done");
        equal(done.length, 1);
        ok(typeof done[0].error === "string" && /name/.test(done[0].error), `${JSON.stringify(given)}: ${done[0].error}`);
        for (const face of ["chunks", "final"]) {
          const other = open(tw, reads);
          await (face === "final" ? other.final() : collect(other));
          ok(other.repairs.some(({ code }) => /name/.test(code)), `${face}: ${JSON.stringify(other.repairs)}`);
        }
      }
      const clean = open(tw, callsTool("f", ["{}"]));
      await clean.final();
      same(clean.repairs, [], "a call with a name needs none");
    },
  },
];

/** A body that never ends: `.bytes` is what was pulled of it, `.left` that it was cancelled. Without a part it says nothing. */
function endless(status, contentType, first, part, ms = 0) {
  const fake = async (url, init) => {
    let at = 0;
    const body = new ReadableStream({
      start(controller) { init?.signal?.addEventListener("abort", () => { fake.left = true; try { controller.error(init.signal.reason); } catch { /* over */ } }); },
      async pull(controller) {
        if (at++ > 0 && part === undefined) return new Promise(() => {});
        await new Promise((resolve) => setTimeout(resolve, ms));
        if (fake.left) return undefined;
        const bytes = toBytes(at === 1 ? first : part);
        fake.bytes += bytes.length;
        return controller.enqueue(bytes);
      },
      cancel() { fake.left = true; },
    }, { highWaterMark: 0 });
    return new Response(body, { status, headers: { "content-type": contentType, "retry-after-ms": "1" } });
  };
  return Object.assign(fake, { bytes: 0, left: false });
}

const big = "x".repeat(16_384);
const error = '{"error":{"message":"Slow down","type":"requests"}';

const bounded = [
  {
    name: "a refusal whose body never ends is bounded: the next try starts, and the body is cancelled",
    async run(tw) {
      const bodies = { "silent": [error], "silent at once": [" "], "dripping": [error, " ", 30], "pouring": [error, big], "pouring text": [big, big] };
      await Promise.all(Object.entries(bodies).flatMap(([label, [first, part, ms]]) => [429, 503].map(async (status) => {
        const fetch = endless(status, "application/json", first, part, ms);
        const stream = tw.chat(streaming, { fetch: sequence(fetch, replay(says("Hi"))) });
        equal(word(await inTime(stream.final(), `${label}, ${status}`, 12_000)), "Hi");
        ok(fetch.left, `${label}, ${status}: the body is cancelled`);
        ok(fetch.bytes < 2_000_000, `${label}: ${fetch.bytes} bytes`);
      })));
    },
  },
  {
    name: "a refusal that is not tried again and whose body never ends is told in time, with what it said",
    async run(tw) {
      await Promise.all([[400, [error]], [404, [error, " ", 30]], [400, [error, big]], [401, [error, " ".repeat(9000)]]].flatMap(([status, [first, part, ms]]) => [false, true].map(async (stream) => {
        const fetch = endless(status, "application/json", first, part, ms);
        const one = tw.chat({ ...hello, stream }, { fetch, maxRetries: 0 });
        const failure = await rejectsWith(inTime(stream ? one.final() : one, `${status}`, 12_000), tw.APIError);
        equal(failure.status, status);
        ok(fetch.left, "the body is cancelled");
        ok(fetch.bytes < 2_000_000, `${fetch.bytes} bytes`);
      })));
    },
  },
  {
    name: "a 200 that is no reply is told after 64 KiB, not read on",
    async run(tw) {
      const types = { "text/html": ["<!doctype html><p>", "<p>more</p>".repeat(1000)], "text/plain": ["hello ", "world ".repeat(2000)], "application/octet-stream": ["\0\x01\x02", "\0\x01\x02".repeat(4000)], "": ["lorem ", "ipsum ".repeat(2000)] };
      for (const [type, [first, part]] of Object.entries(types)) {
        const fetch = endless(200, type || "text/x-unknown", first, part);
        const stream = tw.chat(streaming, { fetch, maxRetries: 0 });
        const failure = await rejectsWith(inTime(stream.final(), type, 8000), tw.StreamError);
        ok(["malformed", "limit"].includes(failure.kind), failure.kind);
        ok(fetch.bytes <= 160_000, `${type}: ${fetch.bytes} bytes`);
        ok(fetch.left, `${type}: the body is cancelled`);
      }
      const large = "y".repeat(400_000);
      equal(word(await open(tw, [...cutEvery(toBytes(text(large)), 50_000), ...end()]).final()), large, "a great event is a reply");
      equal(word(await tw.chat(streaming, { fetch: completes(large) }).final()), large, "so is a great completion");
      const late = [...Array(100).fill(`: ${"ping".repeat(500)}\n\n`), ...says("Hi")];
      equal(word(await open(tw, late).final()), "Hi", "so is what begins with many comments");
    },
  },
];

const told = [
  {
    name: "a StreamError has the request id of its response",
    async run(tw) {
      const headers = { "x-request-id": "req_7" };
      for (const reads of [[text("Hi"), busy], [busy], [text("Hi")], [""], ["data: <html>\n\n"]]) {
        await throughAll(() => open(tw, reads, { headers }), ({ error: failure }, way) => {
          ok(failure instanceof tw.StreamError, way);
          equal(failure.requestId, "req_7", `${JSON.stringify(reads.at(-1).slice(0, 30))}, ${way}`);
        });
      }
      const plain = await rejectsWith(tw.chat(hello, { fetch: answer('{"error":{"message":"no"}}', { headers }), maxRetries: 0 }), tw.StreamError);
      equal(plain.requestId, "req_7");
    },
  },
  ...[
    ["FastAPI's path", { detail: [{ loc: ["body", "messages", 0, "content"], msg: "field required", type: "value_error.missing" }] }, /field required/, /messages.?\.?0.?.content/],
    ["FastAPI's path of a parameter", { detail: [{ loc: ["body", "temperature"], msg: "Input should be a valid number", type: "float_parsing" }] }, /valid number/, /temperature/],
    ["two of FastAPI's", { detail: [{ loc: ["body", "top_k"], msg: "too small" }, { loc: ["body", "model"], msg: "missing" }] }, /too small.*missing/s, /top_k.*model/s],
    ["a list of messages", { message: ["a is bad", "b is bad"] }, /a is bad.*b is bad/s, /a is bad/],
    ["a list of messages in an error", { error: { message: ["a is bad", "b is bad"], type: "t" } }, /a is bad.*b is bad/s, /a is bad/],
  ].map(([label, body, message, path]) => ({
    name: `a refusal names what it is about: ${label}`,
    async run(tw) {
      const failure = await rejectsWith(tw.chat(hello, { fetch: answer(JSON.stringify(body), { status: 422 }), adapt: false }), tw.UnprocessableEntityError, message);
      ok(path.test(failure.message), failure.message);
    },
  })),
  ...[
    ["litellm.RateLimitError: RateLimitError: OpenAIException - Rate limit reached for gpt-4o", /^Rate limit reached for gpt-4o/],
    ["litellm.BadRequestError: OpenAIException - Error code: 400 - {'error': {'message': \"Invalid schema for 'f'\", 'type': 'invalid_request_error', 'param': None, 'code': None}}", /^Invalid schema for 'f'/],
    ["litellm.BadRequestError: AnthropicException - {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"max_tokens: Field required\"}}", /^max_tokens: Field required/],
    ["litellm.InternalServerError: AzureException InternalServerError - The server had an error. Received Model Group=gpt\nAvailable Model Group Fallbacks=None", /^The server had an error/],
  ].map(([message, expression], at) => ({
    name: `a message that LiteLLM wrapped is unwrapped (${at + 1})`,
    async run(tw) {
      await rejectsWith(tw.chat(hello, { fetch: refuses(400, { message }), adapt: false }), tw.BadRequestError, expression);
      await rejectsWith(open(tw, [text("Hi"), `data: ${JSON.stringify({ error: { message, code: "400" } })}\n\n`]).final(), tw.StreamError, expression);
    },
  })),
];

export const holeCases = [...holes, ...marks, firsts, ...tools, ...bounded, ...told];
