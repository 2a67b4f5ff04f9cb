// The Responses API's own wire form, for cases that need a response of a given shape.

/** A response, as OpenAI gives it. */
export function response(more = {}) {
  return {
    id: "resp_1", object: "response", created_at: 1, status: "completed", model: "m", output: [], error: null,
    incomplete_details: null, instructions: null, metadata: {}, parallel_tool_calls: true, temperature: 1, tool_choice: "auto",
    tools: [], top_p: 1, ...more,
  };
}

/** A message of the assistant's. */
export function message(text, more = {}) {
  const content = [{ type: "output_text", text, annotations: [], logprobs: [] }];
  return { id: "msg_1", type: "message", status: "completed", role: "assistant", content, ...more };
}

export const usage = {
  input_tokens: 3, input_tokens_details: { cached_tokens: 1, cache_write_tokens: 0 },
  output_tokens: 2, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 5,
};

/** One event as it is framed. */
export const frame = (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

/** The events of a response that says these words, as OpenAI sends them. */
export function eventsOf(words, more = {}) {
  const text = words.join("");
  const at = { item_id: "msg_1", output_index: 0, content_index: 0 };
  const item = message(text);
  const part = item.content[0];
  const open = response({ status: "in_progress", ...more });
  const events = [
    { type: "response.created", response: open },
    { type: "response.in_progress", response: open },
    { type: "response.output_item.added", output_index: 0, item: { ...item, status: "in_progress", content: [] } },
    { type: "response.content_part.added", ...at, part: { ...part, text: "" } },
    ...words.map((delta) => ({ type: "response.output_text.delta", ...at, delta, logprobs: [], obfuscation: "x".repeat(delta.length) })),
    { type: "response.output_text.done", ...at, text, logprobs: [] },
    { type: "response.content_part.done", ...at, part },
    { type: "response.output_item.done", output_index: 0, item },
    { type: "response.completed", response: response({ output: [item], usage, ...more }) },
  ];
  return events.map((event, sequence_number) => ({ ...event, sequence_number }));
}

/** A whole stream, one event per read. */
export const responds = (...words) => eventsOf(words).map(frame);
