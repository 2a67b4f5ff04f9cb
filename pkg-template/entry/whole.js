// The whole core at once, for a service worker: it has no import().
import { provideWhole } from "../call/whole.js";
import * as whole from "../whole/text.js";

provideWhole(async () => whole, true);
