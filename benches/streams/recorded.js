/** The longest recorded streams of four providers, from the fixtures beside the repository; see their README. */
import { readdirSync, readFileSync } from "node:fs";
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
    const found = files.filter((file) => pattern.test(`/${file}`)).map((file) => readFileSync(join(FOLDER, file), "utf8").length);
    const candidates = files.filter((file) => pattern.test(`/${file}`));
    if (!candidates.length) return [];
    return [read(name, candidates[found.indexOf(Math.max(...found))])];
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
