// A failing plan made as small as it gets: parts are taken away as long as it still fails in the same way.

const without = (list, from, count) => [...list.slice(0, from), ...list.slice(from + count)];

/** Plans with some operations left out: many at first, then one. */
function* fewer(plan) {
  for (let count = Math.ceil(plan.ops.length / 2); count >= 1; count = count > 1 ? Math.ceil(count / 2) : 0) {
    for (let from = plan.ops.length - count; from >= 0; from -= count) yield { ...plan, ops: without(plan.ops, from, count) };
  }
}

function* simplerCalls(plan) {
  const { calls } = plan;
  const put = (index, call) => ({ ...plan, calls: calls.map((one, at) => (at === index ? call : one)) });
  for (let index = calls.length - 1; index > 0; index--) yield { ...plan, calls: without(calls, index, 1) };
  for (const [index, call] of calls.entries()) {
    const { hook, ...unhooked } = call;
    if (hook) yield put(index, unhooked);
    if (call.hasSignal && call.kind === "stream") yield put(index, { ...call, hasSignal: undefined });
    if (call.exchanges.length) yield put(index, { ...call, exchanges: call.exchanges.slice(0, -1) });
    const exchange = (at, made) => put(index, { ...call, exchanges: call.exchanges.map((one, n) => (n === at ? made : one)) });
    for (const [at, one] of call.exchanges.entries()) {
      for (let step = one.steps.length - 1; step >= 0; step--) yield exchange(at, { ...one, steps: without(one.steps, step, 1) });
      for (const flag of ["isPulled", "isDeaf", "isObject"]) if (one[flag]) yield exchange(at, { ...one, [flag]: undefined });
    }
  }
}

function* simplerClient(plan) {
  const { client } = plan;
  for (const phase of Object.keys(client.timeout ?? {})) {
    const { [phase]: _, ...others } = client.timeout;
    // Nobody wants to wait ten minutes in looks at the clock of a few ms.
    if (!others.idle) yield { ...plan, client: { ...client, timeout: others } };
  }
  if (client.timeout) yield { ...plan, client: { ...client, timeout: undefined } };
  if (client.maxRetries) yield { ...plan, client: { ...client, maxRetries: 0 } };
  if (client.maxConcurrency) yield { ...plan, client: { ...client, maxConcurrency: undefined } };
}

function* simplerOps(plan) {
  const put = (at, op) => ({ ...plan, ops: plan.ops.map((one, n) => (n === at ? op : one)) });
  for (const [at, op] of plan.ops.entries()) {
    if (op.at(-1) !== "all") yield put(at, [...op.slice(0, -1), "all"]);
    if (op[0] !== "time" && typeof op[1] === "number" && op[1] > 0) yield put(at, [op[0], 0, ...op.slice(2)]);
    if (op[0] === "serve" && op[2] > 1) yield put(at, [op[0], op[1], 1, op[3]]);
    if (op[0] === "nexts") yield put(at, ["next", op[1], op[2], op[4]]);
    if ((op[0] === "next" || op[0] === "iterate") && op[2] !== "text") yield put(at, [op[0], op[1], "text", op[3]]);
  }
  if (plan.finish !== "leave") yield { ...plan, finish: "leave" };
}

function* candidates(plan) {
  yield* fewer(plan);
  yield* simplerCalls(plan);
  yield* simplerClient(plan);
  yield* simplerOps(plan);
}

/** `fails(plan)` tells whether it still does; `most` bounds how often it is asked. */
export async function shrink(plan, fails, most = 600) {
  let asked = 0;
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const candidate of candidates(plan)) {
      if (++asked > most) return plan;
      if (!(await fails(candidate))) continue;
      plan = candidate;
      isSmaller = true;
      break;
    }
  }
  return plan;
}

/** A plan as one reads it. */
export function print(plan) {
  const line = (value) => JSON.stringify(value);
  return [
    `client ${line(plan.client)}`,
    ...plan.calls.map((call, index) => `call ${index} ${line(call)}`),
    ...plan.ops.map((op) => `  ${op.slice(0, -1).join(" ")}${op.at(-1) === "all" ? "" : `  (then ${op.at(-1)})`}`),
    `  finish: ${plan.finish}`,
  ].join("\n");
}
