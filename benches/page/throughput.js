/** In the page: the whole table. The bench calls it through `globalThis`. */
import { throughput } from "../throughput.js";

/** `streams`: [{ name, text, path }], their bytes to be fetched from there. */
globalThis.measureThroughput = async (streams, how) => {
  const loaded = await Promise.all(streams.map(async ({ path, ...stream }) => {
    const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer());
    return { ...stream, bytes };
  }));
  return throughput(loaded, { ...how, report: globalThis.report, clock: () => performance.now() });
};
