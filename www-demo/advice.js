/** What to do about a failure, by the error's `kind`. */
const advice = {
  auth: "Check the API key in the settings: the provider does not know it.",
  permission: "This key may not use that model or feature. Ask the provider, or choose another.",
  quota: "The account has no credit left. Add some at the provider, or use another key.",
  rate_limit: "Too many requests for now. Wait a little, then press Retry.",
  overloaded: "The provider is busy. Wait a little, then press Retry.",
  model_not_found: "The provider has no model of that name. Use “List” in the settings to see which it has.",
  not_found: "There is nothing at this address. Check the base URL in the settings.",
  context_length: "The conversation has grown too long for the model. Start a new one.",
  content_filter: "The provider's filter stopped it. Say it in other words.",
  unsupported_parameter: "The model does not take something that was sent. The message says what.",
  bad_request: "The provider did not accept the request. The message says why.",
  server: "The provider failed. Press Retry; if it stays so, it is not up to you.",
  connection: "Put that right, then press Retry.",
  timeout: "No answer in time. Press Retry, or choose another model.",
  truncated: "What came is kept: ask it to go on, or press Retry.",
  malformed: "The answer is not what a chat provider sends. Check that the base URL leads to an API and not to a web page.",
  limit: "The reply was larger than the client's limits allow.",
  config: "Nothing was sent. Correct what the message names in the settings, then press Retry.",
};

/** A sentence for people; empty if we know nothing better than the message. */
export function adviceFor(kind) {
  return advice[kind] ?? "";
}
