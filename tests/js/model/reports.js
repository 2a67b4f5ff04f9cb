// What onEnd must tell: once for every call, and the truth.

/** Reports that say of no call that they are its: given to those that end so and have none. */
function giveOut(world, endOf) {
  const got = (one, error) => error && one.asked.some((asked) => asked.state === "error" && asked.value === error);
  const likely = [(one, { error }) => got(one, error), (one, { error }) => isLoud(one) === Boolean(error), () => true];
  let rest = world.strays.map(({ report }) => report);
  for (const is of likely) {
    rest = rest.filter((report) => {
      const call = world.calls.find((one) => !one.reports.length && endOf(one) === report.end && is(one, report));
      call?.reports.push(report);
      return !call;
    });
  }
  for (const report of rest) world.report("onEnd.stray", `a report of no call: ${report.end} ${report.error}`);
}

/** `endOf(call)`: how it ended, as its streams say. */
export function judgeReports(world, endOf) {
  giveOut(world, endOf);
  for (const call of world.calls) {
    const { reports } = call;
    if (reports.length !== 1) world.report(reports.length ? "onEnd.twice" : "onEnd.never", `told ${reports.length} times of a call that ended ${endOf(call)}`);
    if (reports.length) judgeReport(world, call, reports[0], endOf);
  }
}

/** Somebody aborted it, and did not only leave. */
function isLoud(call) {
  const acts = (call.stream?.acts ?? []).filter((act) => act.ended === undefined);
  return call.signalled !== undefined || acts.some((act) => act.type === "abort");
}

function judgeReport(world, call, report, endOf) {
  const end = endOf(call);
  if (report.end !== end) world.report("onEnd.end", `onEnd says ${report.end}, the stream ${end}`);
  if (!Array.isArray(report.repairs) || typeof report.timing !== "object") world.report("onEnd.shape", JSON.stringify(report));
  if (report.end === "complete" && report.error) world.report("onEnd.error", `complete, with ${report.error}`);
  if (report.end === "aborted" && report.error && !isLoud(call)) world.report("onEnd.error", `left quietly, with ${report.error}`);
  if (["error", "truncated"].includes(report.end) && !report.error) world.report("onEnd.error", `${report.end}, with no error`);
  const own = call.asked.filter((asked) => asked.state === "error" && asked.held === call.stream && asked.value?.kind !== "config");
  // Of several that were aborted, nothing in a report says which it is of.
  const isSure = world.calls.filter((one) => endOf(one) === "aborted").length < 2 || end !== "aborted";
  if (isSure && report.error && own.some((asked) => asked.value !== report.error)) world.report("onEnd.error", `${report.error} is not what the readers got`);
}
