//! Where the recorded data lies, and how it is fed to the decoder.

use serde_json::Value;
use std::path::{Path, PathBuf};
use tokenwire::stream::{Decoder, End, Mode};

/// `../shared/fixtures`, if this checkout has it beside it.
pub fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures");
    folder.is_dir().then_some(folder)
}

/// All files below `folder` whose name ends with `ending`, sorted.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

pub fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The recorded replies of an API whose names end so, that an independent reader has read, too.
pub fn recorded(ending: &str, api: &str) -> Vec<PathBuf> {
    let Some(shared) = shared() else {
        println!("not run: ../shared/fixtures is absent");
        return Vec::new();
    };
    let with = |path: &Path, other: &str| PathBuf::from(path.to_string_lossy().replace(ending, other));
    let mut found = files(&shared.join("recorded"), ending);
    found.retain(|path| with(path, ".expected.json").is_file() && with(path, ".meta.json").is_file());
    found.retain(|path| json(&with(path, ".meta.json"))["api"] == api);
    found
}

/// What came out of one reply.
#[derive(Debug, PartialEq, Clone)]
pub struct Outcome {
    pub end: Option<End>,
    pub out: String,
    pub reply: Value,
    pub failure: Option<String>,
    pub repairs: Vec<(&'static str, u32)>,
}

/// Feeds the reads one by one and collects all that comes out.
pub fn decode<'a>(mode: Mode, reads: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    decode_as(mode, "text/event-stream", reads)
}

pub fn decode_as<'a>(mode: Mode, content_type: &str, reads: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut decoder = Decoder::new(mode, 7);
    decoder.set_content_type(content_type);
    let mut out = Vec::new();
    for read in reads {
        decoder.feed(read);
        out.extend(decoder.take());
    }
    decoder.finish();
    out.extend(decoder.take());
    Outcome {
        end: decoder.end(),
        out: joined(mode, &out),
        reply: serde_json::from_str(&lossy(&decoder.reply().to_json())).unwrap(),
        failure: decoder.failure().map(|error| error.message().to_owned()),
        repairs: decoder.repairs().iter().collect(),
    }
}

/// The batches as one: arrays are joined, texts appended.
fn joined(mode: Mode, batches: &[String]) -> String {
    if !matches!(mode, Mode::Chunks | Mode::Events) {
        return batches.concat();
    }
    let inner: Vec<&str> =
        batches.iter().map(|batch| batch.strip_prefix('[').unwrap().strip_suffix(']').unwrap()).collect();
    format!("[{}]", inner.join(","))
}

/// serde_json takes no lone surrogates; JavaScript does.
pub fn lossy(json: &str) -> String {
    let mut out = String::new();
    let mut rest = json;
    while let Some(at) = rest.find("\\u") {
        let unit = |text: &str| u32::from_str_radix(text.get(2..6).unwrap_or(""), 16).ok();
        let escaped = rest[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
        let here = unit(&rest[at..]);
        let next = rest.get(at + 6..).filter(|next| next.starts_with("\\u")).and_then(unit);
        let (keep, skip) = match (here, next) {
            _ if escaped => (true, 2),
            (Some(0xD800..0xDC00), Some(0xDC00..0xE000)) => (true, 12),
            (Some(0xD800..0xE000), _) => (false, 6),
            _ => (true, 6),
        };
        out.push_str(&rest[..at]);
        out.push_str(if keep { &rest[at..at + skip] } else { "\\ufffd" });
        rest = &rest[at + skip..];
    }
    out + rest
}
