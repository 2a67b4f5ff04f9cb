/**
 * What the simulator can be told to do: the usual, and what providers do to clients on other days.
 */
const pace = { firstTokenMs: 300, tokenMs: 20 };

const markdown = `## Markdown, as it comes

A reply is read by \`stream.events\`. **Blocks that are done are drawn once**, so a long reply stays fast:

1. Text becomes *Markdown*.
2. HTML in it stays text: <b>not bold</b>.
3. [Links](https://example.com) open in a tab of their own.

\`\`\`js
for await (const text of stream.text) show(text);
\`\`\`

| end | means |
|---|---|
| \`complete\` | the provider said that it is done |
| \`truncated\` | the connection broke before that |

> A cut is never taken for an end.`;

const thinking = {
  reasoning_content: "The question is what seven times six is. Seven times five is thirty-five, and one seven more makes forty-two.",
  content: "Forty-two. (The simulator says so whatever you ask; look at what it thought above.)",
};

const toolCall = { content: "I will look that up.", tool_calls: [{ name: "weather", arguments: { city: "Reykjavík", unit: "celsius", days: [1, 2, 3] } }] };

const oddAnswer = `This stream was **not quite what OpenAI would send**, and reads as if it were:

| it sent | you get |
|---|---|
| \`reasoning\`, as some call it | the thinking above |
| no \`id\`, \`model\`, \`object\`, index | a whole completion |
| no \`[DONE]\`, a last event cut short | \`complete\`, for it had its finish reason |

What was repaired stands below.`;

/** A provider that means well: other line ends, a name of its own for thinking, no ids, no object kind, no [DONE]. */
function odd() {
  const delta = (delta, rest) => `data:${JSON.stringify({ choices: [{ delta, ...rest }] })}\r\n\r\n`;
  const words = (text) => text.match(/\S+\s*/g);
  return [
    ": keep-alive\r\n\r\n",
    ...words("Some call this field reasoning. The client says reasoning_content, whoever answers.").map((reasoning) => delta({ reasoning })),
    ...words(oddAnswer).map((content) => delta({ content })),
    delta({}, { finish_reason: "stop" }),
    `data:${JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 74, total_tokens: 77 } })}`,
  ].join("");
}

/** By name: what the page calls it, what it shows, what is asked, and the options of `simulate`. */
export const scripts = {
  text: { label: "Answers", about: "Says what it is, and what you said", say: "Who is there?", options: { pace } },
  markdown: { label: "Answers in Markdown", about: "A list, code, a table", say: "Show me Markdown.", options: { reply: markdown, pace } },
  thinks: { label: "Thinks, then answers", about: "Thinking in a block of its own", say: "What is six times seven?", options: { reply: thinking, pace } },
  tool: { label: "Calls a tool", about: "Arguments as they grow", say: "Will it rain in Reykjavík?", options: { reply: toolCall, pace } },
  odd: { label: "Answers in an odd wire format", about: "What deviates is repaired, and listed", say: "Do you speak OpenAI's format?", options: { bytes: odd, cuts: 80, delays: 30 } },
  limited: { label: "Refuses: rate limit (429)", about: "Tried again, then told", say: "One more, please.", options: { error: { status: 429, headers: { "retry-after": "1" } } } },
  frame: { label: "Sends an error in mid-stream", about: "Inside a 200; what came is kept", say: "Tell me a long story.", options: { pace, fault: { kind: "error", after: 12, error: { message: "The model is overloaded." } } } },
  cut: { label: "Is cut off in mid-stream", about: "A cut is never taken for an end", say: "Tell me another.", options: { pace, fault: { kind: "close", after: 12 } } },
  stall: { label: "Falls silent in mid-stream", about: "Until you stop it (Esc)", say: "Are you still there?", options: { pace, fault: { kind: "stall", after: 12 } } },
};
