import { streamText } from "@xsai/stream-text";
import { BASE, messages } from "./request.js";

export function xsai(fetch) {
  return async (each) => {
    const { textStream } = streamText({ apiKey: "key", baseURL: `${BASE}/`, model: "m", messages, fetch });
    for await (const text of textStream) each(text);
  };
}
