/**
 * The wasm of core-text.js, for "tokenwire/inline", and of responses-text.js. Each byte is one letter, or two of which the first is a shift: printable
 * ASCII, so no charset and no minifier can spoil it, without what ends a string or a <script>; and whole letters, so that
 * it compresses like the file (figures: xtask/src/everywhere.rs). The letters stand in the order of the code.
 */
const LETTERS = " !#%&()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|";

export function wasmBytes({ bytes, order, text }) {
  const places = new Int16Array(128);
  for (let place = 0; place < LETTERS.length; place++) places[LETTERS.charCodeAt(place)] = place;
  places[125] = -LETTERS.length;
  places[126] = -2 * LETTERS.length;
  const wasm = new Uint8Array(bytes);
  let shift = 0;
  for (let from = 0, to = 0; from < text.length; from++) {
    const place = places[text.charCodeAt(from)];
    if (place < 0) shift = -place;
    else {
      wasm[to++] = order[shift + place];
      shift = 0;
    }
  }
  return wasm;
}
