// The error classes: OpenAI's names, a stable `kind`, and nothing in them that must not be logged.

// By symbol, so that isInstance() also knows errors of another realm or of another copy in the bundle.
const BRAND = Symbol.for("tokenwire.error");

/** What all errors of this package are. */
export class TokenwireError extends Error {
  constructor(message, more) {
    const { cause, headers, body, ...fields } = more ?? {};
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, fields);
    // Not enumerable: neither inspect() nor JSON shows them unasked.
    if (headers) hide(this, "headers", headers);
    if (body !== undefined) hide(this, "body", body);
  }

  /** Like instanceof, but also true for errors of another copy of this package; of a class of one's own, its own alone. */
  static isInstance(value) {
    const wanted = this.prototype;
    for (let at = value; at !== null && typeof at === "object"; at = Object.getPrototypeOf(at)) {
      if (at === wanted || (Object.hasOwn(wanted, BRAND) && Object.hasOwn(at, BRAND) && at[BRAND] === wanted[BRAND])) return true;
    }
    return false;
  }

  /** For who hands it on: its status, OpenAI's shape, when to come back, and nothing of where it came from. */
  toResponse(init) {
    const { kind, status, retryable, retryAfterMs: wait } = this;
    const headers = new Headers(init?.headers);
    const told = { "content-type": "application/json", "x-should-retry": retryable };
    if (wait !== undefined) Object.assign(told, { "retry-after": Math.ceil(wait / 1000), "retry-after-ms": wait });
    for (const name in told) if (!headers.has(name)) headers.set(name, told[name]);
    const own = status > 399 && status < 600 ? status : (STATUS[kind] ?? 502);
    return new Response(wireForm(this), { status: own, ...init, headers });
  }

  toJSON() {
    return { name: this.name, message: this.message, ...this };
  }
}
/** The provider refused: it answered with a status that is not 2xx. */
export class APIError extends TokenwireError {}
/** 400 */
export class BadRequestError extends APIError {}
/** 401 */
export class AuthenticationError extends APIError {}
/** 403 */
export class PermissionDeniedError extends APIError {}
/** 404 */
export class NotFoundError extends APIError {}
/** 409 */
export class ConflictError extends APIError {}
/** 422 */
export class UnprocessableEntityError extends APIError {}
/** 429 */
export class RateLimitError extends APIError {}
/** 500 and above */
export class InternalServerError extends APIError {}
/** No answer came. */
export class APIConnectionError extends TokenwireError {}
/** No answer came in time. */
export class APITimeoutError extends APIConnectionError {}
/** The caller aborted; `cause` is the reason given. */
export class APIUserAbortError extends TokenwireError {}
/** The reply began well and ended badly: an error frame, a cut, or a bound exceeded. */
export class StreamError extends TokenwireError {}
/** The reply is not what the schema asks for. */
export class ValidationError extends TokenwireError {}
/** What the caller got wrong, said before anything is sent. */
export class ConfigError extends TokenwireError {}

// Each with its name, for a minifier renames the classes, and what it means where somebody makes one himself (tests, mocks).
const classes = {};
for (const [Class, name, kind, status] of [
  [TokenwireError, "TokenwireError", "server"],
  [APIError, "APIError", "server"],
  [BadRequestError, "BadRequestError", "bad_request", 400],
  [AuthenticationError, "AuthenticationError", "auth", 401],
  [PermissionDeniedError, "PermissionDeniedError", "permission", 403],
  [NotFoundError, "NotFoundError", "not_found", 404],
  [ConflictError, "ConflictError", "bad_request", 409],
  [UnprocessableEntityError, "UnprocessableEntityError", "bad_request", 422],
  [RateLimitError, "RateLimitError", "rate_limit", 429],
  [InternalServerError, "InternalServerError", "server", 500],
  [APIConnectionError, "APIConnectionError", "connection"],
  [APITimeoutError, "APITimeoutError", "timeout"],
  [APIUserAbortError, "APIUserAbortError", "aborted"],
  [StreamError, "StreamError", "truncated"],
  [ValidationError, "ValidationError", "validation"],
  [ConfigError, "ConfigError", "config"],
]) {
  classes[name] = Class;
  const retryable = status === 409 || /rate_limit|overloaded|server|connection|timeout|truncated/.test(kind);
  const means = { name, kind, retryable, [BRAND]: name };
  if (status) means.status = status;
  for (const key of Reflect.ownKeys(means)) hide(Class.prototype, key, means[key]);
}
for (const key of ["code", "type", "param", "requestId"]) hide(APIError.prototype, key, null);

/** Statuses of what had none; 502 for all else. */
const STATUS = {
  auth: 401, permission: 403, quota: 429, rate_limit: 429, overloaded: 503, model_not_found: 404, not_found: 404, context_length: 400,
  content_filter: 400, unsupported_parameter: 400, bad_request: 400, timeout: 504, aborted: 499, config: 500,
};

/** The error that the core describes; what a provider echoed of secrets is struck out there. `hint`: what to add for its fields. */
export function fromCore(json, { headers, body, cause, hint }) {
  const { class: name, message, ...fields } = JSON.parse(json);
  if (body !== undefined) body = parsed(body);
  const words = message + (hint?.(fields) ?? "");
  // Only an answer with a status has all of the provider's fields; elsewhere, those that it gave.
  if (!fields.status) for (const key in fields) if (fields[key] === null) delete fields[key];
  return new classes[name](words, { ...fields, headers, body, cause });
}

/** What a runtime threw, or where that names a secret (an address, in Deno) what it said, without it. */
export function withoutSecrets(cause, secrets) {
  try {
    const told = [cause, cause?.cause].map((one) => (typeof one === "string" ? one : `${one?.message}\n${one?.stack}`)).join();
    if (!secrets.some((secret) => told.includes(secret))) return cause;
    let message = typeof cause === "string" ? cause : `${cause?.message}`;
    for (const secret of secrets) message = message.replaceAll(secret, "***");
    return new Error(message);
  } catch {
    return cause;
  }
}

/**
 * An error as OpenAI puts it into a body, for others to read, without the address of who said it. The kind stands where the provider
 * left room, so that a client of ours reads it.
 */
function wireForm({ message, type, param = null, code, kind, url }) {
  const host = url && new URL(url).host;
  if (url) message = message.replaceAll(url, "the upstream");
  // A name without a dot may be any word.
  if (/[.:]/.test(host)) message = message.replaceAll(host, "upstream");
  type ??= code == null ? null : kind;
  return JSON.stringify({ error: { message, type, param, code: code ?? kind } });
}

/** The same in a stream. */
export const errorFrame = (failure) => `data: ${wireForm(failure)}\n\n`;

/** The stack from the caller of `from` on, where the runtime can tell. It is made text only where it is wanted. */
export function traced(from) {
  const at = {};
  Error.captureStackTrace?.(at, from);
  return at;
}

/** The error with that stack. */
export function located(error, at) {
  const frames = at?.stack?.replace?.(/^Error\n/, () => `${error.name}: ${error.message}\n`);
  if (/\n|@/.test(frames)) error.stack = frames;
  return error;
}

/** What a value is, in words that show nothing of it. */
export const typed = (value) => (value === null ? "null" : Array.isArray(value) ? "an array" : `of type ${typeof value}`);

/** The error that advice.js has by this name; where that cannot be loaded, the name has to do. */
export async function advice(name, ...facts) {
  const [message, cause, kind] = await import("./advice.js").then((all) => all[name](...facts)).catch(() => [name]);
  return kind ? new APIConnectionError(message, { kind, retryable: true, cause }) : config(message, cause);
}

/** A ConfigError made on this side of the border. */
export const config = (message, cause) => new ConfigError(message, { kind: "config", retryable: false, cause });

/** The error of a call that was aborted before, or quietly after, the core had a say. */
export const aborted = (reason) =>
  new APIUserAbortError("The request was aborted", { kind: "aborted", retryable: false, cause: reason });

/** The error of a call whose time ran out before the core had a say. */
export const expired = (phase, message) =>
  new APITimeoutError(message, { kind: "timeout", retryable: true, phase });

function hide(object, key, value) {
  Object.defineProperty(object, key, { value, configurable: true, writable: true });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
