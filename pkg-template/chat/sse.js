// Clean server-sent events, as bytes for who reads a stream or a Response.
import { errorFrame } from "../call/errors.js";

const HEADERS = [
  ["content-type", "text/event-stream"],
  ["cache-control", "no-cache, no-transform"],
  ["x-accel-buffering", "no"],
];

/** The headers that keep proxies from holding a stream back; those that are given win. */
export function eventHeaders(given) {
  const headers = new Headers(given);
  for (const [name, value] of HEADERS) if (!headers.has(name)) headers.set(name, value);
  return headers;
}

const ERROR_FRAME = /^data: \{"(error|type":"error)"/m;
/** The chunk that holds the usage alone. */
const USAGE_FRAME = /^data: .*"choices":\[\],"usage":\{.*\n\n/gm;

/**
 * A byte stream that asks for the next item only when it is asked itself. `isFirst`: the reader is the stream's one iteration;
 * another is the caller's mistake, and no news of the reply. `asksUsage`: else the usage, which the client asks for of its own accord,
 * is not handed on. `api`: the core of the reply.
 */
export function byteStream(reader, isFirst, asksUsage, api) {
  const encoder = new TextEncoder();
  let last;
  const next = async () => {
    try {
      for (;;) {
        const { value, done } = await reader.next();
        if (!done) last = asksUsage || !value.includes('"choices":[]') ? value : value.replace(USAGE_FRAME, "");
        if (done || last) return { value: last, done };
      }
    } catch (failure) {
      // Where the core had no say (no good response, an abort between two reads), the consumer is told here.
      if (!isFirst || ERROR_FRAME.test(last)) throw failure;
      return { value: (last = (api.errorFrame ?? errorFrame)(failure)), done: false };
    }
  };
  const pull = async (controller) => {
    const { value, done } = await next();
    if (done) controller.close();
    else controller.enqueue(encoder.encode(value));
  };
  return new ReadableStream({ pull, cancel: () => reader.return() }, { highWaterMark: 0 });
}
