// Params of many kinds, each of which Chat Completions takes. Used by requests.js and by the judge.

const user = { role: "user", content: "What is the weather in Paris?" };
const model = "gpt-4o-mini";
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
const weather = { type: "function", function: { name: "weather", description: "The weather of a city", parameters, strict: true } };
const clock = { type: "function", function: { name: "clock" } };
const called = { role: "assistant", content: null, tool_calls: [{ id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } }] };
const pixel = "data:image/png;base64,iVBORw0KGgo=";
const chat = (extra) => ({ model, messages: [user], ...extra });
const talk = (...messages) => ({ model, messages });

const roles = [
  { name: "a system message", params: talk({ role: "system", content: "Be brief." }, user) },
  { name: "a developer message", params: talk({ role: "developer", content: "Be brief." }, user) },
  { name: "names of speakers", params: talk({ role: "system", name: "rules", content: "Be brief." }, { ...user, name: "Ada" }, { role: "assistant", name: "bot", content: "Yes?" }, user) },
  { name: "an assistant message with a refusal", params: talk(user, { role: "assistant", refusal: "No." }, user) },
  { name: "a tool turn", params: talk(user, called, { role: "tool", tool_call_id: "call_1", content: "Rain" }) },
  { name: "two parallel calls and their results", params: talk(user,
    { role: "assistant", content: "", tool_calls: [called.tool_calls[0], { ...called.tool_calls[0], id: "call_2" }] },
    { role: "tool", tool_call_id: "call_2", content: "Sun" }, { role: "tool", tool_call_id: "call_1", content: [{ type: "text", text: "Rain" }] }) },
  { name: "a legacy function turn", params: talk(user, { role: "assistant", content: null, function_call: { name: "weather", arguments: "{}" } }, { role: "function", name: "weather", content: "Rain" }) },
  { name: "a custom tool turn", params: talk(user, { role: "assistant", content: null, tool_calls: [{ id: "c", type: "custom", custom: { name: "grep", input: "x" } }] }, { role: "tool", tool_call_id: "c", content: "1" }) },
];

const contents = [
  { name: "content arrays of text", params: talk({ role: "system", content: [{ type: "text", text: "Be brief." }] }, { role: "user", content: [{ type: "text", text: "Hi" }] }) },
  { name: "an image", params: talk({ role: "user", content: [{ type: "text", text: "What is it?" }, { type: "image_url", image_url: { url: pixel, detail: "low" } }] }) },
  { name: "audio", params: talk({ role: "user", content: [{ type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } }] }) },
  { name: "a file", params: talk({ role: "user", content: [{ type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" } }] }) },
  { name: "a file by id", params: talk({ role: "user", content: [{ type: "file", file: { file_id: "file_1" } }] }) },
  { name: "assistant content parts", params: talk(user, { role: "assistant", content: [{ type: "text", text: "a" }, { type: "refusal", refusal: "b" }] }, user) },
  { name: "text of every kind", params: talk({ role: "user", content: "é 你好 🙂 \u0000 \u2028 \\ \" \n\t</script>" }) },
];

const tools = [
  { name: "tools", params: chat({ tools: [weather, clock], parallel_tool_calls: false }) },
  ...["none", "auto", "required"].map((choice) => ({ name: `tool_choice ${choice}`, params: chat({ tools: [weather], tool_choice: choice }) })),
  { name: "tool_choice by name", params: chat({ tools: [weather], tool_choice: { type: "function", function: { name: "weather" } } }) },
  { name: "tool_choice of allowed tools", params: chat({ tools: [weather], tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "weather" } }] } } }) },
  { name: "a custom tool and its choice", params: chat({ tools: [{ type: "custom", custom: { name: "grep", format: { type: "text" } } }], tool_choice: { type: "custom", custom: { name: "grep" } } }) },
  { name: "legacy functions", params: chat({ functions: [{ name: "weather", description: "d", parameters }], function_call: { name: "weather" } }) },
  { name: "legacy function_call auto", params: chat({ functions: [{ name: "weather", parameters }], function_call: "auto" }) },
];

const formats = [
  { name: "response_format text", params: chat({ response_format: { type: "text" } }) },
  { name: "response_format json_object", params: chat({ response_format: { type: "json_object" } }) },
  { name: "response_format json_schema", params: chat({ response_format: { type: "json_schema", json_schema: { name: "city", description: "d", schema: parameters, strict: true } } }) },
];

const settings = [
  { name: "logprobs", params: chat({ logprobs: true, top_logprobs: 5 }) },
  { name: "n and seed", params: chat({ n: 3, seed: 12345 }) },
  { name: "stream_options", params: chat({ stream_options: { include_usage: true } }) },
  { name: "sampling", params: chat({ temperature: 0, top_p: 0.5, presence_penalty: -1.5, frequency_penalty: 2, logit_bias: { 50256: -100 } }) },
  { name: "limits and stops", params: chat({ max_tokens: 5, stop: ["a", "\n"] }) },
  { name: "one stop as a string", params: chat({ max_completion_tokens: 5, stop: "END" }) },
  { name: "reasoning and verbosity", params: chat({ model: "gpt-5", reasoning_effort: "low", verbosity: "low" }) },
  { name: "bookkeeping", params: chat({ user: "u", store: false, metadata: { a: "b" }, service_tier: "auto", safety_identifier: "s", prompt_cache_key: "k" }) },
  { name: "audio out", params: chat({ modalities: ["text", "audio"], audio: { voice: "alloy", format: "mp3" } }) },
  { name: "prediction", params: chat({ prediction: { type: "content", content: "Rain" } }) },
  { name: "web search", params: chat({ web_search_options: { search_context_size: "low", user_location: { type: "approximate", approximate: { country: "FR" } } } }) },
  { name: "nulls where they are allowed", params: chat({ temperature: null, top_p: null, n: null, logit_bias: null, metadata: null }) },
];

/** {name, params} of bodies that must go out as they are and be valid by OpenAI's own schema. */
export const richParams = [...roles, ...contents, ...tools, ...formats, ...settings];
