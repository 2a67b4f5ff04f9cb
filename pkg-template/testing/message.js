/**
 * What a reply says, as token-like pieces: `{ reasoning }`, `{ text }`, `{ refusal }`,
 * `{ call, id, name }` (a tool call opens) and `{ call, arguments }` (more of its arguments).
 * One piece counts as one token, so usage and `max_tokens` are the same on every run.
 */

/** Words with the blank before them, runs of punctuation, blanks: joined again, they are the text. */
const token = /\s?[\p{L}\p{M}\p{N}]{1,8}|\s?[^\s\p{L}\p{M}\p{N}]{1,4}|\s+/gu;

/** The text in pieces. */
export function tokens(text) {
  return text.match(token) ?? [];
}

/** A message in the order in which providers stream it, cut off at `limit` pieces. `speaks`: its content is not null. */
export function piecesOf(message, limit = Infinity) {
  const { reasoning_content, content, refusal, tool_calls = [] } = message;
  const pieces = [
    ...tokens(reasoning_content ?? "").map((reasoning) => ({ reasoning })),
    ...tokens(content ?? "").map((text) => ({ text })),
    ...tokens(refusal ?? "").map((refusal) => ({ refusal })),
    ...tool_calls.flatMap(callPieces),
  ];
  return { pieces: pieces.slice(0, limit), finish: finishOf(message, pieces.length > limit), speaks: typeof content === "string" };
}

function callPieces({ id, function: { name, arguments: text } }, call) {
  return [{ call, id, name }, ...tokens(text).map((part) => ({ call, arguments: part }))];
}

function finishOf(message, cut) {
  if (cut) return "length";
  return message.finish_reason ?? (message.tool_calls?.length ? "tool_calls" : "stop");
}

/** The pieces put together again: the message of a reply that is not streamed. */
export function messageOf(pieces, speaks) {
  const message = { role: "assistant", content: speaks ? "" : null, refusal: null };
  for (const piece of pieces) addPiece(message, piece);
  return message;
}

function addPiece(message, piece) {
  if (piece.text !== undefined) message.content += piece.text;
  else if (piece.reasoning !== undefined) message.reasoning_content = (message.reasoning_content ?? "") + piece.reasoning;
  else if (piece.refusal !== undefined) message.refusal = (message.refusal ?? "") + piece.refusal;
  else addCall((message.tool_calls ??= []), piece);
}

function addCall(calls, { call, id, name, arguments: text }) {
  if (name !== undefined) calls[call] = { id, type: "function", function: { name, arguments: "" } };
  else calls[call].function.arguments += text;
}

/** What the request and the pieces of all choices would be billed as. */
export function usageOf(body, choices, override) {
  const prompt = promptTokens(body);
  const all = choices.flatMap(({ pieces }) => pieces);
  const reasoning = all.filter((piece) => piece.reasoning !== undefined).length;
  return {
    prompt_tokens: prompt,
    completion_tokens: all.length,
    total_tokens: prompt + all.length,
    ...(reasoning > 0 && { completion_tokens_details: { reasoning_tokens: reasoning } }),
    ...override,
  };
}

const perMessage = 4;
const perPart = 85;

function promptTokens({ messages, tools }) {
  const said = messages.map((message) => perMessage + contentTokens(message.content)).reduce((sum, count) => sum + count, 0);
  return said + (tools ? tokens(JSON.stringify(tools)).length : 0);
}

function contentTokens(content) {
  if (typeof content === "string") return tokens(content).length;
  if (!Array.isArray(content)) return 0;
  return content.reduce((sum, part) => sum + (typeof part?.text === "string" ? tokens(part.text).length : perPart), 0);
}

/** What the simulator says when nothing was scripted: what it is, and what it was told last. */
export function cannedReply(body) {
  const asked = (Array.isArray(body?.messages) ? body.messages : []).filter((message) => message?.role === "user");
  const last = textOf(asked.at(-1)?.content).trim();
  const echo = last ? `You wrote: “${shortened(last)}”` : "Your last message held no text.";
  const turn = asked.length > 1 ? ` (That was message ${asked.length} of this conversation.)` : "";
  return [
    "This reply comes from tokenwire's simulator: no key, no network, no model behind it.",
    `${echo}${turn}`,
    "It arrives piece by piece, and takes the same way through the client as a reply from a real provider. " +
      "Point the base URL at one, and you will talk to a model.",
  ].join("\n\n");
}

function textOf(content) {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (typeof part?.text === "string" ? part.text : "")).join(" ");
}

function shortened(text) {
  const characters = [...text];
  return characters.length > 300 ? `${characters.slice(0, 300).join("")}…` : text;
}
