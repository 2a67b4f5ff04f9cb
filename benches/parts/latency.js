/** Added latency: from the moment a read is there to the item in the consumer's hands, the consumer already waiting. */
import { setImmediate as turn } from "node:timers/promises";
import { CLIENTS } from "../clients.js";
import { cutAtEvents, reply } from "../reads.js";
import { median, quantile } from "../rounds.js";
import { openaiStream } from "../streams/openai.js";

const MEASURED = ["by hand", "tokenwire .text", "tokenwire chunks", "openai"];

/** { client: { p50, p99 } } in microseconds, medians of all rounds. */
export async function latency({ rounds, report }) {
  const reads = cutAtEvents(openaiStream(2000).bytes);
  const samples = Object.fromEntries(MEASURED.map((name) => [name, { p50: [], p99: [] }]));
  for (let round = 0; round < rounds; round++) {
    report(`round ${round + 1}`);
    for (let at = 0; at < MEASURED.length; at++) {
      const name = MEASURED[(round + at) % MEASURED.length];
      const delays = await oneStream(CLIENTS[name], reads);
      samples[name].p50.push(quantile(delays, 0.5));
      samples[name].p99.push(quantile(delays, 0.99));
    }
  }
  return Object.fromEntries(MEASURED.map((name) => [name, { p50: median(samples[name].p50), p99: median(samples[name].p99) }]));
}

async function oneStream(make, reads) {
  const delays = [];
  let sent;
  let source;
  const body = new ReadableStream({ start: (controller) => { source = controller; } });
  const done = make(async () => reply(body))((text) => {
    if (text) delays.push((performance.now() - sent) * 1000);
  });
  for (const read of reads) {
    // Everything that the read before has set off is done then, and the consumer waits.
    await turn();
    sent = performance.now();
    source.enqueue(read);
  }
  source.close();
  await done;
  if (delays.length !== reads.length - 4) throw new Error(`wrong answer: ${delays.length} items of ${reads.length} events`);
  return delays;
}
