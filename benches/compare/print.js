/** The comparison for people. */

const PARTS = { streams: "quirk streams", errors: "quirk errors", recorded: "recorded", field: "field reports" };

export function printTable({ node, versions, clients }) {
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");
  console.log(`\nCases that each client reads rightly. Node ${node}; ${peers}`);
  const head = ["client", ...Object.values(PARTS), "false complete", "hung", "uncaught"];
  const share = ({ right, of }) => `${right}/${of}`;
  const rows = Object.entries(clients).map(([name, row]) =>
    [name, ...Object.keys(PARTS).map((part) => share(row[part])), row.falseComplete, row.hung, row.uncaught]);
  printRows([head, ...rows]);
  const sum = (what) => Object.values(clients).reduce((total, row) => total + row[what], 0);
  console.log("false complete: a reply that was cut or had failed, given as a finished answer, without an error;");
  console.log(`  in ${sum("withoutReason")} of the ${sum("falseComplete")} a caller who looks could tell by the finish reason that never came`);
  console.log("field reports: asked of the others where they stream them and have a name for what is asked");
  console.log("uncaught: a rejection or exception that nobody who reads the stream gets to catch; it ends a Node process, and is wrong;");
  console.log(`  in ${sum("onlyUncaught")} of the ${sum("uncaught")} nothing else was`);
}

/** Every case, with what was wrong for whom. */
export function printCases({ cases }) {
  for (const { part, name, results } of cases) {
    const verdicts = Object.entries(results);
    const wrong = verdicts.filter(([, { verdict }]) => verdict === "wrong" || verdict === "hung");
    console.log(`\n${PARTS[part]}: ${name}: ${verdicts.length - wrong.length}/${verdicts.length} right`);
    for (const [client, { verdict, why, passedOff }] of wrong) {
      console.log(`  ${client}: ${verdict}${passedOff ? ", false complete" : ""}: ${why}`);
    }
  }
}

function printRows(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const pad = (cell, column) => (column === 0 ? cell.padEnd(widths[column]) : String(cell).padStart(widths[column]));
  for (const row of rows) console.log(`  ${row.map(pad).join("  ")}`);
}
