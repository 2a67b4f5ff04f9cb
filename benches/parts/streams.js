/** CPU time of whole clients in this process, on text streams. */
import { openaiStream } from "../streams/openai.js";
import { recordedStreams } from "../streams/recorded.js";
import { throughput } from "../throughput.js";

/** The generated stream, and those of the fixtures if they are there. */
export const textStreams = () => [openaiStream(4000), ...recordedStreams()];

/** Milliseconds of CPU time, of all threads: garbage collection and compilation are part of what a client costs. */
export function cpuClock() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export const streams = ({ rounds, report }) => throughput(textStreams(), { rounds, report, clock: cpuClock });
