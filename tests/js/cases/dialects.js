// How providers differ: found by host or name, given, learnt from refusals. Runs in every runtime.

import { equal, lacks, match, ok, rejectsWith, same } from "../support/check.js";
import { completes, replay } from "../support/fake-fetch.js";
import { hello, says } from "../support/wire.js";

const KEY = "sk-very-secret";

/** A provider that refuses bodies with these members, in OpenAI's words, and answers all others. */
function picky(...names) {
  const good = completes();
  const fetch = async (input, init) => {
    const body = JSON.parse(init.body);
    const name = names.find((candidate) => Object.hasOwn(body, candidate));
    if (!name) return good(input, init);
    fetch.refused += 1;
    const error = { message: `Unsupported parameter: '${name}' is not supported with this model.`, type: "invalid_request_error", param: name, code: "unsupported_parameter" };
    return new Response(JSON.stringify({ error }), { status: 400, headers: { "content-type": "application/json" } });
  };
  return Object.assign(fetch, { refused: 0, calls: good.calls });
}

const bodyOf = (call) => JSON.parse(call.body);

const found = [
  {
    name: "a provider is found by the host of its base URL",
    async run(tw) {
      const at = (baseURL) => tw.createClient({ baseURL }).dialect.provider;
      equal(at(undefined), "openai");
      equal(at("https://api.groq.com/openai/v1"), "groq");
      equal(at("https://me.openai.azure.com/openai/v1"), "azure");
      equal(at("https://dashscope-intl.aliyuncs.com/compatible-mode/v1"), "qwen");
      equal(at("localhost:11434"), "ollama");
      equal(at("https://api.groq.com.evil.example/v1"), "auto");
      equal(at("https://gw.example/v1"), "auto");
    },
  },
  {
    name: "a provider that is named has its own base URL, and another one if it is given",
    async run(tw) {
      equal(tw.createClient({ provider: "deepseek" }).baseURL, "https://api.deepseek.com/v1");
      const proxied = tw.createClient({ provider: "groq", baseURL: "https://gw.example/groq/v1" });
      equal(proxied.baseURL, "https://gw.example/groq/v1");
      equal(proxied.dialect.provider, "groq");
    },
  },
  {
    name: "a provider that nobody knows is refused with the names there are",
    async run(tw) {
      for (const provider of ["gorq", 7, [], ["groq"]]) {
        const error = await rejectsWith(tw.chat(hello, { provider, fetch: completes() }), tw.ConfigError);
        match(error.message, /provider/);
      }
      const error = await rejectsWith(tw.chat(hello, { provider: "gorq", fetch: completes() }), tw.ConfigError);
      match(error.message, /"gorq".*groq/);
      const homeless = await rejectsWith(tw.chat(hello, { provider: "azure", fetch: completes() }), tw.ConfigError);
      match(homeless.message, /baseURL/);
    },
  },
  {
    name: "a request is put in the provider's words",
    async run(tw) {
      const fetch = completes();
      const client = tw.createClient({ provider: "deepseek", fetch });
      await client.chat({ ...hello, messages: [{ role: "developer", content: "d" }, ...hello.messages], max_completion_tokens: 9 });
      const body = bodyOf(fetch.calls[0]);
      equal(body.max_tokens, 9);
      ok(!("max_completion_tokens" in body));
      equal(body.messages[0].role, "system");
    },
  },
  {
    name: "Azure gets its key in a header of its own, and a version where a deployment is called",
    async run(tw) {
      const options = { apiKey: KEY, dangerouslyAllowBrowser: true };
      const deployment = "https://me.openai.azure.com/openai/deployments/gpt-4o";
      const called = async (baseURL, more) => {
        const fetch = completes();
        await tw.chat(hello, { baseURL, fetch, ...options, ...more });
        return fetch.calls[0];
      };
      const call = await called(deployment);
      same(call.headers, { "content-type": "application/json", "api-key": KEY });
      match(call.url, /\/chat\/completions\?api-version=\d{4}-\d\d-\d\d$/);
      match((await called(`${deployment}?api-version=2025-01-01`)).url, /\?api-version=2025-01-01$/);
      match((await called(deployment, { query: { "api-version": "2024-06-01" } })).url, /\?api-version=2024-06-01$/);
      lacks((await called("https://me.openai.azure.com/openai/v1")).url, "api-version");
    },
  },
];

const learnt = [
  {
    name: "a refused parameter is left out, once, and not sent again",
    async run(tw) {
      const fetch = picky("store", "seed");
      const client = tw.createClient({ fetch });
      equal((await client.chat({ ...hello, store: true, seed: 1, top_p: 1 })).choices[0].message.content, "Hello");
      equal(fetch.refused, 2);
      same(bodyOf(fetch.calls[0]), { ...hello, top_p: 1 });
      same(client.dialect.models[hello.model].drop, ["store", "seed"]);
      await client.chat({ ...hello, store: true, seed: 1 });
      equal(fetch.refused, 2);
      await client.chat({ ...hello, model: "another", store: true });
      equal(fetch.refused, 3);
    },
  },
  {
    name: "max_tokens becomes max_completion_tokens, and a stream tells of it",
    async run(tw) {
      const good = replay(says("Hi"));
      const bad = picky("max_tokens");
      const fetch = (input, init) => ("max_tokens" in JSON.parse(init.body) ? bad : good)(input, init);
      const stream = tw.chat({ ...hello, stream: true, max_tokens: 5 }, { fetch });
      equal((await stream.final()).choices[0].message.content, "Hi");
      equal(bodyOf(good.calls[0]).max_completion_tokens, 5);
      same(stream.repairs, [{ code: "param_renamed", count: 1 }]);
      equal((await stream.response).attempts, 2);
    },
  },
  {
    name: "what a dialect has learnt can be stored and given back",
    async run(tw) {
      const fetch = picky("max_tokens", "store");
      const first = tw.createClient({ fetch });
      await first.chat({ ...hello, max_tokens: 5, store: true });
      const stored = JSON.stringify(first.dialect);
      const second = tw.createClient({ fetch, provider: JSON.parse(stored) });
      equal(JSON.stringify(second.dialect), stored);
      const before = fetch.refused;
      await second.chat({ ...hello, max_tokens: 5, store: true });
      equal(fetch.refused, before);
      same(bodyOf(fetch.calls[1]), { ...hello, max_completion_tokens: 5 });
    },
  },
  {
    name: "a gateway that changes its mind costs one request for each change",
    async run(tw) {
      let fetch;
      const client = tw.createClient({ fetch: (...request) => fetch(...request) });
      for (const name of ["max_tokens", "max_completion_tokens", "max_tokens", "max_completion_tokens"]) {
        fetch = picky(name);
        for (let call = 0; call < 3; call++) await client.chat({ ...hello, max_tokens: 5 });
        ok(fetch.refused <= 1, `${name}: ${fetch.refused}`);
      }
    },
  },
  {
    name: "a refused value teaches nothing of the name",
    async run(tw) {
      const good = completes();
      let refused = 0;
      const fetch = async (input, init) => {
        const effort = JSON.parse(init.body).reasoning_effort;
        if (effort === undefined || effort === "high") return good(input, init);
        refused += 1;
        const message = `Unsupported value: 'reasoning_effort' does not support '${effort}' with this model. Supported values are: 'high'.`;
        const error = { message, type: "invalid_request_error", param: "reasoning_effort", code: "unsupported_value" };
        return new Response(JSON.stringify({ error }), { status: 400 });
      };
      const client = tw.createClient({ fetch });
      for (const effort of ["none", "none", "high", "none"]) await client.chat({ ...hello, reasoning_effort: effort });
      equal(refused, 1);
      same(good.calls.map((call) => bodyOf(call).reasoning_effort), [undefined, undefined, "high", undefined]);
      same(client.dialect.models[hello.model].dropValues, { reasoning_effort: ["none"] });
    },
  },
  {
    name: "names that objects inherit are names like any other",
    async run(tw) {
      const fetch = picky("store");
      const client = tw.createClient({ fetch });
      await client.chat({ ...hello, model: "__proto__", store: true });
      equal(fetch.refused, 1);
      ok(!("drop" in {}));
      ok(JSON.stringify(client.dialect).includes('"models":{"__proto__":{"drop":["store"]}}'));
      await client.chat({ ...hello, model: "__proto__", store: true });
      equal(fetch.refused, 1);
      await rejectsWith(tw.chat({ ...hello, constructor: 1 }, { fetch: picky("constructor") }), tw.BadRequestError, /constructor/);
    },
  },
  {
    name: "a dialect is a copy: changing it changes nothing",
    async run(tw) {
      const client = tw.createClient();
      client.dialect.drop = ["messages"];
      ok(!("drop" in client.dialect));
    },
  },
  {
    name: "adapt: false leaves the refusal to the caller",
    async run(tw) {
      const fetch = picky("store");
      const error = await rejectsWith(tw.chat({ ...hello, store: true }, { fetch, adapt: false }), tw.BadRequestError);
      equal(error.kind, "unsupported_parameter");
      equal(error.param, "store");
      equal(fetch.refused, 1);
    },
  },
  {
    name: "what would change the meaning is never left out",
    async run(tw) {
      const tools = [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }];
      for (const more of [{ tools }, { n: 2 }, { stop: ["x"] }, { response_format: { type: "json_object" } }]) {
        const [name] = Object.keys(more);
        const error = await rejectsWith(tw.chat({ ...hello, ...more }, { fetch: picky(name) }), tw.BadRequestError);
        equal(error.param, name);
      }
    },
  },
  {
    name: "an abort between the refusal and the second try ends the call",
    async run(tw) {
      const control = new AbortController();
      const bad = picky("store");
      const fetch = async (input, init) => {
        const response = await bad(input, init);
        control.abort("enough");
        return response;
      };
      const error = await rejectsWith(tw.chat({ ...hello, store: true }, { fetch, signal: control.signal }), tw.APIUserAbortError);
      equal(error.cause, "enough");
      equal(bad.calls.length, 0);
    },
  },
  {
    name: "an unknown provider gets reasoning back under its own name for it",
    async run(tw) {
      const chunk = (delta, finish_reason = null) => `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
      const thinks = replay([chunk({ role: "assistant", reasoning: "Hm" }), chunk({ content: "Hi" }), chunk({}, "stop"), "data: [DONE]\n\n"]);
      const client = tw.createClient({ baseURL: "https://gw.example/v1", fetch: thinks });
      const { message } = (await client.chat({ ...hello, stream: true }).final()).choices[0];
      equal(message.reasoning_content, "Hm");
      await client.chat({ ...hello, messages: [...hello.messages, message, { role: "user", content: "?" }] });
      const back = bodyOf(thinks.calls[1]).messages[1];
      equal(back.reasoning, "Hm");
      ok(!("reasoning_content" in back));
    },
  },
];

export const dialectCases = [...found, ...learnt];
