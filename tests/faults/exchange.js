/** One request and what is sent in answer to it, byte by byte if need be. */

const reasons = { 200: "OK", 204: "No Content", 307: "Temporary Redirect", 429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable" };

export class Exchange {
  #socket;
  #input = Buffer.alloc(0);
  #more = () => {};
  #hasLeft;
  /** Called when the client closes the connection before we did. */
  onLeft = () => {};
  isLeft = false;

  constructor(socket) {
    this.#socket = socket;
    this.#hasLeft = new Promise((resolve) => {
      const leave = () => {
        if (this.isLeft) return;
        this.isLeft = true;
        this.onLeft();
        this.#more();
        resolve();
      };
      // A client that goes says so by its end or by a reset; a reset of our own is neither.
      socket.on("end", leave);
      socket.on("error", leave);
      socket.on("close", leave);
    });
    socket.on("data", (bytes) => {
      this.#input = Buffer.concat([this.#input, bytes]);
      this.#more();
    });
  }

  /** {method, path, headers, body}, or undefined where the client went without one: browsers open connections to spare. */
  async request() {
    const end = await this.#until(() => this.#input.indexOf("\r\n\r\n"));
    if (end < 0) return undefined;
    const [first, ...lines] = this.#input.subarray(0, end).toString().split("\r\n");
    const [method, path] = first.split(" ");
    const headers = Object.fromEntries(lines.map((line) => {
      const at = line.indexOf(":");
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    }));
    const length = Number(headers["content-length"] ?? 0);
    await this.#until(() => (this.#input.length >= end + 4 + length ? 0 : -1));
    const body = this.#input.subarray(end + 4, end + 4 + length).toString();
    this.#input = this.#input.subarray(end + 4 + length);
    return { method, path, headers, body };
  }

  async #until(found) {
    while (found() < 0 && !this.isLeft) await new Promise((resolve) => { this.#more = resolve; });
    return found();
  }

  /** The head. Without a length or chunks, the body lasts until the connection ends. */
  head(status, headers = {}, connection = "close") {
    // A connection serves one request unless told, so that no browser takes a reset for that of an old one and asks again by itself.
    const all = { ...headers, connection };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return this.send(`HTTP/1.1 ${status} ${reasons[status] ?? "Status"}\r\n${lines.join("")}\r\n`);
  }

  /** Bytes as they are; resolves when they are handed to the system. */
  send(data) {
    return new Promise((resolve) => {
      if (this.isLeft || this.#socket.destroyed) resolve();
      else this.#socket.write(data, () => resolve());
    });
  }

  /** One chunk of a chunked body. */
  chunk(data) {
    const bytes = Buffer.from(data);
    return this.send(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]));
  }

  /** A whole answer. */
  async answer(status, headers, body = "") {
    await this.head(status, { ...headers, "content-length": Buffer.byteLength(body) });
    await this.send(body);
    this.fin();
  }

  /** Says no more, and goes on listening: a half-close. */
  fin() {
    this.#socket.end();
  }

  /** RST: what the system still holds of ours is lost. */
  reset() {
    this.#socket.resetAndDestroy();
  }

  /** Says nothing until the client goes. */
  stay() {
    return this.#hasLeft;
  }

  /** Sends it again and again until the client goes. */
  async repeat(data, ms) {
    while (!this.isLeft) {
      await this.send(data);
      await pause(ms);
    }
  }
}

/** ms of nothing. */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What lets a page see the answer. */
export const cors = ({ headers }) => (headers.origin === undefined ? {} : {
  "access-control-allow-origin": headers.origin,
  "access-control-expose-headers": "retry-after, retry-after-ms, x-should-retry, x-request-id",
});
