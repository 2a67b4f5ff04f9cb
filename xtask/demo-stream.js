// One streamed reply in the terminal, through the package as built in pkg/. Run by `cargo xtask demo`.
//
// Without a provider in the environment a simulator answers: no key, no network.

import { chat, version } from "../pkg/entry/node.js";
import { simulate } from "../pkg/testing.js";

const { env, stdout } = process;

const REPLY = `Hello from tokenwire! This reply was never near a model: a simulator wrote it, in the shape that providers \
stream, and the Rust core read it back, token by token, from the same bytes a page would see. 👋
Set OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL to talk to a real one.`;

/**
 * Where the reply comes from: the provider of the environment, or the simulator. Only a base URL chooses a provider: many
 * people have a key in their environment all day, and a demo must not spend it unasked.
 */
function provider() {
  const baseURL = env.OPENAI_BASE_URL || env.BASE_URL;
  if (!baseURL) {
    const fetch = simulate({ reply: REPLY, pace: { firstTokenMs: 200, tokenMs: 15 } });
    return { name: "the simulator", model: "simulated", options: { fetch, apiKey: "not-needed" } };
  }
  const model = env.OPENAI_MODEL;
  if (!model) throw new Error("OPENAI_MODEL is not set: the provider needs to know which model is to answer");
  return { name: baseURL, model, options: { baseURL, apiKey: env.OPENAI_API_KEY || undefined } };
}

/** Prints the text as it comes; answers with the completion and when its first token came. */
async function stream({ model, options }) {
  const begun = performance.now();
  const reply = chat(
    {
      model,
      messages: [{ role: "user", content: "Say hello in two or three sentences." }],
      stream: true,
      stream_options: { include_usage: true },
    },
    options,
  );
  let firstToken;
  for await (const text of reply.text) {
    firstToken ??= performance.now() - begun;
    stdout.write(text);
  }
  stdout.write("\n");
  return { completion: await reply.final(), firstToken, total: performance.now() - begun };
}

function summary({ completion, firstToken, total }) {
  const usage = completion.usage;
  const facts = [
    firstToken === undefined ? "no text came" : `first token after ${firstToken.toFixed(0)} ms`,
    `${total.toFixed(0)} ms in all`,
    usage ? `${usage.prompt_tokens} prompt + ${usage.completion_tokens} completion tokens` : "no usage reported",
    `finish reason ${completion.choices[0]?.finish_reason ?? "missing"}`,
  ];
  return facts.join(" · ");
}

try {
  const chosen = provider();
  console.log(`tokenwire ${version}: one reply from ${chosen.name}, model ${chosen.model}\n`);
  const result = await stream(chosen);
  console.log(`\n${summary(result)}`);
  if (result.firstToken === undefined) process.exitCode = 1;
} catch (error) {
  console.error(`\n${error?.name ?? "Error"}: ${error?.message ?? error}`);
  process.exitCode = 1;
}
