import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { simulate } from "tokenwire/testing";
import { events, hello, post, readAll, request, stream, url } from "./support/simulator.js";

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
