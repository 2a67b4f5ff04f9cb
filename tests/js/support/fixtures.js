// Finds the recorded wire data beside the repository, and the small cases of our own inside it. Node only.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../../../", import.meta.url);
const shared = new URL("../shared/", root);
const recordedRoot = new URL("fixtures/recorded/", shared);

/** A path inside the repository. */
export const inRepository = (path) => fileURLToPath(new URL(path, root));

/** A path inside the data that lies beside the repository. */
export const inShared = (path) => fileURLToPath(new URL(path, shared));

/** Is the recorded data there? A clone without it still runs its own cases. */
export const hasRecorded = existsSync(recordedRoot);

const readJson = (url) => JSON.parse(readFileSync(url, "utf8"));

/** Cases of our own: tests/cases/<name>.json. */
export const ownCases = (name) => readJson(new URL(`tests/cases/${name}.json`, root));

/** ../shared/fixtures/quirks.json, or nothing to run. */
export function quirks() {
  return hasRecorded ? readJson(new URL("fixtures/quirks.json", shared)) : { streams: [], errors: [] };
}

/** ../shared/fixtures/field.json, or nothing to run. */
export const fieldReports = () => (hasRecorded ? readJson(new URL("fixtures/field.json", shared)) : []);

/** All files of the recorded data with this ending, as {name, url, base}. */
function filesEnding(ending) {
  if (!hasRecorded) return [];
  return readdirSync(recordedRoot, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => ({ name, base: name.slice(0, -ending.length), url: new URL(name, recordedRoot) }));
}

function withMeta(file) {
  const meta = readJson(new URL(`${file.base}.meta.json`, recordedRoot));
  const expected = new URL(`${file.base}.expected.json`, recordedRoot);
  return {
    name: file.name,
    bytes: new Uint8Array(readFileSync(file.url)),
    meta,
    expected: existsSync(expected) ? readJson(expected) : undefined,
  };
}

const isChat = (record) => record.meta.api === "chat.completions";
const NOT_BODIES = /\.(meta|expected|error|cases)\.json$/;

/** Recorded Chat Completions streams: {name, bytes, meta, expected}. */
export const recordedStreams = () => filesEnding(".sse").map(withMeta).filter(isChat);

/** Recorded replies to plain calls. */
export const recordedBodies = () => filesEnding(".json").filter((file) => !NOT_BODIES.test(file.name)).map(withMeta).filter(isChat);

/** The same of the Responses API: those that an independent reader has read. */
const isResponse = (record) => record.meta.api === "responses" && record.expected;
export const recordedResponseStreams = () => filesEnding(".sse").map(withMeta).filter(isResponse);
export const recordedResponseBodies = () => filesEnding(".json").filter((file) => !NOT_BODIES.test(file.name)).map(withMeta).filter(isResponse);

/** Recorded (and reconstructed) error bodies. */
export const recordedErrors = () => filesEnding(".error.json").map(withMeta).filter(isChat);

/** All that the shared cases run on in a runtime that has no files: our own cases, the quirks, the smaller recorded streams. */
export function portableData() {
  const { streams, errors } = quirks();
  const small = recordedStreams().filter((record) => record.bytes.length <= 40_000);
  return {
    baseUrls: ownCases("base-url"),
    streams: [...ownCases("streams"), ...streams],
    errors: [...ownCases("errors"), ...errors],
    reports: [...ownCases("field"), ...fieldReports()],
    recorded: small.map(({ name, bytes, expected }) => ({ name, base64: Buffer.from(bytes).toString("base64"), expected })),
  };
}

/** Says which part of the data a test file ran on, so that a run without the recordings does not look whole. */
export function announce(t, what, count) {
  t.diagnostic(hasRecorded ? `${what}: ${count} of ../shared/fixtures` : `${what}: ../shared/fixtures is not there; only the repository's own cases ran`);
}
