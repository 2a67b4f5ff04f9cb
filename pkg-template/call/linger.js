// The connection of a reply that has ended: HTTP/1.1 uses it again where the body ends too, and a new one costs TCP and TLS.
import { release } from "./body.js";

/** How long the end of the body is waited for, in ms, and how many bytes are passed over until then. */
const MOMENT = 200;
const BYTES = 1024;

/** Lets go of a body whose reply is complete: read to its end where that follows at once, else cancelled. */
export async function linger(source, controller) {
  let isLate = false;
  const giveUp = () => {
    isLate = true;
    release(source);
    // Firefox closes the connection of a body that was cancelled when the next bytes come, which may be never.
    controller.abort();
  };
  const timer = setTimeout(giveUp, MOMENT);
  timer.unref?.();
  try {
    for (let bytes = 0; !isLate; ) {
      const { done, value } = await source.read();
      if (done) break;
      bytes += value?.length ?? 0;
      if (bytes > BYTES || !bytes) giveUp();
    }
  } catch {
    // The connection broke: nothing is left to let go of.
  }
  clearTimeout(timer);
}
