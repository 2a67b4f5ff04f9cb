/** What a typical worker pays: whole calls in a process that has just begun, where little is compiled yet. */
import { median } from "../rounds.js";
import { runChild } from "./child.js";
import { WINDOWS } from "./worker-windows.js";

const CLIENTS = ["by hand", "tokenwire .text", "openai", "xsai", "AI SDK"];
const COLUMNS = ["import", ...WINDOWS.map(({ name }) => name)];

/** { client: { import, "call 1", "calls 2 to 10", … } } in milliseconds of CPU time a call, medians of fresh processes. */
export async function worker({ rounds, quick, report }) {
  const times = quick ? 3 : Math.max(5, rounds);
  const samples = Object.fromEntries(CLIENTS.map((name) => [name, []]));
  for (let round = 0; round < times; round++) {
    report(`process ${round + 1} of ${times}`);
    for (let turn = 0; turn < CLIENTS.length; turn++) {
      const name = CLIENTS[(round + turn) % CLIENTS.length];
      samples[name].push(await runChild("worker-young.js", [name]));
    }
  }
  const middle = (list) => Object.fromEntries(COLUMNS.map((column) => [column, median(list.map((sample) => sample[column]))]));
  return Object.fromEntries(CLIENTS.map((name) => [name, middle(samples[name])]));
}
