/** How the bytes of a stream arrive: cut into reads, handed out by a `fetch` of ours. */

/** One event per read. The blank line belongs to the event before it. */
export function cutAtEvents(bytes) {
  const reads = [];
  let begin = 0;
  for (let at = 1; at < bytes.length; at++) {
    if (bytes[at] !== 10) continue;
    const blank = bytes[at - 1] === 10 || (bytes[at - 1] === 13 && bytes[at - 2] === 10);
    if (!blank) continue;
    reads.push(bytes.slice(begin, at + 1));
    begin = at + 1;
  }
  if (begin < bytes.length) reads.push(bytes.slice(begin));
  return reads;
}

/** Reads of one size. */
export function cutAtSize(bytes, size) {
  const reads = [];
  for (let at = 0; at < bytes.length; at += size) reads.push(bytes.slice(at, at + size));
  return reads;
}

/** The ways of cutting that are measured. */
export const CUTS = {
  event: cutAtEvents,
  "1 KiB": (bytes) => cutAtSize(bytes, 1024),
  "16 KiB": (bytes) => cutAtSize(bytes, 16 * 1024),
};

/** Every way to send a request: what it is asked does not matter, what it answers is always the same. */
export function replay(reads) {
  return async () => {
    let at = 0;
    const pull = (controller) => (at < reads.length ? controller.enqueue(reads[at++]) : controller.close());
    return reply(new ReadableStream({ pull }));
  };
}

export const reply = (body) => new Response(body, { headers: { "content-type": "text/event-stream" } });
