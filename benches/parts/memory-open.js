/** Opens N streams that have brought ten events and then rest: memory-open.js <text|chunks|events> <N>. */
import { createClient } from "tokenwire";
import { cutAtEvents, reply } from "../reads.js";
import { openaiStream } from "../streams/openai.js";
import { wasmMemory } from "./wasm-memory.js";

const [mode, count] = [process.argv[2], Number(process.argv[3])];
const reads = cutAtEvents(openaiStream(100).bytes).slice(0, 10);
const fetch = async () => reply(new ReadableStream({ start: (body) => reads.forEach((read) => body.enqueue(read)) }));
const client = createClient({ apiKey: "key", fetch, model: "m" });
const params = { messages: [{ role: "user", content: "Hello" }], stream: true };

/** Reads what is there; the last next() stays open, as that of a consumer who waits. */
async function open() {
  const stream = client.chat(params);
  const iterator = (mode === "chunks" ? stream : stream[mode])[Symbol.asyncIterator]();
  const items = mode === "chunks" ? reads.length : reads.length - 1;
  for (let item = 0; item < items; item++) if ((await iterator.next()).done) throw new Error("the stream ended");
  return { stream, iterator, waiting: iterator.next() };
}

const size = await wasmMemory();
const held = [await open()];
const before = size();
while (held.length < count + 1) held.push(await open());
console.log(JSON.stringify({ streams: count, before, after: size(), perStream: (size() - before) / count }));
process.exit();
