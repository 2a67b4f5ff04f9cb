import OpenAI from "openai";
import { BASE, params, textOf } from "./request.js";

export function openai(fetch) {
  const client = new OpenAI({ apiKey: "key", baseURL: BASE, fetch, dangerouslyAllowBrowser: true });
  return async (each) => {
    for await (const chunk of await client.chat.completions.create(params)) each(textOf(chunk));
  };
}
