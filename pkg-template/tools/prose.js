// Calls that come as text: many servers hand on what a model writes in its own words for a call. Only where the whole answer is
// calls, and each of a tool that was offered, it is taken for that.

/** Which members name a tool, and which hold its arguments, in the JSON that models write. */
const NAMES = ["name", "tool_name", "tool", "function", "action"];
const INPUTS = ["arguments", "parameters", "args", "input", "tool_input", "action_input"];

/** Words that only models say to their servers: `<tool_call>`, `[TOOL_CALLS]`, `<|python_tag|>`, `<｜tool▁calls▁begin｜>`, fences. */
const MARKS = /<\/?(?:tool_?calls?|function_calls?|tools?|functions?|[a-z]+:(?:tool_call|function_calls))>|<[|｜][^<>\n]{1,60}?[|｜]>|\[\/?(?:TOOL_CALLS?|CALL_ID|ARGS)\](?:(?<=\[CALL_ID\])\w+)?|```[a-z_]*/gi;
/** How such an answer begins. */
const OPENINGS = ["<", "[TOOL", "```", "[{", "{"];
const FIRST_KEY = /^[[\s]*\{\s*("(\w*"?)?)?/;
const KEYS = [...NAMES, ...INPUTS, "type", "id", "tool_calls"];

/** Longer texts are not looked through. */
export const LONGEST = 1 << 18;
const LONGEST_TAGS = 1 << 15;

/** True while a text may still become calls: it is held back so long. */
export function mayBeCalls(text) {
  const start = text.replace(/^\s*(```\w*\s*)?/, "");
  if (!start || "```".startsWith(start)) return true;
  const first = FIRST_KEY.exec(start);
  if (first) {
    if (first[0].length < start.length && !first[2]?.endsWith('"')) return false;
    const key = first[2] ?? "";
    return KEYS.some((known) => (key.endsWith('"') ? key === `${known}"` : known.startsWith(key)));
  }
  return OPENINGS.some((opening) => start.startsWith(opening) || opening.startsWith(start)) && (start[0] !== "<" || /^<(\/?$|[|｜]|\/?[a-z_:|]*$|(tool|function|invoke|[a-z]+:)[^]*)/i.test(start));
}

/**
 * The calls that a text is, `[{ name, input }]`; undefined where it is anything else. `isOffered(name)` says which tools there are,
 * `typeOf(name, key)` the type that the schema of a tool has for a parameter.
 */
export function callsIn(text, isOffered, typeOf = () => undefined) {
  const rest = text.trim();
  if (rest.length > LONGEST || !mayBeCalls(rest)) return undefined;
  const calls = (rest.length < LONGEST_TAGS ? inTags(rest, (name, key) => typeOf(nameOf(name, isOffered), key)) : undefined) ?? inJson(rest, isOffered);
  if (!calls?.length) return undefined;
  const named = calls.map(({ name, input }) => ({ name: nameOf(name, isOffered), input }));
  return named.every(({ name }) => name !== undefined) ? named : undefined;
}

/** The name of an offered tool, without what models put around it: `functions.weather:0`. */
const nameOf = (name, isOffered) => [name, name?.replace(/^functions?\./, ""), name?.replace(/^functions?\.|:\d+$/g, "")].find((one) => one && isOffered(one));

const FUNCTION = /<(?:function=|invoke name=)"?([^\s">{]+)"?>?([^]*?)(?:<\/(?:function|invoke)>|$)/g;
const PARAMETER = /<parameter(?:=| name=)"?([^\s">]+)"?[^>]*>\n?([^]*?)\n?<\/parameter>/g;
const GLM = /<tool_call>\s*([\w.-]+)\s*((?:<arg_key>(?:(?!<\/arg_value>)[^])*<\/arg_value>\s*)*)(?:<\/tool_call>|$)/g;
const GLM_PAIR = /<arg_key>([^]*?)<\/arg_key>\s*<arg_value>([^]*?)<\/arg_value>\s*/g;

/** Names and parameters in tags (Qwen, Llama, MiniMax, GLM). */
function inTags(text, typeOf) {
  for (const [form, pair] of [[FUNCTION, PARAMETER], [GLM, GLM_PAIR]]) {
    const calls = [...text.matchAll(form)];
    if (!calls.length || bare(text.replace(form, ""))) continue;
    const all = calls.map(([, name, body]) => ({ name, input: taggedInput(body, pair, (key) => typeOf(name, key)) }));
    return all.every(({ input }) => input !== undefined) ? all : undefined;
  }
  return undefined;
}

function taggedInput(body, pair, typeOf) {
  if (isJson(body)) return body.trim();
  if (bare(body.replace(pair, ""))) return undefined;
  // "01" is a text where a text is wanted.
  const valueOf = (key, text) => (typeOf(key) !== "string" && isJson(text) ? JSON.parse(text) : text);
  return JSON.stringify(Object.fromEntries([...body.matchAll(pair)].map(([, key, text]) => [key, valueOf(key, text)])));
}

/** What is left of a text without the words for servers. */
const bare = (text) => text.replace(MARKS, "").trim();

/** JSON that names tools, or names with JSON behind them. */
function inJson(text, isOffered) {
  const calls = [];
  const isMarked = bare(text) !== text && !text.startsWith("```");
  let rest = text.replace(/<[|｜]tool[▁_]call[▁_]end[|｜]>|<\/tool_call>/g, "").replace(MARKS, "\n").trim();
  while (rest) {
    const [head] = /^[^[{]*/.exec(rest);
    const end = endOfJson(rest, head.length);
    if (!end) return undefined;
    const value = JSON.parse(rest.slice(head.length, end));
    // Words of the model's form (`function`, `commentary to=functions.f json`) stand around the name.
    const name = head.split(/[\s,=]+/).find((word) => nameOf(word, isOffered));
    if (head.trim() && !name) {
      if (!/^[\s,;]*$/.test(head)) return undefined;
    } else if (name && wordsBeside(head, name)) return undefined;
    const found = name ? [{ name, input: JSON.stringify(value) }] : callsOf(value, isMarked);
    if (!found) return undefined;
    calls.push(...found);
    rest = rest.slice(end).trim();
  }
  return calls;
}

/** Words beside a name that no server's form has. */
const wordsBeside = (head, name) => head.replace(name, "").split(/[\s,=]+/).some((word) => word && !/^(function|commentary|analysis|to|json|assistant)$/.test(word));

function callsOf(value, isMarked) {
  if (Array.isArray(value)) {
    const all = value.map((one) => callsOf(one, isMarked));
    return all.every(Boolean) ? all.flat() : undefined;
  }
  if (value === null || typeof value !== "object") return undefined;
  if (Array.isArray(value.tool_calls)) return callsOf(value.tool_calls, true);
  if (value.function !== null && typeof value.function === "object") return callsOf(value.function, true);
  const name = NAMES.map((key) => value[key]).find((one) => typeof one === "string");
  const key = INPUTS.find((one) => Object.hasOwn(value, one));
  // What has no arguments, and nothing that says that it is a call, is data that has a name.
  if (!name || !(key || isMarked) || Object.keys(value).some((other) => ![...NAMES, ...INPUTS, "type", "id"].includes(other))) return undefined;
  const input = value[key] ?? {};
  return [{ name, input: typeof input === "string" ? input : JSON.stringify(input) }];
}

/** Where the JSON object or list that begins at `start` ends; 0 where none does. */
export function endOfJson(text, start) {
  let depth = 0;
  const token = /"(?:[^"\\]|\\.)*"|[[{]|[\]}]/gs;
  token.lastIndex = start;
  for (let found; (found = token.exec(text)); ) {
    if ("[{".includes(found[0])) depth++;
    else if ("]}".includes(found[0]) && --depth === 0) return isJson(text.slice(start, token.lastIndex)) ? token.lastIndex : 0;
    if (depth === 0) return 0;
  }
  return 0;
}

export function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
