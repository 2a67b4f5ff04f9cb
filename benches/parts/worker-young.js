/**
 * One client in the first calls of its life: worker-young.js <client>. A call is 300 events, one a read. Prints milliseconds
 * of CPU time: of the import, and of one call in each window.
 */
import { setImmediate as turn } from "node:timers/promises";
import { cutAtEvents, replay } from "../reads.js";
import { openaiStream } from "../streams/openai.js";
import { cpuClock } from "./cpu.js";
import { WINDOWS } from "./worker-windows.js";

const EVENTS = 300;

/** Each loads what it needs and nothing else. */
const CLIENTS = {
  "by hand": async () => (await import("../clients/by-hand.js")).byHand,
  "tokenwire .text": async () => (await import("../clients/tokenwire.js")).tokenwireText,
  openai: async () => (await import("../clients/openai.js")).openai,
  xsai: async () => (await import("../clients/xsai.js")).xsai,
  "AI SDK": async () => (await import("../clients/ai-sdk.js")).aiSdk,
};

// Of the events, four hold no piece of text: the role, the finish reason, the usage, [DONE].
const stream = openaiStream(EVENTS - 4);
const reads = cutAtEvents(stream.bytes);
if (reads.length !== EVENTS) throw new Error(`${reads.length} reads instead of ${EVENTS}`);
const fetch = replay(reads);

let begun = cpuClock();
const make = await CLIENTS[process.argv[2]]();
const took = { import: cpuClock() - begun };

let read;
for (let call = 1; call <= WINDOWS.at(-1).last; call++) {
  const entered = WINDOWS.find(({ first }) => first === call);
  if (entered) begun = cpuClock();
  read ??= make(fetch);
  let text = "";
  await read((piece) => { text += piece; });
  // What a call leaves for later, timers and finalizers, belongs to it.
  await turn();
  const left = WINDOWS.find(({ last }) => last === call);
  if (left) took[left.name] = (cpuClock() - begun) / (left.last - left.first + 1);
  if (text !== stream.text) throw new Error(`wrong answer: call ${call} read another text than was sent`);
}
console.log(JSON.stringify(took));
process.exit();
