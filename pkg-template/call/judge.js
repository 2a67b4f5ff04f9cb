// Who judges what a provider says in place of a reply: a module of its own, loaded with the first refusal or failure.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The verdict of a case, both in the core's words (src/judge/). Rejects where the module cannot be loaded. */
export async function judge(words) {
  const { put, judged, get } = await import("../judge.js");
  for (const byte of encoder.encode(words)) put(byte);
  const verdict = new Uint8Array(judged());
  for (let at = 0; at < verdict.length; at++) verdict[at] = get(at);
  return decoder.decode(verdict);
}
