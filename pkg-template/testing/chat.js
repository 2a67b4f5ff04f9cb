/**
 * The shapes of Chat Completions: one JSON body, or chunks as server-sent events.
 */
import { recut, wholeBody, withDelays } from "./body.js";
import { messageOf, piecesOf, usageOf } from "./message.js";

/** The same on every run, so that a whole reply can be compared with an expected one. */
const created = 1_700_000_000;

const encoder = new TextEncoder();
const encode = (value) => encoder.encode(JSON.stringify(value));
const frame = (value) => encoder.encode(`data: ${JSON.stringify(value)}\n\n`);

/** Index, pieces and finish reason of each of the `n` choices. */
function choicesOf(scripted, body) {
  const limit = body.max_completion_tokens ?? body.max_tokens ?? Infinity;
  const messages = scripted.choices ?? [scripted];
  return Array.from({ length: body.n ?? 1 }, (_, index) => ({ index, ...piecesOf(messages[index % messages.length], limit) }));
}

/** The answer to a request without `stream`. */
export function completionRead(scripted, body, number) {
  const choices = choicesOf(scripted, body);
  const completion = {
    id: `chatcmpl-sim-${number}`,
    object: "chat.completion",
    created,
    model: body.model,
    choices: choices.map(({ index, pieces, finish, speaks }) => ({ index, message: messageOf(pieces, speaks), logprobs: null, finish_reason: finish })),
    usage: usageOf(body, choices, scripted.usage),
  };
  const count = Math.max(0, ...choices.map(({ pieces }) => pieces.length));
  const { firstTokenMs = 0, tokenMs = 0 } = scripted.pace ?? {};
  const thinkingMs = count > 0 ? firstTokenMs + tokenMs * (count - 1) : 0;
  return { status: 200, type: "application/json", thinkingMs, ...wholeBody(encode(completion), scripted) };
}

/** The answer to a request with `stream: true`. */
export function chatReads(scripted, body, number) {
  const choices = choicesOf(scripted, body);
  const wrap = chunkMaker(body, number);
  const opening = choices.map((choice) => ({ bytes: frame(wrap([opened(choice)])), delay: 0 }));
  const { reads, ending } = broken(content(choices, wrap, scripted.pace), closing(choices, wrap, scripted, body), scripted.fault);
  const all = [...opening, ...reads];
  return {
    status: 200,
    type: "text/event-stream; charset=utf-8",
    reads: rearranged(all, scripted),
    ending,
  };
}

/** Given cuts or delays speak of network reads, so they replace one read per chunk at the given pace. */
function rearranged(reads, { cuts, delays }) {
  if (cuts === undefined && delays === undefined) return reads;
  const bytes = reads.map((read) => read.bytes);
  return withDelays(cuts === undefined ? bytes : recut(joined(bytes), cuts), delays);
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function chunkMaker(body, number) {
  const withUsage = body.stream_options?.include_usage === true;
  return (choices, usage = null) => ({
    id: `chatcmpl-sim-${number}`,
    object: "chat.completion.chunk",
    created,
    model: body.model,
    choices,
    ...(withUsage && { usage }),
  });
}

const choice = (index, delta, finish_reason = null) => ({ index, delta, logprobs: null, finish_reason });

function opened({ index, speaks }) {
  return choice(index, { role: "assistant", content: speaks ? "" : null, refusal: null });
}

/** One chunk per piece; with several choices, their pieces take turns. */
function content(choices, wrap, { firstTokenMs = 0, tokenMs = 0 } = {}) {
  const reads = [];
  const longest = Math.max(0, ...choices.map(({ pieces }) => pieces.length));
  for (let at = 0; at < longest; at += 1) {
    for (const { index, pieces } of choices) {
      if (at >= pieces.length) continue;
      reads.push({ bytes: frame(wrap([choice(index, deltaOf(pieces[at]))])), delay: reads.length === 0 ? firstTokenMs : tokenMs });
    }
  }
  return reads;
}

function deltaOf({ text, reasoning, refusal, call, id, name, arguments: part }) {
  if (text !== undefined) return { content: text };
  if (reasoning !== undefined) return { reasoning_content: reasoning };
  if (refusal !== undefined) return { refusal };
  if (name !== undefined) return { tool_calls: [{ index: call, id, type: "function", function: { name, arguments: "" } }] };
  return { tool_calls: [{ index: call, function: { arguments: part } }] };
}

function closing(choices, wrap, scripted, body) {
  const frames = choices.map(({ index, finish }) => frame(wrap([choice(index, {}, finish)])));
  if (body.stream_options?.include_usage === true) frames.push(frame(wrap([], usageOf(body, choices, scripted.usage))));
  return withDelays([...frames, encoder.encode("data: [DONE]\n\n")]);
}

/** What is left after a fault: so many pieces, then the error frame, the cut, the break or the silence. */
function broken(pieces, rest, fault) {
  if (!fault) return { reads: [...pieces, ...rest], ending: "close" };
  const kept = pieces.slice(0, fault.after);
  if (fault.kind === "error") return { reads: [...kept, ...withDelays([fault.frame])], ending: "close" };
  return { reads: kept, ending: fault.kind };
}
