// What goes out: URL, headers, body, options. Runs in every runtime.

import { equal, lacks, match, ok, rejectsWith, same } from "../support/check.js";
import { answer, completes, replay } from "../support/fake-fetch.js";
import { hello, says } from "../support/wire.js";
import { richParams } from "./params.js";

const KEY = "sk-very-secret";
const keyed = { apiKey: KEY, dangerouslyAllowBrowser: true };

async function callOf(tw, options, params = hello) {
  const fetch = completes();
  await tw.chat(params, { fetch, ...options });
  equal(fetch.calls.length, 1);
  return fetch.calls[0];
}

/** The body without what the client asks for of its own accord. */
function bodyOf(call, params) {
  const body = JSON.parse(call.body);
  if (params.stream_options === undefined) delete body.stream_options;
  if (params.stream === undefined && body.stream === false) delete body.stream;
  return body;
}

const headers = [
  {
    name: "a call sends content-type and authorization and nothing else of its own",
    async run(tw) {
      const withKey = await callOf(tw, keyed);
      same(withKey.headers, { "content-type": "application/json", authorization: `Bearer ${KEY}` });
      equal(withKey.method, "POST");
      const without = await callOf(tw, {});
      same(without.headers, { "content-type": "application/json" });
    },
  },
  {
    name: "a streamed call sends no other headers than a plain one",
    async run(tw) {
      const fetch = replay(says("Hi"));
      await tw.chat({ ...hello, stream: true }, { fetch, ...keyed }).final();
      same(Object.keys(fetch.calls[0].headers).sort(), ["authorization", "content-type"]);
    },
  },
  {
    name: "headers of client and call are sent, the call's win, whatever their case",
    async run(tw) {
      const fetch = completes();
      const client = tw.createClient({ fetch, headers: { "X-App": "client", "X-Both": "client" } });
      await client.chat(hello, { headers: { "x-both": "call", "x-call": "1" } });
      const sent = fetch.calls[0].headers;
      equal(sent["x-app"], "client");
      equal(sent["x-both"], "call");
      equal(sent["x-call"], "1");
    },
  },
  {
    name: "an authorization header of the caller's is sent as it is",
    async run(tw) {
      const call = await callOf(tw, { headers: { Authorization: "Basic abc" } });
      equal(call.headers.authorization, "Basic abc");
    },
  },
];

const options = [
  {
    name: "query is added to the address, beside what the base URL has",
    async run(tw) {
      const call = await callOf(tw, { baseURL: "https://gw.example/v1?team=a%20b", query: { "api-version": "2025-01-01", q: "x&y=z" } });
      const url = new URL(call.url);
      equal(url.pathname, "/v1/chat/completions");
      same(Object.fromEntries(url.searchParams), { team: "a b", "api-version": "2025-01-01", q: "x&y=z" });
    },
  },
  {
    name: "extraBody is merged into the body last",
    async run(tw) {
      const params = { ...hello, temperature: 1, metadata: { a: "1" } };
      const call = await callOf(tw, { extraBody: { temperature: 0, metadata: { b: "2" }, chat_template_kwargs: { enable_thinking: false } } }, params);
      same(bodyOf(call, params), { ...hello, temperature: 0, metadata: { b: "2" }, chat_template_kwargs: { enable_thinking: false } });
    },
  },
  {
    name: "the client's model is used when the call names none",
    async run(tw) {
      const fetch = completes();
      const client = tw.createClient({ fetch, model: "default-model" });
      await client.chat({ messages: hello.messages });
      await client.chat({ ...hello, model: "own" });
      same(fetch.calls.map((call) => JSON.parse(call.body).model), ["default-model", "own"]);
    },
  },
  {
    name: "an apiKey function is asked at every call, and may take its time",
    async run(tw) {
      let asked = 0;
      const fetch = completes();
      const apiKey = async () => `sk-${(asked += 1)}`;
      const client = tw.createClient({ fetch, apiKey, dangerouslyAllowBrowser: true });
      await client.chat(hello);
      await client.chat(hello);
      same(fetch.calls.map((call) => call.headers.authorization), ["Bearer sk-1", "Bearer sk-2"]);
    },
  },
  {
    name: "without a fetch option the global one is used, as it is at the time of the call",
    async run(tw) {
      const original = globalThis.fetch;
      const fetch = completes("from the global");
      globalThis.fetch = fetch;
      try {
        const reply = await tw.chat(hello, { baseURL: "https://api.example/v1" });
        equal(reply.choices[0].message.content, "from the global");
        equal(fetch.calls.length, 1);
      } finally {
        globalThis.fetch = original;
      }
    },
  },
  {
    name: "the params are not changed by a call",
    async run(tw) {
      const params = structuredClone({ ...hello, stream: true, tools: [] });
      const before = JSON.stringify(params);
      await tw.chat(params, { fetch: replay(says("Hi")), extraBody: { a: 1 } }).final();
      equal(JSON.stringify(params), before);
    },
  },
  {
    name: "a key is in no error, however it is shown",
    async run(tw) {
      const fetch = answer(`{"error":{"message":"Incorrect API key provided: ${KEY}."}}`, { status: 401 });
      const error = await rejectsWith(tw.chat(hello, { fetch, ...keyed }), tw.AuthenticationError);
      for (const shown of [error.message, error.stack, String(error), JSON.stringify(error), JSON.stringify(error.body ?? null)]) {
        lacks(shown ?? "", KEY);
      }
      match(error.message, /Incorrect API key/);
    },
  },
];

const bodies = richParams.map(({ name, params }) => ({
  name: `goes through untouched: ${name}`,
  async run(tw) {
    const plain = await callOf(tw, {}, params);
    same(bodyOf(plain, params), JSON.parse(JSON.stringify(params)));
    const fetch = replay(says("Hi"));
    await tw.chat({ ...params, stream: true }, { fetch }).final();
    same(bodyOf(fetch.calls[0], params), { ...JSON.parse(JSON.stringify(params)), stream: true });
  },
}));

const model = (id) => ({ id, object: "model", created: 1, owned_by: "x" });
const envelopes = [
  ["OpenAI's list", { object: "list", data: [model("a"), model("b")] }],
  ["a bare array", [model("a"), model("b")]],
  ["a models key", { models: [model("a"), model("b")] }],
  ["a models key with names only", { models: [{ name: "a" }, { name: "b" }] }],
  ["a result key", { success: true, result: [model("a"), model("b")] }],
  ["a data key without object", { data: [model("a"), model("b")] }],
];

const models = [
  ...envelopes.map(([label, envelope]) => ({
    name: `models() reads ${label}`,
    async run(tw) {
      const fetch = answer(JSON.stringify(envelope));
      const client = tw.createClient({ baseURL: "https://api.example/v1", fetch, ...keyed });
      same((await client.models()).map((entry) => entry.id), ["a", "b"]);
      equal(fetch.calls[0].method, "GET");
      equal(fetch.calls[0].url, "https://api.example/v1/models");
      equal(fetch.calls[0].headers.authorization, `Bearer ${KEY}`);
      ok(Object.keys(fetch.calls[0].headers).every((key) => ["authorization", "content-type"].includes(key)));
    },
  })),
  {
    name: "models() of an empty list is empty, of a failure an error",
    async run(tw) {
      same(await tw.createClient({ fetch: answer('{"object":"list","data":[]}') }).models(), []);
      const fetch = answer('{"error":{"message":"No such path"}}', { status: 404 });
      await rejectsWith(tw.createClient({ fetch }).models(), tw.NotFoundError, /No such path/);
    },
  },
];

/** The table of base URLs, one case per row of tests/cases/base-url.json. */
export function baseUrlCases(rows) {
  return rows.map(({ given, base, endpoint }) => ({
    name: `base URL ${JSON.stringify(given)} → ${base}`,
    async run(tw) {
      const fetch = completes();
      const client = tw.createClient({ fetch, ...(given === null ? {} : { baseURL: given }) });
      equal(client.baseURL, base);
      await client.chat(hello);
      equal(fetch.calls[0].url, endpoint);
      // Except for a root that only the pasted endpoint told: a bare host by itself means /v1.
      const told = /^https?:\/\/[^/]+\/chat\/completions/.test(endpoint) && !/perplexity|githubcopilot|inference\.ai\.azure/.test(base);
      equal(tw.createClient({ baseURL: client.baseURL }).baseURL, told ? `${base}/v1` : base, "a repaired base URL is left alone");
    },
  }));
}

export const requestCases = [...headers, ...options, ...bodies, ...models];
