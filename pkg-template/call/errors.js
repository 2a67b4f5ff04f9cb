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

  /** Like instanceof, but also true for errors of another copy of this package. */
  static isInstance(value) {
    for (let at = value; at !== null && typeof at === "object"; at = Object.getPrototypeOf(at)) {
      if (Object.hasOwn(at, BRAND) && at[BRAND] === this.prototype[BRAND]) return true;
    }
    return false;
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

// The keys are the names: a minifier renames the classes, not these.
const classes = {
  TokenwireError,
  APIError,
  BadRequestError,
  AuthenticationError,
  PermissionDeniedError,
  NotFoundError,
  ConflictError,
  UnprocessableEntityError,
  RateLimitError,
  InternalServerError,
  APIConnectionError,
  APITimeoutError,
  APIUserAbortError,
  StreamError,
  ValidationError,
  ConfigError,
};

for (const name in classes) {
  hide(classes[name].prototype, "name", name);
  hide(classes[name].prototype, BRAND, name);
}

// What users make themselves (tests, mocks) has what the types promise, though no values for it.
hide(TokenwireError.prototype, "retryable", false);
for (const key of ["code", "type", "param", "requestId"]) hide(APIError.prototype, key, null);

/** The error that the core describes; what a provider echoed of secrets is struck out there. */
export function fromCore(json, { headers, body, cause }) {
  const { class: name, message, ...fields } = JSON.parse(json);
  if (body !== undefined) body = parsed(body);
  // Only an answer with a status has all of the provider's fields; elsewhere, those that it gave.
  if (!fields.status) for (const key in fields) if (fields[key] === null) delete fields[key];
  return new classes[name](message, { ...fields, headers, body, cause });
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

/** An error as OpenAI puts it into a stream. */
export function errorFrame({ message, type = null, param = null, code, kind = null }) {
  return `data: ${JSON.stringify({ error: { message, type, param, code: code ?? kind } })}\n\n`;
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
