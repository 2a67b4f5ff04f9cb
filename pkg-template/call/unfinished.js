// What a reply that was stopped did not get to the end of: its message is to be sent back, and nobody takes half a call.

/** Takes the calls that are not whole out of the messages of a completion; they stand beside, in their choice. Gives how many. */
export function setAside(completion) {
  let count = 0;
  for (const choice of completion.choices ?? []) {
    const { message } = choice;
    const { tool_calls: calls } = message;
    if (choice.finish_reason) continue;
    const half = calls?.filter((call, at) => !isWhole(call, at < calls.length - 1));
    if (half?.length) {
      message.tool_calls = calls.filter((call) => !half.includes(call));
      if (!message.tool_calls.length) delete message.tool_calls;
      choice.unfinished_tool_calls = half;
      count += half.length;
    }
    // An answer that has neither text nor calls is refused.
    if (!message.tool_calls) message.content ??= "";
  }
  return count;
}

/** Arguments are an object, which says itself where it ends; the input of a custom tool ends where the next call begins. */
function isWhole({ function: called }, hasNext) {
  if (!called) return hasNext;
  try {
    return JSON.parse(called.arguments) instanceof Object;
  } catch {
    return false;
  }
}
