/** A text stream as OpenAI's servers write it, 4,000 events with `obfuscation`: made here, the same in every run. */
import { generator } from "./random.js";

const WORDS = (
  " the| of| and| to| a| in| that| is| was| he| for| it| with| as| his| on| be| at| by| had| stream| token|ing|ed|ly|.|,|:|;" +
  " naïve| Zürich| 東京| 🙂| “quoted|”| \"plain\"|\n\n|\n- |**|`code`| 1|2|3| under|stand|able| antidisestablishment|arianism| \\frac"
).split("|");
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** The fields of every chunk, in the order in which OpenAI sends them. */
export const HEAD = {
  id: "chatcmpl-CZk2mQ0v7XH3tq9yJd4sWn8bLrPfA",
  object: "chat.completion.chunk",
  created: 1763812345,
  model: "gpt-5.1-2025-11-13",
  service_tier: "default",
  system_fingerprint: "fp_7c1f0e2b9a",
};

/** { name, text, bytes }: a role, `count` pieces of text, a finish reason, usage. */
export function openaiStream(count) {
  const random = generator(20251122);
  const pieces = Array.from({ length: count }, () => random.pick(WORDS));
  const deltas = [{ role: "assistant", content: "", refusal: null }, ...pieces.map((content) => ({ content })), {}];
  const chunks = deltas.map((delta, at) => ({
    ...HEAD,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: at === deltas.length - 1 ? "stop" : null }],
    usage: null,
    obfuscation: obfuscation(delta, random),
  }));
  const usage = { prompt_tokens: 21, completion_tokens: count, total_tokens: count + 21 };
  chunks.push({ ...HEAD, choices: [], usage, obfuscation: "k3Zq" });
  return { name: "openai", text: pieces.join(""), bytes: sse(chunks) };
}

/** OpenAI fills each event up to one of a few lengths, so that the sizes of packets do not tell the tokens. */
function obfuscation(delta, random) {
  const length = 16 - ((delta.content?.length ?? 0) % 16);
  return Array.from({ length }, () => LETTERS[random.below(LETTERS.length)]).join("");
}

/** JSON values as the bytes of a stream that ends with [DONE]. */
export function sse(chunks) {
  const events = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`);
  return new TextEncoder().encode(`${events.join("")}data: [DONE]\n\n`);
}
