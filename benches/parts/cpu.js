/** Milliseconds of CPU time, of all threads: garbage collection and compilation are part of what a client costs. */
export function cpuClock() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
