// Usage of several requests, summed.

export const nothing = () => ({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 });

/** Numbers are added, wherever they stand; of all else the last counts. */
export function sum(before, more) {
  const total = { ...before };
  for (const [key, value] of Object.entries(more ?? {})) {
    const old = Object.hasOwn(total, key) ? total[key] : undefined;
    if (typeof value === "number" && (old === undefined || typeof old === "number")) total[key] = (old ?? 0) + value;
    else if (value !== null && typeof value === "object" && !Array.isArray(value)) total[key] = sum(old ?? {}, value);
    else if (value !== null && value !== undefined) total[key] = value;
  }
  return total;
}
