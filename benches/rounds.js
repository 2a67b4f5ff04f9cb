/**
 * Measuring several runs side by side: round after round, all of them in each, every round beginning with another one, so
 * that what the machine does meanwhile hits all alike. Runs in Node and in a page.
 *
 * A sample is one run: one stream from the request to its end, as a page or a worker has it. Nothing is forced between
 * them: a collection of all garbage before each sample also throws away what the engine has learnt, and made all clients
 * but the smallest look twice as slow. Whose garbage is collected in whose sample evens out in the median.
 */

/** Runs before the first sample, in which the engine compiles what is hot. */
const WARM_UP = 3;

/**
 * `runs`: { name: async () => result }. `check(name, result)` throws if a result is wrong; every single one is checked.
 * `clock()` gives milliseconds. Resolves to { name: milliseconds of one run, the median of all rounds }.
 */
export async function measure(runs, { rounds, clock, check }) {
  const names = Object.keys(runs);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -WARM_UP; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + WARM_UP + turn) % names.length];
      const before = clock();
      const result = await runs[name]();
      const took = clock() - before;
      check(name, result);
      if (round >= 0) samples[name].push(took);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(samples[name])]));
}

export const median = (samples) => quantile(samples, 0.5);

export function quantile(samples, share) {
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
