// Reports from the field, rebuilt (form: ../shared/fixtures/README.md): the same comes out of every face, wherever the bytes are cut.

import { difference, match, ok } from "../support/check.js";
import { cutAt, cutEvery, random, randomCuts, toBytes } from "../support/bytes.js";
import { replay } from "../support/fake-fetch.js";
import { faceNames, readThrough } from "../support/outcome.js";
import { sequence, streaming } from "../support/provider.js";

/** A provider that answers each request with the next reply, the last again and again; `requests` gives what it was asked. */
function provider(wire, cut) {
  const answers = wire.map(({ body, type, status, headers }) => replay(cut(toBytes(body)), { status, contentType: type, headers }));
  const fetch = sequence(...answers);
  return { fetch, requests: () => answers.flatMap(({ calls }) => calls).map((call, n) => ({ ...call, body: fetch.bodies[n] })) };
}

/** Reads a stream through one face: the text that it gave, what it threw, and `again`, a stream whose snapshot says the same. */
async function readFace(face, stream, tw) {
  if (face === "tee") {
    const [one, other] = stream.tee();
    const [read] = await Promise.all([readThrough("text", one), readThrough("chunks", other)]);
    return { text: read.text, error: read.error, again: other };
  }
  const { text, error, items } = await readThrough(face, stream);
  if (face !== "sse") return { text, error, events: items, again: stream };
  // What is handed on is read as it was.
  const handedOn = items.map((frame) => `data: ${frame === "[DONE]" ? frame : JSON.stringify(frame)}\n\n`).join("");
  const next = tw.createClient({ baseURL: "https://next.example/v1", maxRetries: 0, fetch: replay(handedOn) });
  const again = next.chat(streaming);
  await again.final().catch(() => {});
  return { text, error, again };
}

/** What a call came to, as the paths of an expectation name it. */
async function observe(tw, given, face, cut) {
  const { request, wire, roundtrip } = given;
  const { fetch, requests: asked } = provider(wire, cut);
  const params = { ...streaming, ...request.params };
  for (const name of request.unset ?? []) delete params[name];
  // Who is handed a stream gets the usage where it was asked for.
  if (face === "sse" && !JSON.stringify(given.expect).includes("stream_options")) params.stream_options ??= { include_usage: true };
  const seen = { requests: 0 };
  const client = tw.createClient({ baseURL: "https://api.example.com/v1", dangerouslyAllowBrowser: true, ...request.options, fetch });
  try {
    if (params.stream) {
      const stream = client.chat(params);
      const read = await readFace(face, stream, tw);
      Object.assign(seen, read, { end: stream.end, repairs: stream.repairs, final: read.again.snapshot });
    } else {
      seen.final = await client.chat(params);
      seen.text = seen.final.choices[0]?.message.content ?? "";
      seen.end = "complete";
    }
    if (roundtrip) {
      const message = seen.final.choices[0].message;
      const messages = [...params.messages, message, ...(roundtrip.append ?? []), { role: "user", content: "Go on" }];
      const next = client.chat({ ...params, messages });
      await (params.stream ? next.final() : next);
    }
  } catch (error) {
    seen.error = error;
  }
  const requests = asked();
  [seen.request, seen.request2, seen.requests] = [requests[0], requests[1], requests.length];
  seen.waitedMs = fetch.calls > 1 ? fetch.at[1] - fetch.at[0] : 0;
  return seen;
}

const at = (value, path) => path.split(".").reduce((from, name) => from?.[name], value);

const idsOf = (seen) => [
  ...(seen.final?.choices[0]?.message.tool_calls ?? []).map(({ id }) => id),
  ...(seen.request?.body?.messages ?? []).flatMap(({ tool_calls, tool_call_id }) => [...(tool_calls ?? []).map(({ id }) => id), ...(tool_call_id === undefined ? [] : [tool_call_id])]),
];

const rules = {
  differentIds: (seen) => new Set(seen.final.choices[0].message.tool_calls.map(({ id }) => id)).size === seen.final.choices[0].message.tool_calls.length,
  shortIds: (seen) => idsOf(seen).every((id) => id.length > 0 && id.length <= 40),
  cleanIds: (seen) => idsOf(seen).every((id) => /^[A-Za-z0-9_-]+$/.test(id)),
};

/** Holds what a call came to against one path of an expectation. */
export function check(seen, path, expected, where) {
  if (rules[path]) return ok(rules[path](seen), `${where}: ${path} of ${JSON.stringify(idsOf(seen))}`);
  const value = at(seen, path);
  const told = `${where}: ${path} (end ${seen.end}, error ${seen.error?.message ?? "none"})`;
  if (expected?.$re !== undefined) return match(typeof value === "string" ? value : JSON.stringify(value), new RegExp(expected.$re), told);
  if (expected?.$min !== undefined) return ok(value >= expected.$min, `${told}: ${value} is less than ${expected.$min}`);
  if (expected?.$absent) return ok(value === undefined, `${told}: ${JSON.stringify(value)}`);
  const found = difference(value, expected);
  ok(found === undefined, `${told}: ${found}`);
}

const whole = (bytes) => [bytes];

/** How the bytes of a case are cut: `every` place in two, where that is wanted, else a few. */
function* cuts(given, every) {
  yield ["whole", whole];
  const length = toBytes(given.wire[0].body).length;
  // What waits takes its time, and is no matter of cuts.
  if (given.expect.waitedMs || !given.wire[0].body) return;
  yield ["byte by byte", (bytes) => cutEvery(bytes, 1)];
  const next = random(length);
  for (let turn = 0; turn < 3; turn += 1) {
    const places = randomCuts(toBytes(given.wire[0].body), 9, next);
    yield [`cut at ${places}`, (bytes) => cutAt(bytes, places)];
  }
  for (let place = 1; every && place < length; place += 1) yield [`cut at ${place}`, (bytes) => cutAt(bytes, [place])];
}

/** The cases of a file; `every`: at every split too, by `final()` and as chunks. */
export function fieldCases(list, every = false) {
  return list.map((given) => ({
    name: `field: ${given.id}`,
    async run(tw) {
      const isStream = given.request.params?.stream !== false;
      for (const [cut, parts] of cuts(given, every)) {
        const isPlace = /^cut at \d+$/.test(cut);
        for (const face of isStream ? (isPlace ? ["final", "chunks"] : [...faceNames, "tee"]) : ["final"]) {
          const seen = await observe(tw, given, face, parts);
          for (const [path, expected] of Object.entries(given.expect)) {
            if (path.startsWith("events") && face !== "events") continue;
            check(seen, path, expected, `${isStream ? face : "plain"}, ${cut}`);
          }
        }
      }
    },
  }));
}
