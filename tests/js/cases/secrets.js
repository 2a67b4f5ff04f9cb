// What a provider echoes of a secret is struck out, however it is written and wherever it comes out. Runs in every runtime.

import { equal, inTime, lacks, match, ok, rejects } from "../support/check.js";
import { answer, replay } from "../support/fake-fetch.js";
import { collect } from "../support/outcome.js";
import { loops, refuses, streaming } from "../support/provider.js";
import { hello, says, text } from "../support/wire.js";

const KEY = "sk-proj-Ab/9+x_secret=77";
const url = "https://gw.example/v1";

// label, options, what must not come out
const secrets = [
  ["apiKey", { apiKey: KEY }, KEY],
  ["an apiKey function", { apiKey: async () => KEY }, KEY],
  ["an apiKey in quotes, as .env leaves it", { apiKey: `"${KEY}"` }, KEY],
  ["an apiKey in single quotes", { apiKey: `'${KEY}'` }, KEY],
  ["an authorization header", { headers: { Authorization: `Bearer ${KEY}` } }, KEY],
  ["basic authorization", { headers: { authorization: `Basic ${KEY}` } }, KEY],
  ["an api-key header", { headers: { "api-key": KEY } }, KEY],
  ["x-api-key", { headers: { "X-Api-Key": KEY } }, KEY],
  ["a header that says token", { headers: { "cf-access-client-secret": KEY, "x-auth-token": `${KEY}2` } }, KEY],
  ["a cookie", { headers: { "x-app-cookie": "a=1", "proxy-authorization": `Bearer ${KEY}` } }, KEY],
  ["query key", { query: { key: KEY } }, KEY],
  ["query api_key", { query: { api_key: KEY } }, KEY],
  ["query access_token", { query: { access_token: KEY } }, KEY],
  ["the base URL's query", { baseURL: `${url}?key=${encodeURIComponent(KEY)}` }, KEY],
  ["the base URL's query, api-key", { baseURL: `${url}?api-key=${encodeURIComponent(KEY)}&v=1` }, KEY],
];

const unicode = (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
/** How JSON may write a text; the last is all in escapes. */
const writings = {
  "as it is": (key) => JSON.stringify(key).slice(1, -1),
  "with \\/": (key) => JSON.stringify(key).slice(1, -1).replaceAll("/", "\\/"),
  "with \\u002B": (key) => JSON.stringify(key).slice(1, -1).replaceAll("+", "\\u002B").replaceAll("=", "\\u003d"),
  "with \\u0073k": (key) => `\\u0073${JSON.stringify(key).slice(2, -1)}`,
  "all in escapes": (key) => [...key].map(unicode).join(""),
};

/** Everything that can be reached from a value by its own properties, hidden ones, and cause; as texts. */
function reached(value, seen = new Set(), path = "error") {
  if (typeof value === "string") return [[path, value]];
  if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value)) return [];
  seen.add(value);
  const found = [];
  for (const key of Reflect.ownKeys(value)) {
    found.push([`${path}, a name`, String(key)]);
    found.push(...reached(value[key], seen, `${path}.${String(key)}`));
  }
  for (const key of ["message", "stack", "body", "code", "type", "param", "requestId", "url", "cause"]) found.push(...reached(value[key], seen, `${path}.${key}`));
  if (value instanceof Headers || value instanceof Map) for (const [name, one] of value) found.push([`${path} ${name}`, String(one)]);
  return found;
}

/** No secret in what is shown of an error. */
function clean(error, secret, what) {
  const texts = [...reached(error), ["String()", String(error)], ["JSON", JSON.stringify(error)], ["JSON of body", JSON.stringify(error?.body ?? null)]];
  if (error?.toResponse) texts.push(["headers of toResponse()", JSON.stringify([...error.toResponse().headers])]);
  for (const [path, shown] of texts) {
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) lacks(shown ?? "", form, `${what}: ${path}`);
  }
}

/** An error of a provider that echoes in every place. */
const echo = (written) => `{"error":{"message":"Incorrect API key provided: ${written}. See docs.","type":"t ${written}","param":"p ${written}","code":"c ${written}","metadata":{"raw":"{\\"key\\":\\"${written.replaceAll("\\", "\\\\")}\\"}","${written}":["${written}"]}},"request_id":"r ${written}"}`;

const all = { dangerouslyAllowBrowser: true, baseURL: url, maxRetries: 0 };

async function exits(tw, options, secret, written, what) {
  const reports = [];
  const given = { ...all, onEnd: (report) => { reports.push(report); }, ...options };
  const body = echo(written);
  const frame = `data: ${body}\n\n`;
  for (const status of [400, 401, 429, 500]) {
    const error = await rejects(inTime(tw.chat(hello, { ...given, fetch: answer(body, { status }) }), what));
    match(error.message, /Incorrect API key provided/, what);
    clean(error, secret, `${what}, ${status}`);
  }
  for (const raw of [body.replace("{", "oops {"), `Incorrect API key provided: ${secret}`, `<html>${secret}</html>`, `["${written}"]`, JSON.stringify(`Key ${secret}`)]) {
    clean(await rejects(tw.chat(hello, { ...given, fetch: answer(raw, { status: 403, contentType: "text/plain" }) })), secret, `${what}, no JSON`);
  }
  clean(await rejects(tw.chat(hello, { ...given, fetch: answer(body) })), secret, `${what}, a plain 200`);
  for (const reads of [[frame], [text("Hi"), frame], [text("Hi"), `event: error\n${frame}`], [text("Hi") + frame.slice(0, 60), frame.slice(60)]]) {
    for (const face of loops) {
      const stream = tw.chat(streaming, { ...given, fetch: replay(reads) });
      const { error } = await inTime(collect(stream[face] ?? stream), what);
      match(error?.message, /Incorrect API key provided/, `${what}, ${face}`);
      clean(error, secret, `${what}, ${face}`);
    }
    const sse = await allOf(tw.chat(streaming, { ...given, fetch: replay(reads) }).toResponse().body);
    match(sse.text, /Incorrect API key provided/, `${what}, the SSE`);
    for (const frame_ of sse.text.split("\n\n").filter(Boolean)) for (const [path, shown] of reached(JSON.parse(frame_.slice(6)))) lacks(shown, secret, `${what}, the SSE: ${path}`);
    clean(sse.error, secret, `${what}, the SSE's own error`);
  }
  const tee = tw.chat(streaming, { ...given, fetch: replay([text("Hi"), frame]) }).tee();
  for (const branch of tee) clean(await rejects(branch.final()), secret, `${what}, a branch`);
  clean(await rejects(tw.chat(streaming, { ...given, fetch: replay([frame]) }).response.then((meta) => { throw meta; })), secret, `${what}, response`);
  ok(reports.length > 10, "onEnd was told");
  for (const report of reports) clean(report, secret, `${what}, onEnd's report`);
  return reports;
}

async function allOf(body) {
  const reader = body.getReader();
  let sse = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { text: sse };
      sse += new TextDecoder().decode(value);
    }
  } catch (error) {
    return { text: sse, error };
  }
}

const echoed = secrets.map(([label, options, secret]) => ({
  name: `a provider that echoes ${label}, written in any way: it comes out nowhere`,
  async run(tw) {
    for (const [how, write] of Object.entries(writings)) await exits(tw, options, secret, write(secret), `${label} ${how}`);
  },
}));

const quoted = {
  name: "a key with quotes in it is struck out with and without them",
  async run(tw) {
    for (const key of [`"${KEY}"`, `'${KEY}'`, `sk-with"quote-in-it`, "sk-with\\backslash-in"]) {
      const bare = key.replace(/^(["'])(.*)\1$/, "$2");
      for (const said of [key, bare]) {
        const fetch = answer(JSON.stringify({ error: { message: `Incorrect API key provided: ${said}` } }), { status: 401 });
        const error = await rejects(tw.chat(hello, { ...all, apiKey: key, fetch }));
        clean(error, bare, `${key}, echoed as ${said}`);
        match(error.message, /Incorrect API key provided/);
      }
    }
  },
};

const words = ["error", "message", "messages", "content", "choices", "status", "invalid_request_error", "rate_limit_exceeded", "undefined", "overloaded_error", "aborted", "[object Object]", "finish_reason"];

const ours = {
  name: "a key that is a word of ours leaves errors intact, but for itself",
  async run(tw) {
    for (const apiKey of words) {
      // A key with a blank in it is refused before it is sent.
      for (const options of [...(apiKey.includes(" ") ? [] : [{ apiKey }]), { query: { key: apiKey } }, { headers: { "x-api-key": apiKey } }]) {
        const given = { ...all, ...options };
        const limited = await rejects(tw.chat(hello, { ...given, fetch: refuses(429, { message: "Slow down please", type: "requests", code: "slow" }) }));
        ok(limited instanceof tw.RateLimitError, `${apiKey}: ${limited}`);
        equal(limited.kind, "rate_limit", apiKey);
        match(limited.message, /Slow down please/, apiKey);
        equal(limited.code, "slow", apiKey);
        equal(limited.body?.error?.message, "Slow down please", `${apiKey}: the body keeps its shape`);
        const framed = tw.chat(streaming, { ...given, fetch: replay([text("Hi"), 'data: {"error":{"message":"No room here","type":"overloaded_error"}}\n\n']) });
        const { error, items } = await collect(framed.text);
        equal(items.join(""), "Hi");
        equal(error.kind, "overloaded", apiKey);
        match(error.message, /No room here/, apiKey);
        const sse = await allOf(tw.chat(streaming, { ...given, fetch: refuses(401, { message: "Who is it" }) }).toReadableStream());
        equal(JSON.parse(sse.text.slice(6)).error.message, "Who is it", `${apiKey}: the error frame keeps its shape`);
        const sent = await collect(tw.chat(streaming, { ...given, fetch: replay(says(apiKey, " it said")) }).text);
        equal(sent.items.join(""), `${apiKey} it said`, "what a model says is no error");
      }
    }
  },
};

const own = {
  name: "our own errors hold no secret: base URL, headers, what fetch says",
  async run(tw) {
    for (const [label, options, secret] of secrets) {
      const spoken = new TypeError(`Failed to fetch ${url}?key=${label.includes("query") ? encodeURIComponent(secret) : ""} with ${secret}`, { cause: new Error(`connect ${secret}`) });
      const reports = [];
      const given = { ...all, ...options, onEnd: (report) => { reports.push(report); } };
      // In an address a secret is written in its way.
      const forms = label.includes("query") ? [secret, encodeURIComponent(secret)] : [secret];
      const offline = async () => { throw spoken; };
      const error = await rejects(tw.chat(hello, { ...given, fetch: offline }));
      for (const form of forms) lacks(error.message + JSON.stringify(error), form, label);
      const cut = await rejects(tw.chat(streaming, { ...given, fetch: replay([text("Hi")], { fail: new TypeError(`terminated: ${secret}`) }) }).final());
      lacks(cut.message + JSON.stringify(cut), secret, label);
      const html = await rejects(tw.chat(streaming, { ...given, fetch: answer(`<html>${secret}</html>`, { contentType: "text/html" }) }).final());
      clean(html, secret, label);
      equal(reports.length, 3, "onEnd was told");
    }
  },
};

export const secretCases = [...echoed, quoted, ours, own];
