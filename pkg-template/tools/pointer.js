// JSON pointers (RFC 6901).

/** Of the way to a place, keys and indexes. */
export const pointerOf = (path) => path.map((key) => `/${`${key}`.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** The way that a pointer says. */
export const pathOf = (pointer) =>
  pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
