/** The result as tables for people. */

export function print(result) {
  const { node, machine, rounds, versions, streams, responses, tools, start, worker, memory, latency, page } = result;
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");
  console.log(`\nNode ${node} on ${machine}; medians of ${rounds} rounds; ${peers}`);
  if (streams) throughputTable("CPU time of the whole client, µs per event", streams);
  if (streams?.every(({ stream }) => stream === "openai")) {
    console.log("NOT MEASURED: recorded streams. ../shared/fixtures is not there.");
  }
  if (responses) responsesTable(responses);
  if (tools) toolTable(tools);
  if (start) startTable(start);
  if (worker) workerTable(worker);
  if (memory) memoryTable(memory);
  if (latency) latencyTable(latency);
  if (page) {
    throughputTable(`In a page of ${page.browser}: time by the clock (a page knows no CPU time), µs per event`, page.streams);
    const lines = Object.entries(page.start).map(([name, ms]) => [name, number(ms)]);
    table("Cold import of the bundle to request, a new context of the browser each time", ["client", "ms"], lines);
  }
  goalTable(result);
}

function throughputTable(title, rows) {
  const clients = Object.keys(rows[0].clients);
  const ratios = { ".text/openai": [".text", "openai"], ".text/hand": [".text", "by hand"], "chunks/openai": ["chunks", "openai"], "chunks/hand": ["chunks", "by hand"] };
  const lines = rows.map(({ stream, cut, events, reads, clients: times }) => [
    stream, cut, events, reads, ...clients.map((name) => number(times[name])),
    ...Object.values(ratios).map(([own, other]) => `${number(times[other] / times[`tokenwire ${own}`])} ×`),
  ]);
  table(title, ["stream", "read", "events", "reads", ...clients, ...Object.keys(ratios)], lines);
  console.log("Ratios: how many times less tokenwire takes.");
}

function responsesTable(rows) {
  const clients = Object.keys(rows[0].clients);
  const own = clients.filter((name) => name.startsWith("tokenwire"));
  const lines = rows.map(({ cut, events, clients: times }) => [
    cut, events, ...clients.map((name) => number(times[name])), ...own.map((name) => `${number(times.openai / times[name])} ×`),
  ]);
  table("The Responses API, CPU µs per event", ["read", "events", ...clients, ...own.map((name) => `openai/${name}`)], lines);
}

function toolTable(rows) {
  const clients = Object.keys(rows[0].clients);
  const lines = rows.map(({ fragments, cut, clients: times, partials }) => [
    fragments, cut, ...clients.map((name) => number(times[name])), `${number(times[clients[1]] / times[clients[0]])} ×`,
    ...clients.map((name) => partials[name]),
  ]);
  const head = ["fragments", "read", ...clients, "ratio", ...clients.map((name) => `values of ${name}`)];
  table("Tool-call arguments with partial values, CPU µs per fragment, and how many partial values were given", head, lines);
}

function startTable(start) {
  const lines = Object.entries(start).map(([name, { wall, cpu }]) => [name, number(wall), number(cpu)]);
  table("Cold import to request, a new Node process each time", ["client", "ms", "ms of CPU"], lines);
}

function workerTable(worker) {
  const columns = Object.keys(Object.values(worker)[0]);
  const lines = Object.entries(worker).map(([name, times]) => [name, ...columns.map((column) => number(times[column]))]);
  const head = ["client", ...columns];
  table("What a typical worker pays: CPU ms of one call of 300 events, one a read, in a new Node process each time", head, lines);
  console.log("Call 1 has the runtime's own first response and stream in it.");
}

function memoryTable({ open, ended }) {
  const lines = Object.entries(open).map(([mode, { streams, before, after, perStream }]) =>
    [`${mode}, ${streams} open streams at rest`, kib(before), kib(after), kib(perStream)]);
  const [[few, before], [many, after]] = Object.entries(ended);
  lines.push([`after ${few} and after ${many} streams that ended`, kib(before), kib(after), kib((after - before) / many)]);
  table("Memory of the wasm, KiB", ["", "before", "after", "per stream"], lines);
}

function latencyTable(latency) {
  const lines = Object.entries(latency).map(([name, { p50, p99 }]) => [name, number(p50), number(p99)]);
  table("From a read to the item in the consumer's hands, µs", ["client", "p50", "p99"], lines);
}

function goalTable({ goals, failed }) {
  table("Goals", ["goal", "measured", ""], goals.map(({ goal, measured, met }) => [goal, measured, met ? "met" : "NOT MET"]));
  const missed = goals.filter(({ met }) => !met).length;
  console.log(missed ? `${missed} of ${goals.length} goals are NOT met.` : `All ${goals.length} goals are met.`);
  for (const [part, reason] of Object.entries(failed)) console.log(`${part} FAILED: ${reason}`);
}

const kib = (bytes) => number(bytes / 1024);
const number = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

function table(title, head, lines) {
  const rows = [head, ...lines].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const pad = (cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]));
  console.log(`\n${title}`);
  for (const row of rows) console.log(`  ${row.map(pad).join("  ").trimEnd()}`);
}
