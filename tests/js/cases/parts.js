// imagePart and filePart: a Blob, a File or bytes as a data URL part. Runs in every runtime.

import { equal, match, rejects, same } from "../support/check.js";

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 255]);
const PNG_URL = "data:image/png;base64,iVBORw0KGgoA/w==";
const PDF_URL = "data:application/pdf;base64,JVBERg==";
const pdfBytes = new TextEncoder().encode("%PDF");

export const partCases = [
  {
    name: "imagePart of a Blob or File takes its type",
    async run(tw) {
      const part = await tw.imagePart(new Blob([PNG], { type: "image/png" }));
      same(part, { type: "image_url", image_url: { url: PNG_URL } });
      const file = await tw.imagePart(new File([PNG], "a.png", { type: "image/png" }));
      equal(file.image_url.url, PNG_URL);
    },
  },
  {
    name: "imagePart of bytes knows a PNG by its first bytes",
    async run(tw) {
      equal((await tw.imagePart(PNG)).image_url.url, PNG_URL);
      equal((await tw.imagePart(PNG.buffer)).image_url.url, PNG_URL);
      equal((await tw.imagePart(new Uint8Array([1, ...PNG]).subarray(1))).image_url.url, PNG_URL, "a view into a larger buffer");
    },
  },
  {
    name: "filePart of a File takes its name and type",
    async run(tw) {
      const part = await tw.filePart(new File([pdfBytes], "report.pdf", { type: "application/pdf" }));
      same(part, { type: "file", file: { filename: "report.pdf", file_data: PDF_URL } });
    },
  },
  {
    name: "a large image is whole",
    async run(tw) {
      const bytes = Uint8Array.from({ length: 300_001 }, (_, n) => (n * 31) & 255);
      const { url } = (await tw.imagePart(new Blob([bytes], { type: "image/jpeg" }))).image_url;
      match(url.slice(0, 40), /^data:image\/jpeg;base64,/);
      const back = Uint8Array.from(atob(url.slice(url.indexOf(",") + 1)), (char) => char.charCodeAt(0));
      equal(back.length, bytes.length);
      equal(back.every((byte, n) => byte === bytes[n]), true);
    },
  },
  {
    name: "what is no image is a ConfigError",
    async run(tw) {
      for (const odd of [undefined, null, 42, {}]) {
        const error = await rejects(Promise.resolve().then(() => tw.imagePart(odd)), String(odd));
        equal(error instanceof tw.ConfigError, true, `imagePart(${String(odd)}) threw ${error}`);
      }
    },
  },
];
