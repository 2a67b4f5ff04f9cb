import { BASE, request, textOf } from "./request.js";

/** The bare read loop: gives no text, so nothing can be faster and still be a client. */
export function floor(fetch) {
  return async (each) => {
    const reader = (await fetch(`${BASE}/chat/completions`, request())).body.getReader();
    let read;
    while (!(read = await reader.read()).done) each(read.value);
  };
}

/** What people write who need no library. */
export function byHand(fetch) {
  return async (each) => {
    const reader = (await fetch(`${BASE}/chat/completions`, request())).body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        if (!line.startsWith("data:")) continue;
        const data = line.slice(5).trim();
        if (data === "[DONE]") return;
        each(textOf(JSON.parse(data)));
      }
    }
  };
}
