// What must work against a real server. A case is {name, run(tokenwire, server)}; runs in Node and in a page alike.

import { equal, match, ok, rejectsWith, same } from "../js/support/check.js";
import { collect, foldChunks, foldEvents, ofCompletion } from "../js/support/outcome.js";

const messages = [{ role: "user", content: "Say something." }];
const clientOf = (tw, { baseURL, apiKey, model }, more) =>
  tw.createClient({ baseURL, apiKey, model, dangerouslyAllowBrowser: true, ...more });
const streamed = (extra) => ({ messages, max_tokens: 12, stream: true, stream_options: { include_usage: true }, ...extra });

function checkUsage(usage, most) {
  ok(Number.isInteger(usage.prompt_tokens) && usage.prompt_tokens > 0, `prompt_tokens ${usage.prompt_tokens}`);
  ok(usage.completion_tokens > 0 && usage.completion_tokens <= most, `completion_tokens ${usage.completion_tokens}`);
  equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
}

export const serverCases = [
  {
    name: "models() lists the model",
    async run(tw, server) {
      ok((await clientOf(tw, server).models()).some((entry) => entry.id === server.model));
    },
  },
  {
    name: "chat() gives a completion with usage",
    async run(tw, server) {
      const reply = await clientOf(tw, server).chat({ messages, max_tokens: 8 });
      equal(reply.object, "chat.completion");
      equal(reply.choices[0].message.role, "assistant");
      match(reply.choices[0].finish_reason, /^(stop|length)$/);
      checkUsage(reply.usage, 8);
    },
  },
  {
    name: "a stream gives chunks, one finish_reason and usage",
    async run(tw, server) {
      const stream = clientOf(tw, server).chat(streamed());
      const { items, error } = await collect(stream);
      equal(error, undefined);
      equal(stream.end, "complete");
      const reply = foldChunks(items);
      match(reply.finish_reason, /^(stop|length)$/);
      checkUsage(reply.usage, 12);
      equal(ofCompletion(await stream.final()).text, reply.text);
      equal((await stream.response).status, 200);
    },
  },
  {
    name: "text and events of the same seed say the same",
    async run(tw, server) {
      const client = clientOf(tw, server);
      const params = streamed({ seed: 7, temperature: 0 });
      const text = (await collect(client.chat(params).text)).items.join("");
      const events = foldEvents((await collect(client.chat(params).events)).items);
      equal(events.text, text);
      checkUsage(events.usage, 12);
    },
  },
  {
    name: "n: 2 gives two choices, in order of index",
    async run(tw, server) {
      const stream = clientOf(tw, server).chat(streamed({ n: 2 }));
      const reply = await stream.final();
      same(reply.choices.map((choice) => choice.index), [0, 1]);
      for (const choice of reply.choices) match(choice.finish_reason, /^(stop|length)$/);
      equal(stream.end, "complete");
    },
  },
  {
    name: "respond() gives a response with usage, and a stream of the same shape",
    async run(tw, server) {
      const client = clientOf(tw, server);
      const asked = { input: "Say something.", max_output_tokens: 12 };
      const reply = await client.respond(asked);
      equal(reply.object, "response");
      match(reply.status, /^(completed|incomplete)$/);
      ok(reply.usage.output_tokens > 0 && reply.usage.output_tokens <= 12, `output_tokens ${reply.usage.output_tokens}`);
      const stream = client.respond({ ...asked, stream: true });
      const { items, error } = await collect(stream);
      equal(error, undefined);
      equal(stream.end, "complete");
      same(items.map(({ sequence_number }) => sequence_number), items.map((_, n) => n));
      equal(items[0].type, "response.created");
      match(items.at(-1).type, /^response\.(completed|incomplete)$/);
      const deltas = items.filter(({ type }) => type === "response.output_text.delta");
      ok(deltas.length > 0 && deltas.every((event) => event.item_id && event.output_index >= 0 && event.content_index >= 0), "deltas without a place");
      equal(deltas.map(({ delta }) => delta).join(""), stream.snapshot.output_text);
    },
  },
  {
    name: "respond(): text, events and final of the same seed say the same",
    async run(tw, server) {
      const client = clientOf(tw, server);
      const params = { input: "Say something.", max_output_tokens: 12, temperature: 0, seed: 7, stream: true };
      const text = (await collect(client.respond(params).text)).items.join("");
      equal(foldEvents((await collect(client.respond(params).events)).items).text, text);
      equal((await client.respond(params).final()).output_text, text);
    },
  },
  {
    name: "respond(): a wrong key is an AuthenticationError",
    async run(tw, server) {
      await rejectsWith(clientOf(tw, server, { apiKey: "sk-wrong" }).respond({ input: "Hi", stream: true }).final(), tw.AuthenticationError, /Invalid API Key/);
    },
  },
  {
    name: "a wrong key is an AuthenticationError with the server's words",
    async run(tw, server) {
      const client = clientOf(tw, server, { apiKey: "sk-wrong" });
      const error = await rejectsWith(client.chat({ messages }), tw.AuthenticationError, /Invalid API Key/);
      equal(error.kind, "auth");
      await rejectsWith(client.chat(streamed()).final(), tw.AuthenticationError, /Invalid API Key/);
    },
  },
  {
    name: "what the server refuses comes back as its own message",
    async run(tw, server) {
      const error = await rejectsWith(clientOf(tw, server).chat({ messages, max_tokens: 4, response_format: { type: "no_such_format" } }), tw.APIError, /\S/);
      ok(error.status >= 400, `status ${error.status}`);
    },
  },
  {
    name: "ten streams at once",
    async run(tw, server) {
      const client = clientOf(tw, server);
      const replies = await Promise.all(Array.from({ length: 10 }, () => client.chat(streamed()).final()));
      for (const reply of replies) checkUsage(reply.usage, 12);
    },
  },
];

// Long and slow enough that the server is still at it when it is left: the tiny model makes thousands of tokens a second.
const endless = streamed({ max_tokens: 1900, ignore_eos: true, logprobs: true, top_logprobs: 20 });

/** Ways to leave a long stream after its first item. The server must notice each. */
export const leaving = {
  async "break"(tw, server) {
    for await (const part of clientOf(tw, server).chat(endless).text) {
      ok(part.length > 0);
      break;
    }
  },
  async "break in a response"(tw, server) {
    const { max_tokens, stream_options, messages: _, logprobs, top_logprobs, ...rest } = endless;
    for await (const part of clientOf(tw, server).respond({ ...rest, input: "Say something.", max_output_tokens: 1900 }).text) {
      ok(part.length > 0);
      break;
    }
  },
  async "abort()"(tw, server) {
    const stream = clientOf(tw, server).chat(endless);
    const items = stream[Symbol.asyncIterator]();
    await items.next();
    stream.abort("enough");
    const { error } = await collect({ [Symbol.asyncIterator]: () => items });
    ok(error instanceof tw.APIUserAbortError, `got ${error}`);
    equal(error.cause, "enough");
  },
  async "a signal"(tw, server) {
    const controller = new AbortController();
    const stream = clientOf(tw, server).chat(endless, { signal: controller.signal });
    await stream[Symbol.asyncIterator]().next();
    controller.abort();
    await rejectsWith(stream.final(), tw.APIUserAbortError);
  },
};
