/**
 * `node vendor.js`: the validator of tools/, as one module without imports, so that a page needs no bundler and no import map for it.
 * Prints it, its licence in front.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const NAME = "@cfworker/json-schema";
const { version, author } = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve(`${NAME}/package.json`)), "utf8"));
const LICENCE = `/*! ${NAME} ${version}, MIT License. Copyright (c) ${author.name ?? author.split(" <")[0]}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions: The above copyright notice and this permission notice shall be included in all copies or substantial portions
of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS
BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE. */`;

const { outputFiles } = buildSync({
  stdin: { contents: `export { Validator, format } from "${NAME}";`, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
  bundle: true,
  format: "esm",
  target: "es2022",
  write: false,
  logLevel: "error",
});
// Without esbuild's comments, which name folders.
const code = outputFiles[0].text.replace(/^\/\/ node_modules.*\n/gm, "");
if (/^import |\beval\(|new Function\(/m.test(code)) throw new Error(`${NAME} imports something, or needs eval`);
process.stdout.write(`${LICENCE}\n${code}`);
