// What the caller gives and does not mean: keys that are none, values that say nothing, names that turn into others. Runs in every runtime.

import { equal, inTime, lacks, ok, rejectsWith, same } from "../support/check.js";
import { completes, replay } from "../support/fake-fetch.js";
import { streaming } from "../support/provider.js";
import { hello, says } from "../support/wire.js";

const open = { dangerouslyAllowBrowser: true, baseURL: "https://gw.example/v1" };
const nothings = { undefined: () => undefined, "an empty text": () => "", null: () => null, "undefined, later": async () => undefined, "an empty text, later": async () => "", "null, later": async () => null, "an object": () => ({}), "false": () => false };

const keys = Object.entries(nothings).map(([label, apiKey]) => ({
  name: `an apiKey function that gives ${label} is a ConfigError, and nothing is sent`,
  async run(tw) {
    const fetch = completes();
    for (const client of [tw.createClient({ ...open, fetch, apiKey }), { chat: (params) => tw.chat(params, { ...open, fetch, apiKey }), models: () => tw.createClient({ ...open, fetch, apiKey }).models() }]) {
      for (const call of [() => client.chat(hello), () => client.chat(streaming).final(), () => client.chat(streaming).text[Symbol.asyncIterator]().next(), () => client.models()]) {
        await rejectsWith(inTime(call(), label), tw.ConfigError, /apiKey/);
      }
    }
    equal(fetch.calls.length, 0);
  },
}));

async function sentBy(tw, client, call) {
  const fetch = completes();
  await tw.createClient({ ...open, fetch, ...client }).chat(hello, call);
  return fetch.calls[0];
}

const values = [
  {
    name: "a header of a call that is undefined says nothing: the client's is sent",
    async run(tw) {
      for (const name of ["x-app", "X-App"]) {
        const call = await sentBy(tw, { headers: { "X-App": "client", "x-other": "1" } }, { headers: { [name]: undefined, "x-more": "2" } });
        same([call.headers["x-app"], call.headers["x-other"], call.headers["x-more"]], ["client", "1", "2"], name);
      }
      const keyed = await sentBy(tw, { apiKey: "sk-very-secret" }, { headers: { authorization: undefined } });
      equal(keyed.headers.authorization, "Bearer sk-very-secret");
      const own = await sentBy(tw, { headers: { "x-app": undefined } });
      ok(!("x-app" in own.headers), "of a client: left out");
      const stream = replay(says("Hi"));
      await tw.createClient({ ...open, fetch: stream, headers: { "x-app": "client" } }).chat(streaming, { headers: { "x-app": undefined } }).final();
      equal(stream.calls[0].headers["x-app"], "client");
    },
  },
  {
    name: "a header of a call that is null takes the client's away",
    async run(tw) {
      const call = await sentBy(tw, { headers: { "X-App": "client" } }, { headers: { "x-app": null } });
      ok(!("x-app" in call.headers), JSON.stringify(call.headers));
    },
  },
  {
    name: "a query value that is undefined or null is left out",
    async run(tw) {
      for (const none of [undefined, null]) {
        const call = await sentBy(tw, { query: { a: none, b: "1" } });
        equal(new URL(call.url).search, "?b=1");
        const all = await sentBy(tw, { query: { a: none } });
        equal(new URL(all.url).search, "");
        lacks(all.url, "?");
      }
    },
  },
  {
    name: "a header name that is no token, or lower-cases into another, is refused",
    async run(tw) {
      for (const name of ["coo\u212aie", "\u212aey", "x-\u0130d", "x\u00e4", "x y", "x:y", "", "x\ty", "x-\uff41", "(x)"]) {
        for (const [client, call] of [[{ headers: { [name]: "1" } }, undefined], [{}, { headers: { [name]: "1" } }]]) {
          const fetch = completes();
          const ask = async () => tw.createClient({ ...open, fetch, ...client }).chat(hello, call);
          await rejectsWith(inTime(ask(), name), tw.ConfigError, /header/i, JSON.stringify(name));
          equal(fetch.calls.length, 0, name);
        }
      }
    },
  },
];

export const askedCases = [...keys, ...values];
