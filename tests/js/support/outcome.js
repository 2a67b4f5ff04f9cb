// What a reply came to, seen through each face of a stream, in one comparable shape. Runs in every runtime.
//
// Outcome: {text, reasoning, refusal, tool_calls: [{id, name, arguments}], finish_reason, usage, choices: [text], end, error}


function blank() {
  return { text: "", reasoning: "", refusal: "", tool_calls: [], finish_reason: null, usage: null, choices: [] };
}

/** Reads an async iterable to its end; a failure is kept beside what came before it. */
export async function collect(iterable) {
  const items = [];
  try {
    for await (const item of iterable) items.push(item);
  } catch (error) {
    return { items, error };
  }
  return { items, error: undefined };
}

function addToolCall(calls, part) {
  calls[part.index] ??= { id: "", name: "", arguments: "" };
  const call = calls[part.index];
  call.id ||= part.id ?? "";
  call.name ||= part.function?.name ?? "";
  call.arguments += part.function?.arguments ?? "";
}

function addChoice(reply, choice) {
  const delta = choice.delta;
  reply.choices[choice.index] = (reply.choices[choice.index] ?? "") + (delta.content ?? "");
  if (choice.index !== 0) return;
  reply.text += delta.content ?? "";
  reply.reasoning += delta.reasoning_content ?? "";
  reply.refusal += delta.refusal ?? "";
  for (const part of delta.tool_calls ?? []) addToolCall(reply.tool_calls, part);
  if (choice.finish_reason !== null) reply.finish_reason = choice.finish_reason;
}

/** Folds chunks by OpenAI's own rules and nothing more: what deviates must have been put right before. */
export function foldChunks(chunks) {
  const reply = blank();
  for (const chunk of chunks) {
    for (const choice of chunk.choices) addChoice(reply, choice);
    if (chunk.usage) reply.usage = chunk.usage;
  }
  return reply;
}

/** Folds events; the fragments of arguments are checked against the whole of `tool_call.done`. */
export function foldEvents(events) {
  const reply = blank();
  const fragments = new Map();
  for (const event of events) {
    if (event.type === "tool_call.start") fragments.set(event.index, "");
    else if (event.type === "tool_call.delta") fragments.set(event.index, fragments.get(event.index) + event.arguments);
    else if (event.type === "tool_call.done") reply.tool_calls[event.index] = { id: event.id, name: event.name, arguments: event.arguments };
    else if (event.type === "finish") reply.finish_reason = event.reason;
    else if (event.type === "usage") reply.usage = event.usage;
    else reply[event.type] += event.text;
  }
  return { ...reply, fragments };
}

/** The outcome of a ChatCompletion. */
export function ofCompletion(completion) {
  const first = completion.choices.find((choice) => choice.index === 0);
  const message = first?.message ?? {};
  return {
    text: message.content ?? "",
    reasoning: message.reasoning_content ?? "",
    refusal: message.refusal ?? "",
    tool_calls: (message.tool_calls ?? []).map((call) => ({
      id: call.id, name: call.function?.name, arguments: call.function?.arguments,
    })),
    finish_reason: first?.finish_reason ?? null,
    usage: completion.usage ?? null,
    choices: [...completion.choices].sort((a, b) => a.index - b.index).map((choice) => choice.message.content ?? ""),
  };
}

/** Reads clean SSE text as OpenAI writes it: `data: {json}` frames and one `[DONE]` last. Throws on anything else. */
export function readCleanSse(text) {
  const frames = text.split("\n\n");
  if (frames.pop() !== "") throw new Error("clean SSE must end with a blank line");
  return frames.map((line, n) => {
    if (!line.startsWith("data: ") || line.includes("\n")) throw new Error(`not a clean SSE frame: ${line.slice(0, 80)}`);
    if (line !== "data: [DONE]") return JSON.parse(line.slice(6));
    if (n !== frames.length - 1) throw new Error("[DONE] is not the last frame");
    return "[DONE]";
  });
}

async function readAll(readable) {
  const reader = readable.getReader();
  let text = "";
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return { text: text + decoder.decode(), error: undefined };
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    return { text: text + decoder.decode(), error };
  }
}

const faces = {
  async chunks(stream) {
    const { items, error } = await collect(stream);
    return { ...foldChunks(items), items, error };
  },
  async text(stream) {
    const { items, error } = await collect(stream.text);
    return { text: items.join(""), items, error };
  },
  async events(stream) {
    const { items, error } = await collect(stream.events);
    return { ...foldEvents(items), items, error };
  },
  async final(stream) {
    let error;
    const completion = await stream.final().catch((reason) => { error = reason; });
    return { ...ofCompletion(completion ?? stream.snapshot), items: [], error };
  },
  async sse(stream) {
    const { text, error } = await readAll(stream.toReadableStream());
    const frames = readCleanSse(text);
    return { ...foldChunks(frames.filter((frame) => frame !== "[DONE]" && !frame.error)), items: frames, error };
  },
};

/** The ways to read a stream. */
export const faceNames = Object.keys(faces);

/** Reads a stream through one face to its end; adds how it ended and what the snapshot says. */
export async function readThrough(face, stream) {
  const outcome = await faces[face](stream);
  return { ...outcome, end: stream.end, snapshot: ofCompletion(stream.snapshot) };
}
