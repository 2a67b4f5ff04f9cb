import { createClient } from "tokenwire";
import { BASE, params, textOf } from "./request.js";

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
