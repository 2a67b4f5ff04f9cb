// Handing a stream on: toReadableStream, toResponse, tee. Runs in every runtime.

import { equal, inTime, match, ok, rejects, rejectsWith, same, settle } from "../support/check.js";
import { answer, openBody, replay } from "../support/fake-fetch.js";
import { collect, foldChunks, ofCompletion, readCleanSse } from "../support/outcome.js";
import { callsTool, hello, says, text } from "../support/wire.js";

const streaming = { ...hello, stream: true };
const words = ["one ", "two ", "three"];
const open = (tw, reads) => tw.chat(streaming, { fetch: replay(reads), maxRetries: 0 });

const untidy = [
  "\uFEFF: hi\r\n\r\n", 'data:{"choices":[{"delta":{"content":"Hel"}}]}\r\n\r\n', "event: ping\r\ndata: ping\r\n\r\n",
  'data: {"choices":[{"delta":{"content":"lo"},"finish_reason":"eos"}]}',
];

const readable = [
  {
    name: "toReadableStream() gives clean SSE, whatever came in, which reads back as the same reply",
    async run(tw) {
      for (const reads of [says(...words), untidy, callsTool("weather", ['{"city":', '"Paris"}'])]) {
        const direct = ofCompletion(await open(tw, reads).final());
        const clean = await new Response(open(tw, reads).toReadableStream()).text();
        const frames = readCleanSse(clean);
        equal(frames.at(-1), "[DONE]");
        equal(foldChunks(frames.slice(0, -1)).text, direct.text);
        const again = open(tw, clean);
        same(ofCompletion(await again.final()), direct);
        same(again.repairs, [], "what came out needs no repair");
      }
    },
  },
  {
    name: "toReadableStream() of a cut stream gives an error frame, no [DONE], and then fails",
    async run(tw) {
      const reader = open(tw, [text("Hel")]).toReadableStream().getReader();
      let clean = "";
      const decoder = new TextDecoder();
      const read = async () => {
        for (;;) {
          const { value, done } = await reader.read();
          if (done) return;
          clean += decoder.decode(value, { stream: true });
        }
      };
      const error = await rejectsWith(read(), tw.StreamError);
      equal(error.kind, "truncated");
      const frames = readCleanSse(clean);
      equal(foldChunks(frames.slice(0, -1)).text, "Hel");
      match(frames.at(-1).error?.message, /\S/);
    },
  },
  {
    name: "a failure before the response is told in an error frame as well, in toReadableStream() and toResponse()",
    async run(tw) {
      const refused = answer('{"error":{"message":"Bad key sk-verysecret","type":"t","param":"p","code":"c"}}', { status: 401 });
      const ways = [(stream) => stream.toReadableStream(), (stream) => stream.toResponse().body];
      for (const way of ways) {
        const reader = way(tw.chat(streaming, { fetch: refused, apiKey: "sk-verysecret", maxRetries: 0, dangerouslyAllowBrowser: true })).getReader();
        const [frame, ...more] = readCleanSse(new TextDecoder().decode((await reader.read()).value));
        same(frame, { error: { message: "Bad key ***", type: "t", param: "p", code: "c" } });
        equal(more.length, 0);
        await rejectsWith(reader.read(), tw.AuthenticationError);
      }
      const unsent = tw.chat({ ...streaming, messages: [] }, { fetch: refused }).toReadableStream().getReader();
      const [frame] = readCleanSse(new TextDecoder().decode((await unsent.read()).value));
      equal(frame.error.code, "config");
      await rejectsWith(unsent.read(), tw.ConfigError);
    },
  },
  {
    name: "an abort between two reads of the readable stream is told once, in an error frame",
    async run(tw) {
      const stream = open(tw, says(...words));
      const reader = stream.toReadableStream().getReader();
      await reader.read();
      stream.abort("bye");
      const [frame] = readCleanSse(new TextDecoder().decode((await reader.read()).value));
      equal(frame.error.code, "aborted");
      equal((await rejectsWith(reader.read(), tw.APIUserAbortError)).cause, "bye");
    },
  },
  {
    name: "cancelling the readable stream cancels the request",
    async run(tw) {
      const fetch = replay(says(...words));
      const stream = tw.chat(streaming, { fetch, maxRetries: 0 });
      const reader = stream.toReadableStream().getReader();
      await reader.read();
      await inTime(reader.cancel("no reader"), "cancel");
      await settle();
      ok(fetch.cancelled);
      equal(stream.end, "aborted");
    },
  },
  {
    name: "toResponse() has the headers that keep a stream flowing; the caller's win",
    async run(tw) {
      const plain = open(tw, says("Hi")).toResponse();
      equal(plain.status, 200);
      match(plain.headers.get("content-type"), /^text\/event-stream/);
      equal(plain.headers.get("cache-control"), "no-cache, no-transform");
      equal(plain.headers.get("x-accel-buffering"), "no");
      match(await plain.text(), /data: \[DONE\]\n\n$/);
      const own = open(tw, says("Hi")).toResponse({ status: 201, headers: { "Cache-Control": "no-store", "x-mine": "1" } });
      equal(own.status, 201);
      equal(own.headers.get("cache-control"), "no-store");
      equal(own.headers.get("x-mine"), "1");
      match(own.headers.get("content-type"), /^text\/event-stream/);
      await own.body.cancel();
    },
  },
];

const tee = [
  {
    name: "tee() gives both branches the whole reply from one request",
    async run(tw) {
      const fetch = replay(says(...words));
      const [left, right] = tw.chat(streaming, { fetch, maxRetries: 0 }).tee();
      const [chunks, reply] = await inTime(Promise.all([collect(left), right.final()]), "both branches");
      equal(chunks.error, undefined);
      equal(foldChunks(chunks.items).text, words.join(""));
      equal(ofCompletion(reply).text, words.join(""));
      equal(fetch.calls.length, 1);
      equal(left.end, "complete");
      equal(right.end, "complete");
    },
  },
  {
    name: "the branches of tee() may be read one after the other",
    async run(tw) {
      const [left, right] = open(tw, says(...words)).tee();
      equal((await collect(left.text)).items.join(""), words.join(""));
      equal((await collect(right.text)).items.join(""), words.join(""));
    },
  },
  {
    name: "both branches of tee() throw the very error of the stream",
    async run(tw) {
      const stream = open(tw, [text("Hel")]);
      const [left, right] = stream.tee();
      const [one, other] = await inTime(Promise.all([collect(left.text), collect(right.text)]), "both branches");
      equal(one.items.join(""), "Hel");
      ok(one.error instanceof tw.StreamError, `got ${one.error}`);
      equal(one.error.kind, "truncated");
      equal(other.error, one.error);
    },
  },
  {
    name: "leaving one branch of tee() leaves the other its reply; leaving both cancels the request",
    async run(tw) {
      const [left, right] = open(tw, says(...words)).tee();
      for await (const part of left.text) { ok(part); break; }
      equal((await inTime(collect(right.text), "the other branch")).items.join(""), words.join(""));

      const fetch = openBody();
      const branches = tw.chat(streaming, { fetch, maxRetries: 0 }).tee();
      const firsts = branches.map((branch) => branch.text[Symbol.asyncIterator]());
      fetch.push(text("a"));
      await inTime(Promise.all(firsts.map((items) => items.next())), "both first items");
      await inTime(Promise.all(firsts.map((items) => items.return())), "both returns");
      await settle();
      ok(fetch.cancelled, "the request is cancelled");
    },
  },
  {
    name: "a stream that was split cannot be read itself",
    async run(tw) {
      const stream = open(tw, says(...words));
      const branches = stream.tee();
      await rejectsWith(stream[Symbol.asyncIterator]().next(), tw.ConfigError, /\S/);
      await Promise.all(branches.map((branch) => branch.final()));
    },
  },
  {
    name: "a branch tells the response of its stream",
    async run(tw) {
      const fetch = replay(says("Hi"), { headers: { "x-request-id": "req_tee" } });
      const [left, right] = tw.chat(streaming, { fetch, maxRetries: 0 }).tee();
      await Promise.all([left.final(), right.final()]);
      equal((await left.response).requestId, "req_tee");
    },
  },
  {
    name: "tee() of a call that fails gives both branches its failure",
    async run(tw) {
      const [left, right] = tw.chat({ ...streaming, messages: [] }, { fetch: replay(says("Hi")) }).tee();
      const [one, other] = await Promise.all([rejects(left.final()), rejects(right.final())]);
      ok(one instanceof tw.ConfigError, `got ${one}`);
      equal(other, one);
    },
  },
];

export const sseCases = [...readable, ...tee];
