/**
 * The clients that are measured, each as a function (fetch) → read(each): `read` streams one reply and calls `each` with the
 * text of every item that the client hands out. Runs in Node and in a page; nothing here knows how it is measured. Each stands
 * in a file of its own, so that a process can load one alone.
 */
import { aiSdk } from "./clients/ai-sdk.js";
import { byHand, floor } from "./clients/by-hand.js";
import { eventsourceParser } from "./clients/eventsource-parser.js";
import { openai } from "./clients/openai.js";
import { tokenwireChunks, tokenwireEvents, tokenwireText } from "./clients/tokenwire.js";
import { xsai } from "./clients/xsai.js";

/** In the order of the table. */
export const CLIENTS = {
  floor,
  "tokenwire .text": tokenwireText,
  "tokenwire chunks": tokenwireChunks,
  "tokenwire .events": tokenwireEvents,
  "by hand": byHand,
  "eventsource-parser": eventsourceParser,
  openai,
  "AI SDK": aiSdk,
  xsai,
};
