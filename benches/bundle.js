/** Bundles for a page, as its author would make them. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The text of the bundle of a file in `page/`, minified, for browsers. */
export async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`page/${entry}`, import.meta.url))],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    legalComments: "none",
    logLevel: "error",
  });
  return outputFiles[0].contents;
}
