/** The table of the docs. */
const WORDS = { passed: "yes", failed: "**no**", "not run": "not run" };

export function asTable(cells, results) {
  const tried = cells.filter(({ name }) => ["passed", "failed"].includes(results[name]));
  const passed = tried.filter(({ name }) => results[name] === "passed");
  const rows = cells.map(({ name, entry = "tokenwire", note = "" }) => `| ${name} | \`${entry}\` | ${WORDS[results[name]] ?? "not run"} | ${note} |`);
  return `# Where it loads

Made by \`cargo xtask loads --full\` from the list in \`tests/loads/cells/\`: each row builds and runs the packed package there, with
no configuration that is not in the note, and reads a stream to its end. ${passed.length} of ${tried.length} tried pass.

| place | import | loads | note |
|---|---|---|---|
${rows.join("\n")}
`;
}
