// The second core breaks down, or cannot be loaded: what was in flight is rejected, and the next call works.

import test from "node:test";
import assert from "node:assert/strict";
import { ConfigError, TokenwireError, createClient } from "tokenwire";
import { replay } from "./support/fake-fetch.js";
import { inRepository } from "./support/fixtures.js";
import { responds } from "./support/respond.js";
import { hello, says } from "./support/wire.js";
import "./support/unhandled.js";

const file = (path) => new URL(`file://${inRepository(`tests/node_modules/tokenwire/${path}`)}`);
const { Call } = await import(file("whole-core.js"));
const asked = { model: "m", input: "Hi", stream: true };
const open = () => createClient({ fetch: replay(responds("Hel", "lo")), apiKey: "k", maxRetries: 0 }).respond(asked);
const works = async () => assert.equal((await open().final()).output_text, "Hello");
const chats = async () => assert.equal((await createClient({ fetch: replay(says("fine")), apiKey: "k" }).chat({ ...hello, stream: true }).final()).choices[0].message.content, "fine");

test("a part that cannot be loaded is named, and tried again with the next call", async () => {
  await chats();
  const { provide } = await import(file("call/load.js"));
  let isGone = true;
  provide(undefined, async () => {
    if (isGone) throw new TypeError("Failed to fetch dynamically imported module");
    return import(file("whole/text.js"));
  });
  await assert.rejects(open().final(), (error) => error instanceof ConfigError && /Responses API's part could not be loaded \(Failed to fetch/.test(error.message));
  isGone = false;
  await works();
});

for (const name of ["took", "open", "results", "request"]) {
  test(`a trap in ${name} rejects the response, and both APIs work again`, async () => {
    await works();
    const original = Call.prototype[name];
    let isTrapped = false;
    Call.prototype[name] = function () {
      Call.prototype[name] = original;
      isTrapped = true;
      throw new WebAssembly.RuntimeError("unreachable");
    };
    const [one, other] = [open(), open()];
    const read = async (stream) => {
      for await (const _ of stream);
    };
    const failures = await Promise.allSettled([read(one), read(other)]);
    assert.ok(isTrapped);
    assert.ok(failures.some(({ reason }) => reason instanceof TokenwireError && /broke down/.test(reason.message)), `${failures[0].reason}`);
    await works();
    await chats();
  });
}
