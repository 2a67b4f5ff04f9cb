/**
 * What a provider says no to, and how: OpenAI's error body, `{ error: { message, type, param, code } }`.
 */

/** The error for a request that this simulator would not serve, or undefined. */
export function refusal(settings, record) {
  return wrongKey(settings.apiKey, record.headers.authorization) ?? wrongPath(record) ?? (record.method === "POST" ? wrongBody(settings, record.body) : undefined);
}

function wrongKey(key, authorization) {
  if (key === undefined || authorization === `Bearer ${key}`) return undefined;
  if (!authorization) return { status: 401, message: "You didn't provide an API key. Send it as: Authorization: Bearer YOUR_KEY." };
  return { status: 401, message: "Incorrect API key provided.", code: "invalid_api_key" };
}

function wrongPath({ method, url }) {
  const { pathname } = new URL(url);
  const expected = pathname.endsWith("/chat/completions") ? "POST" : pathname.endsWith("/models") ? "GET" : undefined;
  if (expected === method) return undefined;
  if (expected) return { status: 405, message: `Not allowed to ${method} on ${pathname}. Use ${expected}.` };
  return { status: 404, message: `Invalid URL (${method} ${pathname})` };
}

function wrongBody({ models, strictModels }, body) {
  if (body === null || typeof body !== "object" || Array.isArray(body)) {
    return { status: 400, message: "The body of the request is not a JSON object." };
  }
  if (typeof body.model !== "string" || body.model === "") return { status: 400, message: "You must provide a model parameter.", param: "model" };
  if (strictModels && !models.data.some(({ id }) => id === body.model)) {
    return { status: 404, message: `The model '${body.model}' does not exist.`, param: "model", code: "model_not_found" };
  }
  return wrongMessages(body.messages) ?? wrongCount("n", body.n, 128) ?? wrongCount("max_tokens", body.max_tokens) ?? wrongCount("max_completion_tokens", body.max_completion_tokens);
}

function wrongMessages(messages) {
  if (messages === undefined) {
    return { status: 400, message: "Missing required parameter: 'messages'.", param: "messages", code: "missing_required_parameter" };
  }
  if (!Array.isArray(messages) || messages.length === 0) {
    return { status: 400, message: "Invalid 'messages': expected an array with at least one message.", param: "messages", code: "invalid_type" };
  }
  const bad = messages.findIndex((message) => typeof message?.role !== "string");
  if (bad < 0) return undefined;
  return { status: 400, message: `Missing required parameter: 'messages[${bad}].role'.`, param: `messages[${bad}].role`, code: "missing_required_parameter" };
}

function wrongCount(param, value, most = Number.MAX_SAFE_INTEGER) {
  if (value === undefined || value === null || (Number.isInteger(value) && value >= 1 && value <= most)) return undefined;
  return { status: 400, message: `Invalid '${param}': expected an integer from 1 to ${most}.`, param, code: "invalid_type" };
}

/** Message, type and code that go with a status when the script names none. */
const usual = {
  401: ["Incorrect API key provided.", "invalid_request_error", "invalid_api_key"],
  403: ["You are not allowed to use this.", "invalid_request_error", null],
  404: ["The resource does not exist.", "invalid_request_error", null],
  429: ["Rate limit reached. Try again later.", "requests", "rate_limit_exceeded"],
  500: ["The server had an error while processing your request.", "server_error", null],
  503: ["The engine is currently overloaded. Try again later.", "server_error", null],
};

/** OpenAI's error object, filled up from the status. */
export function errorObject({ status = 400, message, type, param = null, code }) {
  const [usualMessage, usualType, usualCode] = usual[status] ?? usual[status >= 500 ? 500 : 0] ?? ["The request was refused.", "invalid_request_error", null];
  const own = message !== undefined;
  return { message: message ?? usualMessage, type: type ?? usualType, param, code: code ?? (own ? null : usualCode) };
}

/** Status, body and headers of an error reply; a scripted `body` goes out as it is. */
export function errorReply(error) {
  return { status: error.status, body: error.body ?? { error: errorObject(error) }, headers: error.headers };
}
