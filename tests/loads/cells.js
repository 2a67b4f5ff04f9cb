/** All cells, in the order of the table: `{ name, tools, run(kit), quick, entry, note, browser, says }`. `run` gives what was said. */
import bundlers from "./cells/bundlers.js";
import frameworks from "./cells/frameworks.js";
import pages from "./cells/pages.js";
import recipes from "./cells/recipes.js";
import runners from "./cells/runners.js";
import runtimes from "./cells/runtimes.js";

export const cells = [...runtimes, ...runners, ...bundlers, ...pages, ...frameworks, ...recipes];
