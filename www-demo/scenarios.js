import { add } from "./dom.js";
import { scripts } from "./scripts.js";

/** A button for each thing that the simulator can do; `play` is told its name. */
export function offer(list, play) {
  for (const [name, { label, about }] of Object.entries(scripts)) {
    const button = add(add(list, "li"), "button", "scenario");
    button.type = "button";
    button.dataset.script = name;
    add(button, "strong", "", label);
    add(button, "span", "", about);
    button.addEventListener("click", () => play(name));
  }
}
