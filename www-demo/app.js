/**
 * The page: what is typed goes out with the history, and the reply's events are shown as they come.
 *
 * Nothing is stored: the key and the conversation live in this page until it is closed.
 */
import { ChatTurn } from "./turn.js";
import { clientFor, describeEndpoint, systemMessages } from "./source.js";
import { scripts } from "./scripts.js";

const element = (id) => document.getElementById(id);
const options = element("options");
const message = element("message");
const log = element("log");

/** The turns that the next request repeats: user and assistant in alternation. */
let history = [];
/** The reply that is arriving. */
let current;

function settings() {
  return Object.fromEntries(new FormData(options));
}

async function send(text) {
  const turn = new ChatTurn(log, text);
  setBusy(true);
  const started = performance.now();
  try {
    const asked = { role: "user", content: text };
    const { client, params } = clientFor(settings());
    const messages = [...systemMessages(settings()), ...history, asked];
    current = client.chat({ ...params, messages, stream: true });
    for await (const event of current.events) turn.show(event, performance.now() - started);
    remember(asked, current);
  } catch (error) {
    const kept = current !== undefined && remember({ role: "user", content: text }, current);
    turn.fail(error);
    if (!kept && message.value === "") message.value = text;
  } finally {
    turn.end(current, performance.now() - started);
    current = undefined;
    setBusy(false);
  }
}

/** Keeps the turn if there is a reply to it, be it a part of one: two user messages in a row are refused by some. */
function remember(asked, stream) {
  const content = stream.snapshot.choices[0]?.message?.content;
  if (!content) return false;
  history.push(asked, { role: "assistant", content });
  return true;
}

function setBusy(busy) {
  log.setAttribute("aria-busy", String(busy));
  element("send").disabled = busy;
  element("reset").disabled = busy;
  element("stop").hidden = !busy;
  element("empty").hidden = true;
  // On a phone the focus would bring up the keyboard, over the reply.
  if (!busy && !matchMedia("(pointer: coarse)").matches) message.focus({ preventScroll: true });
}

function reset() {
  history = [];
  log.replaceChildren();
  element("empty").hidden = false;
  message.focus();
}

function showSource() {
  const provider = settings().source === "provider";
  element("provider-options").hidden = !provider;
  element("simulator-options").hidden = provider;
  element("endpoint").textContent = describeEndpoint(settings());
}

async function listModels() {
  const note = element("models-note");
  note.textContent = "Asking…";
  try {
    const models = await clientFor(settings()).client.models();
    element("models").replaceChildren(...models.map(({ id }) => new Option(id, id)));
    note.textContent = models.length > 0 ? `${models.length} models. Type in the field to choose.` : "The provider lists no models.";
    if (!element("model").value && models.length > 0) element("model").value = models[0].id;
  } catch (error) {
    note.textContent = `No list: ${error.message}`;
  }
}

element("script").replaceChildren(...Object.entries(scripts).map(([name, { label }]) => new Option(label, name)));
// A phone shows the conversation first; the settings are one tap away.
element("settings").open = matchMedia("(min-width: 48rem)").matches;
options.addEventListener("input", showSource);
options.addEventListener("submit", (event) => event.preventDefault());
element("list-models").addEventListener("click", listModels);
element("stop").addEventListener("click", () => current?.abort());
element("reset").addEventListener("click", reset);
element("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = message.value.trim();
  if (!text || element("send").disabled) return;
  message.value = "";
  send(text);
});
message.addEventListener("keydown", (event) => {
  // While an input method composes, Enter chooses a word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  element("composer").requestSubmit();
});
showSource();
