/** Tool-call arguments with partial values: what a fragment costs, and whether that grows with the length. */
import { isDeepStrictEqual } from "node:util";
import OpenAI from "openai";
import { chat } from "tokenwire";
import { CUTS, replay } from "../reads.js";
import { measure } from "../rounds.js";
import { TOOL, toolStream } from "../streams/tools.js";
import { cpuClock } from "./streams.js";

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

/** Rows { fragments, cut, clients: { name: µs per fragment }, partials: { name: how many partial values it gave } }. */
export async function tools({ rounds, report }) {
  const rows = [];
  for (const fragments of [2000, 4000, 8000]) {
    const stream = toolStream(fragments);
    for (const cut of ["event", "16 KiB"]) {
      report(`${fragments} fragments, ${cut}`);
      const fetch = replay(CUTS[cut](stream.bytes));
      const runs = Object.fromEntries(Object.entries(CLIENTS).map(([name, read]) => [name, () => read(fetch)]));
      const partials = {};
      const check = (name, result) => {
        partials[name] = result.partials;
        checked(name, result, stream, cut);
      };
      const took = await measure(runs, { rounds, clock: cpuClock, check });
      const clients = Object.fromEntries(Object.entries(took).map(([name, ms]) => [name, (ms * 1000) / fragments]));
      rows.push({ fragments, cut, clients, partials });
    }
  }
  return rows;
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
