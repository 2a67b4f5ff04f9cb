// Failures: the class by status, the kind, the provider's own message first. Runs in every runtime.

import { equal, lacks, match, ok, rejectsWith, same } from "../support/check.js";
import { answer, replay, unreachable } from "../support/fake-fetch.js";
import { hello, says } from "../support/wire.js";

const streaming = { ...hello, stream: true };

const classes = {
  400: "BadRequestError", 401: "AuthenticationError", 402: "APIError", 403: "PermissionDeniedError", 404: "NotFoundError",
  409: "ConflictError", 418: "APIError", 422: "UnprocessableEntityError", 429: "RateLimitError",
  500: "InternalServerError", 502: "InternalServerError", 503: "InternalServerError", 529: "InternalServerError",
};

/** The class that a failure of this HTTP status must have. */
export const classOf = (status) => classes[status] ?? (status >= 500 ? "InternalServerError" : "APIError");

/** Both ways of calling, each with its failure. */
async function failures(tw, fetch, type) {
  const once = { fetch, maxRetries: 0 };
  const plain = await rejectsWith(tw.chat(hello, once), type);
  const stream = tw.chat(streaming, once);
  const streamed = await rejectsWith(stream[Symbol.asyncIterator]().next(), type);
  equal(stream.end, "error");
  return [plain, streamed];
}

const kinds = new Set(["auth", "permission", "quota", "rate_limit", "overloaded", "model_not_found", "not_found", "context_length",
  "content_filter", "unsupported_parameter", "bad_request", "server", "connection", "timeout", "aborted", "truncated", "malformed",
  "limit", "validation", "config"]);

/** What every API error must be, whatever the body. */
export function checkApiError(tw, error, status, body) {
  equal(error.constructor.name, classOf(status));
  equal(error.name, classOf(status));
  ok(error instanceof tw.APIError && error instanceof tw.TokenwireError && error instanceof Error);
  equal(tw.TokenwireError.isInstance(error), true);
  equal(error.status, status);
  ok(kinds.has(error.kind), `kind ${error.kind}`);
  equal(typeof error.retryable, "boolean");
  match(error.message, /\S/);
  lacks(error.message, "[object Object]");
  ok(!/^[[{]/.test(error.message.trim()), `a dump as message: ${error.message}`);
  ok(!/<html|<title|<body/i.test(error.message), `HTML as message: ${error.message}`);
  for (const key of ["code", "type", "param", "requestId"]) ok(error[key] === null || typeof error[key] === "string", `${key}: ${error[key]}`);
  ok(typeof error.headers?.get === "function", "headers are there");
  if (body !== undefined && body.trim().startsWith("{")) same(error.body, JSON.parse(body));
}

const byStatus = Object.keys(classes).map(Number).map((status) => ({
  name: `status ${status} is a ${classOf(status)}`,
  async run(tw) {
    const body = JSON.stringify({ error: { message: "Said by the provider", type: "some_type", param: "model", code: "some_code" } });
    const headers = { "x-request-id": "req_9" };
    for (const error of await failures(tw, answer(body, { status, headers }), tw[classOf(status)])) {
      checkApiError(tw, error, status, body);
      match(error.message, /Said by the provider/);
      same([error.code, error.type, error.param, error.requestId], ["some_code", "some_type", "model", "req_9"]);
    }
  },
}));

const retryable = [
  {
    name: "retryable says what may succeed another time",
    async run(tw) {
      for (const [status, expected] of [[400, false], [401, false], [404, false], [408, true], [429, true], [500, true], [503, true]]) {
        const fetch = answer('{"error":{"message":"Said"}}', { status });
        const [error] = await failures(tw, fetch, tw.APIError);
        equal(error.retryable, expected, `status ${status}`);
      }
    },
  },
];

/** Error bodies: {name, status, content_type, body, expected: {kind: [..], message_includes}}. */
export function errorBodyCases(records) {
  return records.map((record) => ({
    name: `error body ${record.name}`,
    async run(tw) {
      const fetch = answer(record.body, { status: record.status, contentType: record.content_type });
      for (const error of await failures(tw, fetch, tw.APIError)) {
        checkApiError(tw, error, record.status, record.body);
        ok(record.expected.kind.includes(error.kind), `kind ${error.kind} instead of ${record.expected.kind.join(" or ")}`);
        ok(error.message.includes(record.expected.message_includes), `message ${JSON.stringify(error.message)} without ${JSON.stringify(record.expected.message_includes)}`);
      }
    },
  }));
}

const connection = [
  {
    name: "a fetch that reaches nobody is an APIConnectionError with its cause",
    async run(tw) {
      const cause = new TypeError("Failed to fetch");
      for (const error of await failures(tw, unreachable(cause), tw.APIConnectionError)) {
        equal(error.name, "APIConnectionError");
        equal(error.kind, "connection");
        equal(error.cause, cause);
        match(error.message, /\S/);
      }
    },
  },
  {
    name: "a fetch that throws something else, or gives no Response, is no crash",
    async run(tw) {
      const odd = [() => Promise.reject("a string"), () => { throw new Error("sync"); }, async () => undefined, async () => ({ ok: true }), () => "text"];
      for (const fetch of odd) {
        const error = await rejectsWith(tw.chat(hello, { fetch, maxRetries: 0 }), tw.TokenwireError);
        match(error.message, /\S/);
        await rejectsWith(tw.chat(streaming, { fetch, maxRetries: 0 }).final(), tw.TokenwireError);
      }
    },
  },
  {
    name: "a plain reply that is no JSON is an error of the library's, with words",
    async run(tw) {
      for (const body of ["<html><title>Hello</title></html>", "", "   ", "not json", "{\"choices\":"]) {
        const error = await rejectsWith(tw.chat(hello, { fetch: answer(body), maxRetries: 0 }), tw.TokenwireError);
        match(error.message, /\S/);
      }
    },
  },
  {
    name: "a plain call answered by SSE gives the completion",
    async run(tw) {
      const reply = await tw.chat(hello, { fetch: replay(says("Hel", "lo")) });
      equal(reply.object, "chat.completion");
      equal(reply.choices[0].message.content, "Hello");
    },
  },
];

const classesExist = [
  {
    name: "all error classes are exported, in their order of descent",
    async run(tw) {
      const parents = {
        APIError: "TokenwireError", BadRequestError: "APIError", AuthenticationError: "APIError", PermissionDeniedError: "APIError",
        NotFoundError: "APIError", ConflictError: "APIError", UnprocessableEntityError: "APIError", RateLimitError: "APIError",
        InternalServerError: "APIError", APIConnectionError: "TokenwireError", APITimeoutError: "APIConnectionError",
        APIUserAbortError: "TokenwireError", StreamError: "TokenwireError", ValidationError: "TokenwireError", ConfigError: "TokenwireError",
      };
      for (const [name, parent] of Object.entries(parents)) {
        equal(typeof tw[name], "function", name);
        equal(Object.getPrototypeOf(tw[name]), tw[parent], name);
      }
      equal(Object.getPrototypeOf(tw.TokenwireError), Error);
      equal(tw.TokenwireError.isInstance(new Error("x")), false);
      equal(tw.TokenwireError.isInstance(undefined), false);
    },
  },
];

const fields = [
  {
    name: "only API errors have all of the provider's fields; a StreamError has those that came",
    async run(tw) {
      const shown = (error) => Object.keys(error.toJSON()).sort();
      const own = ["kind", "message", "name", "retryable"];
      const once = { maxRetries: 0 };
      same(shown(await rejectsWith(tw.chat({ ...hello, messages: [] }), tw.ConfigError)), own);
      same(shown(await rejectsWith(tw.chat(hello, { fetch: unreachable(), ...once }), tw.APIConnectionError)), [...own, "url"]);
      const cut = 'data: {"error":{"message":"Said","code":"c"}}\n\n';
      const broken = await rejectsWith(tw.chat(streaming, { fetch: replay([cut]), ...once }).final(), tw.StreamError);
      same(shown(broken), ["code", ...own, "url"].sort());
      equal(broken.body?.message ?? broken.body?.error?.message, "Said");
    },
  },
  {
    name: "an error that a user makes is harmless",
    async run(tw) {
      for (const error of [new tw.RateLimitError("x"), new tw.RateLimitError("x", null), new tw.RateLimitError("x", { cause: 1 })]) {
        equal(error.name, "RateLimitError");
        same(error.toJSON(), { name: "RateLimitError", message: "x" });
        same([error.retryable, error.code, error.type, error.param, error.requestId], [true, null, null, null, null]);
        ok(tw.APIError.isInstance(error));
      }
    },
  },
];

export const errorCases = [...fields, ...byStatus, ...retryable, ...connection, ...classesExist];
