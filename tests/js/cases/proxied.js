// Errors on their way through a proxy of the caller's, and those that are made by hand. Runs in every runtime.

import { equal, lacks, match, ok, rejects, same } from "../support/check.js";
import { answer, hangs, replay, unreachable } from "../support/fake-fetch.js";
import { refuses, streaming } from "../support/provider.js";
import { hello, text } from "../support/wire.js";

const open = { baseURL: "https://upstream.example/v1", maxRetries: 0, dangerouslyAllowBrowser: true };

const KINDS = {
  auth: 401, permission: 403, quota: 429, rate_limit: 429, overloaded: 503, model_not_found: 404, not_found: 404, context_length: 400, content_filter: 400,
  unsupported_parameter: 400, bad_request: 400, server: 502, connection: 502, timeout: 504, aborted: 499, truncated: 502, malformed: 502, limit: 502, validation: 502, config: 500,
};

/** What a client of ours makes of what a proxy hands on: of a response, plain and streamed; of a stream with a frame. */
async function readBack(tw, response) {
  const body = await response.text();
  const { status, headers } = response;
  const fetch = async () => new Response(body, { status, headers });
  return [await rejects(tw.chat(hello, { ...open, fetch })), await rejects(tw.chat(streaming, { ...open, fetch }).final())];
}

/** Failures as they happen: [options, kind, status of the response]. Made when a case runs, for workerd has no signals before. */
const failures = () => ({
  refused: [{ fetch: refuses(401, { message: "Bad key", code: "invalid_api_key" }) }, "auth", 401],
  "out of quota": [{ fetch: refuses(429, { message: "Spent", code: "insufficient_quota", type: "insufficient_quota" }) }, "quota", 429],
  "too long": [{ fetch: refuses(400, { message: "This model's maximum context length is 8 tokens", code: "context_length_exceeded" }) }, "context_length", 400],
  "no such model": [{ fetch: refuses(404, { message: "The model `x` does not exist", code: "model_not_found" }) }, "model_not_found", 404],
  "in words only": [{ fetch: refuses(529, { message: "Overloaded" }) }, "overloaded", 529],
  teapot: [{ fetch: refuses(418, { message: "no" }) }, "bad_request", 418],
  html: [{ fetch: answer("<html><title>502 Bad Gateway</title></html>", { status: 502, contentType: "text/html" }) }, "server", 502],
  unreachable: [{ fetch: unreachable(new TypeError("connect ECONNREFUSED upstream.example:443")) }, "connection", 502],
  late: [{ fetch: hangs({ deaf: true }), timeout: 20 }, "timeout", 504],
  aborted: [{ fetch: hangs(), signal: AbortSignal.abort("gone") }, "aborted", 499],
  cut: [{ fetch: replay([text("Hi")]) }, "truncated", 502],
  "no reply": [{ fetch: answer("<html>Hello</html>") }, "malformed", 502],
  "too large": [{ fetch: replay([text("x".repeat(500))]), limits: { maxEventBytes: 100 } }, "limit", 502],
  "a wrong option": [{ baseUrl: "x" }, "config", 500],
  redirected: [{ fetch: async () => ({ status: 302, headers: { location: "https://login.example" }, text: async () => "" }) }, "config", 500],
});

const responses = [
  {
    name: "toResponse() of an error has its status and OpenAI's shape, and a client of ours reads it as the same kind",
    async run(tw) {
      for (const [label, [options, kind, status]] of Object.entries(failures())) {
        const error = await rejects(tw.chat(label === "cut" ? streaming : hello, { ...open, ...options }).final?.() ?? tw.chat(hello, { ...open, ...options }));
        equal(error.kind, kind, label);
        const response = error.toResponse();
        equal(response.status, status, label);
        equal(response.headers.get("content-type"), "application/json", label);
        const body = await response.clone().text();
        const told = JSON.parse(body);
        same([Object.keys(told), Object.keys(told.error).sort()], [["error"], ["code", "message", "param", "type"]], label);
        match(told.error.message, /\S/, label);
        lacks(body, "upstream.example", label);
        for (const again of await readBack(tw, response)) {
          same([again.kind, again.status], [kind, status], label);
          ok(again instanceof tw.APIError, `${label}: ${again}`);
        }
      }
    },
  },
  {
    name: "every kind goes through a proxy, in a response and in a frame in mid-stream",
    async run(tw) {
      for (const [kind, status] of Object.entries(KINDS)) {
        for (const fields of [{ kind }, { kind, code: "x" }, { kind, type: "y" }]) {
          const error = new tw.TokenwireError("Said", fields);
          const response = error.toResponse();
          equal(response.status, status, kind);
          for (const again of await readBack(tw, response)) same([again.kind, again.message.startsWith("Said")], [kind, true], JSON.stringify(fields));
          const failing = tw.chat(streaming, { ...open, fetch: async () => { throw error; } });
          await rejects(failing.final());
        }
      }
    },
  },
  {
    name: "a stream that is handed on ends in a frame that a client of ours reads as the same kind, before and after content",
    async run(tw) {
      for (const [label, [options, kind]] of Object.entries(failures())) {
        const handed = tw.chat(streaming, { ...open, ...options }).toReadableStream();
        let sse = "";
        await rejects((async () => { for (const reader = handed.getReader(); ;) { const { value, done } = await reader.read(); if (done) return; sse += new TextDecoder().decode(value); } })(), label);
        for (const before of ["", text("Before")]) {
          const stream = tw.chat(streaming, { ...open, fetch: replay([before + sse]) });
          const error = await rejects(stream.final(), label);
          equal(error.kind, kind, `${label}: ${sse}`);
          ok(error instanceof tw.StreamError, label);
          equal(stream.end, "error", label);
        }
      }
    },
  },
  {
    name: "toResponse() says when to come back, takes an init, and holds no header of the upstream's",
    async run(tw) {
      const fetch = refuses(429, { message: "Slow" }, { "retry-after-ms": "1500", "x-request-id": "r", "set-cookie": "a=b", "x-internal": "host7" });
      const error = await rejects(tw.chat(hello, { ...open, fetch }));
      const response = error.toResponse({ headers: { "access-control-allow-origin": "*" } });
      same([response.headers.get("retry-after"), response.headers.get("retry-after-ms"), response.headers.get("access-control-allow-origin")], ["2", "1500", "*"]);
      for (const name of ["set-cookie", "x-internal"]) equal(response.headers.get(name), null, name);
      const [again] = await readBack(tw, response);
      equal(again.retryAfterMs, 1500);
      equal(error.toResponse({ status: 503 }).status, 503);
      const never = (await rejects(tw.chat(hello, { ...open, fetch: refuses(400) }))).toResponse();
      same([never.headers.get("x-should-retry"), never.headers.get("retry-after")], ["false", null]);
    },
  },
];

/** What a class means where somebody makes one himself. */
const MEANT = {
  BadRequestError: ["bad_request", 400, false], AuthenticationError: ["auth", 401, false], PermissionDeniedError: ["permission", 403, false], NotFoundError: ["not_found", 404, false],
  ConflictError: ["bad_request", 409, true], UnprocessableEntityError: ["bad_request", 422, false], RateLimitError: ["rate_limit", 429, true], InternalServerError: ["server", 500, true],
  APIConnectionError: ["connection", undefined, true], APITimeoutError: ["timeout", undefined, true], APIUserAbortError: ["aborted", undefined, false], StreamError: ["truncated", undefined, true],
  ValidationError: ["validation", undefined, false], ConfigError: ["config", undefined, false], APIError: ["server", undefined, true],
};

const byHand = [
  {
    name: "an error that is made by hand has the kind and the status that its class means, and so has a subclass",
    async run(tw) {
      for (const [name, [kind, status, retryable]] of Object.entries(MEANT)) {
        class Mine extends tw[name] {}
        for (const Class of [tw[name], Mine]) {
          const error = new Class("slow");
          same([error.message, error.kind, error.status, error.retryable, error.name], ["slow", kind, status, retryable, name], name);
          same(error.toResponse().status, status ?? KINDS[kind], name);
          for (const again of await readBack(tw, error.toResponse())) equal(again.kind, kind, name);
        }
        const own = new tw[name]("x", { kind: "quota", status: 402, retryable: false, cause: 1 });
        same([own.kind, own.status, own.retryable, own.cause], ["quota", 402, false, 1], name);
        ok(new tw[name]().stack !== undefined);
      }
    },
  },
  {
    name: "isInstance of a class is true for it and what extends it, of a class of one's own for its own alone; of what comes from another copy by name",
    async run(tw) {
      class Mine extends tw.RateLimitError {}
      class Other extends tw.RateLimitError {}
      const [mine, limited, lost] = [new Mine("a"), new tw.RateLimitError("b"), new tw.NotFoundError("c")];
      for (const [Class, error, expected] of [
        [tw.RateLimitError, mine, true], [tw.APIError, mine, true], [tw.TokenwireError, mine, true], [Mine, mine, true], [Mine, limited, false], [Other, mine, false],
        [tw.RateLimitError, lost, false], [Mine, lost, false], [tw.APIError, lost, true], [tw.ConfigError, lost, false], [tw.TokenwireError, new Error("x"), false], [tw.APIConnectionError, new tw.APITimeoutError("x"), true],
      ]) equal(Class.isInstance(error), expected, `${Class.name} of ${error.name}`);
      for (const nothing of [undefined, null, 5, "x", {}, Object.create(null), () => {}]) equal(tw.TokenwireError.isInstance(nothing), false);
      // As another copy of the package makes it: the same brands on other prototypes.
      const brand = Symbol.for("tokenwire.error");
      const copy = Object.create(Object.create(Object.create(Error.prototype, { [brand]: { value: "TokenwireError" } }), { [brand]: { value: "APIError" } }), { [brand]: { value: "RateLimitError" } });
      same([tw.RateLimitError, tw.APIError, tw.TokenwireError, tw.NotFoundError, Mine].map((Class) => Class.isInstance(copy)), [true, true, true, false, false]);
    },
  },
];

export const proxiedCases = [...responses, ...byHand];
