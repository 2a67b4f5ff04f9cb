// An agent in a page: two tools, what they do and say shown as it comes, and a button that stops all of it.
import { APIUserAbortError, createClient } from "/pkg/entry/browser.js";
import { provider } from "./provider.js";
import { tools } from "./tools.js";

const client = createClient({ baseURL: "https://api.example.com/v1", model: "simulated", fetch: provider });
const at = (id) => document.getElementById(id);
let messages = [{ role: "system", content: "You help with the user's notes." }];
let run;

at("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!run) void answer(at("question").value);
});
at("stop").addEventListener("click", () => run?.abort("stopped by the reader"));

async function answer(question) {
  show("user", question);
  run = client.runTools({ messages: [...messages, { role: "user", content: question }], tools }, { maxSteps: 6 });
  busy(true);
  try {
    await follow(run);
    const result = await run.final();
    messages = result.messages;
    at("status").textContent = `${result.stopped} after ${result.steps} steps, ${result.usage.total_tokens} tokens`;
  } catch (error) {
    at("status").textContent = error instanceof APIUserAbortError ? "stopped" : `${error.name}: ${error.message}`;
    // What there was is kept for the eye; the conversation goes on from before the question.
  } finally {
    run = undefined;
    busy(false);
  }
}

/** Shows the run's events: text grows, calls and their results are lines of their own. */
async function follow(events) {
  let text, step;
  for await (const event of events) {
    if (event.type === "text") {
      if (!text || step !== event.step) text = show("assistant", "");
      step = event.step;
      text.textContent += event.text;
    } else if (event.type === "tool_call.done") show("call", `${event.name}(${event.arguments})`);
    else if (event.type === "tool_result") show("result", event.error ?? JSON.stringify(event.result));
  }
}

function show(kind, text) {
  const line = document.createElement("li");
  line.className = kind;
  line.textContent = text;
  at("log").append(line);
  return line;
}

function busy(is) {
  at("send").disabled = is;
  at("stop").disabled = !is;
  at("log").ariaBusy = `${is}`;
}
