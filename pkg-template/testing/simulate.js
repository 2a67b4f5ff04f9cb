import { completionRead, chatReads } from "./chat.js";
import { recut, scriptedBody, unlessAborted, wait, wholeBody, withDelays } from "./body.js";
import { cannedReply } from "./message.js";
import { readOptions, readReply } from "./options.js";
import { errorReply, refusal } from "./refusal.js";

/** Makes a `fetch` that answers as a provider of Chat Completions would. See testing.d.ts. */
export function simulate(options = {}) {
  const settings = readOptions(options);
  const requests = [];
  const replies = { taken: 0 };

  async function fetch(input, init) {
    const signal = signalOf(input, init);
    signal?.throwIfAborted();
    // The signal stays with us: a Request that follows it would hold a listener on it for as long as it lives.
    const request = new Request(input, { ...init, signal: null });
    const record = newRecord(request);
    requests.push(record);
    const number = requests.length;
    try {
      return await unlessAborted(answer(request, record, number, signal), signal);
    } catch (error) {
      record.aborted = signal?.aborted ?? false;
      throw error;
    }
  }

  async function answer(request, record, number, signal) {
    record.text = await request.text();
    record.body = parsed(record.text);
    const reply = await nextReply(settings, replies, record);
    return respond(reply, settings, record, signal, number);
  }

  fetch.requests = requests;
  return fetch;
}

function signalOf(input, init) {
  if (init?.signal !== undefined) return init.signal ?? undefined;
  return input instanceof Request ? input.signal : undefined;
}

function newRecord(request) {
  return {
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    text: "",
    body: undefined,
    reads: 0,
    ended: false,
    cancelled: false,
    aborted: false,
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What to answer: the same for all (`error`, `bytes`), or from the script, one entry per request. */
async function nextReply(settings, replies, record) {
  if (settings.fixed) return settings.fixed;
  if (isModels(record)) return {};
  const { script } = settings;
  const entry = Array.isArray(script) ? script[Math.min(replies.taken++, script.length - 1)] : script;
  const value = typeof entry === "function" ? await entry(record.body, record) : entry;
  return readReply(value ?? cannedReply(record.body), "reply");
}

async function respond(reply, settings, record, signal, number) {
  const scripted = { ...settings.defaults, ...reply };
  if (scripted.fault?.kind === "refuse") throw new TypeError("fetch failed (the simulator refuses the connection, as it was told)");
  const answer = await answerOf(scripted, settings, record, number);
  await wait((scripted.pace?.headersMs ?? 0) + (answer.thinkingMs ?? 0), signal);
  const status = scripted.status ?? answer.status;
  const body = bodiless.has(status) ? null : scriptedBody(answer.reads, answer.ending, record, signal);
  return new Response(body, { status, headers: headersOf(answer, scripted, number) });
}

/** Response refuses a body with these. */
const bodiless = new Set([204, 205, 304]);

/** Where the kinds of replies part: `{ status, type, headers?, reads, ending, thinkingMs? }`. */
async function answerOf(scripted, settings, record, number) {
  if (scripted.error) return whole(errorReply(scripted.error), scripted);
  if (scripted.bytes !== undefined) return replay(scripted, record);
  const refused = refusal(settings, record);
  if (refused) return whole(errorReply(refused), scripted);
  if (isModels(record)) return whole({ status: 200, body: settings.models }, scripted);
  return record.body.stream ? chatReads(scripted, record.body, number) : completionRead(scripted, record.body, number);
}

function isModels(record) {
  return record.method === "GET" && new URL(record.url).pathname.endsWith("/models");
}

/** A small JSON (or text) body that comes in one read unless `cuts` says otherwise. */
function whole({ status, body, headers }, scripted) {
  const isText = typeof body === "string";
  const bytes = new TextEncoder().encode(isText ? body : JSON.stringify(body));
  const type = isText ? "text/plain; charset=utf-8" : "application/json";
  return { status, type, headers, ...wholeBody(bytes, scripted) };
}

async function replay(scripted, record) {
  const given = typeof scripted.bytes === "function" ? await scripted.bytes(record.body, record) : scripted.bytes;
  const bytes = bytesOf(given);
  const { fault } = scripted;
  const pieces = recut(bytes, scripted.cuts);
  const kept = fault ? pieces.slice(0, fault.after) : pieces;
  if (fault?.kind === "error") kept.push(fault.frame);
  return {
    status: 200,
    type: looksLikeJson(bytes) ? "application/json" : "text/event-stream; charset=utf-8",
    reads: withDelays(kept, scripted.delays),
    ending: fault && fault.kind !== "error" ? fault.kind : "close",
  };
}

function bytesOf(given) {
  if (typeof given === "string") return new TextEncoder().encode(given);
  if (given instanceof Uint8Array) return given;
  if (given instanceof ArrayBuffer) return new Uint8Array(given);
  throw new TypeError("simulate: bytes() must give a string, a Uint8Array or an ArrayBuffer");
}

function looksLikeJson(bytes) {
  const first = bytes.find((byte) => byte > 0x20);
  return first === 0x7b || first === 0x5b;
}

/** Ours first, then the answer's own, then what the caller set: the later one wins. */
function headersOf(answer, scripted, number) {
  const headers = new Headers({ "content-type": answer.type, "x-request-id": `req_sim_${number}` });
  for (const source of [answer.headers, scripted.headers]) {
    for (const [name, value] of Object.entries(source ?? {})) headers.set(name, value);
  }
  return headers;
}
