/**
 * The clients that are measured, each as a function (fetch) → read(each): `read` streams one reply and calls `each` with the
 * text of every item that the client hands out. Runs in Node and in a page; nothing here knows how it is measured.
 */
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { streamText as aiStreamText } from "ai";
import { createParser } from "eventsource-parser";
import OpenAI from "openai";
import { createClient } from "tokenwire";
import { streamText as xsaiStreamText } from "@xsai/stream-text";

const BASE = "https://api.example.com/v1";
const messages = [{ role: "user", content: "Say something long." }];
const params = { model: "m", messages, stream: true };

const textOf = (chunk) => chunk.choices[0]?.delta?.content ?? "";

/** What everybody who does it by hand sends. */
const request = () => ({
  method: "POST",
  headers: { "content-type": "application/json", authorization: "Bearer key" },
  body: JSON.stringify(params),
});

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

export function eventsourceParser(fetch) {
  return async (each) => {
    const reader = (await fetch(`${BASE}/chat/completions`, request())).body.getReader();
    const decoder = new TextDecoder();
    const parser = createParser({ onEvent: ({ data }) => data !== "[DONE]" && each(textOf(JSON.parse(data))) });
    let read;
    while (!(read = await reader.read()).done) parser.feed(decoder.decode(read.value, { stream: true }));
  };
}

export function openai(fetch) {
  const client = new OpenAI({ apiKey: "key", baseURL: BASE, fetch, dangerouslyAllowBrowser: true });
  return async (each) => {
    for await (const chunk of await client.chat.completions.create(params)) each(textOf(chunk));
  };
}

export function aiSdk(fetch) {
  const model = createOpenAICompatible({ name: "bench", baseURL: BASE, apiKey: "key", fetch }).chatModel("m");
  return async (each) => {
    const failed = ({ error }) => { throw error; };
    for await (const text of aiStreamText({ model, messages, onError: failed }).textStream) each(text);
  };
}

export function xsai(fetch) {
  return async (each) => {
    const { textStream } = xsaiStreamText({ apiKey: "key", baseURL: `${BASE}/`, model: "m", messages, fetch });
    for await (const text of textStream) each(text);
  };
}

const tokenwire = (fetch) => createClient({ apiKey: "key", baseURL: BASE, fetch });

export function tokenwireText(fetch) {
  const client = tokenwire(fetch);
  return async (each) => {
    for await (const text of client.chat(params).text) each(text);
  };
}

export function tokenwireChunks(fetch) {
  const client = tokenwire(fetch);
  return async (each) => {
    for await (const chunk of client.chat(params)) each(textOf(chunk));
  };
}

export function tokenwireEvents(fetch) {
  const client = tokenwire(fetch);
  return async (each) => {
    for await (const event of client.chat(params).events) each(event.type === "text" ? event.text : "");
  };
}

/** In the order of the table. */
export const CLIENTS = {
  floor,
  "tokenwire .text": tokenwireText,
  "tokenwire chunks": tokenwireChunks,
  "tokenwire .events": tokenwireEvents,
  "by hand": byHand,
  "eventsource-parser": eventsourceParser,
  openai,
  "AI SDK": aiSdk,
  xsai,
};
