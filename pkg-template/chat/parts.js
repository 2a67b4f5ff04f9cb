// Content parts from what people hold: a Blob, a File, bytes or a URL becomes what the wire takes.
import { config } from "../call/errors.js";

/** How the formats that models take begin. */
const MAGIC = [
  ["89504e47", "image/png"],
  ["ffd8ff", "image/jpeg"],
  ["47494638", "image/gif"],
  ["52494646........57454250", "image/webp"],
  ["25504446", "application/pdf"],
];

/** An `image_url` part. A string or URL goes through as it is; anything else becomes a data URL. */
export async function imagePart(source, { type, ...image } = {}) {
  const url = isAddress(source) ? `${source}` : await dataURL(source, type, "image");
  return { type: "image_url", image_url: { url, ...image } };
}

/** A `file` part with the content in it. A name is taken from a File, otherwise from `filename`. */
export async function filePart(source, { type, filename = source?.name ?? "file" } = {}) {
  const file_data = isAddress(source) ? `${source}` : await dataURL(source, type, "file");
  return { type: "file", file: { filename, file_data } };
}

const isAddress = (source) => typeof source === "string" || source instanceof URL;

async function dataURL(source, type, what) {
  const bytes = await bytesOf(source, what);
  type ||= source.type || sniffed(bytes);
  if (!type && what === "image") throw config("imagePart: not an image type that is known; name it with `type`");
  return `data:${type || "application/octet-stream"};base64,${base64(bytes)}`;
}

async function bytesOf(source, what) {
  if (typeof source?.arrayBuffer === "function") source = await source.arrayBuffer();
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  try {
    // By slice, not instanceof: the buffer may be of another realm.
    return new Uint8Array(ArrayBuffer.prototype.slice.call(source, 0));
  } catch {
    throw config(`${what}Part takes a Blob, a File, bytes or a URL`);
  }
}

function sniffed(bytes) {
  const start = Array.from(bytes.subarray(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return MAGIC.find(([magic]) => new RegExp(`^${magic}`).test(start))?.[1];
}

function base64(bytes) {
  if (bytes.toBase64) return bytes.toBase64();
  let binary = "";
  // In slices: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}
