// Where a key may not go.
import { config } from "./errors.js";

/** Refuses to send a key to where others would read it. `page`: the origin of the page, undefined outside of pages. */
export function checkPlace(url, page, allowed) {
  const { protocol, hostname, origin } = new URL(url);
  if (/^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/.test(hostname)) return;
  if (protocol === "http:") {
    throw config(`a key is not sent over http: anyone on the way could read it. Use https for ${origin}, or send no apiKey`);
  }
  if (page !== undefined && page !== origin && !allowed) {
    throw config(
      "a key in a page can be read by everyone who opens it. Keep it on a server of yours that adds it (a gateway at the " +
        "edge) and give the page that server's base URL; or set dangerouslyAllowBrowser: true, for keys that are the reader's own",
    );
  }
}
