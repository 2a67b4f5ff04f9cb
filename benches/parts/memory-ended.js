/** Lets streams come to an end in every way there is, one after the other: memory-ended.js <N> <M>, both measured. */
import { createClient } from "tokenwire";
import { CUTS, replay } from "../reads.js";
import { openaiStream } from "../streams/openai.js";
import { wasmMemory } from "./wasm-memory.js";

const counts = process.argv.slice(2).map(Number);
const { bytes, text } = openaiStream(60);
const fetch = replay(CUTS["1 KiB"](bytes));
const cutOff = replay(CUTS["1 KiB"](bytes).slice(0, 5));
const client = createClient({ apiKey: "key", fetch, model: "m" });
const params = { messages: [{ role: "user", content: "Hello" }], stream: true };

const WAYS = [
  async () => {
    let read = "";
    for await (const piece of client.chat(params).text) read += piece;
    if (read !== text) throw new Error("wrong answer: another text than was sent");
  },
  async () => { for await (const _ of client.chat(params)); },
  async () => { for await (const _ of client.chat(params).events); },
  async () => { for await (const _ of client.chat(params)) break; },
  async () => client.chat(params).final(),
  async () => {
    const controller = new AbortController();
    const stream = client.chat(params, { signal: controller.signal });
    await stream.response;
    controller.abort();
    await stream.final().then(() => { throw new Error("wrong answer: an aborted stream came to its end"); }, () => {});
  },
  async () => {
    const stream = createClient({ apiKey: "key", fetch: cutOff, model: "m" }).chat(params);
    await stream.final().then(() => { throw new Error("wrong answer: a cut stream came to its end"); }, () => {});
  },
];

const size = await wasmMemory();
const after = {};
for (let done = 0; done < counts.at(-1); ) {
  await WAYS[done % WAYS.length]();
  done++;
  if (counts.includes(done)) after[done] = size();
}
console.log(JSON.stringify(after));
process.exit();
