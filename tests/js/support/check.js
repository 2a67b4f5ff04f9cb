// Assertions for cases that run in Node, workerd and a page alike: no import, no global of one runtime.

/** A failed expectation. */
export class Failure extends Error {
  name = "Failure";
}

function show(value) {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === "bigint" || typeof value === "symbol" || typeof value === "function") return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function fail(message, detail) {
  throw new Failure(message === undefined ? detail : `${message}: ${detail}`);
}

/** The value is truthy. */
export function ok(value, message) {
  if (!value) fail(message, `expected something true, got ${show(value)}`);
}

/** Both are the very same value. */
export function equal(actual, expected, message) {
  if (!Object.is(actual, expected)) fail(message, `expected ${show(expected)}, got ${show(actual)}`);
}

/** The text matches the expression. */
export function match(text, expression, message) {
  if (typeof text !== "string" || !expression.test(text)) fail(message, `expected ${expression} in ${show(text)}`);
}

/** The text does not hold the other one. */
export function lacks(text, part, message) {
  if (String(text).includes(part)) fail(message, `expected no ${show(part)} in ${show(text)}`);
}

/** The first place where two JSON-like values differ, or undefined. */
export function difference(actual, expected, path = "$") {
  if (Object.is(actual, expected)) return undefined;
  const bothObjects = typeof actual === "object" && typeof expected === "object" && actual !== null && expected !== null;
  if (!bothObjects || Array.isArray(actual) !== Array.isArray(expected)) {
    return `${path}: expected ${show(expected)}, got ${show(actual)}`;
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const found = difference(actual[key], expected[key], `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Both have the same content. */
export function same(actual, expected, message) {
  const found = difference(actual, expected);
  if (found !== undefined) fail(message, found);
}

/** The promise rejects; gives what it rejected with. */
export async function rejects(promise, message) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  return fail(message, `expected a rejection, got ${show(value)}`);
}

/** The promise rejects with an error of this class and, if given, with a message that matches. */
export async function rejectsWith(promise, type, expression, message) {
  const error = await rejects(promise, message);
  if (!(error instanceof type)) fail(message, `expected a ${type.name}, got ${show(error)}\n${error?.stack ?? ""}`);
  if (expression !== undefined) match(error.message, expression, message);
  return error;
}

/** Lets timers and queued tasks run, so that what would happen by itself has happened. */
export function settle(ms = 15) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The promise's value, or a failure if it does not settle in time: nothing may stay pending for ever. */
export function inTime(promise, what, ms = 5000) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Failure(`${what} did not settle within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
