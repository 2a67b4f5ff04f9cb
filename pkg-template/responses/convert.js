// One conversation in the form of either API. Pure: nothing is sent, nothing given is changed.
// What the other form cannot say is named by a JSON pointer into what was given.

const EMPTY = "";

/** Collects what is lost. */
class Losses {
  lost = [];

  add(...path) {
    this.lost.push(pointer(path));
  }

  /** Members beside these, but those that say nothing. */
  rest(value, known, ...path) {
    for (const [name, member] of Object.entries(value)) {
      const saysNothing = member === undefined || member === null || (Array.isArray(member) && !member.length);
      if (!known.includes(name) && !saysNothing) this.add(...path, name);
    }
  }
}

const pointer = (path) => path.map((step) => `/${`${step}`.replaceAll("~", "~0").replaceAll("/", "~1")}`).join(EMPTY);
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Messages of Chat Completions as input of the Responses API. */
export function toResponsesInput(messages) {
  const losses = new Losses();
  const input = [];
  let instructions;
  // Results of custom tools are items of another type.
  const custom = new Set(messages.flatMap(({ tool_calls: calls }) => (calls ?? []).filter(({ type }) => type === "custom").map(({ id }) => id)));
  for (const [at, message] of messages.entries()) {
    // Only one that stands first, and is a text, is what `instructions` say.
    if (at === 0 && message.role === "system" && typeof message.content === "string") {
      instructions = message.content;
      losses.rest(message, ["role", "content"], at);
    } else input.push(...itemsOf(message, at, losses, custom));
    // Where one message of the assistant's ends and calls alone follow, there they are one.
    const isBare = message.role === "assistant" && !message.content && !message.reasoning_content && !message.refusal;
    if (isBare && message.tool_calls?.length && messages[at - 1]?.role === "assistant") losses.add(at);
  }
  const { lost } = losses;
  return instructions === undefined ? { input, lost } : { input, instructions, lost };
}

function itemsOf(message, at, losses, custom) {
  if (message.role === "assistant") return itemsOfAssistant(message, at, losses);
  if (message.role === "tool") {
    losses.rest(message, ["role", "content", "tool_call_id"], at);
    const type = custom.has(message.tool_call_id) ? "custom_tool_call_output" : "function_call_output";
    return [{ type, call_id: message.tool_call_id, output: partsIn(message.content, [at, "content"], losses) }];
  }
  if (message.role === "function") {
    losses.add(at);
    return [];
  }
  losses.rest(message, ["role", "content"], at);
  return [{ type: "message", role: message.role, content: partsIn(message.content, [at, "content"], losses) }];
}

function itemsOfAssistant(message, at, losses) {
  losses.rest(message, ["role", "content", "refusal", "reasoning_content", "tool_calls"], at);
  const items = [];
  const { content, refusal, reasoning_content: reasoning, tool_calls: calls } = message;
  if (typeof reasoning === "string" && reasoning) {
    items.push({ type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: reasoning }] });
  }
  const parts = typeof content === "string" ? content && [{ type: "output_text", text: content }] : partsOut(content ?? [], [at, "content"], losses);
  const said = [...(parts || []), ...(typeof refusal === "string" && refusal ? [{ type: "refusal", refusal }] : [])];
  // A text by itself stays one.
  if (typeof content === "string" && content && said.length === 1) items.push({ type: "message", role: "assistant", content });
  else if (said.length) items.push({ type: "message", role: "assistant", content: said });
  for (const [n, call] of (calls ?? []).entries()) {
    const item = itemOfCall(call, [at, "tool_calls", n], losses);
    if (item) items.push(item);
  }
  if (!items.length) items.push({ type: "message", role: "assistant", content: EMPTY });
  return items;
}

function itemOfCall({ id, type = "function", ...call }, path, losses) {
  const inner = call[type];
  if ((type !== "function" && type !== "custom") || !isObject(inner)) return losses.add(...path);
  losses.rest(call, [type], ...path);
  losses.rest(inner, ["name", type === "function" ? "arguments" : "input"], ...path, type);
  return type === "function"
    ? { type: "function_call", call_id: id, name: inner.name, arguments: inner.arguments }
    : { type: "custom_tool_call", call_id: id, name: inner.name, input: inner.input };
}

/** What users, tools and systems say. */
function partsIn(content, path, losses) {
  if (!Array.isArray(content)) return content ?? EMPTY;
  return content.flatMap((part, n) => partIn(part, [...path, n], losses) ?? []);
}

function partIn(part, path, losses) {
  if (part?.type === "text") {
    losses.rest(part, ["type", "text"], ...path);
    return { type: "input_text", text: part.text };
  }
  if (part?.type === "image_url" && isObject(part.image_url)) {
    const { url, detail } = part.image_url;
    losses.rest(part, ["type", "image_url"], ...path);
    losses.rest(part.image_url, ["url", "detail"], ...path, "image_url");
    return { type: "input_image", image_url: url, ...(detail !== undefined && { detail }) };
  }
  if (part?.type === "file" && isObject(part.file)) {
    losses.rest(part, ["type", "file"], ...path);
    losses.rest(part.file, FILE, ...path, "file");
    return { type: "input_file", ...picked(part.file, FILE) };
  }
  if (part?.type === "input_audio" && isObject(part.input_audio)) {
    losses.rest(part, ["type", "input_audio"], ...path);
    return { type: "input_audio", input_audio: { ...part.input_audio } };
  }
  return losses.add(...path);
}

const FILE = ["file_id", "filename", "file_data"];
const picked = (value, names) => Object.fromEntries(names.filter((name) => value[name] !== undefined).map((name) => [name, value[name]]));

/** What the assistant said. */
function partsOut(content, path, losses) {
  return content.flatMap((part, n) => {
    const at = [...path, n];
    if (part?.type === "text") {
      losses.rest(part, ["type", "text"], ...at);
      return { type: "output_text", text: part.text };
    }
    if (part?.type === "refusal") {
      losses.rest(part, ["type", "refusal"], ...at);
      return { type: "refusal", refusal: part.refusal };
    }
    losses.add(...at);
    return [];
  });
}

/** Input of the Responses API, or its output, as messages of Chat Completions. Pointers go into `input`. */
export function toChatMessages(input, instructions) {
  const losses = new Losses();
  const messages = [];
  if (typeof instructions === "string") messages.push({ role: "system", content: instructions });
  if (typeof input === "string") messages.push({ role: "user", content: input });
  else for (const [at, item] of (input ?? []).entries()) addItem(messages, item, at, losses);
  for (const message of messages) if (message.role === "assistant") message.content ??= null;
  return { messages, lost: losses.lost };
}

/** The items of one turn of the assistant's are one message there; what follows a message's calls is another. */
function addItem(messages, item, at, losses) {
  const type = item?.type ?? (item?.role ? "message" : undefined);
  const last = messages.at(-1);
  const open = last?.role === "assistant" ? last : undefined;
  if (type === "message" && item.role === "assistant") {
    losses.rest(item, ["type", "role", "content", "id", "status"], at);
    // What a model said is one text; what was a list before stays one.
    const said = saidBy(item.content, at, losses, item.id !== undefined || item.status !== undefined);
    const isFree = open && open.content === undefined && open.refusal === undefined && !open.tool_calls;
    if (isFree) Object.assign(open, said);
    else messages.push({ role: "assistant", ...said });
  } else if (type === "message") {
    losses.rest(item, ["type", "role", "content", "id", "status"], at);
    messages.push({ role: item.role, content: contentOf(item.content, [at, "content"], losses) });
  } else if (type === "reasoning") {
    addReasoning(messages, item, at, losses);
  } else if (type === "function_call" || type === "custom_tool_call") {
    const custom = type === "custom_tool_call";
    const member = custom ? "input" : "arguments";
    losses.rest(item, ["type", "id", "status", "call_id", "name", member], at);
    const kind = custom ? "custom" : "function";
    const call = { id: item.call_id, type: kind, [kind]: { name: item.name, [member]: item[member] } };
    const holder = open ?? { role: "assistant" };
    if (!open) messages.push(holder);
    (holder.tool_calls ??= []).push(call);
  } else if (type === "function_call_output" || type === "custom_tool_call_output") {
    losses.rest(item, ["type", "id", "status", "call_id", "output"], at);
    messages.push({ role: "tool", tool_call_id: item.call_id, content: contentOf(item.output, [at, "output"], losses) });
  } else losses.add(at);
}

function addReasoning(messages, item, at, losses) {
  losses.rest(item, ["type", "id", "status", "content", "summary"], at);
  const texts = [...(item.content ?? []), ...(item.content?.length ? [] : (item.summary ?? []))];
  if (item.content?.length && item.summary?.length) losses.add(at, "summary");
  const text = texts.map((part) => part?.text ?? EMPTY).join(EMPTY);
  if (text) messages.push({ role: "assistant", reasoning_content: text });
}

/** What a message of the assistant's says, as members of one. */
function saidBy(content, at, losses, isOutput) {
  if (!Array.isArray(content)) return { content: content ?? EMPTY };
  const refusals = content.filter((part) => part?.type === "refusal");
  const texts = content.flatMap((part, n) => {
    if (part?.type === "refusal") {
      losses.rest(part, ["type", "refusal"], at, "content", n);
      return [];
    }
    if (part?.type !== "output_text" && part?.type !== "input_text" && part?.type !== "text") {
      losses.add(at, "content", n);
      return [];
    }
    losses.rest(part, ["type", "text"], at, "content", n);
    return { type: "text", text: part.text };
  });
  const refusal = refusals.map((part) => part.refusal).join(EMPTY);
  const isOne = texts.length === 1 && (isOutput || refusal);
  const said = isOne ? texts[0].text : texts.length ? texts : null;
  return refusal ? { content: said, refusal } : { content: said ?? EMPTY };
}

function contentOf(content, path, losses) {
  if (!Array.isArray(content)) return content ?? EMPTY;
  return content.flatMap((part, n) => partOf(part, [...path, n], losses) ?? []);
}

function partOf(part, path, losses) {
  const { type } = part ?? {};
  if (type === "input_text" || type === "output_text" || type === "text") {
    losses.rest(part, ["type", "text"], ...path);
    return { type: "text", text: part.text };
  }
  if (type === "input_image" && typeof part.image_url === "string") {
    losses.rest(part, ["type", "image_url", "detail"], ...path);
    return { type: "image_url", image_url: { url: part.image_url, ...(part.detail != null && { detail: part.detail }) } };
  }
  if (type === "input_file" && (part.file_id || part.file_data)) {
    losses.rest(part, ["type", ...FILE], ...path);
    return { type: "file", file: picked(part, FILE) };
  }
  if (type === "input_audio" && isObject(part.input_audio)) {
    losses.rest(part, ["type", "input_audio"], ...path);
    return { type: "input_audio", input_audio: { ...part.input_audio } };
  }
  return losses.add(...path);
}
