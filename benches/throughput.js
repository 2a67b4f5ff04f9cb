/** Microseconds per event of every client, on every stream, in every cut. Runs in Node and in a page. */
import { CLIENTS } from "./clients.js";
import { CUTS, cutAtEvents, replay } from "./reads.js";
import { measure } from "./rounds.js";

/** `streams`: [{ name, text, bytes }]. Resolves to rows { stream, cut, events, reads, clients: { name: µs per event } }. */
export async function throughput(streams, { cuts = Object.keys(CUTS), clients = CLIENTS, report = () => {}, ...how }) {
  const rows = [];
  for (const stream of streams) {
    const events = cutAtEvents(stream.bytes).length;
    for (const cut of cuts) {
      const reads = CUTS[cut](stream.bytes);
      const row = { stream: stream.name, cut, events, reads: reads.length };
      report(`${row.stream}, ${cut}`);
      const runs = Object.fromEntries(Object.entries(clients).map(([name, make]) => [name, runOf(name, make(replay(reads)))]));
      const check = (name, result) => checked(name, result, stream, cut);
      const took = await measure(runs, { ...how, check });
      row.clients = Object.fromEntries(Object.entries(took).map(([name, ms]) => [name, (ms * 1000) / events]));
      rows.push(row);
    }
  }
  return rows;
}

/** The floor hands out bytes, which are only counted. */
function runOf(name, read) {
  if (name === "floor") {
    return async () => {
      let bytes = 0;
      await read((piece) => { bytes += piece.length; });
      return bytes;
    };
  }
  return async () => {
    let text = "";
    await read((piece) => { text += piece; });
    return text;
  };
}

/** A client that read something else did other work: its time says nothing. */
function checked(name, result, stream, cut) {
  const expected = name === "floor" ? stream.bytes.length : stream.text;
  if (result !== expected) {
    throw new Error(`wrong answer: ${name}, stream ${stream.name}, reads of ${cut}: ${difference(result, expected)}`);
  }
}

function difference(result, expected) {
  if (typeof expected === "number") return `${result} bytes, ${expected} were sent`;
  let at = 0;
  while (result[at] === expected[at]) at++;
  const around = (text) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 20));
  return `at character ${at} it read ${around(result)}, and ${around(expected)} was sent`;
}
