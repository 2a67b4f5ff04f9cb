/** From a cold import to the request: fresh processes, one by one, in turn. */
import { median } from "../rounds.js";
import { runChild } from "./child.js";

const CLIENTS = ["tokenwire", "openai"];

/** { client: { wall, cpu } } in milliseconds, medians. `rounds` is at least 11 here: a process has no warm-up. */
export async function start({ rounds, quick, report }) {
  const times = quick ? 3 : Math.max(11, rounds);
  const samples = Object.fromEntries(CLIENTS.map((name) => [name, { wall: [], cpu: [] }]));
  for (let round = 0; round < times; round++) {
    report(`process ${round + 1} of ${times}`);
    for (const name of round % 2 ? CLIENTS : CLIENTS.toReversed()) {
      const { wall, cpu } = await runChild("start-cold.js", [name]);
      samples[name].wall.push(wall);
      samples[name].cpu.push(cpu);
    }
  }
  const middle = ({ wall, cpu }) => ({ wall: median(wall), cpu: median(cpu) });
  return Object.fromEntries(CLIENTS.map((name) => [name, middle(samples[name])]));
}
