/** CPU time of whole clients in this process, on text streams. */
import { openaiStream } from "../streams/openai.js";
import { recordedStreams } from "../streams/recorded.js";
import { throughput } from "../throughput.js";
import { cpuClock } from "./cpu.js";

/** The generated stream, and those of the fixtures if they are there. */
export const textStreams = () => [openaiStream(4000), ...recordedStreams()];

export const streams = ({ rounds, report }) => throughput(textStreams(), { rounds, report, clock: cpuClock });
