import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { streamText } from "ai";
import { BASE, messages } from "./request.js";

export function aiSdk(fetch) {
  const model = createOpenAICompatible({ name: "bench", baseURL: BASE, apiKey: "key", fetch }).chatModel("m");
  return async (each) => {
    const failed = ({ error }) => { throw error; };
    for await (const text of streamText({ model, messages, onError: failed }).textStream) each(text);
  };
}
