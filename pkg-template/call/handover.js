// A call that meets what its core does not know goes on in the whole one.
import { ask } from "./core.js";
import { missing, wholeCore } from "./whole.js";

/** What is ready then, or undefined; that, too, where the reply ended meanwhile. */
export async function takenOver(reply) {
  const whole = await reply.until(wholeCore().catch((cause) => void (reply.lack = cause)));
  if (reply.isClosed) return undefined;
  const { core } = reply;
  if (!whole) return ask(() => core.unread(`the part of tokenwire that reads that ${missing(reply.lack)}`));
  reply.core = ask(() => whole.Call.resume(core.carry(), reply.settings, Math.random() * 2 ** 53));
  ask(() => core.free());
  reply.resumed?.();
  return ask(() => reply.core.goOn(reply.isOver, Date.now()));
}
