// The two tools. What they throw, the model is told; the signal aborts with the run.

const notes = ["Monday: water the plants", "Tuesday: write to Ada", "Every day: walk the dog"];

const clock = {
  type: "function",
  function: { name: "clock", description: "The day of the week", parameters: { type: "object", properties: {}, additionalProperties: false } },
  execute: () => ({ day: "Tuesday" }),
};

const search = {
  type: "function",
  function: {
    name: "search_notes",
    description: "The notes that hold a word",
    parameters: { type: "object", properties: { word: { type: "string", minLength: 1 } }, required: ["word"], additionalProperties: false },
  },
  async execute({ word }, { signal }) {
    await pause(150, signal);
    const found = notes.filter((note) => note.toLowerCase().includes(word.toLowerCase()));
    if (!found.length) throw new Error(`no note has the word "${word}"`);
    return found;
  },
};

/** As slow as a search over a network. */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

export const tools = [clock, search];
