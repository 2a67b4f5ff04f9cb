// Events for user interfaces: the core's wire events, with what only JavaScript can hold added to them.

/**
 * Turns wire events into ChatEvents, each when it is handed out: `partial` is then what the arguments gave up to there.
 * One per stream, for it keeps each tool call's arguments as they grow.
 */
export function eventReader() {
  const growing = new Map();
  return (event) => {
    if (event.type === "tool_call.delta") return grown(event, growing);
    if (event.type === "tool_call.done") finish(event);
    return event;
  };
}

// A new object, for one that loses a member (`ops`) is slow from then on.
function grown({ type, index, arguments: text, ops }, growing) {
  let tree = growing.get(index);
  if (!tree) growing.set(index, (tree = new Tree()));
  if (ops) for (const op of ops) tree.apply(op);
  else tree.append(text);
  return { type, index, arguments: text, partial: tree.root };
}

function finish(event) {
  // The input of a custom tool is text, whatever it looks like.
  event.value = event.custom ? event.arguments : undefined;
  if (event.custom) return;
  try {
    event.value = JSON.parse(event.arguments || "{}");
  } catch (error) {
    event.error ??= error.message;
  }
}

/** A JSON value that grows in place, so that n fragments cost n steps and not n². */
class Tree {
  root;
  /** The objects and arrays not yet closed, outermost first. */
  #open = [];
  /** Where in the innermost of them the value that is being written stands. */
  #key;

  apply([op, value]) {
    if (op === "k") this.#key = value;
    else if (op === "}") this.#open.pop();
    else if (op === "+") this.append(value);
    else if (op === "{") this.#descend({});
    else if (op === "[") this.#descend([]);
    else this.#add(value);
  }

  append(text) {
    this.#set((this.#get() ?? "") + text);
  }

  #descend(container) {
    this.#add(container);
    this.#open.push(container);
  }

  #add(value) {
    const top = this.#open.at(-1);
    if (Array.isArray(top)) this.#key = top.length;
    this.#set(value);
  }

  #get() {
    const top = this.#open.at(-1);
    return top ? top[this.#key] : this.root;
  }

  #set(value) {
    const top = this.#open.at(-1);
    if (!top) this.root = value;
    // As a key, "__proto__" is data and not the prototype.
    else if (this.#key === "__proto__") Object.defineProperty(top, this.#key, { value, ...OWN });
    else top[this.#key] = value;
  }
}

const OWN = { writable: true, enumerable: true, configurable: true };
