/** The facts about a reply, in words: times, usage, how it ended, what was repaired. */
export function factsOf(stream, finish) {
  const { firstContentMs, totalMs } = stream?.timing ?? {};
  const usage = stream?.snapshot.usage;
  const facts = [
    ["First token", firstContentMs != null && milliseconds(firstContentMs)],
    ["In all", totalMs != null && milliseconds(totalMs)],
    ["Tokens", usage && usageText(usage)],
    ["End", endText(stream?.end, finish)],
    ["Repaired", stream?.repairs.map(({ code, count }) => (count > 1 ? `${code} ×${count}` : code)).join(", ")],
  ];
  return facts.filter(([, value]) => value);
}

const ends = { aborted: "stopped", truncated: "cut off", error: "failed" };

export function endText(end, finish) {
  return ends[end] ?? (end === "complete" ? `complete${finish ? ` (${finish})` : ""}` : "failed");
}

function milliseconds(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function usageText({ prompt_tokens, completion_tokens, total_tokens }) {
  return `${prompt_tokens} in, ${completion_tokens} out${total_tokens === undefined ? "" : `, ${total_tokens} in all`}`;
}
