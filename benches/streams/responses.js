/** A text of the Responses API as OpenAI's servers write it, with `obfuscation`: made here, the same in every run. */
import { generator } from "./random.js";

const WORDS = " the| of| and| to| stream|ing| naïve| 東京| 🙂| \"plain\"|\n\n|,|.".split("|");
const ID = "msg_67c9fdcf37fc8190ba82116e33fb28c507b8b0ad4e5eb654";

function response(status, output, more) {
  return {
    id: "resp_67c9fdcecf488190bdd9a0409de3a1ec07b8b0ad4e5eb654", object: "response", created_at: 1763812345, status, background: false,
    error: null, incomplete_details: null, instructions: null, max_output_tokens: null, model: "gpt-5.1-2025-11-13", output,
    parallel_tool_calls: true, previous_response_id: null, reasoning: { effort: "none", summary: null }, store: true, temperature: 1,
    text: { format: { type: "text" }, verbosity: "medium" }, tool_choice: "auto", tools: [], top_p: 1, truncation: "disabled", metadata: {}, ...more,
  };
}

/** { name, text, bytes, count }: `count` deltas, and the events around them. */
export function responsesStream(count) {
  const random = generator(20251125);
  const pieces = Array.from({ length: count }, () => random.pick(WORDS));
  const text = pieces.join("");
  const at = { item_id: ID, output_index: 0, content_index: 0 };
  const part = (words) => ({ type: "output_text", text: words, annotations: [], logprobs: [] });
  const item = (status, content) => ({ id: ID, type: "message", status, role: "assistant", content });
  const whole = item("completed", [part(text)]);
  const usage = { input_tokens: 21, input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 }, output_tokens: count, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: count + 21 };
  const events = [
    { type: "response.created", response: response("in_progress", []) },
    { type: "response.in_progress", response: response("in_progress", []) },
    { type: "response.output_item.added", output_index: 0, item: item("in_progress", []) },
    { type: "response.content_part.added", ...at, part: part("") },
    ...pieces.map((delta) => ({ type: "response.output_text.delta", ...at, delta, logprobs: [], obfuscation: "Zk3x9QpW2mVb7RtL".slice(delta.length % 16) })),
    { type: "response.output_text.done", ...at, text, logprobs: [] },
    { type: "response.content_part.done", ...at, part: part(text) },
    { type: "response.output_item.done", output_index: 0, item: whole },
    { type: "response.completed", response: response("completed", [whole], { usage }) },
  ];
  const frames = events.map((event, sequence_number) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`);
  return { name: "responses", text, count, bytes: new TextEncoder().encode(frames.join("")) };
}
