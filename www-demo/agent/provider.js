// The model, simulated: it looks at the clock, searches for the day and for what is for every day, and answers. With a key or a
// gateway of your own, give createClient a baseURL instead of this `fetch`.
import { simulate } from "/pkg/testing.js";

const call = (name, args) => ({ name, arguments: args });

function reply({ messages }) {
  const results = messages.slice(messages.findLastIndex(({ role }) => role === "user")).filter(({ role }) => role === "tool");
  if (results.length === 0) return { content: "Let me see. ", tool_calls: [call("clock", {})] };
  if (results.length === 1) {
    const { day } = JSON.parse(results[0].content);
    return { tool_calls: [call("search_notes", { word: day }), call("search_notes", { word: "every" })] };
  }
  return `Today: ${results.slice(1).map(({ content }) => content.replace(/[[\]"]|\w+( \w+)?: /g, "")).join(", and ")}.`;
}

export const provider = simulate({ reply, pace: { headersMs: 60, tokenMs: 25 } });
