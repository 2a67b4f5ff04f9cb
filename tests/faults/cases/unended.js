// What ends late or never: a connection is kept where the body's end follows soon, and nothing is read without a bound.

import { equal, ok, settle } from "../../js/support/check.js";
import { expect, expectError, read, settled, streaming, told } from "../support/outcome.js";
import { row } from "../support/rows.js";
import { hello } from "../../js/support/wire.js";

const good = { end: "complete", text: "good" };
const retried = { ...good, requests: 2, attempts: 2, within: 12_000 };

/** Three calls, one after the other: how many connections they took. */
async function connections(visit, call) {
  for (let turn = 0; turn < 3; turn += 1) {
    await call(visit.baseURL);
    await settle(60);
  }
  const requests = await visit.requests();
  equal(requests.length, 3);
  return new Set(requests.map(({ connection }) => connection)).size;
}

/** What the runtime's own fetch does, read to the end. */
const bare = (baseURL) => fetch(`${baseURL}/chat/completions`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(streaming) }).then((response) => response.text());

/** workerd may lose a connection that it kept, and sends nothing again by itself: then it is counted once more. */
const bareConnections = (place, fault) => connections(place.at(fault), bare).catch(() => connections(place.at(fault), bare));

const ways = {
  text: async (stream) => equal((await read(stream)).text, "good"),
  "final()": async (stream) => equal((await settled(stream.final())).value.choices[0].message.content, "good"),
  SSE: async (stream) => ok((await settled(new Response(stream.toReadableStream()).text())).value.endsWith("data: [DONE]\n\n")),
  "a loop that stops at stream.end": async (stream) => {
    const items = stream.text[Symbol.asyncIterator]();
    while (!stream.end) await items.next();
  },
};

const keeping = Object.entries(ways).flatMap(([way, read_]) => ["kept-at-once", "kept-soon"].map((fault) => ({
  name: `the connection is used again, ${fault}, read as ${way}`,
  async run(tw, place) {
    const least = await bareConnections(place, fault);
    if (place.runtime === "node") equal(least, 1, "Node keeps connections");
    const count = await connections(place.at(fault), (baseURL) => read_(tw.chat(streaming, { baseURL })));
    equal(count, least, "connections of three calls, and of three bare fetches");
    return `${count} of three calls, ${least} of three bare fetches`;
  },
})));

export const unendedCases = [
  ...keeping,
  {
    name: "a body that does not end after [DONE] holds up nobody, and its connection is closed",
    async run(tw, place) {
      const visit = place.at("kept-late");
      const outcome = await read(tw.chat(streaming, { baseURL: visit.baseURL }));
      expect(tw, outcome, { ...good, within: 2000 });
      await visit.left();
      return told(outcome);
    },
  },
  row({ name: "429 with a body that stays silent, then good", fault: "limited-and-silent", expected: retried }),
  row({ name: "429 with a body that drips for ever, then good", fault: "limited-and-dripping", expected: retried }),
  row({ name: "429 with a body that pours for ever, then good", fault: "limited-and-pouring", expected: retried }),
  row({ name: "503 with a body that drips for ever, then good", fault: "busy-and-dripping", expected: retried }),
  ...["limited-and-silent", "limited-and-dripping", "limited-and-pouring"].map((fault) => ({
    name: `${fault}: the body of the refusal is given up, and its connection closed`,
    async run(tw, place) {
      const visit = place.at(fault);
      const { error, value } = await settled(tw.chat(streaming, { baseURL: visit.baseURL, timeout: 7000 }).final());
      ok(error === undefined, String(error));
      equal(value.choices[0].message.content, "good");
      await visit.left(0);
    },
  })),
  {
    name: "400 with a body that never ends is told in time, and its connection closed",
    async run(tw, place) {
      for (const params of [hello, streaming]) {
        const visit = place.at("refused-and-silent");
        const call = tw.chat(params, { baseURL: visit.baseURL });
        const outcome = await settled(params.stream ? call.final() : call);
        expectError(tw, outcome, { error: "BadRequestError", kind: "bad_request", status: 400, within: 12_000 });
        await visit.left();
      }
    },
  },
  ...["page-without-end", "text-without-end"].map((fault) => row({
    fault, options: { timeout: 6000 }, expected: { end: "error", error: "StreamError", kind: "malformed", within: 5000, left: true },
  })),
  row({
    name: "silence after the finish reason is the end, with idle set",
    fault: "stall-after-finish",
    at: "Hello",
    options: { timeout: { idle: 250 } },
    expected: { end: "complete", text: "Hello", left: true },
  }),
];
