// What the replies of the Responses API are read with, in place of what those of Chat Completions are. It imports nothing that a page
// has already: a bundler would cut that page into pieces.

/**
 * Turns a batch into events. Most are the one before but for a text, a number that is one more, and perhaps a padding, and the core
 * then sends only these (`pattern` and `filling` in src/responses/out.rs). One per stream, for it keeps the pattern.
 */
export function reader() {
  let pattern;
  return (batch) => {
    const items = JSON.parse(batch);
    const events = [];
    for (let at = 0; at < items.length; at++) {
      const item = items[at];
      if (typeof item === "string") {
        pattern.sequence_number++;
        pattern.delta = item;
        if (pattern.obfuscation !== undefined) pattern.obfuscation = items[++at];
        events.push(copied(pattern));
      } else if (Array.isArray(item)) events.push(copied((pattern = item[0])));
      else events.push(item);
    }
    return events;
  };
}

/** No two events share a list. */
function copied(pattern) {
  const event = { ...pattern };
  if (event.logprobs) event.logprobs = event.logprobs.length ? structuredClone(event.logprobs) : [];
  return event;
}

/** Usage under the names of Chat Completions. */
export function usage({ input_tokens, output_tokens, total_tokens, input_tokens_details, output_tokens_details }) {
  return {
    prompt_tokens: input_tokens,
    completion_tokens: output_tokens,
    total_tokens,
    prompt_tokens_details: { cached_tokens: input_tokens_details?.cached_tokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: output_tokens_details?.reasoning_tokens ?? 0 },
  };
}

/** An error as the API puts it into a stream, where the core had no say. */
export function errorFrame({ message, param = null, code, kind = null }) {
  const event = { type: "error", code: code ?? kind, message, param, sequence_number: 0 };
  return `event: error\ndata: ${JSON.stringify(event)}\n\n`;
}
