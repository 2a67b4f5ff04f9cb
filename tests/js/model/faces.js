// The ways to read a stream, each as { next, return }, and what their items say.

const decoder = new TextDecoder();

function reading(readable) {
  const reader = readable.getReader();
  return { next: () => reader.read(), return: () => reader.cancel("left").then(() => ({ value: undefined, done: true })) };
}

/** Begins to read a stream in this way. */
export const openers = {
  chunks: (stream) => stream[Symbol.asyncIterator](),
  text: (stream) => stream.text[Symbol.asyncIterator](),
  events: (stream) => stream.events[Symbol.asyncIterator](),
  sse: (stream) => reading(stream.toReadableStream()),
  response: (stream) => reading(stream.toResponse().body),
};

const isBytes = (face) => face === "sse" || face === "response";
const contentOf = (chunk) => chunk.choices?.find((choice) => choice.index === 0)?.delta?.content ?? "";

/** The frames of one read of clean SSE: chunks, "[DONE]" and { error }. */
function framesOf(bytes) {
  const lines = decoder.decode(bytes).split("\n\n");
  if (lines.pop() !== "") throw new Error("a read of clean SSE that is not whole frames");
  return lines.map((line) => (line === "data: [DONE]" ? "[DONE]" : JSON.parse(line.replace(/^data: /, ""))));
}

/** One item as { text, error, isMarker }: `error` is a frame's, `isMarker` tells [DONE]. */
export function readItem(face, item) {
  if (face === "chunks") return { text: contentOf(item) };
  if (face === "text") return { text: item };
  if (!isBytes(face)) return { text: item.type === "text" ? item.text : "" };
  const frames = framesOf(item);
  return {
    text: frames.map((frame) => (frame === "[DONE]" || frame.error ? "" : contentOf(frame))).join(""),
    chunks: frames.filter((frame) => frame !== "[DONE]" && !frame.error).length,
    error: frames.find((frame) => frame.error)?.error,
    isMarker: frames.includes("[DONE]"),
  };
}

export { isBytes };
