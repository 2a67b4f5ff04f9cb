/** The recipes of README.md that need a framework, as they stand there but for the provider's address. */
import { join } from "node:path";
import { examples } from "../../js/support/examples.js";
import { nextPort } from "../kit.js";

const recipe = (heading, url) => {
  const { code } = examples.find(({ name }) => name === `README.md › ${heading}`);
  return code.replace("createClient({", `createClient({ baseURL: ${JSON.stringify(url)},`);
};

/** Does what a person would once React is there, and says what the page shows. */
const PERSON = `const timer = setInterval(() => {
  const form = document.querySelector("form");
  if (!form || !Object.keys(form).some((key) => key.startsWith("__reactProps"))) return;
  if (!form.dataset.sent) {
    form.dataset.sent = "yes";
    form.elements.text.value = "Hi";
    form.querySelector("button").click();
    return;
  }
  const failed = form.querySelector("[role=alert]")?.textContent;
  const answer = [...form.querySelectorAll("p")].map((p) => p.textContent).find((text) => text.startsWith("assistant "));
  if (failed) document.title = "FAILED: " + failed;
  else if (answer && !form.querySelector("button").disabled) document.title = "SAID:" + answer.slice("assistant ".length);
}, 100);
`;

export default [
  {
    name: "README's React page and Next route", tools: "next", browser: "chromium",
    async run(kit) {
      kit.files({
        "package.json": { private: true, type: "module" },
        "next.config.mjs": `export default { turbopack: { root: ${JSON.stringify(kit.home)} } };\n`,
        "app/layout.jsx": `export default function Layout({ children }) { return <html><body>{children}<script src="/person.js" /></body></html>; }\n`,
        "app/page.jsx": recipe("React"),
        "app/api/chat/completions/route.js": recipe("Next", kit.url),
        "public/person.js": PERSON,
      });
      const node = join(kit.home, "node_modules/node-22/bin/node");
      const program = join(kit.home, "node_modules/next/dist/bin/next");
      const env = { NEXT_TELEMETRY_DISABLED: "1", OPENAI_API_KEY: "sk-example" };
      await kit.run(node, [program, "build"], { env, seconds: 400 });
      const port = nextPort();
      const origin = `http://127.0.0.1:${port}`;
      return kit.whileRunning(node, [program, "start", "-p", `${port}`], origin, () => kit.visit(origin), { env });
    },
  },
  {
    name: "README's Worker proxy, by wrangler dev", tools: "wrangler",
    async run(kit) {
      const port = nextPort();
      const origin = `http://127.0.0.1:${port}`;
      kit.files({
        "package.json": { private: true, type: "module" },
        "main.js": recipe("A proxy in a Worker", kit.url),
        "wrangler.json": { name: "w", main: "main.js", compatibility_date: "2025-04-01", vars: { OPENAI_API_KEY: "sk-example" } },
      });
      const args = ["dev", "--ip=127.0.0.1", `--port=${port}`, "--inspector-port=0"];
      return kit.whileRunning(kit.bin("wrangler"), args, origin, async () => {
        const preflight = await fetch(origin, { method: "OPTIONS" });
        const body = JSON.stringify({ messages: [{ role: "user", content: "Hi" }] });
        const reply = await fetch(`${origin}/chat/completions`, { method: "POST", body });
        const texts = (await reply.text()).split("\n\n").filter((event) => event.startsWith("data: {")).map((event) => JSON.parse(event.slice(6)).choices[0]?.delta.content ?? "");
        const wrong = await fetch(`${origin}/chat/completions`, { method: "POST", body: '{"messages":"none"}' });
        const allowed = [preflight, reply, wrong].every(({ headers }) => headers.get("access-control-allow-origin") === "https://app.example");
        return allowed && wrong.status >= 400 ? `SAID:${texts.join("")}` : `no CORS, or ${wrong.status}: ${await wrong.text()}`;
      }, { env: { WRANGLER_SEND_METRICS: "false" } });
    },
  },
];
