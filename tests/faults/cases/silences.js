// Nothing comes, or nothing with a meaning: the clock must end it.

import { equal, inTime, ok, settle } from "../../js/support/check.js";
import { expectError, settled, streaming, told } from "../support/outcome.js";
import { row } from "../support/rows.js";
import { hello } from "../../js/support/wire.js";

const late = (phase, ms, text = "") => ({
  end: "error", text, error: "APITimeoutError", kind: "timeout", phase, notBefore: ms, within: ms + 2500, left: true,
});

export const silenceCases = [
  row({ name: "silence before the head: total", fault: "stall-before-head", options: { timeout: 250 }, expected: late("total", 250) }),
  row({ name: "silence before the head: firstToken", fault: "stall-before-head", options: { timeout: { firstToken: 250 } }, expected: late("firstToken", 250) }),
  row({ name: "silence after the head: total", fault: "stall-after-head", options: { timeout: 250 }, expected: late("total", 250) }),
  row({ name: "silence after the head: firstToken", fault: "stall-after-head", options: { timeout: { firstToken: 250 } }, expected: late("firstToken", 250) }),
  row({
    name: "silence after the head: idle",
    fault: "stall-after-head",
    options: { timeout: { idle: 250, firstToken: 1000 } },
    expected: late("idle", 250),
    // Firefox gives no response before the first byte of its body, and until then it is not the reply that is idle.
    where: { firefox: late("firstToken", 1000) },
  }),
  row({ name: "silence after content: total", fault: "stall-after-content", options: { timeout: 400 }, expected: late("total", 400, "Hel") }),
  row({ name: "silence after content: idle", fault: "stall-after-content", options: { timeout: { idle: 250 } }, expected: late("idle", 250, "Hel") }),
  row({ name: "comments for ever: idle", fault: "comments", options: { timeout: { idle: 250 } }, expected: late("idle", 250, "Hel") }),
  row({ name: "pings for ever: idle", fault: "pings", options: { timeout: { idle: 250 } }, expected: late("idle", 250, "Hel") }),
  row({ name: "empty chunks for ever: idle", fault: "empty-chunks", options: { timeout: { idle: 250 } }, expected: late("idle", 250, "Hel") }),
  row({ name: "comments and no content: firstToken", fault: "pings-only", options: { timeout: { firstToken: 250 } }, expected: late("firstToken", 250) }),
  row({ name: "a reply without end: total", fault: "endless", options: { timeout: 400 }, expected: late("total", 400, /^(more )+$/) }),
  row({
    name: "slow events are no silence",
    fault: "slow-events",
    options: { timeout: { idle: 700, firstToken: 3000 } },
    expected: { end: "complete", text: "abcdefgh" },
  }),
  {
    name: "a slow consumer is no silence",
    async run(tw, place) {
      const visit = place.at("in-two-halves");
      const stream = tw.chat(streaming, { baseURL: visit.baseURL, timeout: { idle: 200 } });
      let text = "";
      for await (const part of stream.text) {
        text += part;
        if (text !== "Hel") continue;
        await settle(700);
        await visit.go();
        await settle(50);
      }
      equal(text, "Hello");
      equal(stream.end, "complete");
    },
  },
  {
    name: "a plain call: total",
    async run(tw, place) {
      const visit = place.at("stall-after-head");
      const outcome = await settled(tw.chat(hello, { baseURL: visit.baseURL, timeout: 250 }));
      expectError(tw, outcome, late("total", 250));
      await visit.left();
      return told(outcome);
    },
  },
  {
    name: "a refusal that stalls in its body: firstToken",
    async run(tw, place) {
      const visit = place.at("refusal-stalls");
      const outcome = await settled(tw.chat(hello, { baseURL: visit.baseURL, timeout: { firstToken: 250 } }));
      expectError(tw, outcome, late("firstToken", 250));
      await visit.left();
      equal((await visit.requests()).length, 1, "a time that is over is not tried again");
      return told(outcome);
    },
  },
  {
    name: "a list of models: total",
    async run(tw, place) {
      const client = tw.createClient({ baseURL: place.at("stall-before-head").baseURL, timeout: 250 });
      expectError(tw, await settled(client.models()), late("total", 250));
    },
  },
  {
    name: "a stream that nobody reads ends by its total time, and says so to who asks later",
    async run(tw, place) {
      const visit = place.at("endless");
      const stream = tw.chat(streaming, { baseURL: visit.baseURL, timeout: 250 });
      await visit.left();
      equal(stream.end, "error");
      const error = await inTime(stream.final().catch((reason) => reason), "final()");
      ok(error instanceof tw.APITimeoutError && error.phase === "total", String(error));
    },
  },
];
