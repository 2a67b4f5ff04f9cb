// OpenAI's own wire form, for cases that need a stream of a given shape.

function frame(choices, extra = {}) {
  const chunk = { id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices, ...extra };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

/** One chunk with this delta of choice 0. */
export function delta(content, finish = null) {
  return frame([{ index: 0, delta: content, logprobs: null, finish_reason: finish }]);
}

/** One chunk with this text. */
export function text(content) {
  return delta({ content });
}

/** What ends a stream: the finish chunk and the marker. */
export function end(reason = "stop") {
  return [delta({}, reason), "data: [DONE]\n\n"];
}

/** The chunk that holds nothing but usage. */
export function usage(prompt = 3, completion = 2) {
  return frame([], { usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion } });
}

/** A whole stream, one chunk per read, that says these words. */
export function says(...words) {
  return [delta({ role: "assistant", content: words[0] }), ...words.slice(1).map(text), ...end()];
}

/** A tool call in fragments. */
export function callsTool(name, fragments, id = "call_1") {
  return [
    delta({ role: "assistant", content: null, tool_calls: [{ index: 0, id, type: "function", function: { name, arguments: "" } }] }),
    ...fragments.map((part) => delta({ tool_calls: [{ index: 0, function: { arguments: part } }] })),
    ...end("tool_calls"),
  ];
}

/** The least params that pass. */
export const hello = Object.freeze({ model: "m", messages: [{ role: "user", content: "Hi" }] });
