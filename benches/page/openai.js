/** The same call with the official client. */
import OpenAI from "openai";

export const chat = (params, options) => new OpenAI({ ...options, dangerouslyAllowBrowser: true }).chat.completions.create(params);
