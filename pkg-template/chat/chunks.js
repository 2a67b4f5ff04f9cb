// Chunks: what the core hands out in compact form, made whole.

/**
 * Turns a batch into chunks. Most chunks of a stream are the one before them but for a text or two, and the core then sends
 * only these (`Mode::Compact`): copying a pattern costs a fifth of parsing a chunk. One per stream, for it keeps the pattern.
 * `asksUsage`: else the usage comes with an empty choice, for `choices[0].delta` is what everyone reads.
 */
export function chunkReader(asksUsage) {
  let pattern, key, padding;
  return (batch) => {
    const items = JSON.parse(batch);
    const chunks = [];
    for (let at = 0; at < items.length; at++) {
      const item = items[at];
      if (typeof item === "string") {
        const chunk = filled(pattern, key, item);
        if (padding) chunk[padding] = items[++at];
        chunks.push(chunk);
      } else if (Array.isArray(item)) [pattern, key, padding] = item;
      else {
        if (!asksUsage && item.usage && !item.choices.length) item.choices = [{ index: 0, delta: {}, finish_reason: null }];
        chunks.push(item);
      }
    }
    return chunks;
  };
}

function filled(pattern, key, text) {
  const choice = { ...pattern.choices[0] };
  choice.delta = { ...choice.delta };
  choice.delta[key] = text;
  const chunk = { ...pattern };
  chunk.choices = [choice];
  return chunk;
}
