// What the core can hand out, by its number: `Mode::from_number` in src/stream/output.rs.
export const TEXT = 0;
export const CHUNKS = 1;
export const EVENTS = 2;
export const SSE = 3;
