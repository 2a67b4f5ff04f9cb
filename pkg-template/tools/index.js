// All that a client does with tools and schemas, imported at the first call of it (client/late.js).
import { chat } from "./chat.js";
import { Parsing } from "./parse.js";
import { Run } from "./run.js";

/** What a run needs of an API, by its name. */
const apis = { chat };

function apiOf(params, options, config) {
  const name = options?.api ?? (params.input !== undefined && params.messages === undefined ? "responses" : "chat");
  if (Object.hasOwn(apis, name)) return apis[name];
  throw config(name === "responses" ? "the Responses API is not there yet: give messages, as for Chat Completions" : `api must be "chat" or "responses", and is ${JSON.stringify(name)}`);
}

export const runTools = (kit, params, tools, options) => new Run(kit, apiOf(params, options, kit.config), params, tools, options);

export const parse = (kit, params, schema, options) => new Parsing(kit, apiOf(params, options, kit.config), params, schema, options);
