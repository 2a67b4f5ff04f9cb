// What came out in another runtime, as tests of this one. Node only.

import test from "node:test";
import assert from "node:assert/strict";
import { allCases, todoIn } from "../cases.js";

/** `results`: see runAll; `complaints`: what nobody caught. */
export function report(runtime, results, complaints) {
  allCases.forEach((one, index) => {
    const { name, error, outcome } = results[index] ?? { error: "it was not run" };
    test(`${runtime}: ${one.name}`, { todo: todoIn(runtime, one) }, (t) => {
      if (typeof outcome === "string") t.diagnostic(outcome);
      if (error) assert.fail(error);
      assert.equal(name, one.name);
    });
  });
  test(`${runtime}: no unhandled rejection`, () => assert.deepEqual(complaints, []));
}
