import { createParser } from "eventsource-parser";
import { BASE, request, textOf } from "./request.js";

export function eventsourceParser(fetch) {
  return async (each) => {
    const reader = (await fetch(`${BASE}/chat/completions`, request())).body.getReader();
    const decoder = new TextDecoder();
    const parser = createParser({ onEvent: ({ data }) => data !== "[DONE]" && each(textOf(JSON.parse(data))) });
    let read;
    while (!(read = await reader.read()).done) parser.feed(decoder.decode(read.value, { stream: true }));
  };
}
