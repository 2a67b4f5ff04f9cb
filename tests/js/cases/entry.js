// What the entry itself promises. Runs in every runtime.

import { equal, match, same } from "../support/check.js";
import { completes } from "../support/fake-fetch.js";
import { hello } from "../support/wire.js";

export const entryCases = [
  {
    name: "the names of the contract are there",
    async run(tw) {
      for (const name of ["chat", "createClient", "init", "imagePart", "filePart"]) equal(typeof tw[name], "function", name);
      match(tw.version, /^\d+\.\d+\.\d+/);
    },
  },
  {
    name: "init() may be called any number of times, at once and after",
    async run(tw) {
      same(await Promise.all([tw.init(), tw.init()]), [undefined, undefined]);
      await tw.init();
      equal((await tw.chat(hello, { fetch: completes("Hi") })).choices[0].message.content, "Hi");
    },
  },
  {
    name: "a client tells its base URL before any call",
    async run(tw) {
      equal(tw.createClient().baseURL, "https://api.openai.com/v1");
      equal(tw.createClient({}).baseURL, "https://api.openai.com/v1");
    },
  },
  {
    name: "many calls at once keep their replies apart",
    async run(tw) {
      const replies = await Promise.all(Array.from({ length: 50 }, (_, n) => tw.chat(hello, { fetch: completes(`reply ${n}`) })));
      same(replies.map((reply) => reply.choices[0].message.content), replies.map((_, n) => `reply ${n}`));
    },
  },
];
