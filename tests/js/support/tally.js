// Counts what passed of what was tried, for the summary line of a test file. Node only.

/** `recorded streams: 155 of 156 right`, printed once at the end. */
export class Tally {
  constructor(what, tried) {
    this.what = what;
    this.tried = tried;
    this.right = 0;
  }

  /** Runs one case and counts it if it does not throw. */
  async count(run) {
    await run();
    this.right += 1;
  }

  /** One line on the output of the run. */
  print() {
    console.log(`${this.what}: ${this.right} of ${this.tried} right`);
  }
}
