// Calls that a model makes, carried out here. Whatever goes wrong is said to the model, so that it can mend it.
import { isJson } from "./prose.js";
import { messageOf, textOf } from "./results.js";

/**
 * Carries out a call, `{ id, name, input, isText }`. Gives `{ text }` for the model, and `result` or `error` for who looks on;
 * never rejects.
 */
export async function carriedOut(call, byName, context) {
  const tool = byName.get(call.name);
  try {
    if (!tool) return failed(`there is no tool named "${call.name}". The tools are: ${[...byName.keys()].join(", ")}`);
    const args = tool.isText || call.isText ? { value: call.input } : await argumentsOf(call, tool);
    if (args.error) return failed(args.error);
    if (context.signal.aborted) return failed("the run was aborted");
    const result = await tool.execute(args.value, { id: call.id, ...context });
    return { result, text: textOf(result) };
  } catch (cause) {
    return failed(`the tool failed: ${messageOf(cause)}`);
  }
}

const failed = (error) => ({ error, text: `Error: ${error}` });

/** What a call's arguments are, checked: `{ value }`, or `{ error }` in words for the model. */
async function argumentsOf(call, tool) {
  let value;
  try {
    value = JSON.parse(call.input || "{}");
  } catch (cause) {
    return { error: `the arguments are no JSON (${cause.message}). Call ${call.name} again with arguments that are a JSON object` };
  }
  if (isTwice(value)) value = JSON.parse(value);
  if (!tool.check) return { value: value ?? {} };
  const { issues, value: checked } = await tool.check(value);
  if (!issues) return { value: checked };
  return { error: `the arguments do not fit: ${inWords(issues)}. Call ${call.name} again with arguments that fit` };
}

/** JSON that was made JSON once more. */
const isTwice = (value) => typeof value === "string" && /^\s*\{/.test(value) && isJson(value);

/** Issues as a sentence. */
export const inWords = (issues) => issues.map(({ path, message }) => (path ? `${path} ${message}` : `the value ${message}`)).join("; ");
