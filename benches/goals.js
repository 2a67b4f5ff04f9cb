/** The goals of the project, each against what was measured. A goal of a part that did not run is left out. */

/** [{ goal, measured, met }] */
export function goals(result) {
  return [
    ...textGoals(result.streams),
    ...recordedGoals(result.streams),
    ...responsesGoals(result.responses),
    ...toolGoals(result.tools),
    ...startGoals(result),
    ...workerGoals(result.worker),
    ...memoryGoals(result.memory),
    ...latencyGoals(result.latency),
  ];
}

const atLeast = (goal, value, limit, unit = "×") => ({ goal: `${goal} ≥ ${limit} ${unit}`, measured: shown(value, unit), met: value >= limit });
const atMost = (goal, value, limit, unit = "×") => ({ goal: `${goal} ≤ ${limit} ${unit}`, measured: shown(value, unit), met: value <= limit });
const shown = (value, unit) => `${value >= 100 ? Math.round(value) : value.toPrecision(3)} ${unit}`;

function textGoals(rows) {
  const at = (cut) => rows?.find((row) => row.stream === "openai" && row.cut === cut)?.clients;
  const [big, single] = [at("16 KiB"), at("event")];
  if (!big || !single) return [];
  const text = (clients) => clients["tokenwire .text"];
  const chunks = (clients) => clients["tokenwire chunks"];
  return [
    atLeast(".text, 16 KiB reads: less than openai", big.openai / text(big), 20),
    atLeast(".text, 16 KiB reads: less than by hand", big["by hand"] / text(big), 5),
    atMost(".text, 16 KiB reads: of the floor", text(big) / big.floor, 4),
    atLeast(".text, one event per read: less than openai", single.openai / text(single), 5),
    atLeast(".text, one event per read: less than by hand", single["by hand"] / text(single), 1),
    atMost(".text, one event per read: of the floor", text(single) / single.floor, 2.5),
    atLeast("chunks, 16 KiB reads: less than openai", big.openai / chunks(big), 5),
    atMost("chunks, 16 KiB reads: of by hand", chunks(big) / big["by hand"], 1),
    atLeast("chunks, one event per read: less than openai", single.openai / chunks(single), 3),
  ];
}

/** On the streams of real providers: never slower than openai, and which ratio is the worst. */
function recordedGoals(rows = []) {
  const recorded = rows.filter((row) => row.stream !== "openai");
  return ["tokenwire .text", "tokenwire chunks"].flatMap((path) => {
    const ratios = recorded.map((row) => ({ row, ratio: row.clients.openai / row.clients[path] }));
    if (!ratios.length) return [];
    const worst = ratios.reduce((one, other) => (other.ratio < one.ratio ? other : one));
    const where = `worst: ${worst.row.stream}, ${worst.row.cut}`;
    return [atLeast(`${path}, every recorded stream (${where}): less than openai`, worst.ratio, 1)];
  });
}

function responsesGoals(rows = []) {
  return rows.flatMap(({ cut, clients }) => [
    atLeast(`Responses, .text, reads of ${cut}: less than openai`, clients.openai / clients["tokenwire .text"], 5),
    atLeast(`Responses, events, reads of ${cut}: less than openai`, clients.openai / clients["tokenwire events"], cut === "event" ? 3 : 5),
  ]);
}

function toolGoals(rows) {
  const at = (fragments, cut) => rows?.find((row) => row.fragments === fragments && row.cut === cut)?.clients;
  return ["event", "16 KiB"].flatMap((cut) => {
    const [short, middle, long] = [2000, 4000, 8000].map((fragments) => at(fragments, cut));
    if (!middle) return [];
    const own = (clients) => clients["tokenwire .events"];
    const where = `tool arguments, reads of ${cut}`;
    return [
      atLeast(`${where}: 4,000 fragments, less than openai's .stream()`, middle["openai .stream()"] / own(middle), 10),
      // Linear: a fragment of a long value costs what one of a short value costs. A fifth is left to the garbage collector.
      atMost(`${where}: a fragment of 4,000 against one of 2,000`, own(middle) / own(short), 1.2),
      atMost(`${where}: a fragment of 8,000 against one of 4,000`, own(long) / own(middle), 1.2),
    ];
  });
}

function startGoals({ start, page }) {
  const list = [];
  if (start) list.push(atMost("cold import to request, Node: of openai", start.tokenwire.wall / start.openai.wall, 0.5));
  if (page) list.push(atMost("cold import to request, Chromium: of openai", page.start.tokenwire / page.start.openai, 0.5));
  return list;
}

/** Call 1 is left out: most of it is the runtime's, and what is ours in it, the start, has a goal of its own. */
function workerGoals(worker) {
  if (!worker) return [];
  const [own, hand] = [worker["tokenwire .text"], worker["by hand"]];
  const windows = Object.keys(own).filter((name) => name.startsWith("calls "));
  return windows.map((name) => atMost(`a fresh process, ${name}, .text: of by hand`, own[name] / hand[name], 1));
}

function memoryGoals(memory) {
  if (!memory) return [];
  const open = Object.entries(memory.open).map(([mode, { perStream }]) =>
    atMost(`wasm memory per open stream at rest, ${mode}`, perStream / 1024, 64, "KiB"));
  const [[few, before], [many, after]] = Object.entries(memory.ended);
  return [...open, atMost(`wasm memory after ${many} streams: more than after ${few}`, (after - before) / 1024, 0, "KiB")];
}

function latencyGoals(latency) {
  if (!latency) return [];
  return ["p50", "p99"].map((share) =>
    atMost(`added latency, .text, ${share}: of by hand`, latency["tokenwire .text"][share] / latency["by hand"][share], 1));
}
