/**
 * What the simulator can be told to do: the usual, and what providers do to clients on other days.
 */
const pace = { firstTokenMs: 300, tokenMs: 20 };

const thinking = {
  reasoning_content: "The question is what seven times six is. Seven times five is thirty-five, and one seven more makes forty-two.",
  content: "Forty-two. (The simulator says so whatever you ask; look at what it thought above.)",
};

const toolCall = { content: "I will look that up.", tool_calls: [{ name: "weather", arguments: { city: "Reykjavík", unit: "celsius", days: [1, 2, 3] } }] };

/** A provider that means well: other line ends, a name of its own for thinking, no ids, no object kind, no [DONE]. */
function odd() {
  const delta = (delta, rest) => `data:${JSON.stringify({ choices: [{ delta, ...rest }] })}\r\n\r\n`;
  const words = "This stream was not quite what OpenAI would send. What was repaired stands below.".match(/\S+\s*/g);
  return [
    ": keep-alive\r\n\r\n",
    delta({ reasoning: "Some call this field reasoning." }),
    ...words.map((content) => delta({ content })),
    delta({}, { finish_reason: "stop" }),
    `data:${JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 15, total_tokens: 18 } })}`,
  ].join("");
}

/** By name: what the page calls it, and the options of `simulate`. */
export const scripts = {
  text: { label: "Answers", options: { pace } },
  thinks: { label: "Thinks, then answers", options: { reply: thinking, pace } },
  tool: { label: "Calls a tool", options: { reply: toolCall, pace } },
  odd: { label: "Answers in an odd wire format", options: { bytes: odd, cuts: 80, delays: 30 } },
  limited: { label: "Refuses: rate limit (429)", options: { error: { status: 429, headers: { "retry-after": "1" } } } },
  frame: { label: "Sends an error in mid-stream", options: { pace, fault: { kind: "error", after: 12, error: { message: "The model is overloaded." } } } },
  cut: { label: "Is cut off in mid-stream", options: { pace, fault: { kind: "close", after: 12 } } },
  stall: { label: "Falls silent in mid-stream", options: { pace, fault: { kind: "stall", after: 12 } } },
};
