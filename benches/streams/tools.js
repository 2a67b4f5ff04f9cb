/** One tool call whose arguments come in many fragments, as models stream them. */
import { HEAD, sse } from "./openai.js";
import { generator } from "./random.js";

const WORDS = ["alpha", "beta", "gamma", "\"quoted\"", "naïve", "line\nbreak", "delta", "东京", "epsilon"];

/** The tool that the call is of; strict, which is what makes openai's helper parse its arguments as they come. */
export const TOOL = {
  type: "function",
  function: {
    name: "write_rows",
    strict: true,
    parameters: {
      type: "object",
      properties: { rows: { type: "array", items: { type: "object" } } },
      required: ["rows"],
      additionalProperties: false,
    },
  },
};

/** { name, value, bytes }: `count` fragments of 5 characters, which together are the JSON text of `value`. */
export function toolStream(count) {
  const { value, text } = argumentsOf(count * 5);
  const fragments = Array.from({ length: count }, (_, at) => text.slice(at * 5, at * 5 + 5));
  const call = { index: 0, id: "call_4wqZp1", type: "function", function: { name: TOOL.function.name, arguments: "" } };
  const deltas = [
    { role: "assistant", content: null, tool_calls: [call] },
    ...fragments.map((fragment) => ({ tool_calls: [{ index: 0, function: { arguments: fragment } }] })),
    {},
  ];
  const chunks = deltas.map((delta, at) => ({
    ...HEAD,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: at === deltas.length - 1 ? "tool_calls" : null }],
    usage: null,
  }));
  return { name: `tools ${count}`, count, value, bytes: sse(chunks) };
}

/** An object whose JSON text has exactly this length: rows of all kinds of values, and a last string that fills it up. */
function argumentsOf(length) {
  const random = generator(7);
  const value = { rows: [], rest: "" };
  let size = JSON.stringify(value).length;
  for (let id = 1; ; id++) {
    const note = Array.from({ length: 3 + random.below(9) }, () => random.pick(WORDS)).join(" ");
    const row = { id, note, price: random.below(10000) / 100, tags: [random.pick(WORDS), null, true], at: { x: random.below(99) } };
    const more = JSON.stringify(row).length + 1;
    if (size + more > length) break;
    value.rows.push(row);
    size += more;
  }
  // The first row has no comma before it.
  value.rest = ".".repeat(length - JSON.stringify(value).length);
  return { value, text: JSON.stringify(value) };
}
