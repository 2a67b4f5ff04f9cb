//! Real replies of real providers, recorded by others, against what an independent reader makes of them.

use crate::fixtures::{self, Outcome, decode, decode_as};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tokenwire::stream::{End, Mode};

fn chats(ending: &str) -> Vec<PathBuf> {
    fixtures::recorded(ending, "chat.completions")
}

/// What tokenwire makes of it on purpose: a leading `<think>` block is reasoning, finish reasons and the arguments of calls
/// without any are OpenAI's, a missing id is made up.
fn adjusted(expected: &Value) -> Value {
    let mut text = expected["text"].as_str().unwrap().to_owned();
    let mut reasoning = expected["reasoning"].as_str().unwrap().to_owned();
    if let (true, Some(rest)) = (reasoning.is_empty(), text.trim_start().strip_prefix("<think>")) {
        let (thought, answer) = rest.split_once("</think>").unwrap_or((rest, ""));
        reasoning = thought.to_owned();
        text = answer.trim_start().to_owned();
    }
    let calls: Vec<Value> = expected["tool_calls"].as_array().unwrap().iter().map(call).collect();
    let finish = match expected["finish_reason"].as_str() {
        Some("stop" | "eos") if !calls.is_empty() => json!("tool_calls"),
        Some("eos") => json!("stop"),
        Some("function_call") => json!("tool_calls"),
        Some("error") => Value::Null,
        other => json!(other),
    };
    let usage = match &expected["usage"] {
        Value::Object(usage) if usage.is_empty() => Value::Null,
        usage => without_nulls(usage),
    };
    json!({"text": text, "reasoning": reasoning, "tool_calls": calls, "finish_reason": finish, "usage": usage})
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), without_nulls(value)))
            .collect(),
        other => other.clone(),
    }
}

fn call(call: &Value) -> Value {
    let arguments = call["arguments"].as_str().filter(|text| !text.is_empty()).unwrap_or("{}");
    json!({"id": call["id"], "name": call["name"], "arguments": arguments})
}

/// The same of what tokenwire read.
fn read(outcome: &Outcome, expected: &Value) -> Value {
    let choice = &outcome.reply["choices"][0];
    let message = &choice["message"];
    let text = |name: &str| message[name].as_str().unwrap_or("").to_owned();
    let mut calls = Vec::new();
    for (at, made) in message["tool_calls"].as_array().unwrap_or(&Vec::new()).iter().enumerate() {
        let known = &expected["tool_calls"][at]["id"];
        let id =
            if known.is_null() && made["id"].as_str().is_some_and(|id| !id.is_empty()) { known } else { &made["id"] };
        calls.push(json!({"id": id, "name": made["function"]["name"], "arguments": made["function"]["arguments"]}));
    }
    json!({"text": text("content"), "reasoning": text("reasoning_content"), "tool_calls": calls,
        "finish_reason": choice["finish_reason"], "usage": outcome.reply["usage"]})
}

fn end(expected: &Value) -> End {
    let has = |name: &str| expected.get(name).is_some_and(|value| !value.is_null());
    if has("error") || expected["finish_reason"] == "error" {
        return End::Error;
    }
    let content = expected["text"] != "" || expected["reasoning"] != "" || expected["tool_calls"] != json!([]);
    if has("finish_reason") || (expected["done"] == true && content) { End::Complete } else { End::Truncated }
}

fn expected_of(path: &Path, ending: &str) -> Value {
    fixtures::json(&PathBuf::from(path.to_string_lossy().replace(ending, ".expected.json")))
}

#[test]
fn streams_read_as_expected() {
    let files = chats(".sse");
    let mut wrong = Vec::new();
    for path in &files {
        let raw = std::fs::read(path).unwrap();
        let expected = expected_of(path, ".sse");
        let outcome = decode(Mode::Chunks, [raw.as_slice()]);
        let (got, want) = (read(&outcome, &expected), adjusted(&expected));
        if got != want || outcome.end != Some(end(&expected)) {
            wrong.push(format!(
                "{}\n  got  {:?} {got}\n  want {:?} {want}",
                path.display(),
                outcome.end,
                end(&expected)
            ));
        }
    }
    println!("recorded streams: {} of {} right", files.len() - wrong.len(), files.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn text_is_what_the_chunks_say() {
    for path in chats(".sse") {
        let raw = std::fs::read(&path).unwrap();
        let outcome = decode(Mode::Text, raw.chunks(37));
        let content = outcome.reply["choices"][0]["message"]["content"].as_str().unwrap_or("").to_owned();
        assert_eq!(outcome.out, content, "{}", path.display());
    }
}

#[test]
fn any_cut_gives_the_same_items() {
    for path in chats(".sse") {
        let raw = std::fs::read(&path).unwrap();
        let whole = decode(Mode::Chunks, [raw.as_slice()]);
        for size in [1, 2, 3, 7, 64, 333, 1460] {
            assert_eq!(decode(Mode::Chunks, raw.chunks(size)), whole, "{} in reads of {size}", path.display());
        }
        // Two reads, cut at every place of a small stream, at a hundred places of a large one.
        let step = if raw.len() <= 3000 { 1 } else { raw.len() / 40 };
        for cut in (0..raw.len()).step_by(step) {
            let reads = [&raw[..cut], &raw[cut..]];
            assert_eq!(decode(Mode::Chunks, reads), whole, "{} cut at {cut}", path.display());
        }
    }
}

#[test]
fn clean_sse_reads_like_the_original() {
    for path in chats(".sse") {
        let raw = std::fs::read(&path).unwrap();
        let first = decode(Mode::Sse, [raw.as_slice()]);
        let second = decode(Mode::Chunks, [first.out.as_bytes()]);
        let end = if first.end == Some(End::Truncated) { Some(End::Error) } else { first.end };
        assert_eq!(second.end, end, "{}", path.display());
        assert_eq!(second.reply, first.reply, "{}", path.display());
        // What nobody sent cannot be made up.
        let missing = ["finish_reason_missing_at_end"];
        let repairs: Vec<_> = second.repairs.iter().filter(|(code, _)| !missing.contains(code)).collect();
        assert!(repairs.is_empty() || second.end == Some(End::Error), "{}: {repairs:?}", path.display());
    }
}

#[test]
fn bodies_read_as_expected() {
    let files = chats(".json");
    let mut wrong = Vec::new();
    for path in files.iter() {
        let raw = std::fs::read(path).unwrap();
        let expected = expected_of(path, ".json");
        let outcome = decode_as(Mode::Nothing, "application/json", raw.chunks(100));
        let (got, want) = (read(&outcome, &expected), adjusted(&expected));
        let is_error = expected.get("error").is_some_and(|error| !error.is_null());
        let end = if is_error { End::Error } else { End::Complete };
        if got != want || outcome.end != Some(end) {
            wrong.push(format!("{}\n  got  {:?} {got}\n  want {want}", path.display(), outcome.end));
        }
    }
    println!("recorded bodies: {} of {} right", files.len() - wrong.len(), files.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
