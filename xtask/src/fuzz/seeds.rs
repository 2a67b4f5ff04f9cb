//! The first corpora: the recorded streams, the cases of the tests, and the recorded replies as scripts, each in the form that
//! its target reads (`fuzz/src/input.rs`, `fuzz/src/script.rs`).

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::place;

/// The seeds of a target, none longer than `length`.
pub fn of(target: &str, length: usize) -> Result<Vec<Vec<u8>>> {
    let shared = place::root().join("../shared/fixtures");
    let shared = shared.is_dir().then_some(shared);
    if shared.is_none() {
        println!("{target}: ../shared/fixtures is absent, the corpus begins with tests/cases alone");
    }
    let shared = shared.as_deref();
    let mut seeds = match target {
        "framing" => in_reads(streams(shared)?.into_iter().chain(framing_cases(shared)?)),
        "chunks" => in_reads(growing(&streams(shared)?).into_iter().chain(streams(shared)?).chain(bodies(shared)?)),
        "accumulation" => scripts(shared)?,
        "partial" => in_reads(partial_cases(shared)?),
        other => bail!("there is no target {other:?}"),
    };
    seeds.iter_mut().for_each(|seed| seed.truncate(length));
    if seeds.is_empty() {
        bail!("the target {target} has no seeds");
    }
    Ok(seeds)
}

/// Options, and the sizes of reads: other ones for each, so that all modes are among them.
fn in_reads(inputs: impl IntoIterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let seed = |(number, bytes): (usize, Vec<u8>)| {
        let mut seed = vec![(number % 251) as u8, 2, (number * 7 % 128) as u8, 140];
        seed.extend(bytes);
        seed
    };
    inputs.into_iter().enumerate().map(seed).collect()
}

fn streams(shared: Option<&Path>) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for case in list(&json(&place::tests().join("cases/streams.json"))?) {
        found.push(
            list(&case["reads"]).iter().filter_map(|read| read["utf8"].as_str()).collect::<String>().into_bytes(),
        );
    }
    for path in files(shared, "recorded", ".sse")? {
        found.push(read(&path)?);
    }
    Ok(found)
}

/// The first events of each stream, and then one of them with other texts, in the language of `fuzz/src/chunks.rs`.
fn growing(streams: &[Vec<u8>]) -> Vec<Vec<u8>> {
    const NEXT: u8 = 1;
    let texts = ["a", " b", "{", r#"{\"a\":"#, "1", "}", r#"{\"a\":1}"#, r"\ud83d", r"\ude00", "<think>", r"\n", ""];
    let mut found = Vec::new();
    for stream in streams {
        let ends: Vec<_> =
            stream.windows(2).enumerate().filter(|(_, pair)| pair == b"\n\n").map(|(at, _)| at + 2).collect();
        for events in [1, 2, 4] {
            let Some(end) = ends.get(events).filter(|end| **end < 2000) else { continue };
            let mut seed = stream[..*end].to_vec();
            for text in texts.iter().cycle().skip(found.len() % texts.len()).take(texts.len() * 2) {
                seed.extend([NEXT, text.len() as u8]);
                seed.extend(text.as_bytes());
            }
            found.push(seed);
        }
    }
    found
}

fn bodies(shared: Option<&Path>) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for case in list(&json(&place::tests().join("cases/errors.json"))?) {
        found.extend(case["body"].as_str().map(|body| body.as_bytes().to_vec()));
    }
    for path in files(shared, "recorded", ".json")? {
        let name = path.to_string_lossy();
        if ![".meta.json", ".expected.json", ".cases.json"].iter().any(|other| name.ends_with(other)) {
            found.push(read(&path)?);
        }
    }
    Ok(found)
}

fn framing_cases(shared: Option<&Path>) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for case in conformance(shared)? {
        let chunks: String = list(&case["chunks"]).iter().filter_map(Value::as_str).collect();
        let input = case["input"].as_str().or(case["text"].as_str()).unwrap_or(&chunks);
        found.push(input.as_bytes().to_vec());
    }
    Ok(found)
}

/// The cases of others, and the arguments of recorded calls.
fn partial_cases(shared: Option<&Path>) -> Result<Vec<Vec<u8>>> {
    let mut found: Vec<Vec<u8>> = Vec::new();
    for case in conformance(shared)? {
        found.extend(case["input"].as_str().map(|input| input.as_bytes().to_vec()));
    }
    for reply in replies(shared)? {
        let arguments = list(&reply["tool_calls"]).iter().filter_map(|call| call["arguments"].as_str());
        found.extend(arguments.map(|arguments| arguments.as_bytes().to_vec()));
    }
    for case in list(&json(&place::tests().join("cases/errors.json"))?) {
        found.extend(case["body"].as_str().map(|body| body.as_bytes().to_vec()));
    }
    Ok(found)
}

/// Each reply as a script of the target `accumulation`, without and with a cut.
fn scripts(shared: Option<&Path>) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for (number, reply) in replies(shared)?.iter().enumerate() {
        // The bits of a form: `fuzz/src/script.rs`. The role, finish reasons and the end marker are there; the rest varies.
        let form = (number as u16).wrapping_mul(0x9E37) | 0b10_0101;
        let mut script = form.to_le_bytes().to_vec();
        script.extend((number as u16 * 97).to_le_bytes());
        script.extend([2, (number * 7 % 128) as u8, 140]);
        pieces(reply, (number % 3) as u8, &mut script);
        found.push(script);
    }
    Ok(found)
}

/// Texts in words, calls in fragments of nine units, the finish reason, the usage.
fn pieces(reply: &Value, choice: u8, script: &mut Vec<u8>) {
    const TEXT: u8 = 0;
    const REASONING: u8 = 2;
    const CALL: u8 = 3;
    const FINISH: u8 = 4;
    const USAGE: u8 = 5;
    let head = |what: u8| what | choice << 3;
    for (what, member) in [(REASONING, "reasoning"), (TEXT, "text")] {
        for word in reply[member].as_str().unwrap_or("").split_inclusive(' ').take(40) {
            script.push(head(what));
            short_text(word, script);
        }
    }
    for (slot, call) in list(&reply["tool_calls"]).iter().take(4).enumerate() {
        let arguments = call["arguments"].as_str().unwrap_or("");
        script.extend([head(CALL), slot as u8, 0]);
        short_text(arguments, script);
        for _ in 0..arguments.len().min(250) / 9 + 1 {
            script.extend([head(CALL), slot as u8, 9, 0]);
        }
    }
    script.extend([head(FINISH), 0, head(USAGE), 3, 4]);
}

/// Its length in one byte, and the bytes; what is longer is cut.
fn short_text(text: &str, out: &mut Vec<u8>) {
    let end = (0..=text.len().min(255)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    out.push(end as u8);
    out.extend(&text.as_bytes()[..end]);
}

/// What an independent reader made of the recorded streams; without those, what the tests expect of their own.
fn replies(shared: Option<&Path>) -> Result<Vec<Value>> {
    let mut found = Vec::new();
    for case in list(&json(&place::tests().join("cases/streams.json"))?) {
        found.push(case["expected"].clone());
    }
    for path in files(shared, "recorded", ".expected.json")? {
        found.push(json(&path)?);
    }
    Ok(found)
}

fn conformance(shared: Option<&Path>) -> Result<Vec<Value>> {
    let mut found = Vec::new();
    for path in files(shared, "recorded/conformance", ".cases.json")? {
        found.extend_from_slice(list(&json(&path)?["cases"]));
    }
    Ok(found)
}

/// All files below a folder whose name ends so, sorted.
fn files(shared: Option<&Path>, folder: &str, ending: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if let Some(shared) = shared {
        collect(&shared.join(folder), ending, &mut found)?;
    }
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, ending, found)?;
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn json(path: &Path) -> Result<Value> {
    serde_json::from_slice(&read(path)?).with_context(|| format!("{} is not JSON", path.display()))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
