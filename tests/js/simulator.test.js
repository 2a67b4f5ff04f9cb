import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { simulate } from "tokenwire/testing";

const url = "https://provider.example/v1/chat/completions";
const hello = { model: "m", messages: [{ role: "user", content: "Hello there" }] };
const request = (body, init) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), ...init });
const post = (fetch, body = hello, init) => fetch(url, request(body, init));
const stream = (fetch, extra, init) => post(fetch, { ...hello, stream: true, ...extra }, init);

/** The data of each event; JSON but for [DONE]. */
const events = (text) => text.split("\n\n").filter(Boolean).map((event) => event.slice("data: ".length)).map((data) => (data === "[DONE]" ? data : JSON.parse(data)));
const chunksOf = async (response) => events(await response.text()).filter((event) => event !== "[DONE]");
const deltas = async (response) => (await chunksOf(response)).flatMap(({ choices }) => choices.map(({ delta }) => delta));

/** Reads until the end or the failure, read by read. */
async function readAll(response) {
  const reader = response.body.getReader();
  const reads = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { reads, text: Buffer.concat(reads).toString() };
      reads.push(value);
    }
  } catch (failure) {
    return { reads, text: Buffer.concat(reads).toString(), failure };
  }
}

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
    const fetch = simulate({ reply: [{ content: "a", headers: { "x-from": "entry" } }, "b"], headers: { "x-from": "options" } });
    const from = [(await post(fetch)).headers.get("x-from"), (await post(fetch)).headers.get("x-from")];
    assert.deepEqual(from, ["entry", "options"]);
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
    const page = await post(simulate({ error: { status: 502, body: "<h1>Bad gateway</h1>", headers: { "content-type": "text/html" } } }));
    assert.equal(page.headers.get("content-type"), "text/html");
    assert.equal(await page.text(), "<h1>Bad gateway</h1>");
  });
});

describe("faults", () => {
  const reply = "one two three four";

  test("error: an error frame after so many pieces, and no [DONE]", async () => {
    const response = await stream(simulate({ reply, fault: { kind: "error", after: 2, error: { message: "Overloaded", code: 503 } } }));
    const all = events(await response.text());
    assert.deepEqual(all.slice(0, 3).map(({ choices: [{ delta }] }) => delta.content), ["", "one", " two"]);
    assert.deepEqual(all.slice(3), [{ error: { message: "Overloaded", type: "server_error", param: null, code: 503 } }]);
  });

  test("close: the body ends after so many pieces, without finish or [DONE]", async () => {
    const fetch = simulate({ reply, fault: { kind: "close", after: 3 } });
    const all = events(await (await stream(fetch)).text());
    assert.deepEqual(all.map(({ choices: [{ delta }] }) => delta.content), ["", "one", " two", " three"]);
  });

  test("reset: what came before is read, then the body fails", async () => {
    const fetch = simulate({ reply, fault: { kind: "reset", after: 1 } });
    const { reads, failure } = await readAll(await stream(fetch));
    assert.equal(reads.length, 2);
    assert.ok(failure instanceof TypeError);
    assert.equal(fetch.requests[0].ended, false);
  });

  test("stall: the body falls silent until it is cancelled", async () => {
    const fetch = simulate({ reply, fault: "stall" });
    const reader = (await stream(fetch)).body.getReader();
    await reader.read();
    const silent = Symbol("silent");
    const second = reader.read();
    assert.equal(await Promise.race([second, new Promise((resolve) => setTimeout(resolve, 20, silent))]), silent);
    await reader.cancel();
    assert.equal((await second).done, true);
    assert.equal(fetch.requests[0].cancelled, true);
  });

  test("refuse: the fetch itself rejects, and the request is recorded", async () => {
    const fetch = simulate({ reply: [{ fault: "refuse" }, "then well"] });
    await assert.rejects(post(fetch), TypeError);
    assert.equal((await post(fetch)).status, 200);
    assert.equal(fetch.requests.length, 2);
  });

  test("halve a reply that is not streamed", async () => {
    const whole = await (await post(simulate({ reply }))).text();
    const cut = await (await post(simulate({ reply, fault: "close" }))).text();
    assert.equal(cut, whole.slice(0, Math.floor(whole.length / 2)));
    const { failure } = await readAll(await post(simulate({ reply, fault: "reset" })));
    assert.ok(failure instanceof TypeError);
    const { error } = await (await post(simulate({ reply, fault: "error" }))).json();
    assert.equal(error.type, "server_error");
  });
});

describe("replay", () => {
  const recorded = "data: {\"a\":1}\n\ndata: [DONE]\n\n";

  test("gives exactly these bytes for every path", async () => {
    const response = await simulate({ bytes: recorded })("https://provider.example/v1/responses", request({}));
    assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    assert.equal(await response.text(), recorded);
  });

  test("takes JSON for JSON", async () => {
    const response = await post(simulate({ bytes: new TextEncoder().encode(' {"a":1}') }));
    assert.equal(response.headers.get("content-type"), "application/json");
  });

  test("cuts by byte, by size and at offsets", async () => {
    const sizes = async (cuts) => (await readAll(await post(simulate({ bytes: "0123456789", cuts })))).reads.map((read) => read.length);
    assert.deepEqual(await sizes("byte"), Array(10).fill(1));
    assert.deepEqual(await sizes(4), [4, 4, 2]);
    assert.deepEqual(await sizes([1, 9]), [1, 8, 1]);
    assert.deepEqual(await sizes([10, 20]), [10]);
    assert.deepEqual(await sizes(undefined), [10]);
  });

  test("cuts generated replies too", async () => {
    const { reads, text } = await readAll(await stream(simulate({ reply: "Hi", cuts: 100 })));
    assert.ok(reads.slice(0, -1).every((read) => read.length === 100));
    assert.equal(text, await (await stream(simulate({ reply: "Hi" }))).text());
  });

  test("may be made by an async function, and scripted", async () => {
    const fetch = simulate({ reply: [{ bytes: async (body) => `data: ${body.model}\n\n` }, "then"] });
    assert.equal(await (await post(fetch)).text(), "data: m\n\n");
    assert.equal((await (await post(fetch)).json()).choices[0].message.content, "then");
  });

  test("breaks after so many reads", async () => {
    const { text, failure } = await readAll(await post(simulate({ bytes: "0123456789", cuts: 3, fault: { kind: "reset", after: 2 } })));
    assert.equal(text, "012345");
    assert.ok(failure instanceof TypeError);
  });

  test("is not emptied by a reader that takes the buffer away", async () => {
    const bytes = new TextEncoder().encode("abc");
    const fetch = simulate({ bytes });
    const { reads } = await readAll(await post(fetch));
    structuredClone(reads[0], { transfer: [reads[0].buffer] });
    assert.equal(await (await post(fetch)).text(), "abc");
  });
});

describe("back-pressure and cancelling", () => {
  test("nothing is read that was not asked for", async () => {
    const fetch = simulate({ reply: "one two three" });
    const response = await stream(fetch);
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(fetch.requests[0].reads, 0);
    const reader = response.body.getReader();
    await reader.read();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(fetch.requests[0].reads, 2);
    assert.deepEqual([fetch.requests[0].ended, fetch.requests[0].cancelled], [false, false]);
  });

  test("a body read to its end is ended, not cancelled", async () => {
    const fetch = simulate({ reply: "one" });
    const { reads } = await readAll(await stream(fetch));
    const { reads: asked, ended, cancelled, aborted } = fetch.requests[0];
    assert.deepEqual({ asked, ended, cancelled, aborted }, { asked: reads.length + 1, ended: true, cancelled: false, aborted: false });
  });

  test("a cancel ends it, also in the middle of a delay", async () => {
    const fetch = simulate({ reply: "one two", pace: { firstTokenMs: 60_000 } });
    const reader = (await stream(fetch)).body.getReader();
    await reader.read();
    const waiting = reader.read();
    await reader.cancel();
    assert.equal((await waiting).done, true);
    assert.deepEqual([fetch.requests[0].cancelled, fetch.requests[0].aborted], [true, false]);
  });

  test("an abort before the call sends nothing", async () => {
    const fetch = simulate();
    await assert.rejects(post(fetch, hello, { signal: AbortSignal.abort("no") }), (reason) => reason === "no");
    assert.equal(fetch.requests.length, 0);
  });

  test("an abort before the headers rejects with the reason, whatever is being waited for", async () => {
    for (const options of [{ pace: { headersMs: 60_000 } }, { reply: () => new Promise(() => {}) }, { reply: "x", pace: { firstTokenMs: 60_000 } }]) {
      const controller = new AbortController();
      const fetch = simulate(options);
      const pending = post(fetch, hello, { signal: controller.signal });
      setTimeout(() => controller.abort("stop"), 5);
      await assert.rejects(pending, (reason) => reason === "stop");
      assert.equal(fetch.requests[0].aborted, true);
    }
  });

  test("an abort in the body fails the body with the reason", async () => {
    const controller = new AbortController();
    const fetch = simulate({ reply: "one two", pace: { tokenMs: 60_000 } });
    const reader = (await stream(fetch, {}, { signal: controller.signal })).body.getReader();
    await reader.read();
    await reader.read();
    setTimeout(() => controller.abort("stop"), 5);
    await assert.rejects(reader.read(), (reason) => reason === "stop");
    assert.deepEqual([fetch.requests[0].aborted, fetch.requests[0].cancelled, fetch.requests[0].ended], [true, false, false]);
  });

  test("an abort after the end changes nothing", async () => {
    const controller = new AbortController();
    const fetch = simulate({ reply: "one" });
    await (await stream(fetch, {}, { signal: controller.signal })).text();
    controller.abort();
    assert.deepEqual([fetch.requests[0].aborted, fetch.requests[0].ended], [false, true]);
  });

  test("the signal of a Request counts, and init's goes before it", async () => {
    const controller = new AbortController();
    controller.abort("from the request");
    await assert.rejects(simulate()(new Request(url, request(hello, { signal: controller.signal }))), (reason) => reason === "from the request");
    assert.equal((await simulate()(new Request(url, request(hello, { signal: controller.signal })), { signal: null })).status, 200);
  });

  test("no listener is left on the signal", async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...given) => { listeners += 1; addEventListener.apply(signal, given); };
    signal.removeEventListener = (...given) => { listeners -= 1; removeEventListener.apply(signal, given); };
    const fetch = simulate({ reply: "one", pace: { headersMs: 1 } });
    await (await stream(fetch, {}, { signal })).text();
    await (await stream(fetch, {}, { signal })).body.cancel();
    assert.equal(listeners, 0);
  });
});

describe("pace", () => {
  test("holds the first token and each later one back", async () => {
    const started = performance.now();
    const { text } = await readAll(await stream(simulate({ reply: "one two three", pace: { firstTokenMs: 40, tokenMs: 20 } })));
    assert.ok(text.includes(" three"));
    assert.ok(performance.now() - started >= 75);
  });

  test("may be given in tokens per second, and holds for plain replies too", async () => {
    const started = performance.now();
    await (await post(simulate({ reply: "one two three", pace: 50 }))).json();
    assert.ok(performance.now() - started >= 55);
  });

  test("delays come before single reads", async () => {
    const started = performance.now();
    await readAll(await post(simulate({ bytes: "abc", cuts: "byte", delays: [0, 50] })));
    assert.ok(performance.now() - started >= 45);
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
