/** Bundles for a page, as its author would make them. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** What a page loads at once of the bundle of a file in `page/`, minified, for browsers: what is imported on demand is left out. */
export async function bundle(entry) {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL(`page/${entry}`, import.meta.url))],
    bundle: true,
    splitting: true,
    outdir: "out",
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    metafile: true,
    legalComments: "none",
    logLevel: "error",
  });
  const [[name, { imports }]] = Object.entries(metafile.outputs).filter(([, output]) => output.entryPoint?.endsWith(`page/${entry}`));
  if (imports.some(({ kind }) => kind !== "dynamic-import")) throw new Error(`the bundle of ${entry} is not one file any more`);
  return outputFiles.find(({ path }) => path.endsWith(name)).contents;
}
