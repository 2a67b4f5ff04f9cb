/** Tool-call arguments with partial values: what a fragment costs, and whether that grows with the length. */
import { isDeepStrictEqual } from "node:util";
import OpenAI from "openai";
import { chat } from "tokenwire";
import { CUTS, replay } from "../reads.js";
import { measure } from "../rounds.js";
import { TOOL, toolStream } from "../streams/tools.js";
import { cpuClock } from "./cpu.js";

const params = { model: "m", messages: [{ role: "user", content: "Write rows." }], tools: [TOOL] };
const options = { apiKey: "key", baseURL: "https://api.example.com/v1" };

/** Gives the whole arguments as a value, and how many partial ones came before. */
async function tokenwireEvents(fetch) {
  let partials = 0;
  let value;
  for await (const event of chat({ ...params, stream: true }, { ...options, fetch }).events) {
    if (event.type === "tool_call.delta" && event.partial !== undefined) partials++;
    if (event.type === "tool_call.done") value = event.value;
  }
  return { partials, value };
}

async function openaiHelper(fetch) {
  let partials = 0;
  const runner = new OpenAI({ ...options, fetch }).chat.completions.stream(params);
  runner.on("tool_calls.function.arguments.delta", ({ parsed_arguments: partial }) => { if (partial !== undefined) partials++; });
  const completion = await runner.finalChatCompletion();
  return { partials, value: completion.choices[0].message.tool_calls[0].function.parsed_arguments };
}

const CLIENTS = { "tokenwire .events": tokenwireEvents, "openai .stream()": openaiHelper };

const LENGTHS = [2000, 4000, 8000];

/** Rows { fragments, cut, clients: { name: µs per fragment }, partials: { name: how many partial values it gave } }. */
export async function tools({ rounds, report }) {
  const rows = [];
  for (const cut of ["event", "16 KiB"]) {
    report(cut);
    rows.push(...(await measureLengths(cut, rounds)));
  }
  return rows;
}

/** All lengths in the same rounds, for they are compared with each other. */
async function measureLengths(cut, rounds) {
  const cases = LENGTHS.flatMap((fragments) => {
    const stream = toolStream(fragments);
    const fetch = replay(CUTS[cut](stream.bytes));
    return Object.entries(CLIENTS).map(([name, read]) => ({ name, stream, fragments, run: () => read(fetch) }));
  });
  const check = (at, result) => {
    cases[at].partials = result.partials;
    checked(cases[at].name, result, cases[at].stream, cut);
  };
  const took = await measure(cases.map(({ run }) => run), { rounds, clock: cpuClock, check });
  return LENGTHS.map((fragments) => {
    const row = { fragments, cut, clients: {}, partials: {} };
    for (const [at, { name, fragments: length, partials }] of cases.entries()) {
      if (length !== fragments) continue;
      row.clients[name] = (took[at] * 1000) / fragments;
      row.partials[name] = partials;
    }
    return row;
  });
}

/**
 * All must end with the arguments that were sent. A value for every fragment is asked of tokenwire alone: openai 7 parses
 * only now and then when arguments grow long, and gives `undefined` in between; the table says how many it gave.
 */
function checked(name, { partials, value }, stream, cut) {
  const enough = name === "tokenwire .events" && cut === "event" ? stream.count - 2 : 1;
  if (partials < enough) {
    throw new Error(`wrong answer: ${name} gave ${partials} partial values for ${stream.count} fragments`);
  }
  if (!isDeepStrictEqual(value, stream.value)) {
    throw new Error(`wrong answer: ${name} gave other arguments than were sent, ${stream.name}, reads of ${cut}`);
  }
}
