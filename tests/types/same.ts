/** Fails to compile unless a value of either type can stand for one of the other. */
export function assignable<Ours, Theirs>(
  ..._: [Ours] extends [Theirs]
    ? [Theirs] extends [Ours]
      ? []
      : ["theirs is not assignable to ours"]
    : ["ours is not assignable to theirs"]
): void {}

/** Fails to compile unless a value of the first type can stand for one of the second. */
export function fits<Given, Wanted>(..._: [Given] extends [Wanted] ? [] : ["does not fit"]): void {}

/** Fails to compile unless the expression has exactly this type. */
export function exactly<Expected>() {
  return <Actual>(_value: Actual, ..._same: Same<Expected, Actual> extends true ? [] : ["another type"]): void => {};
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
