/**
 * The page: what is typed goes out with the turns before it, and the reply's events are shown as they come.
 *
 * Nothing is stored: the key and the conversation live in this page until it is closed.
 */
import { offer } from "./scenarios.js";
import { clientFor, describeEndpoint, systemMessages } from "./source.js";
import { scripts } from "./scripts.js";
import { Turn } from "./turn.js";

const element = (id) => document.getElementById(id);
const options = element("options");
const message = element("message");
const log = element("log");
const status = element("status");

/** The conversation, oldest first. */
let turns = [];
/** The reply that is arriving. */
let current;
let busy = false;

const settings = () => Object.fromEntries(new FormData(options));

async function send(text) {
  const before = turns.flatMap((turn) => turn.messages);
  showConversation(true);
  const turn = new Turn(log, text);
  turns.push(turn);
  setBusy(true, "Waiting for the reply.");
  let stream;
  try {
    const { client, params } = clientFor(settings());
    const messages = [...systemMessages(settings()), ...before, { role: "user", content: text }];
    current = stream = client.chat({ ...params, messages, stream: true });
    for await (const event of stream.events) turn.show(event);
  } catch (error) {
    turn.fail(error);
  }
  current = undefined;
  setBusy(false, `Reply: ${turn.end(stream)}.`);
}

function setBusy(now, words) {
  busy = now;
  log.setAttribute("aria-busy", String(busy));
  element("send").hidden = busy;
  element("stop").hidden = !busy;
  element("reset").disabled = busy;
  status.textContent = words;
  rest();
}

/**
 * A focus whose button has gone goes where the next thing is typed, and no other focus is taken away. On a phone that would
 * bring up the keyboard, over the reply.
 */
function rest() {
  const focused = document.activeElement;
  if (focused && focused !== document.body && focused.checkVisibility()) return;
  const place = matchMedia("(pointer: coarse)").matches ? log : message;
  place.focus({ preventScroll: true });
}

function showConversation(any) {
  log.hidden = !any;
  element("empty").hidden = any;
}

function reset() {
  turns = [];
  log.replaceChildren();
  showConversation(false);
  status.textContent = "New conversation.";
  message.focus();
}

const actions = {
  async copy(button) {
    const turn = turns[[...log.querySelectorAll(".assistant")].indexOf(button.closest(".assistant"))];
    const copied = await navigator.clipboard.writeText(turn.answer).then(() => "Copied", () => "Cannot copy");
    button.textContent = status.textContent = copied;
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  },
  /** Only the last turn offers it: the style hides it on others. */
  retry() {
    const turn = turns.pop();
    turn.remove();
    send(turn.text);
  },
};

function act(event) {
  const button = event.target.closest("button[data-action]");
  if (button && !busy) actions[button.dataset.action](button);
}

function playScript(name) {
  element("script").value = name;
  send(scripts[name].say);
}

function showSource() {
  const provider = settings().source === "provider";
  element("provider-options").hidden = !provider;
  element("simulator-options").hidden = provider;
  element("scenarios").hidden = provider;
  element("invitation").textContent = provider
    ? "Say something. It goes to the provider in the settings."
    : "Say something, or choose what shall happen. A simulator in this page answers: no key, no network.";
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
offer(element("scenarios"), playScript);
// A phone shows the conversation first; the settings are one tap away.
element("settings").open = matchMedia("(min-width: 48rem)").matches;
options.addEventListener("input", showSource);
options.addEventListener("submit", (event) => event.preventDefault());
element("list-models").addEventListener("click", listModels);
element("stop").addEventListener("click", () => current?.abort());
element("reset").addEventListener("click", reset);
log.addEventListener("click", act);
element("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = message.value.trim();
  if (!text || busy) return;
  message.value = "";
  send(text);
});
message.addEventListener("keydown", (event) => {
  // While an input method composes, Enter chooses a word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  element("composer").requestSubmit();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing) current?.abort();
});
showSource();
