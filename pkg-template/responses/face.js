// What the replies of the Responses API are read with, in place of what those of Chat Completions are.
import { restarts } from "../call/core.js";
import { Call, __wbg_reset_state, open, send } from "../responses.js";

export { Call, open, send };

restarts.push(__wbg_reset_state);

/** Makes a batch events. */
export const reader = () => JSON.parse;

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
