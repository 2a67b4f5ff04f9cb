/** Imports one client and makes one call; the clock stops where the client hands the request to fetch: start-cold.js <client>. */
const params = { model: "m", messages: [{ role: "user", content: "Hello" }], stream: true };
const begun = { wall: performance.now(), cpu: process.cpuUsage() };

function fetch() {
  const { user, system } = process.cpuUsage(begun.cpu);
  console.log(JSON.stringify({ wall: performance.now() - begun.wall, cpu: (user + system) / 1000 }));
  process.exit();
}

const CLIENTS = {
  async tokenwire() {
    const { chat } = await import("tokenwire");
    await chat(params, { apiKey: "key", fetch }).response;
  },
  async openai() {
    const { default: OpenAI } = await import("openai");
    await new OpenAI({ apiKey: "key", fetch }).chat.completions.create(params);
  },
};

await CLIENTS[process.argv[2]]();
