// What went wrong before anything was sent, in words, with what to do: a message, its cause, and the kind where it is not "config".
// Loaded where it is needed, which is seldom; it imports nothing, for what two parts of a bundle share is a third.

const SOURCES = "a WebAssembly.Module, its bytes, a Response or a URL that fetch() can read";
const ADVICE = 'Serve core.wasm beside the bundle, or import "tokenwire/inline"';
const POLICY = "core.wasm could not be loaded: the page's Content-Security-Policy needs 'wasm-unsafe-eval' in its script-src";

export const file = (cause) => [
  `init() was given a file: URL, which fetch() does not read here: read the file and give its bytes (${SOURCES})`,
  cause,
];

export const unreachable = (cause, url) => [
  `core.wasm could not be fetched from ${url}: the network or the page's policy refused`,
  cause,
  "connection",
];

/** A response that is not the wasm. */
export const other = ({ ok, status, url }) => [
  `core.wasm could not be fetched: ${ok === false ? `HTTP ${status}` : "HTML"} came from ${url}. ${ADVICE}`,
];

export const missing = () => [`tokenwire/slim has no wasm of its own: await init(source) before the first call, with ${SOURCES}`];

export const unloadable = (error) => [
  /unsafe-eval|CSP|security policy/i.test(error?.message) ? POLICY : `core.wasm could not be loaded: ${error?.message}. ${ADVICE}`,
  error,
];

export const allowInsecureKey = (origin) => [
  `a key is not sent over http to a public host: anyone on the way could read it. Use https for ${origin}, send no apiKey, ` +
    "or set allowInsecureKey: true, where you know the way",
];

export const dangerouslyAllowBrowser = () => {
  const imitation = /jsdom|happy-?dom/i.exec(globalThis.navigator?.userAgent)?.[0];
  return [
    imitation
      ? `this looks like a page, and is ${imitation}: set dangerouslyAllowBrowser: true in the test, or let it run without a DOM`
      : "a key in a page can be read by everyone who opens it. Keep it on a server of yours that adds it (a gateway at the edge) and " +
        "give the page that server's base URL; or set dangerouslyAllowBrowser: true, for keys that are the reader's own",
  ];
};
