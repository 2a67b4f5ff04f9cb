// What a tool gave, as the text of a message.

/** JSON text of a value, or the text that it is. Throws an Error that says why it is neither. */
export function textOf(value) {
  if (typeof value === "string") return value;
  // A tool that gives nothing has done what it should.
  if (value === undefined) return "null";
  if (value instanceof Error) throw value;
  let text;
  try {
    text = JSON.stringify(value, told);
  } catch (cause) {
    const place = circle(value, "the result", []);
    throw new Error(place ? `${place} contains itself, so it is no JSON` : `the result is no JSON: ${messageOf(cause)}`);
  }
  if (text === undefined) throw new Error(`the result is a ${typeof value}, which is no JSON`);
  if (text === "{}" && isForeign(value)) {
    throw new Error(`the result is a ${value.constructor?.name || "foreign object"}, of which JSON has nothing: give its text or data`);
  }
  return text;
}

/** What JSON has no form for, in the form that is nearest. */
function told(key, value) {
  if (typeof value === "bigint") return `${value}`;
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  if (value instanceof Error) return { name: value.name, message: value.message };
  return value;
}

/** An instance of a class, whose content JSON would lose silently. */
function isForeign(value) {
  const prototype = Object.getPrototypeOf(value);
  return !(value instanceof Map) && prototype !== null && Object.getPrototypeOf(prototype) !== null;
}

/** Where in a value something stands that holds the value in which it stands. */
function circle(value, path, above) {
  if (value === null || typeof value !== "object") return undefined;
  if (above.includes(value)) return path;
  // As deep as this only what is circular is.
  if (above.length > 1000) return undefined;
  for (const key of Object.keys(value)) {
    const found = circle(value[key], `${path}.${key}`, [...above, value]);
    if (found) return found;
  }
  return undefined;
}

/** The words of what was thrown, whatever it is. */
export function messageOf(cause) {
  try {
    return `${cause?.message || cause}`;
  } catch {
    return "something that has no text was thrown";
  }
}
