// Keys and addresses as people paste them, and what a provider teaches of where it is and of how to go on. Runs in every runtime.

import { equal, match, ok, rejectsWith, same } from "../support/check.js";
import { answer, completes, replay } from "../support/fake-fetch.js";
import { delta, end, hello } from "../support/wire.js";

const open = { dangerouslyAllowBrowser: true, baseURL: "https://gw.example/v1" };
const bodyOf = (call) => JSON.parse(call.body);

const keyed = [" sk-abcdef\n", "\r\nsk-abcdef\t", '"sk-abcdef"', "'sk-abcdef'\n", "Bearer sk-abcdef", "bearer  'sk-abcdef' ", '"Bearer sk-abcdef"', "Authorization: Bearer sk-abcdef", "\u200bsk-abcdef\ufeff", "`sk-abcdef`", "“sk-abcdef”"].map((apiKey) => ({
  name: `a key pasted as ${JSON.stringify(apiKey)} is the key`,
  async run(tw) {
    for (const given of [apiKey, async () => apiKey]) {
      const fetch = completes();
      await tw.chat(hello, { ...open, fetch, apiKey: given });
      equal(fetch.calls[0].headers.authorization, "Bearer sk-abcdef");
    }
  },
}));

const keys = [
  ...keyed,
  {
    name: "a key that no header can carry is a ConfigError that says why, and shows none of it",
    async run(tw) {
      for (const apiKey of ["sk-abc def", "sk-abc\nsk-def", "sk-abc…def", "sk-äbcdef", "sk-abc\u0000def", "Bearer sk-abc\u200bdef"]) {
        const fetch = completes();
        const error = await rejectsWith(tw.chat(hello, { ...open, fetch, apiKey }), tw.ConfigError, /apiKey.*U\+[0-9A-F]{4}/);
        ok(!error.message.includes("abc"), error.message);
        equal(fetch.calls.length, 0);
      }
      for (const apiKey of ["tid=1;exp=2;sku=x:abc", "bearertoken", "sk-abc=="]) {
        const fetch = completes();
        await tw.chat(hello, { ...open, fetch, apiKey });
        equal(fetch.calls[0].headers.authorization, `Bearer ${apiKey}`);
      }
    },
  },
];

const OWN = ["192.168.1.20:8000/v1", "10.0.0.7:8000", "172.16.0.1", "172.31.255.1:8080", "litellm:4000", "vllm", "studio.local:1234", "gpu.internal", "host.docker.internal:11434", "nas.lan", "box.home.arpa:8000", "vllm.models.svc:8000", "vllm.models.svc.cluster.local", "[fd12::7]:8000", "[fe80::1]:8000", "0.0.0.0:8000"];
const PUBLIC = ["10.example.com", "192.168.1.20.example.com", "172.32.0.1", "11.0.0.1", "8.8.8.8", "127.0.0.1.example.com", "local.example.com", "internal.example", "evil.com:8000", "[2001:db8::1]:8000", "172.16.evil.org", "mylocal.net"];

const hosts = [
  {
    name: "a key goes over http to hosts of one's own network, and to no others",
    async run(tw) {
      for (const host of OWN) {
        const fetch = completes();
        await tw.chat(hello, { ...open, baseURL: `http://${host}`, apiKey: "token-abc123", fetch });
        equal(fetch.calls[0].headers.authorization, "Bearer token-abc123", host);
      }
      for (const host of PUBLIC) {
        const fetch = completes();
        await rejectsWith(tw.chat(hello, { ...open, baseURL: `http://${host}`, apiKey: "token-abc123", fetch }), tw.ConfigError, /allowInsecureKey/);
        equal(fetch.calls.length, 0, host);
      }
    },
  },
  {
    name: "hosts of one's own network need no model, nor does an address that names one",
    async run(tw) {
      const { model, ...unnamed } = hello;
      for (const baseURL of [...OWN.map((host) => `http://${host}`), "https://res.openai.azure.com/openai/deployments/gpt4o?api-version=2024-10-21", "https://res.openai.azure.us/openai/deployments/gpt4o", "https://api-inference.example/models/some-model/v1", "https://gw.example/v1/engines/e"]) {
        for (const params of [unnamed, { ...unnamed, model: null }]) {
          const fetch = completes();
          await tw.chat(params, { ...open, baseURL, fetch });
          equal(bodyOf(fetch.calls[0]).model ?? null, null, baseURL);
        }
      }
      for (const baseURL of [undefined, "https://10.example.com", "https://gw.example/models"]) {
        await rejectsWith(tw.chat(unnamed, { ...open, baseURL, fetch: completes() }), tw.ConfigError, /model/);
      }
    },
  },
  {
    name: "a guessed root that is none is told with the address and what else to try, until a reply came from it",
    async run(tw) {
      const lost = answer("404 page not found", { status: 404, contentType: "text/plain" });
      const error = await rejectsWith(tw.chat(hello, { ...open, baseURL: "https://gw.example", fetch: lost }), tw.NotFoundError);
      match(error.message, /^HTTP 404: 404 page not found\. The root https:\/\/gw\.example\/v1 was guessed/);
      for (const baseURL of ["https://gw.example/v1", "https://gw.example/api", "https://api.openai.com", undefined]) {
        const named = await rejectsWith(tw.chat(hello, { ...open, baseURL, fetch: lost }), tw.NotFoundError);
        ok(!named.message.includes("guessed"), `${baseURL}: ${named.message}`);
      }
      let isLost = false;
      const good = completes();
      const client = tw.createClient({ ...open, baseURL: "https://gw.example", fetch: (...request) => (isLost ? lost : good)(...request) });
      await client.chat(hello);
      isLost = true;
      ok(!(await rejectsWith(client.chat(hello), tw.NotFoundError)).message.includes("guessed"), "what answered once is no guess");
    },
  },
];

/** Refuses once with this status and body, then answers. */
function once(status, body) {
  const [bad, good] = [answer(JSON.stringify(body), { status }), completes()];
  const at = [];
  const fetch = (...request) => {
    at.push(performance.now());
    return (at.length === 1 ? bad : good)(...request);
  };
  return Object.assign(fetch, { at });
}

const waits = [
  {
    name: "a wait that is told in the body is kept, and stands in the error",
    async run(tw) {
      const body = [{ error: { code: 429, message: "Slow", status: "RESOURCE_EXHAUSTED", details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "0.3s" }] } }];
      const fetch = once(429, body);
      await tw.chat(hello, { ...open, fetch, maxRetries: 1 });
      ok(fetch.at[1] - fetch.at[0] >= 280, `after ${fetch.at[1] - fetch.at[0]}`);
      const error = await rejectsWith(tw.chat(hello, { ...open, fetch: once(429, body), maxRetries: 0 }), tw.RateLimitError);
      same([error.retryAfterMs, error.retryable], [300, true]);
      const plain = await rejectsWith(tw.chat(hello, { ...open, fetch: once(429, {}), maxRetries: 0 }), tw.RateLimitError);
      ok(!("retryAfterMs" in plain));
    },
  },
  {
    name: "a wait that is told in the body makes the queue wait, though it is not tried again",
    async run(tw) {
      const fetch = once(429, { error: { message: "Please try again in 250ms", code: "rate_limit_exceeded" } });
      const client = tw.createClient({ ...open, fetch, maxRetries: 0, maxConcurrency: 1 });
      const [first] = [client.chat(hello), client.chat(hello)];
      await rejectsWith(first, tw.RateLimitError);
      await client.chat(hello);
      ok(fetch.at[1] - fetch.at[0] >= 230, `after ${fetch.at[1] - fetch.at[0]}`);
    },
  },
];

const forms = [
  {
    name: "thinking and ids go back to a model as they came from it, and to no other",
    async run(tw) {
      const call = { index: 0, id: "functions.f:0", type: "function", function: { name: "f", arguments: "{}" } };
      const part = { type: "thinking", thinking: [{ type: "text", text: "Hm" }] };
      const fetch = replay([delta({ role: "assistant", content: [part] }), delta({ tool_calls: [call] }), ...end("tool_calls")]);
      const client = tw.createClient({ ...open, fetch });
      const { message } = (await client.chat({ ...hello, stream: true }).final()).choices[0];
      equal(message.reasoning_content, "Hm");
      const messages = [...hello.messages, message, { role: "tool", tool_call_id: "functions.f:0", content: "1" }];
      for (const model of [hello.model, "another"]) await client.chat({ ...hello, model, messages, stream: true }).final();
      const [, same_, other] = fetch.calls.map((one) => bodyOf(one).messages);
      same(same_[1].content, [part]);
      equal(same_[1].tool_calls[0].id, "functions.f:0");
      equal(same_[2].tool_call_id, "functions.f:0");
      equal(other[1].reasoning_content, "Hm");
      match(other[1].tool_calls[0].id, /^[\w-]{1,40}$/);
      equal(other[2].tool_call_id, other[1].tool_calls[0].id);
      same(client.dialect.models[hello.model], { reasoning: "parts", toolId: "any" });
    },
  },
];

export const placeCases = [...keys, ...hosts, ...waits, ...forms];
