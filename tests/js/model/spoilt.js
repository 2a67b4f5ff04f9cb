// Rejections that nobody handles and exceptions that nobody catches belong to the run in which they come: while the model runs,
// they are told to it alone. node:test would end the test at the first one, and could not say of which run it is.

const EVENTS = { unhandledRejection: "unhandled", uncaughtException: "uncaught" };

/** Runs `what` and gives what it gives; `tell(code, words)` is called meanwhile. */
export async function watching(tell, what) {
  const restores = Object.entries(EVENTS).map(([event, code]) => {
    const others = process.listeners(event);
    const mine = (reason) => tell(code, String(reason?.stack ?? reason));
    process.removeAllListeners(event).on(event, mine);
    return () => {
      process.off(event, mine);
      for (const other of others) process.on(event, other);
    };
  });
  try {
    return await what();
  } finally {
    for (const restore of restores) restore();
  }
}
