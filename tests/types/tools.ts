// runTools, parse and parseStream, as a caller writes them.
import {
  createClient,
  ValidationError,
  type ChatCompletion,
  type ChatMessage,
  type CompletionUsage,
  type Parsed,
  type RunnableTool,
  type StandardSchema,
  type ToolRun,
  type ToolRunEvent,
} from "tokenwire";
import { exactly } from "./same.js";

const messages = [{ role: "user" as const, content: "hello" }];
const client = createClient();
/** As libraries declare theirs. */
interface Person { name: string }
declare const schema: StandardSchema<Person> & { parse(value: unknown): Person };

const weather: RunnableTool = {
  type: "function",
  function: { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
  execute: async ({ city }: { city: string }, { id, signal, context }) => {
    exactly<string>()(id);
    exactly<AbortSignal>()(signal);
    exactly<unknown>()(context);
    return { city, rain: true };
  },
};

export async function runs(): Promise<void> {
  const run = client.runTools(
    { messages, tools: [weather, { type: "web_search" }, { type: "custom", custom: { name: "sql" }, execute: (input) => input }], temperature: 0 },
    { maxSteps: 3, context: { user: 1 }, signal: AbortSignal.timeout(1), onStep: ({ step, completion, messages: list }) => { exactly<number>()(step); exactly<ChatCompletion>()(completion); exactly<ChatMessage[]>()(list); } },
  );
  exactly<ToolRun>()(run);
  for await (const event of run) show(event);
  const { completion, messages: list, steps, usage, stopped } = await run.final();
  exactly<ChatCompletion>()(completion);
  exactly<ChatMessage[]>()(list);
  exactly<number>()(steps);
  exactly<CompletionUsage>()(usage);
  exactly<"answer" | "maxSteps" | "forced" | "pending" | "length" | "content_filter" | "refusal">()(stopped);
  exactly<ChatMessage[]>()(run.snapshot.messages);
  exactly<number | undefined>()(run.repairs[0]?.count);
  run.abort("any reason");
  client.runTools({ messages: list, tools: [{ ...weather, function: { name: "weather", parameters: schema } }] });
  // @ts-expect-error: there is no reason to stop before it has
  run.snapshot.stopped;
}

function show(event: ToolRunEvent): string {
  exactly<number>()(event.step);
  if (event.type === "tool_result") return event.error ?? event.id + String(event.result);
  return event.type === "text" ? event.text : event.type;
}

export async function values(): Promise<void> {
  exactly<Parsed<Person>>()(await client.parse({ messages }, schema));
  exactly<unknown>()((await client.parse({ messages }, { type: "object" })).value);
  exactly<Parsed<{ a: number }>>()(await client.parse<{ a: number }>({ messages }, { type: "object" }, { maxRetries: 1 }));
  const stream = client.parseStream({ messages }, schema, { api: "chat" });
  for await (const value of stream) exactly<unknown>()(value);
  const { value, via, completion } = await stream.final();
  exactly<Person>()(value);
  exactly<"json_schema" | "json_object" | "tool" | "prompt">()(via);
  exactly<ChatCompletion>()(completion);
  stream.abort();
  const error: unknown = undefined;
  if (ValidationError.isInstance(error)) {
    exactly<string>()(error.text);
    exactly<string | undefined>()(error.issues[0]?.path);
  }
}
