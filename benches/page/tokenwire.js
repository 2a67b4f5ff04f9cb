/** A page's own code around one streamed chat: what `size` weighs, and what `start` starts. */
export { chat } from "tokenwire";
