//! One deviation a case, each whole, byte by byte and at every cut.

use crate::fixtures::{self, Outcome, decode_as};
use serde_json::Value;
use std::path::Path;
use tokenwire::secret::Secrets;
use tokenwire::stream::Mode;
use tokenwire::wire::failure;

fn bytes(read: &Value) -> Vec<u8> {
    match read["utf8"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => decode_base64(read["base64"].as_str().unwrap()),
    }
}

fn decode_base64(text: &str) -> Vec<u8> {
    let value = |byte: u8| {
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".iter().position(|known| *known == byte)
    };
    let digits: Vec<usize> = text.bytes().filter_map(value).collect();
    let mut out = Vec::new();
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        out.extend([(bits >> 16) as u8, (bits >> 8) as u8, bits as u8].into_iter().take(group.len() * 3 / 4));
    }
    out
}

fn problems(outcome: &Outcome, expected: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |what: &str, got: String, want: String| {
        if got != want {
            wrong.push(format!("{what}: got {got}, want {want}"));
        }
    };
    let message = |index: usize| outcome.reply["choices"][index]["message"].clone();
    let text = |index: usize| message(index)["content"].as_str().unwrap_or("").to_owned();
    check("end", outcome.end.unwrap().as_str().into(), expected["end"].as_str().unwrap().into());
    if let Some(want) = expected["text"].as_str() {
        check("text", text(0), want.into());
    }
    if let Some(want) = expected["reasoning"].as_str() {
        check("reasoning", message(0)["reasoning_content"].as_str().unwrap_or("").into(), want.into());
    }
    if let Some(want) = expected["finish_reason"].as_str() {
        check("finish_reason", outcome.reply["choices"][0]["finish_reason"].as_str().unwrap_or("").into(), want.into());
    }
    if let Some(want) = expected.get("usage_total") {
        check("usage", outcome.reply["usage"]["total_tokens"].to_string(), want.to_string());
    }
    if let Some(want) = expected["error"].as_str() {
        let got = outcome.failure.clone().unwrap_or_default();
        let got = if got.contains(want) { want.to_owned() } else { got };
        check("error", got, want.into());
    }
    for (index, want) in expected["choices"].as_array().unwrap_or(&Vec::new()).iter().enumerate() {
        check("choice", text(index), want.as_str().unwrap().into());
    }
    if let Some(want) = expected["tool_calls"].as_array() {
        let calls = message(0)["tool_calls"].as_array().cloned().unwrap_or_default();
        check("tool calls", calls.len().to_string(), want.len().to_string());
        for (call, want) in calls.iter().zip(want) {
            let arguments: Value =
                serde_json::from_str(call["function"]["arguments"].as_str().unwrap()).unwrap_or_default();
            check("name", call["function"]["name"].to_string(), want["name"].to_string());
            check("arguments", arguments.to_string(), want["arguments"].to_string());
            check("id", call["id"].as_str().is_some_and(|id| !id.is_empty()).to_string(), "true".into());
        }
    }
    wrong
}

/// Cases of our own: tests/cases.
fn own(name: &str) -> Value {
    fixtures::json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name))
}

fn check_streams(what: &str, cases: &Value) {
    let mut wrong = Vec::new();
    let cases = cases.as_array().unwrap();
    for case in cases {
        let reads: Vec<Vec<u8>> = case["reads"].as_array().unwrap().iter().map(bytes).collect();
        let content_type = case["content_type"].as_str().unwrap();
        let raw = reads.concat();
        let whole = decode_as(Mode::Chunks, content_type, reads.iter().map(Vec::as_slice));
        let found = problems(&whole, &case["expected"]);
        if !found.is_empty() {
            wrong.push(format!("{}: {found:?}", case["name"]));
        }
        for cut in 0..raw.len() {
            let split = decode_as(Mode::Chunks, content_type, [&raw[..cut], &raw[cut..]]);
            assert_eq!(split, whole, "{} cut at {cut}", case["name"]);
        }
        assert_eq!(decode_as(Mode::Chunks, content_type, raw.chunks(1)), whole, "{} byte by byte", case["name"]);
    }
    println!("{what}: {} of {} right", cases.len() - wrong.len(), cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check_errors(what: &str, cases: &Value) {
    let mut wrong = Vec::new();
    let cases = cases.as_array().unwrap();
    for case in cases {
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        let error = failure::response(status, case["body"].as_str().unwrap(), None, &Secrets::default());
        let kinds = case["expected"]["kind"].as_array().unwrap();
        let includes = case["expected"]["message_includes"].as_str().unwrap();
        if !kinds.iter().any(|kind| kind == error.kind().code()) || !error.message().contains(includes) {
            wrong.push(format!("{}: {} {:?}", case["name"], error.kind().code(), error.message()));
        }
    }
    println!("{what}: {} of {} right", cases.len() - wrong.len(), cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn our_own_streams_read_as_expected() {
    check_streams("streams of our own", &own("streams.json"));
}

#[test]
fn our_own_errors_read_as_expected() {
    check_errors("errors of our own", &own("errors.json"));
}

#[test]
fn quirk_streams_read_as_expected() {
    let Some(shared) = fixtures::shared() else { return println!("not run: ../shared/fixtures is absent") };
    check_streams("quirk streams", &fixtures::json(&shared.join("quirks.json"))["streams"]);
}

#[test]
fn quirk_errors_read_as_expected() {
    let Some(shared) = fixtures::shared() else { return println!("not run: ../shared/fixtures is absent") };
    check_errors("quirk errors", &fixtures::json(&shared.join("quirks.json"))["errors"]);
}

#[test]
fn recorded_errors_give_a_message_and_their_status() {
    let Some(shared) = fixtures::shared() else { return println!("not run: ../shared/fixtures is absent") };
    let files = fixtures::files(&shared.join("recorded"), ".error.json");
    for path in &files {
        let body = std::fs::read_to_string(path).unwrap();
        let meta = fixtures::json(Path::new(&path.to_string_lossy().replace(".error.json", ".meta.json")));
        let status = meta["http_status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap();
        let error = failure::response(status, &body, None, &Secrets::default());
        assert!(!error.message().is_empty(), "{}", path.display());
        assert!(!error.message().starts_with(['{', '<', '[']), "{}: {}", path.display(), error.message());
        println!("{status} {} {:?}", error.kind().code(), error.message());
    }
    println!("recorded errors: {}", files.len());
}
