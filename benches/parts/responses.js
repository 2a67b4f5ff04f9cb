/** CPU time of whole clients on a stream of the Responses API. */
import OpenAI from "openai";
import { createClient } from "tokenwire";
import { floor } from "../clients/by-hand.js";
import { responsesStream } from "../streams/responses.js";
import { throughput } from "../throughput.js";
import { cpuClock } from "./cpu.js";

const options = { apiKey: "key", baseURL: "https://api.example.com/v1" };
const params = { model: "m", input: "Say something long.", stream: true };
const textOf = (event) => (event.type === "response.output_text.delta" ? event.delta : "");

const CLIENTS = {
  floor,
  "tokenwire .text": (fetch) => async (each) => {
    for await (const text of createClient({ ...options, fetch }).respond(params).text) each(text);
  },
  "tokenwire events": (fetch) => async (each) => {
    for await (const event of createClient({ ...options, fetch }).respond(params)) each(textOf(event));
  },
  openai: (fetch) => async (each) => {
    for await (const event of await new OpenAI({ ...options, fetch }).responses.create(params)) each(textOf(event));
  },
};

export const responses = ({ rounds, report }) =>
  throughput([responsesStream(4000)], { rounds, report, clock: cpuClock, clients: CLIENTS, cuts: ["event", "16 KiB"] });
