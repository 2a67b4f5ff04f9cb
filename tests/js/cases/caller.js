// What a caller writes otherwise than it is called, or puts elsewhere: told before anything is sent. Runs in every runtime.

import { equal, inTime, lacks, match, ok, rejectsWith, same } from "../support/check.js";
import { completes, replay } from "../support/fake-fetch.js";
import { streaming } from "../support/provider.js";
import { hello, says } from "../support/wire.js";

const open = { dangerouslyAllowBrowser: true, baseURL: "https://gw.example/v1" };
const nothing = "sk-very-secret";

/** What a function throws, a ConfigError. */
function refused(tw, act, expression, label) {
  try {
    act();
  } catch (error) {
    ok(error instanceof tw.ConfigError, `${label}: ${error}`);
    match(error.message, expression, label);
    lacks(error.message, nothing, label);
    return error;
  }
  throw new Error(`${label}: nothing was thrown`);
}

/** The call fails of a ConfigError, in each form of it, and nothing is sent. */
async function refusedCall(tw, params, options, expression, label) {
  const fetch = completes();
  const { signal, extraBody, ...client } = options;
  const calls = [
    () => tw.chat({ ...hello, ...params }, { ...open, fetch, ...options }),
    () => tw.chat({ ...streaming, ...params }, { ...open, fetch, ...options }).final(),
    () => tw.createClient({ ...open, fetch, ...client }).chat({ ...hello, ...params }, { signal, extraBody }),
  ];
  for (const call of calls) {
    const error = await rejectsWith(inTime((async () => call())(), label), tw.ConfigError, expression, label);
    lacks(error.message, nothing, label);
  }
  equal(fetch.calls.length, 0, label);
}

const misspelt = {
  baseUrl: /baseURL/, base_url: /baseURL/, BASEURL: /baseURL/, url: /baseURL/, apikey: /apiKey/, api_key: /apiKey/, key: /apiKey/, abortSignal: /signal/,
  retries: /maxRetries/, max_retries: /maxRetries/, timeoutMs: /timeout/, defaultHeaders: /headers/, defaultQuery: /query/, fetchFn: /fetch/, dangerouslyallowbrowser: /dangerouslyAllowBrowser/,
  organization: /baseURL, apiKey/, temperature: /parameters/, maxTokens: /parameters/, stream: /parameters/,
};

const options = [
  {
    name: "an option that there is not is a ConfigError that says what was meant",
    async run(tw) {
      for (const [name, expression] of Object.entries(misspelt)) {
        refused(tw, () => tw.createClient({ [name]: nothing }), expression, name);
        await rejectsWith(tw.chat(hello, { ...open, fetch: completes(), [name]: nothing }), tw.ConfigError, expression, name);
        tw.createClient({ [name]: undefined });
      }
      for (const [given, expression] of [[{ timeout: { first_token: 5 } }, /timeout\.firstToken/], [{ timeout: { idel: 5 } }, /total, firstToken, idle/], [{ limits: { maxTools: 1 } }, /limits\.maxToolCalls/]]) {
        refused(tw, () => tw.createClient(given), expression, JSON.stringify(given));
      }
    },
  },
  {
    name: "an option of a client's is none of a call's, nor the other way round",
    async run(tw) {
      refused(tw, () => tw.createClient({ signal: AbortSignal.timeout(9) }), /signal.*call/, "signal");
      refused(tw, () => tw.createClient({ extraBody: {} }), /extraBody.*call/, "extraBody");
      for (const [name, value] of Object.entries({ apiKey: nothing, baseURL: "https://b.example", model: "m", query: {}, fetch: completes(), maxConcurrency: 1, adapt: true })) {
        const fetch = completes();
        const client = tw.createClient({ ...open, fetch });
        await rejectsWith(client.chat(hello, { [name]: value }), tw.ConfigError, new RegExp(`${name}.*createClient`), name);
        await rejectsWith(client.models({ [name]: value }), tw.ConfigError, new RegExp(name), name);
        equal(fetch.calls.length, 0, name);
      }
    },
  },
  {
    name: "an option among the parameters is told so, in any spelling, and is not sent",
    async run(tw) {
      const given = { apiKey: nothing, api_key: nothing, baseURL: nothing, base_url: nothing, signal: new AbortController().signal, abortSignal: new AbortController().signal, timeout: 5, maxRetries: 1, max_retries: 1, headers: {}, extraBody: {}, fetch: () => {}, fetch_options: {} };
      for (const [name, value] of Object.entries(given)) await refusedCall(tw, { [name]: value }, {}, /option/, name);
      await refusedCall(tw, { onFinish() {} }, {}, /function/, "a function");
    },
  },
  {
    name: "a slip of a parameter is told; what a provider has by a like name is sent, and by that very name in extraBody",
    async run(tw) {
      const slips = { temprature: "temperature", stream_option: "stream_options", mesages: "messages", maxTokens: "max_tokens", max_token: "max_tokens", topP: "top_p", toolChoice: "tool_choice", tool: "tools", Temperature: "temperature" };
      for (const [slip, meant] of Object.entries(slips)) await refusedCall(tw, { [slip]: 1 }, {}, new RegExp(`did you mean ${meant}\\?`), slip);
      const known = { top_k: 5, min_p: 0.1, min_tokens: 1, max_new_tokens: 7, provider: { order: ["a"] }, models: ["a"], extra_body: { google: {} }, user_id: "u", web_search: {}, reasoning: {}, repetition_penalty: 1, stop_token_ids: [1], anything_new: { a: 1 } };
      const fetch = completes();
      await tw.chat({ ...hello, ...known, later: undefined }, { ...open, fetch, extraBody: { timeout: 5, temprature: 1 } });
      const body = JSON.parse(fetch.calls[0].body);
      for (const [name, value] of Object.entries({ ...known, timeout: 5, temprature: 1 })) same(body[name], value, name);
    },
  },
  {
    name: "an option of a wrong type is told at createClient, by name, with what came and without its value",
    async run(tw) {
      const wrong = {
        baseURL: 5, apiKey: 5, model: 5, provider: 5, headers: `authorization: ${nothing}`, query: 5, fetch: {}, fetchOptions: "x", onEnd: {}, maxRetries: "3", timeout: "x",
        maxConcurrency: 0, limits: 5, adapt: "yes", allowInsecureKey: 1, dangerouslyAllowBrowser: "true",
      };
      for (const [name, value] of Object.entries(wrong)) refused(tw, () => tw.createClient({ [name]: value }), new RegExp(name), name);
      for (const given of [{ timeout: [] }, { limits: [] }, { timeout: -1 }, { timeout: { idle: "x" } }, { maxRetries: 1.5 }, { apiKey: null }, { fetchOptions: [] }, { headers: [`authorization: ${nothing}`] }, { headers: { a: {} } }, { headers: { a: Symbol("b") } }, { query: { a: {} } }, { limits: { maxToolCalls: "x" } }]) {
        refused(tw, () => tw.createClient(given), new RegExp(Object.keys(given)[0]), String(Object.keys(given)));
      }
      for (const [name, value] of Object.entries({ signal: 5, headers: 5, fetchOptions: 5, timeout: "x", maxRetries: -1, extraBody: "x" })) {
        const fetch = completes();
        await rejectsWith(tw.createClient({ ...open, fetch }).chat(hello, { [name]: value }), tw.ConfigError, new RegExp(name), name);
        equal(fetch.calls.length, 0, name);
      }
      tw.createClient({ model: null, provider: null, headers: null, query: null, fetch: null, fetchOptions: null, onEnd: null, maxRetries: null, timeout: null, maxConcurrency: null, limits: null, adapt: null });
    },
  },
];

async function sentBy(tw, client, call) {
  const fetch = completes();
  await tw.createClient({ ...open, fetch, ...client }).chat(hello, call);
  return fetch.calls[0];
}

const handed = [
  {
    name: "headers of any form: a record, a Headers, pairs, a Map, none",
    async run(tw) {
      for (const headers of [{ "X-A": "1" }, new Headers({ "x-a": "1" }), [["X-A", "1"]], new Map([["x-A", "1"]]), { "x-a": 1 }]) {
        equal((await sentBy(tw, { headers })).headers["x-a"], "1");
        equal((await sentBy(tw, {}, { headers })).headers["x-a"], "1");
        equal((await sentBy(tw, { headers: { "x-a": "0" } }, { headers })).headers["x-a"], "1");
      }
      for (const headers of [null, undefined, {}, new Headers(), []]) same(Object.keys((await sentBy(tw, { headers }, { headers })).headers), ["content-type"]);
      ok(!("x-a" in (await sentBy(tw, { headers: { "x-a": "1" } }, { headers: [["X-A", null]] })).headers), "null takes away");
    },
  },
  {
    name: "a query of any form, names that repeat among it, over what the base URL says",
    async run(tw) {
      const at = async (query, baseURL = open.baseURL) => new URL((await sentBy(tw, { query, baseURL })).url).search;
      equal(await at(new URLSearchParams("a=1&a=2&b=3")), "?a=1&a=2&b=3");
      equal(await at(new URLSearchParams()), "");
      equal(await at(null), "");
      equal(await at([["a", "1"], ["b", undefined]]), "?a=1");
      equal(await at({ a: null, c: "2" }, `${open.baseURL}?a=1&b=1`), "?b=1&c=2");
      equal(await at({ a: 5, b: true }), "?a=5&b=true");
    },
  },
  {
    name: "fetchOptions reach fetch as they are, the call's over the client's; what is the call's own is refused there",
    async run(tw) {
      let init;
      const fetch = async (url, given) => (init = given, completes()(url, given));
      const dispatcher = { dispatch() {} };
      const client = tw.createClient({ ...open, fetch, fetchOptions: { credentials: "include", cache: "no-store", dispatcher } });
      await client.chat(hello, { fetchOptions: { credentials: "omit", keepalive: true, priority: "high" } });
      same([init.credentials, init.cache, init.keepalive, init.priority, init.method], ["omit", "no-store", true, "high", "POST"]);
      equal(init.dispatcher, dispatcher);
      await client.models().catch(() => {});
      same([init.credentials, init.cache, init.method, "body" in init], ["include", "no-store", "GET", false]);
      await client.chat(hello, { headers: { "x-key": "k" } });
      equal(init.redirect, "manual");
      await client.chat(hello, { headers: { "x-key": "k" }, fetchOptions: { redirect: "follow" } });
      equal(init.redirect, "follow");
      for (const name of ["method", "body", "signal", "headers"]) {
        refused(tw, () => tw.createClient({ fetchOptions: { [name]: "x" } }), new RegExp(`fetchOptions.${name}`), name);
        await rejectsWith(client.chat(hello, { fetchOptions: { [name]: "x" } }), tw.ConfigError, new RegExp(`fetchOptions.${name}`), name);
      }
    },
  },
];

/** Runs with other globals, which are put back. */
async function within(globals, run) {
  const before = Object.entries(globals).map(([name, value]) => {
    const had = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    return [name, had];
  });
  try {
    return await run();
  } finally {
    for (const [name, had] of before) had ? Object.defineProperty(globalThis, name, had) : delete globalThis[name];
  }
}

const relative = { "/api": "https://app.example/api", "./v1": "https://app.example/chat/v1", "../x/v1": "https://app.example/x/v1", "//gw.example/v1": "https://gw.example/v1", "/api/chat/completions": "https://app.example/api", "/": "https://app.example/v1", " /api/ ": "https://app.example/api", "/openai?a=1": "https://app.example/openai" };
// A page's own location cannot be replaced; there the page's address is what it is.
const isPage = typeof globalThis.document === "object";

const places = [
  {
    name: "a relative base URL is resolved against the page's address, a worker's, a blob's origin; elsewhere it is a ConfigError",
    async run(tw) {
      if (isPage) {
        equal(tw.createClient({ baseURL: "/api" }).baseURL, `${location.origin}/api`);
        equal(tw.createClient({ baseURL: "./v1" }).baseURL, new URL("./v1", document.baseURI).href);
        return;
      }
      for (const baseURL of [...Object.keys(relative), "?a=1", "."]) {
        await within({ location: undefined }, () => refused(tw, () => tw.createClient({ baseURL }), /relative/, baseURL));
      }
      const page = new URL("https://app.example/chat/index.html");
      for (const [baseURL, expected] of Object.entries(relative)) {
        await within({ location: page }, () => equal(tw.createClient({ baseURL }).baseURL, expected, baseURL));
        await within({ location: new URL("https://other.example"), document: { baseURI: page.href } }, () => equal(tw.createClient({ baseURL }).baseURL, expected, baseURL));
      }
      const blob = { href: "blob:https://app.example/1-2", origin: "https://app.example" };
      await within({ location: blob }, () => equal(tw.createClient({ baseURL: "/api" }).baseURL, "https://app.example/api"));
      await within({ location: { href: "about:blank", origin: "null" } }, () => refused(tw, () => tw.createClient({ baseURL: "/api" }), /relative/, "about:blank"));
    },
  },
  {
    name: "link-local addresses are of one's own network",
    async run(tw) {
      const fetch = completes();
      await tw.chat(hello, { ...open, baseURL: "http://169.254.10.2:8000", apiKey: "k", fetch });
      equal(fetch.calls[0].headers.authorization, "Bearer k");
      for (const host of ["169.254.1.1.example.com", "169.255.1.1", "100.64.0.1"]) await rejectsWith(tw.chat(hello, { ...open, baseURL: `http://${host}`, apiKey: "k", fetch }), tw.ConfigError, /allowInsecureKey/);
    },
  },
  {
    name: "an imitation of a page is told from a page",
    async run(tw) {
      if (isPage) return;
      for (const [agent, said] of [["Mozilla/5.0 (linux) AppleWebKit/537.36 (KHTML, like Gecko) jsdom/26.1.0", /jsdom/], ["Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) HappyDOM/20.0.0", /HappyDOM/], ["Mozilla/5.0 Firefox/140", /can be read by everyone/]]) {
        const fetch = completes();
        const options = { baseURL: "https://gw.example/v1", apiKey: nothing, fetch };
        await within({ location: new URL("http://localhost:3000"), navigator: { userAgent: agent } }, async () => {
          await rejectsWith(tw.chat(hello, options), tw.ConfigError, said);
          await tw.chat(hello, { ...options, dangerouslyAllowBrowser: true });
        });
        equal(fetch.calls.length, 1, agent);
      }
    },
  },
  {
    name: "what no response came of is a connection's failure: Response.error(), status 0, an opaque one",
    async run(tw) {
      const none = { "Response.error()": () => Response.error(), "status 0": () => ({ status: 0, ok: false, text: async () => "" }), "type error": () => ({ type: "error", status: 0 }), opaque: () => ({ type: "opaque", status: 0 }) };
      for (const [label, make] of Object.entries(none)) {
        const fetch = async () => make();
        const error = await rejectsWith(tw.chat(hello, { ...open, fetch, maxRetries: 0 }), tw.APIConnectionError, /network error|no-cors/, label);
        same([error.kind, error.retryable], ["connection", true], label);
        await rejectsWith(tw.chat(streaming, { ...open, fetch, maxRetries: 0 }).final(), tw.APIConnectionError, /./, label);
      }
      const moved = await rejectsWith(tw.chat(hello, { ...open, fetch: async () => ({ type: "opaqueredirect", status: 0 }), maxRetries: 0 }), tw.APIError, /redirects/);
      equal(moved.kind, "config");
    },
  },
  {
    name: "a log of a client, a stream or a call shows base URL, provider and model, and no key",
    async run(tw) {
      const options = { ...open, baseURL: "https://api.mistral.ai", apiKey: nothing, headers: { "x-key": nothing }, fetch: replay(says("Hi")) };
      const client = tw.createClient({ ...options, model: "m" });
      const shown = { baseURL: "https://api.mistral.ai/v1", provider: "mistral", model: "m" };
      same({ ...client }, shown);
      const stream = client.chat({ ...streaming, model: "other" });
      same({ ...stream }, { ...shown, model: "other" });
      await stream.final();
      const call = tw.chat(hello, { ...options, fetch: completes() });
      same({ ...call }, shown);
      await call;
      for (const one of [client, stream, call]) lacks(JSON.stringify(one), nothing);
    },
  },
];

export const callerCases = [...options, ...handed, ...places];
