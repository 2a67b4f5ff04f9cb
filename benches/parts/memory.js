/** Memory of the wasm: what open streams hold, and whether streams that have ended leave something behind. */
import { runChild } from "./child.js";

export const memory = async ({ quick, report }) => {
  const modes = {};
  for (const mode of ["text", "chunks", "events"]) {
    report(`1,000 open streams, ${mode}`);
    modes[mode] = await runChild("memory-open.js", [mode, 1000]);
  }
  report("streams that end");
  const ended = await runChild("memory-ended.js", [100, quick ? 1000 : 10000]);
  return { open: modes, ended };
};
