// The Responses API: `respond`, `retrieve`, `cancel` and ResponseStream.

import { equal, inTime, lacks, match, ok, rejects, rejectsWith, same, settle } from "../support/check.js";
import { cutEvery, join, toBytes } from "../support/bytes.js";
import { answer, hangs, openBody, replay } from "../support/fake-fetch.js";
import { collect } from "../support/outcome.js";
import { eventsOf, frame, message, responds, response, usage } from "../support/respond.js";

const asked = Object.freeze({ model: "m", input: "Hi" });
const streamed = Object.freeze({ ...asked, stream: true });
const clientOf = (tw, fetch, more) => tw.createClient({ baseURL: "https://api.example.com/v1", fetch, maxRetries: 0, ...more });
const words = ["Hel", "lo", " ", "wörld", " 🙂", "\n", "a", "b", "c"];

/** Answers each call with the next of these. */
function inTurn(...fakes) {
  const fake = (...call) => (fakes.length > 1 ? fakes.shift() : fakes[0])(...call);
  return fake;
}

const textOf = (items) => items.filter(({ type }) => type === "text").map(({ text }) => text).join("");

export const respondCases = [
  {
    name: "respond: a plain call gives the response, with its text",
    async run(tw) {
      const fetch = answer(JSON.stringify(response({ output: [message("Hello"), message(" you", { id: "msg_2" })], usage })));
      const reply = await clientOf(tw, fetch).respond({ ...asked, previous_response_id: "resp_0", store: true, tools: [{ type: "web_search" }], include: ["reasoning.encrypted_content"] });
      equal(reply.output_text, "Hello you");
      equal(reply.status, "completed");
      same(reply.usage, usage);
      equal(fetch.calls[0].url, "https://api.example.com/v1/responses");
      same(JSON.parse(fetch.calls[0].body), { ...asked, previous_response_id: "resp_0", store: true, tools: [{ type: "web_search" }], include: ["reasoning.encrypted_content"] });
    },
  },
  {
    name: "respond: a stream is there at once, and every event comes as it was sent",
    async run(tw) {
      const events = eventsOf(words);
      const bytes = join(events.map((event) => toBytes(frame(event))));
      for (const reads of [[bytes], events.map(frame), cutEvery(bytes, 1), cutEvery(bytes, 700)]) {
        let told;
        const stream = clientOf(tw, replay(reads), { onEnd: (report) => (told = report) }).respond(streamed);
        equal(typeof stream.then, "undefined");
        equal(stream.end, undefined);
        equal(stream.snapshot.object, "response");
        same((await collect(stream)).items, events);
        equal(stream.end, "complete");
        same(stream.repairs, []);
        equal(stream.snapshot.output_text, words.join(""));
        equal((await stream.response).status, 200);
        ok(stream.timing.totalMs >= 0);
        equal(told.usage.prompt_tokens, 3);
        equal(told.model, "m");
      }
    },
  },
  {
    name: "respond: events that are alike share nothing",
    async run(tw) {
      const { items } = await collect(clientOf(tw, replay([responds(...words).join("")])).respond(streamed));
      const deltas = items.filter(({ type }) => type === "response.output_text.delta");
      for (const event of deltas) event.logprobs.push("mine");
      ok(deltas.every(({ logprobs }) => logprobs.length === 1));
      equal(new Set(deltas).size, words.length);
    },
  },
  {
    name: "respond: text, events and final say the same",
    async run(tw) {
      const client = clientOf(tw, replay(responds(...words)));
      equal((await collect(client.respond(streamed).text)).items.join(""), words.join(""));
      const { items } = await collect(client.respond(streamed).events);
      equal(textOf(items), words.join(""));
      same(items.slice(-2).map(({ type, reason }) => [type, reason]), [["finish", "stop"], ["usage", undefined]]);
      same(items.at(-1).usage, { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, prompt_tokens_details: { cached_tokens: 1 }, completion_tokens_details: { reasoning_tokens: 0 } });
      const stream = client.respond(streamed);
      equal((await stream.final()).output_text, words.join(""));
      // An iteration after it gives the whole once more.
      const again = (await collect(stream)).items;
      equal(again[0].type, "response.created");
      equal(again.at(-1).type, "response.completed");
      equal(again.filter(({ type }) => type.endsWith("text.delta")).map(({ delta }) => delta).join(""), words.join(""));
    },
  },
  {
    name: "respond: tool calls are told as chat's are",
    async run(tw) {
      const call = { type: "function_call", id: "fc_1", call_id: "call_1", name: "f", arguments: '{"a":[1,"x"]}', status: "completed" };
      const at = { item_id: "fc_1", output_index: 0 };
      const events = [
        { type: "response.created", response: response({ status: "in_progress" }) },
        { type: "response.output_item.added", output_index: 0, item: { ...call, arguments: "", status: "in_progress" } },
        ...['{"a":', '[1,"', 'x"]}'].map((delta) => ({ type: "response.function_call_arguments.delta", ...at, delta })),
        { type: "response.function_call_arguments.done", ...at, name: "f", arguments: call.arguments },
        { type: "response.output_item.done", output_index: 0, item: call },
        { type: "response.completed", response: response({ output: [call] }) },
      ];
      const stream = clientOf(tw, replay(events.map((event, n) => frame({ ...event, sequence_number: n })))).respond(streamed);
      const { items } = await collect(stream.events);
      same(items[0], { type: "tool_call.start", index: 0, id: "call_1", name: "f" });
      same(items.find(({ type }) => type === "tool_call.done").value, { a: [1, "x"] });
      same(items.filter(({ type }) => type === "tool_call.delta").map(({ arguments: text }) => text).join(""), call.arguments);
      equal(items.at(-1).reason, "tool_calls");
    },
  },
  {
    name: "respond: SSE out is OpenAI's, without [DONE], and reads as the same again",
    async run(tw) {
      const reply = clientOf(tw, replay(responds(...words))).respond(streamed).toResponse();
      equal(reply.headers.get("content-type"), "text/event-stream");
      const text = await reply.text();
      equal(text, responds(...words).join(""));
      lacks(text, "[DONE]");
      const again = clientOf(tw, replay([text])).respond(streamed);
      same((await collect(again)).items, eventsOf(words));
    },
  },
  {
    name: "respond: both branches of a tee get all of it",
    async run(tw) {
      const [one, other] = clientOf(tw, replay(responds(...words))).respond(streamed).tee();
      const [items, final] = await Promise.all([collect(one), other.final()]);
      same(items.items, eventsOf(words));
      equal(final.output_text, words.join(""));
      equal(one.end, "complete");
    },
  },
  {
    name: "respond: an abort at once, before anything was loaded, is told to who asks, and to nobody else",
    async run(tw) {
      const fetch = hangs();
      const client = clientOf(tw, fetch);
      const stream = client.respond(streamed);
      stream.abort("enough");
      await settle();
      const error = await rejectsWith(inTime(stream.final(), "final()"), tw.APIUserAbortError);
      equal(error.cause, "enough");
      equal(stream.end, "aborted");
      client.respond(streamed).abort();
      client.respond({ ...streamed, input: undefined });
      const controller = new AbortController();
      controller.abort("no");
      await rejectsWith(client.respond(asked, { signal: controller.signal }), tw.APIUserAbortError);
    },
  },
  {
    name: "respond: break lets the request go",
    async run(tw) {
      const fetch = openBody();
      const stream = clientOf(tw, fetch).respond(streamed);
      for (const event of responds("a", "b").slice(0, 5)) fetch.push(event);
      for await (const event of stream) if (event.type.endsWith(".delta")) break;
      await settle();
      ok(fetch.cancelled);
      equal(stream.end, "aborted");
    },
  },
  {
    name: "respond: what came before a cut, an error or a failure comes first; each is thrown once",
    async run(tw) {
      const begun = responds("Hel", "lo").slice(0, 6);
      const failed = response({ status: "failed", error: { code: "server_error", message: "It fell over" } });
      const cases = [
        [[], "truncated", "truncated", /no response\.completed/],
        [[frame({ type: "error", code: "server_error", message: "It fell over", param: null, sequence_number: 9 })], "error", "server", /It fell over/],
        [[frame({ type: "error", error: { type: "server_error", code: "server_error", message: "It fell over" } }), frame({ type: "response.failed", response: failed })], "error", "server", /It fell over/],
        [[frame({ type: "response.failed", response: failed, sequence_number: 9 })], "error", "server", /It fell over/],
        [[frame({ type: "response.cancelled", response: response({ status: "cancelled" }), sequence_number: 9 })], "error", "aborted", /cancelled/],
      ];
      for (const [rest, end, kind, said] of cases) {
        const stream = clientOf(tw, replay([...begun, ...rest])).respond(streamed);
        const { items, error } = await collect(stream);
        equal(items.filter(({ type }) => type.endsWith("text.delta")).map(({ delta }) => delta).join(""), "Hello");
        ok(!items.some(({ type }) => type === "error"));
        ok(error instanceof tw.StreamError, `${error}`);
        equal(error.kind, kind);
        match(error.message, said);
        equal(stream.end, end);
        equal(await rejects(stream.final()), error);
        const text = await collect(clientOf(tw, replay([...begun, ...rest])).respond(streamed).text);
        equal(text.items.join(""), "Hello");
        equal(text.error.message, error.message);
      }
    },
  },
  {
    name: "respond: response.incomplete is an end, and says why",
    async run(tw) {
      for (const [reason, word] of [["max_output_tokens", "length"], ["content_filter", "content_filter"]]) {
        const last = response({ status: "incomplete", incomplete_details: { reason }, output: [message("Hello", { status: "incomplete" })] });
        const reads = [...responds("Hel", "lo").slice(0, 6), frame({ type: "response.incomplete", response: last, sequence_number: 20 })];
        const stream = clientOf(tw, replay(reads)).respond(streamed);
        const { items } = await collect(stream.events);
        equal(items.find(({ type }) => type === "finish").reason, word);
        equal(stream.end, "complete");
        equal(stream.snapshot.incomplete_details.reason, reason);
        const plain = await clientOf(tw, answer(JSON.stringify(last))).respond(asked);
        equal(plain.output_text, "Hello");
      }
    },
  },
  {
    name: "respond: tried again before anything of worth came, and not after",
    async run(tw) {
      const busy = frame({ type: "error", code: "server_error", message: "overloaded, try again", sequence_number: 2 });
      const early = replay([...responds("x").slice(0, 2), busy]);
      const late = replay([...responds("Hel", "lo").slice(0, 6), busy]);
      const good = replay(responds("Hello"));
      const again = { maxRetries: 2 };
      for (const first of [early, answer('{"error":{"message":"busy"}}', { status: 503, headers: { "retry-after-ms": "1" } })]) {
        const stream = clientOf(tw, inTurn(first, good), again).respond(streamed);
        const { items } = await collect(stream);
        equal(items.filter(({ type }) => type === "response.created").length, 1);
        equal(stream.snapshot.output_text, "Hello");
        equal((await stream.response).attempts, 2);
      }
      const { error } = await collect(clientOf(tw, inTurn(late, good), again).respond(streamed));
      match(error.message, /overloaded/);
    },
  },
  {
    name: "respond: the id of a response in the background comes at once",
    async run(tw) {
      const fetch = openBody();
      const items = clientOf(tw, fetch).respond({ ...streamed, background: true })[Symbol.asyncIterator]();
      fetch.push(frame({ type: "response.queued", response: response({ status: "queued", background: true }), sequence_number: 0 }));
      const { value } = await inTime(items.next(), "the first event");
      equal(value.response.id, "resp_1");
      await items.return();
    },
  },
  {
    name: "retrieve and cancel: their addresses, methods and what they give",
    async run(tw) {
      const fetch = answer(JSON.stringify(response({ status: "queued", background: true })));
      const client = clientOf(tw, fetch, { apiKey: "sk-1", dangerouslyAllowBrowser: true });
      equal((await client.retrieve("resp_1")).status, "queued");
      equal((await clientOf(tw, answer(JSON.stringify(response({ status: "cancelled" })))).cancel("resp_1")).status, "cancelled");
      await client.cancel("a/b?c");
      same(fetch.calls.map(({ method, url, body }) => [method, url, body]), [
        ["GET", "https://api.example.com/v1/responses/resp_1", ""],
        ["POST", "https://api.example.com/v1/responses/a%2Fb%3Fc/cancel", ""],
      ]);
      for (const { headers } of fetch.calls) equal(headers.authorization, "Bearer sk-1");
      for (const id of ["", ".", "..", undefined]) await rejectsWith(client.retrieve(id), tw.ConfigError, /id of a response/);
      const failed = response({ status: "failed", error: { code: "x", message: "It fell over" } });
      await rejectsWith(clientOf(tw, answer(JSON.stringify(failed))).retrieve("resp_1"), tw.StreamError, /It fell over/);
    },
  },
  {
    name: "retrieve: as a stream it goes on behind a number, indices and numbers as they are",
    async run(tw) {
      const events = eventsOf(words).slice(6);
      const fetch = replay(events.map(frame));
      const client = clientOf(tw, fetch, { query: { a: "1" } });
      const stream = client.retrieve("resp_1", { stream: true, startingAfter: 5 });
      same((await collect(stream)).items, events);
      equal(fetch.calls[0].url, "https://api.example.com/v1/responses/resp_1?a=1&stream=true&starting_after=5");
      equal(stream.snapshot.output_text, words.join(""));
      same(stream.repairs, []);
      await client.retrieve("resp_1", { stream: true }).final();
      equal(fetch.calls[1].url, "https://api.example.com/v1/responses/resp_1?a=1&stream=true");
    },
  },
  {
    name: "respond: a provider that speaks Chat Completions, or has no Responses API, is told clearly",
    async run(tw) {
      const chunk = 'data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n';
      await rejectsWith(clientOf(tw, replay([chunk])).respond(streamed).final(), tw.StreamError, /Chat Completions, not the Responses API/);
      for (const [status, type] of [[404, tw.NotFoundError], [405, tw.APIError]]) {
        await rejectsWith(clientOf(tw, answer('{"detail":"Not Found"}', { status })).respond(asked), type, /may have no Responses API/);
      }
      const error = await rejects(clientOf(tw, answer('{"error":{"message":"Response not found"}}', { status: 404 })).retrieve("resp_1"));
      match(error.message, /^Response not found \(asked https:\/\/api.example.com\/v1\/responses\/resp_1\)$/);
    },
  },
  {
    name: "respond: what cannot be right is refused before it is sent",
    async run(tw) {
      const fetch = answer("{}");
      const client = clientOf(tw, fetch);
      for (const [params, said] of [
        [{ model: "m" }, /No input/], [{ model: "m", messages: [] }, /messages/], [{ input: "x" }, /No model/],
        [{ model: "m", input: [] }, /input/], [{ model: "m", input: ["x"] }, /input\[0\]/], [{ model: "m", input: "x", tools: {} }, /tools/], [null, /object/],
      ]) {
        await rejectsWith(client.respond(params), tw.ConfigError, said);
      }
      equal(fetch.calls.length, 0);
    },
  },
  {
    name: "respond: no key is in what an error says",
    async run(tw) {
      const key = "sk-very-secret-key";
      const echoed = (status) => answer(JSON.stringify({ error: { message: `Wrong key ${key}` } }), { status });
      const error = await rejects(clientOf(tw, echoed(401), { apiKey: key, dangerouslyAllowBrowser: true }).respond(asked));
      lacks(JSON.stringify([error.message, error.body, error]), key);
      ok(error instanceof tw.AuthenticationError);
      const inside = replay([...responds("a").slice(0, 5), frame({ type: "error", message: `Wrong key ${key}`, sequence_number: 9 })]);
      const late = await rejects(clientOf(tw, inside, { apiKey: key, dangerouslyAllowBrowser: true }).respond(streamed).final());
      lacks(JSON.stringify([late.message, late.body]), key);
    },
  },
  {
    name: "respond: keepalives are no sign of life",
    async run(tw) {
      const fetch = openBody();
      const stream = clientOf(tw, fetch, { timeout: { idle: 150 } }).respond(streamed);
      const timer = setInterval(() => fetch.push(frame({ type: "keepalive", sequence_number: 9 })), 20);
      for (const event of responds("a").slice(0, 5)) fetch.push(event);
      const { items, error } = await inTime(collect(stream), "the stream");
      clearInterval(timer);
      ok(!items.some(({ type }) => type === "keepalive"));
      ok(error instanceof tw.APITimeoutError, `${error}`);
      equal(error.phase, "idle");
    },
  },
];
