/** Each fault is one function: what is sent, and the byte at which it goes wrong. */
import { promisify } from "node:util";
import { constants, createGzip, gzip } from "node:zlib";
import { delta, says, text } from "../js/support/wire.js";
import { cors, pause } from "./exchange.js";

const DONE = "data: [DONE]\n\n";
/** Three events: "Hel", "lo", then the finish reason; without the end marker. */
const [hel, lo, finish] = says("Hel", "lo");
const hello = hel + lo + finish;
/** The event of "lo" up to the middle of its JSON. */
const half = lo.slice(0, 40);
/** An event whose last bytes are the first of the two of "é". */
const halfLetter = Buffer.from(text("é")).subarray(0, Buffer.from(text("é")).indexOf(0xc3) + 1);
const accents = says("na", "ïve ", "日本", " 😀", " done").join("");
const goodReply = says("good").join("");

const events = (request, more) => ({ "content-type": "text/event-stream", ...cors(request), ...more });
const json = (request, more) => ({ "content-type": "application/json", ...cors(request), ...more });
const errorBody = (message, type, code = null) => JSON.stringify({ error: { message, type, param: null, code } });

/** Begins a stream that lasts until the connection ends. */
const begin = (exchange, request, more) => exchange.head(200, events(request, more));

/** Sends a head and this much; then the case says when it goes wrong, for a reset takes away what nobody has read. */
const after = (start, fault) => async (exchange, { request, go }) => {
  await begin(exchange, request);
  await exchange.send(start);
  await go();
  await fault(exchange);
};
const ends = (start) => async (exchange, { request }) => {
  await begin(exchange, request);
  await exchange.send(start);
  exchange.fin();
};
const reset = (exchange) => exchange.reset();
const stay = (exchange) => exchange.stay();

/** The same in chunks, so that the runtime can tell a cut from an end. */
const chunked = (start, tail) => async (exchange, { request, go }) => {
  await begin(exchange, request, { "transfer-encoding": "chunked" });
  await exchange.chunk(start);
  await go();
  if (tail) await exchange.send(tail);
  exchange.fin();
};

const resets = {
  async "reset-before-head"(exchange) { exchange.reset(); },
  "reset-after-head": after("", reset),
  "reset-mid-event": after(hel + half, reset),
  "reset-after-finish": after(hello, reset),
  async "garbage-head"(exchange) {
    await exchange.send("\x16\x03\x01 this is no HTTP\r\n\r\n");
    exchange.fin();
  },
};

const closes = {
  async "fin-before-head"(exchange) { exchange.fin(); },
  async "fin-mid-head"(exchange) {
    await exchange.send("HTTP/1.1 200 OK\r\ncontent-ty");
    exchange.fin();
  },
  "fin-after-head": ends(""),
  "fin-mid-event": ends(hel + half),
  "fin-after-event": ends(hel),
  "fin-after-finish": ends(hello),
  "fin-mid-letter": ends(Buffer.concat([Buffer.from(hel), halfLetter])),
  "chunked-cut": chunked(hel + half),
  "chunked-cut-after-event": chunked(hel),
  "chunked-cut-after-finish": chunked(hello),
  "chunked-garbage": chunked(hel, "this is no size\r\n"),
};

const silences = {
  "stall-before-head": stay,
  "stall-after-head": after("", stay),
  /** The second half comes when the case says so. */
  "in-two-halves": after(hel, async (exchange) => {
    await exchange.send(lo + finish + DONE);
    exchange.fin();
  }),
  async "stall-after-content"(exchange, { request }) {
    await begin(exchange, request);
    await exchange.send(hel);
    await exchange.stay();
  },
  async "comments"(exchange, { request }) {
    await begin(exchange, request);
    await exchange.send(hel);
    await exchange.repeat(": still here\n\n", 20);
  },
  async "pings"(exchange, { request }) {
    await begin(exchange, request);
    await exchange.send(hel);
    await exchange.repeat('event: ping\ndata: {"type": "ping"}\n\n', 20);
  },
  async "empty-chunks"(exchange, { request }) {
    await begin(exchange, request);
    await exchange.send(hel);
    await exchange.repeat(delta({}), 20);
  },
  async "pings-only"(exchange, { request }) {
    await begin(exchange, request);
    await exchange.repeat(": still here\n\n", 20);
  },
  /** Each event comes well within the idle time, all of them together well beyond it. */
  async "slow-events"(exchange, { request }) {
    await begin(exchange, request);
    for (const word of says(..."abcdefgh")) {
      await exchange.send(word);
      await pause(100);
    }
    exchange.fin();
  },
  async "endless"(exchange, { request }) {
    await begin(exchange, request);
    await exchange.repeat(text("more "), 10);
  },
};

const lies = {
  async "length-too-long"(exchange, { request, go }) {
    await begin(exchange, request, { "content-length": hello.length + DONE.length + 100 });
    await exchange.send(hello + DONE);
    // Chromium takes a body that came too short for an error, and what of it was not read by then is lost.
    await go();
    exchange.fin();
  },
  /** Cut by the length in the middle of the second event; what follows is not of this body. */
  async "length-too-short"(exchange, { request }) {
    await begin(exchange, request, { "content-length": hel.length + 40 });
    await exchange.send(hello + DONE);
    exchange.fin();
  },
  async "length-cut"(exchange, { request, go }) {
    await begin(exchange, request, { "content-length": hello.length + DONE.length });
    await exchange.send(hel);
    await go();
    exchange.fin();
  },
  async "says-gzip-and-is-not"(exchange, { request }) {
    await begin(exchange, request, { "content-encoding": "gzip" });
    await exchange.send(hello + DONE);
    exchange.fin();
  },
  async "says-json"(exchange, { request }) {
    await exchange.head(200, json(request));
    await exchange.send(hello + DONE);
    exchange.fin();
  },
};

const slow = {
  async "byte-by-byte"(exchange, { request }) {
    await begin(exchange, request);
    for (const byte of Buffer.from(accents)) {
      if (exchange.isLeft) return;
      await exchange.send(Buffer.of(byte));
      await pause(1);
    }
    exchange.fin();
  },
  async "slow-head"(exchange, { request }) {
    const headers = Object.entries(events(request, { connection: "close" })).map(([name, value]) => `${name}: ${value}\r\n`);
    for (const letter of `HTTP/1.1 200 OK\r\n${headers.join("")}\r\n`) {
      await exchange.send(letter);
      await pause(1);
    }
    await exchange.send(hello + DONE);
    exchange.fin();
  },
  async "letter-in-two"(exchange, { request }) {
    const bytes = Buffer.from(accents);
    await begin(exchange, request);
    // Every character of more than one byte is cut after its first byte.
    let from = 0;
    for (let at = 1; at < bytes.length; at += 1) {
      if ((bytes[at - 1] & 0xc0) !== 0xc0) continue;
      await exchange.send(bytes.subarray(from, at));
      await pause(30);
      from = at;
    }
    await exchange.send(bytes.subarray(from));
    exchange.fin();
  },
  async "early-hints"(exchange, { request }) {
    await exchange.send("HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preconnect\r\n\r\n");
    await begin(exchange, request);
    await exchange.send(hello + DONE);
    exchange.fin();
  },
};

/** Sends what comes out of the compressor for each event, and waits for the case to have read the first. */
async function zipped(exchange, { request, go }, last) {
  await begin(exchange, request, { "content-encoding": "gzip" });
  const pack = createGzip({ flush: constants.Z_SYNC_FLUSH });
  pack.on("data", (bytes) => exchange.send(bytes));
  await new Promise((resolve) => pack.write(hel, () => pack.flush(constants.Z_SYNC_FLUSH, resolve)));
  await go();
  if (last) await new Promise((resolve) => pack.on("end", resolve).end(lo + finish + DONE));
  await pause(5);
  exchange.fin();
  pack.destroy();
}

const after200 = {
  "gzip": (exchange, context) => zipped(exchange, context, true),
  "gzip-cut": (exchange, context) => zipped(exchange, context, false),
  async "gzip-at-once"(exchange, { request }) {
    const bytes = await promisify(gzip)(hello + DONE);
    await exchange.answer(200, events(request, { "content-encoding": "gzip" }), bytes);
  },
  async "after-done"(exchange, { request }) {
    await begin(exchange, request);
    await exchange.send(hello + DONE + text(" and more") + "garbage\n\n");
    await exchange.repeat(text(" and more"), 20);
  },
  async "stays-after-done"(exchange, { request }) {
    await begin(exchange, request);
    await exchange.send(hello + DONE);
    await exchange.stay();
  },
  async "reset-after-done"(exchange, { request, go }) {
    await begin(exchange, request);
    await exchange.send(hello + DONE);
    await go();
    exchange.reset();
  },
  async "error-frame-late"(exchange, { request }) {
    await begin(exchange, request);
    await exchange.send(`${hel}data: ${errorBody("The engine is overloaded", "overloaded_error")}\n\n`);
    await exchange.stay();
  },
};

const limited = (exchange, { request, id }, more) => exchange.answer(429, json(request, { "retry-after-ms": "40", "x-request-id": id, ...more }),
  errorBody("Rate limit reached", "requests", "rate_limit_exceeded"));
const good = (exchange, { request }) => exchange.answer(200, events(request), goodReply);

/** The first `times` requests fail, the next is answered. */
const failing = (times, fail) => (exchange, context) => (context.count > times ? good : fail)(exchange, context);

const passing = {
  good,
  "limited-thrice": failing(3, limited),
  "limited-twice": failing(2, limited),
  "limited-for-long": (exchange, context) => limited(exchange, context, { "retry-after-ms": "50000" }),
  "quota": (exchange, { request }) => exchange.answer(429, json(request), errorBody("You exceeded your current quota", "insufficient_quota", "insufficient_quota")),
  "failed-once": failing(1, (exchange, { request }) => exchange.answer(500, json(request), errorBody("Oops", "server_error"))),
  "failed-for-good": (exchange, { request }) => exchange.answer(500, json(request, { "x-should-retry": "false" }), errorBody("Oops", "server_error")),
  "overloaded-once": failing(1, (exchange, { request }) => exchange.answer(200, events(request), `data: ${errorBody("Overloaded", "overloaded_error")}\n\n`)),
  "empty-once": failing(1, (exchange, { request }) => exchange.answer(200, events(request))),
  "done-only-once": failing(1, (exchange, { request }) => exchange.answer(200, events(request), DONE)),
  "reset-once": failing(1, (exchange) => exchange.reset()),
  "reset-after-head-once": failing(1, after("", reset)),
  "fin-once": failing(1, (exchange) => exchange.fin()),
  /** The body of the refusal breaks. */
  "limited-and-cut": failing(1, async (exchange, { request }) => {
    await exchange.head(429, json(request, { "retry-after-ms": "10", "content-length": 500 }));
    await exchange.send('{"error": {"mess');
    exchange.fin();
  }),
  async "plain-cut"(exchange, { request }) {
    await exchange.head(200, json(request, { "content-length": 500 }));
    await exchange.send('{"id":"c1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hel');
    exchange.fin();
  },
  async "refusal-stalls"(exchange, { request }) {
    await exchange.head(503, json(request));
    await exchange.send('{"error": {"mess');
    await exchange.stay();
  },
};

/** A reply in chunks on a connection that is kept: the end of the body comes `ms` after [DONE], or never; then the next request of it. */
const kept = (ms) => async (exchange, { request, again }) => {
  await exchange.head(200, events(request, { "transfer-encoding": "chunked" }), "keep-alive");
  await exchange.chunk(goodReply);
  if (ms === undefined) return exchange.stay();
  await pause(ms);
  await exchange.send("0\r\n\r\n");
  return again();
};

/** Refuses the first request with a body that goes on and on, and answers the next. */
const unending = (status, part, ms) => failing(1, async (exchange, { request }) => {
  await exchange.head(status, json(request, { "retry-after-ms": "10" }));
  await exchange.send('{"error": {"message": "Slow down", "type": "requests"}');
  if (part) await exchange.repeat(part, ms);
  else await exchange.stay();
});
/** A 200 that is no stream and no reply, on and on. */
const pages = (type, part, ms) => async (exchange, { request }) => {
  await exchange.head(200, { "content-type": type, ...cors(request) });
  await exchange.repeat(part, ms);
};

const unended = {
  "kept-at-once": kept(0),
  "kept-soon": kept(2),
  "kept-late": kept(),
  "limited-and-silent": unending(429),
  "limited-and-dripping": unending(429, " ", 20),
  "limited-and-pouring": unending(429, "x".repeat(16_384), 0),
  "busy-and-dripping": unending(503, " ", 20),
  "refused-and-silent": async (exchange, { request }) => {
    await exchange.head(400, json(request));
    await exchange.send('{"error": {"message": "Not like this", "type": "invalid_request_error"}');
    await exchange.stay();
  },
  "page-without-end": pages("text/html", "<p>more</p>".repeat(400), 0),
  "text-without-end": pages("text/plain", "lorem ipsum ".repeat(400), 0),
  /** The finish reason, and then nothing. */
  "stall-after-finish": after(hello, stay),
};

/** Sends on to the other origin, with the method and the body kept. */
const elsewhere = (exchange, { request, other, id }) => exchange.answer(307, { ...cors(request), location: `${other}/good/${id}/v1/chat/completions` });

const redirects = {
  "redirect": elsewhere,
  "redirect-here": (exchange, { request, id }) => exchange.answer(307, { ...cors(request), location: `/good/${id}/v1/chat/completions` }),
  "redirect-for-ever": (exchange, { request, id }) => exchange.answer(307, { ...cors(request), location: `/redirect-for-ever/${id}/v1/chat/completions` }),
};

export const faults = { ...resets, ...closes, ...silences, ...lies, ...slow, ...after200, ...passing, ...unended, ...redirects };
