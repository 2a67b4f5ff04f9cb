/** The longest recorded streams of four providers, from the fixtures beside the repository; see their README. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../../shared/fixtures/recorded/", import.meta.url));
const WANTED = {
  deepseek: /\/deepseek-chat-.*reasoner/,
  perplexity: /\/perplexity-chat-/,
  groq: /\/groq-chat-/,
  ollama: /\/ollama-chat-/,
};
/** A shorter stream is repeated until it has as many events: what is measured is the event, not the request. */
const ENOUGH = 1000;

/** [{ name, text, bytes }]; empty where there are no fixtures. */
export function recordedStreams() {
  let files;
  try {
    files = readdirSync(FOLDER, { recursive: true }).filter((name) => name.endsWith(".sse"));
  } catch {
    return [];
  }
  return Object.entries(WANTED).flatMap(([name, pattern]) => {
    const candidates = files.filter((file) => pattern.test(`/${file}`));
    const size = (file) => statSync(join(FOLDER, file)).size;
    const longest = candidates.reduce((one, other) => (size(other) > size(one) ? other : one), candidates[0]);
    return longest ? [read(name, longest)] : [];
  });
}

function read(name, file) {
  const source = readFileSync(join(FOLDER, file), "utf8");
  const expected = JSON.parse(readFileSync(join(FOLDER, file.replace(/\.sse$/, ".expected.json")), "utf8"));
  const events = source.split(/(?<=\r?\n\r?\n)/).filter((event) => event.trim());
  const end = events.findIndex((event) => /"finish_reason": ?"/.test(event));
  const body = events.slice(0, end);
  const times = Math.max(1, Math.ceil((ENOUGH - (events.length - end)) / body.length));
  const whole = Array.from({ length: times }, () => body).flat().concat(events.slice(end));
  return {
    name,
    file,
    text: expected.text.repeat(times),
    bytes: new TextEncoder().encode(whole.join("")),
  };
}
