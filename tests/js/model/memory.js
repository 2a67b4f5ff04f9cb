// What of the core's objects is alive, seen from outside: the exports are wrapped, so this must be imported before the package.

const made = /^(\w+)_new$/;
const freed = /^__wbg_(\w+)_free$/;

/** Pointers of objects that were made and not yet freed, by class. */
const alive = new Map();

const counting = {
  made: (live, original) => (...given) => {
    const result = original(...given);
    // A constructor that may fail gives [pointer, error, has it failed].
    const [pointer, , hasFailed] = Array.isArray(result) ? result : [result];
    if (!hasFailed) live.add(pointer >>> 0);
    return result;
  },
  freed: (live, original) => (pointer, ...more) => {
    live.delete(pointer >>> 0);
    return original(pointer, ...more);
  },
};

const { Instance } = WebAssembly;
WebAssembly.Instance = function (...how) {
  const { exports } = Reflect.construct(Instance, how);
  const wrapped = { ...exports };
  alive.clear();
  for (const name of Object.keys(exports)) {
    const type = freed.exec(name)?.[1];
    const constructor = Object.keys(exports).find((other) => made.exec(other)?.[1] === type);
    if (!type || !constructor) continue;
    const live = new Set();
    alive.set(type, live);
    wrapped[name] = counting.freed(live, exports[name]);
    wrapped[constructor] = counting.made(live, exports[constructor]);
  }
  return { exports: wrapped };
};

/** The classes that are counted. */
export const countedClasses = () => [...alive.keys()];

/** How many objects live. */
export const liveObjects = () => [...alive.values()].reduce((sum, live) => sum + live.size, 0);

/** After a leak: counts from nothing again, so that the next run is not blamed. */
export function forget() {
  for (const live of alive.values()) live.clear();
}
