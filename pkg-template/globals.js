// Imported first, where a test runner may have taken the platform's own away: says what is missing before anything trips over it.
const NEEDED = ["TextDecoder", "TextEncoder", "ReadableStream", "Headers", "Response", "fetch"];
const missing = NEEDED.filter((name) => typeof globalThis[name] === "undefined");

// Without the first two nothing can be imported; who brings a `fetch` of his own may do without the others.
if (missing.includes("TextDecoder") || missing.includes("TextEncoder")) {
  const where = "which this environment does not have. In jest, jsdom takes them away: jest-fixed-jsdom gives them back";
  throw new Error(`tokenwire needs ${missing.join(", ")}, ${where}`);
}
