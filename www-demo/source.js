/**
 * Who answers: the simulator in this page, or a provider. Both are reached by the same client.
 */
import { createClient } from "/pkg/entry/browser.js";
import { simulate } from "/pkg/testing.js";
import { scripts } from "./scripts.js";

/** A client for what the settings say, and the parameters that go with it. */
export function clientFor(settings) {
  if (settings.source === "simulator") {
    const fetch = simulate(scripts[settings.script].options);
    return { client: createClient({ baseURL: "https://simulator.invalid/v1", fetch }), params: { model: "simulator" } };
  }
  const { baseURL, apiKey, model } = settings;
  return {
    client: createClient({
      baseURL: baseURL.trim() || undefined,
      apiKey: apiKey.trim() || undefined,
      // The page says beside the field who can read the key.
      dangerouslyAllowBrowser: true,
    }),
    params: { model: model.trim() },
  };
}

/** Where requests will go: the client repairs what was pasted. */
export function describeEndpoint({ baseURL }) {
  try {
    return `Requests go to ${createClient({ baseURL: baseURL.trim() || undefined }).baseURL}/chat/completions`;
  } catch (error) {
    return error.message;
  }
}

/** The system prompt as a message, if there is one. */
export function systemMessages({ system }) {
  return system.trim() ? [{ role: "system", content: system.trim() }] : [];
}
