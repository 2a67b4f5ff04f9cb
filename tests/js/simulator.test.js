import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { simulate } from "tokenwire/testing";
import { chunksOf, deltas, events, hello, post, request, stream, url } from "./support/simulator.js";

describe("a plain reply", () => {
  test("is a chat.completion with the text, usage and a request id", async () => {
    const response = await post(simulate({ reply: "Hi, you." }));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.equal(response.headers.get("x-request-id"), "req_sim_1");
    assert.deepEqual(await response.json(), {
      id: "chatcmpl-sim-1",
      object: "chat.completion",
      created: 1_700_000_000,
      model: "m",
      choices: [{ index: 0, message: { role: "assistant", content: "Hi, you.", refusal: null }, logprobs: null, finish_reason: "stop" }],
      usage: { prompt_tokens: 6, completion_tokens: 4, total_tokens: 10 },
    });
  });

  test("says by default what it is and echoes the last user message", async () => {
    const fetch = simulate();
    const messages = [{ role: "user", content: "first" }, { role: "assistant", content: "ok" }, { role: "user", content: [{ type: "text", text: "second" }] }];
    const text = (await (await post(fetch, { ...hello, messages })).json()).choices[0].message.content;
    assert.match(text, /simulator: no key, no network/);
    assert.match(text, /“second”/);
    assert.match(text, /message 2/);
    assert.doesNotMatch(text, /“first”/);
  });

  test("keeps an empty text apart from none", async () => {
    const content = async (reply) => (await (await post(simulate({ reply }))).json()).choices[0].message.content;
    assert.equal(await content(""), "");
    assert.equal(await content({ refusal: "No." }), null);
  });

  test("is cut by max_tokens, one piece a token", async () => {
    for (const limit of ["max_tokens", "max_completion_tokens"]) {
      const { choices, usage } = await (await post(simulate({ reply: "one two three" }), { ...hello, [limit]: 2 })).json();
      assert.equal(choices[0].message.content, "one two");
      assert.equal(choices[0].finish_reason, "length");
      assert.equal(usage.completion_tokens, 2);
    }
  });

  test("merges given usage into the estimate and lets status and headers be set", async () => {
    const fetch = simulate({ reply: "Hi", usage: { prompt_tokens: 99 }, status: 201, headers: { "x-ratelimit-remaining-requests": "7" } });
    const response = await post(fetch);
    assert.equal(response.status, 201);
    assert.equal(response.headers.get("x-ratelimit-remaining-requests"), "7");
    assert.deepEqual((await response.json()).usage, { prompt_tokens: 99, completion_tokens: 1, total_tokens: 7 });
  });
});

describe("a streamed reply", () => {
  test("has a role chunk, the text in pieces, a finish chunk and [DONE]", async () => {
    const response = await stream(simulate({ reply: "Hello big world" }));
    assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    const all = events(await response.text());
    assert.equal(all.pop(), "[DONE]");
    assert.deepEqual(all.map(({ choices: [{ delta }] }) => delta), [
      { role: "assistant", content: "", refusal: null }, { content: "Hello" }, { content: " big" }, { content: " world" }, {},
    ]);
    assert.deepEqual(all.map(({ choices: [{ finish_reason }] }) => finish_reason), [null, null, null, null, "stop"]);
    for (const chunk of all) {
      assert.equal(chunk.object, "chat.completion.chunk");
      assert.equal(chunk.id, "chatcmpl-sim-1");
      assert.ok(!("usage" in chunk));
    }
  });

  test("gives usage in a last chunk without choices only when it was asked for", async () => {
    const chunks = await chunksOf(await stream(simulate({ reply: "Hi" }), { stream_options: { include_usage: true } }));
    assert.deepEqual(chunks.at(-1).choices, []);
    assert.deepEqual(chunks.at(-1).usage, { prompt_tokens: 6, completion_tokens: 1, total_tokens: 7 });
    assert.ok(chunks.slice(0, -1).every(({ usage }) => usage === null));
  });

  test("gives any text back unchanged, also across surrogate pairs and blanks", async () => {
    for (const text of ["  a\n\n  b\t", "👩‍👩‍👧‍👦!", "日本語のながい文章です。つづく", "x".repeat(40), "e\u0301\u0301", "\ud800 lone", "“q”—‘r’…"]) {
      const content = (await deltas(await stream(simulate({ reply: text })))).map((delta) => delta.content ?? "").join("");
      assert.equal(content, text);
    }
  });

  test("opens a tool call with id, name and empty arguments, then gives its arguments in pieces", async () => {
    const reply = { tool_calls: [{ name: "weather", arguments: { city: "Paris" } }, { id: "call_b", type: "function", function: { name: "time", arguments: "{}" } }] };
    const calls = (await deltas(await stream(simulate({ reply })))).flatMap((delta) => delta.tool_calls ?? []);
    assert.deepEqual(calls[0], { index: 0, id: "call_sim_1", type: "function", function: { name: "weather", arguments: "" } });
    assert.ok(calls.filter(({ index }) => index === 0).length > 3);
    const text = calls.filter(({ index }) => index === 0).map((call) => call.function.arguments).join("");
    assert.deepEqual(JSON.parse(text), { city: "Paris" });
    assert.deepEqual(calls.slice(-2), [
      { index: 1, id: "call_b", type: "function", function: { name: "time", arguments: "" } },
      { index: 1, function: { arguments: "{}" } },
    ]);
  });

  test("finishes with tool_calls, and says null content in its first chunk, when there is no text", async () => {
    const chunks = await chunksOf(await stream(simulate({ reply: { tool_calls: [{ name: "f" }] } })));
    assert.equal(chunks[0].choices[0].delta.content, null);
    assert.equal(chunks.at(-1).choices[0].finish_reason, "tool_calls");
  });

  test("streams reasoning before content, and counts it", async () => {
    const response = await stream(simulate({ reply: { reasoning_content: "hm hm", content: "Yes" } }), { stream_options: { include_usage: true } });
    const chunks = await chunksOf(response);
    assert.deepEqual(chunks.flatMap(({ choices }) => choices.map(({ delta }) => Object.keys(delta)[0])), ["role", "reasoning_content", "reasoning_content", "content", undefined]);
    assert.deepEqual(chunks.at(-1).usage.completion_tokens_details, { reasoning_tokens: 2 });
  });

  test("gives n choices that take turns, each with its own finish", async () => {
    const chunks = await chunksOf(await stream(simulate({ reply: { choices: ["a b", { content: "c", finish_reason: "length" }] } }), { n: 2 }));
    const seen = chunks.map(({ choices: [{ index, delta, finish_reason }] }) => [index, delta.content ?? finish_reason]);
    assert.deepEqual(seen, [[0, ""], [1, ""], [0, "a"], [1, "c"], [0, " b"], [0, "stop"], [1, "length"]]);
  });
});

describe("the script", () => {
  test("takes one entry per request and stays at the last", async () => {
    const fetch = simulate({ reply: ["one", { error: 429 }, (body) => `to ${body.model}`] });
    const seen = [];
    for (let turn = 0; turn < 4; turn += 1) {
      const response = await post(fetch);
      seen.push(response.ok ? (await response.json()).choices[0].message.content : response.status);
    }
    assert.deepEqual(seen, ["one", 429, "to m", "to m"]);
  });

  test("may be an async function that sees the body and the record", async () => {
    const reply = async (body, record) => ({ content: `${body.messages.length} ${record.headers.authorization}` });
    const response = await post(simulate({ reply }), hello, { headers: { authorization: "Bearer k" } });
    assert.equal((await response.json()).choices[0].message.content, "1 Bearer k");
  });

  test("lets one entry's settings go before those for all", async () => {
    const fetch = simulate({ reply: [{ content: "a", headers: { "x-from": "entry" } }, { content: "b" }, "c"], headers: { "x-from": "options" } });
    const from = [];
    for (let turn = 0; turn < 3; turn += 1) from.push((await post(fetch)).headers.get("x-from"));
    assert.deepEqual(from, ["entry", "options", "options"]);
  });

  test("that throws makes the fetch reject with just that", async () => {
    const failure = new Error("from the script");
    await assert.rejects(post(simulate({ reply: () => { throw failure; } })), (thrown) => thrown === failure);
  });
});

describe("requests", () => {
  test("are recorded with method, url, headers and body, from (url, init) and from a Request", async () => {
    const fetch = simulate();
    await post(fetch, hello, { headers: { Authorization: "Bearer k" } });
    await fetch(new Request(url, request(hello)));
    await fetch(new URL("https://provider.example/v1/models"));
    const [first, second, third] = fetch.requests;
    assert.equal(first.method, "POST");
    assert.equal(first.url, url);
    assert.equal(first.headers.authorization, "Bearer k");
    assert.deepEqual(first.body, hello);
    assert.equal(second.headers["content-type"], "application/json");
    assert.deepEqual(second.body, hello);
    assert.equal(third.method, "GET");
    assert.equal(third.body, undefined);
  });

  test("to GET models list what there is and take nothing from the script", async () => {
    const fetch = simulate({ reply: ["first", "second"], models: ["m", { id: "big", owned_by: "me" }] });
    const list = await (await fetch("https://provider.example/v1/models")).json();
    assert.deepEqual(list, {
      object: "list",
      data: [{ object: "model", created: 1_700_000_000, owned_by: "tokenwire", id: "m" }, { object: "model", created: 1_700_000_000, owned_by: "me", id: "big" }],
    });
    assert.equal((await (await post(fetch)).json()).choices[0].message.content, "first");
  });

  const refusals = [
    ["no JSON", { body: "{" }, 400, null],
    ["a body that is null", { body: "null" }, 400, null],
    ["no model", { body: JSON.stringify({ messages: hello.messages }) }, 400, "model"],
    ["no messages", { body: JSON.stringify({ model: "m" }) }, 400, "messages"],
    ["empty messages", { body: JSON.stringify({ model: "m", messages: [] }) }, 400, "messages"],
    ["a message without a role", { body: JSON.stringify({ model: "m", messages: [...hello.messages, null] }) }, 400, "messages[1].role"],
    ["n out of range", { body: JSON.stringify({ ...hello, n: 0 }) }, 400, "n"],
    ["max_tokens that is no number", { body: JSON.stringify({ ...hello, max_tokens: "5" }) }, 400, "max_tokens"],
    ["an unknown path", { url: "https://provider.example/v1/chat" }, 404, null],
    ["the wrong method", { url: "https://provider.example/v1/models" }, 405, null],
  ];
  for (const [name, given, status, param] of refusals) {
    test(`with ${name} are answered ${status} in OpenAI's shape`, async () => {
      const response = await simulate()(given.url ?? url, request(hello, given.body === undefined ? {} : { body: given.body }));
      assert.equal(response.status, status);
      const { error } = await response.json();
      assert.deepEqual(Object.keys(error), ["message", "type", "param", "code"]);
      assert.equal(error.param, param);
      assert.equal(error.type, "invalid_request_error");
    });
  }

  test("with a wrong key, no key, or an unknown model are refused when those are given", async () => {
    const fetch = simulate({ apiKey: "right", models: ["m"] });
    const status = async (key, model) => (await post(fetch, { ...hello, model }, { headers: key ? { authorization: `Bearer ${key}` } : {} })).status;
    assert.deepEqual([await status("wrong", "m"), await status("", "m"), await status("right", "other"), await status("right", "m")], [401, 401, 404, 200]);
  });
});

describe("scripted errors", () => {
  test("have OpenAI's body filled up from the status, and the given headers", async () => {
    const response = await post(simulate({ error: { status: 429, headers: { "retry-after": "2" } } }));
    assert.equal(response.status, 429);
    assert.equal(response.headers.get("retry-after"), "2");
    assert.deepEqual(await response.json(), { error: { message: "Rate limit reached. Try again later.", type: "requests", param: null, code: "rate_limit_exceeded" } });
  });

  test("may say message, type, param and code, or send any body", async () => {
    const said = await post(simulate({ error: { status: 400, message: "No.", type: "t", param: "p", code: "c" } }));
    assert.deepEqual(await said.json(), { error: { message: "No.", type: "t", param: "p", code: "c" } });
    const brief = await post(simulate({ error: { status: 429, message: "Slow down." } }));
    assert.deepEqual(await brief.json(), { error: { message: "Slow down.", type: "requests", param: null, code: null } });
    const page = await post(simulate({ error: { status: 502, body: "<h1>Bad gateway</h1>", headers: { "content-type": "text/html" } } }));
    assert.equal(page.headers.get("content-type"), "text/html");
    assert.equal(await page.text(), "<h1>Bad gateway</h1>");
  });
});

describe("bad options are a TypeError that says where", () => {
  const bad = [
    [{ replies: "x" }, /options has no "replies"/],
    [null, /options must be an object/],
    [{ reply: 5 }, /options\.reply must be an object/],
    [{ reply: [] }, /at least one scripted reply/],
    [{ reply: ["a", { contents: "x" }] }, /options\.reply\[1\] has no "contents"/],
    [{ reply: { content: 5 } }, /options\.reply\.content must be a string or null, not 5/],
    [{ reply: { tool_calls: [{ arguments: {} }] } }, /tool_calls\[0\]\.name/],
    [{ reply: { choices: [] } }, /choices must be an array of messages/],
    [{ reply: "x", bytes: "y" }, /one of reply, error, bytes, not reply and bytes/],
    [{ error: 200 }, /status from 400 to 599, not 200/],
    [{ error: { status: 429, retryAfter: 1 } }, /has no "retryAfter"/],
    [{ bytes: 5 }, /options\.bytes/],
    [{ cuts: 0 }, /options\.cuts/],
    [{ cuts: [5, 2] }, /options\.cuts/],
    [{ delays: -1 }, /options\.delays/],
    [{ status: 99 }, /options\.status/],
    [{ headers: { a: 1 } }, /options\.headers/],
    [{ pace: 0 }, /options\.pace/],
    [{ pace: { tokenMs: "5" } }, /options\.pace\.tokenMs/],
    [{ fault: "explode" }, /one of refuse, error, close, reset, stall, not "explode"/],
    [{ fault: { kind: "close", after: 1.5 } }, /options\.fault\.after/],
    [{ models: "m" }, /options\.models/],
    [{ models: [{}] }, /options\.models\[0\]/],
    [{ apiKey: 5 }, /options\.apiKey/],
  ];
  for (const [options, message] of bad) {
    test(String(message), () => assert.throws(() => simulate(options), (error) => error instanceof TypeError && message.test(error.message)));
  }

  test("and so is what a function gives", async () => {
    await assert.rejects(post(simulate({ reply: () => 5 })), /reply must be an object, not 5/);
    await assert.rejects(post(simulate({ bytes: () => 5 })), /must give a string/);
  });
});
