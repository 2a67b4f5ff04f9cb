//! Who begins to read late gets what who read from the beginning got, in fewer pieces.

use crate::case::{DONE, chunk_of, delta, elements, event, finish, text};
use crate::fixtures::decode;
use serde_json::{Value, json};
use tokenwire::stream::{Decoder, Mode};

fn streams() -> Vec<String> {
    let usage = event(r#"{"id":"c1","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}"#);
    let calls = delta(
        r#"{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":\"a"}}]}"#,
    ) + &delta(r#"{"tool_calls":[{"index":0,"function":{"arguments":"b\\n"}}]}"#).repeat(3)
        + &delta(r#"{"tool_calls":[{"index":1,"id":"b","type":"custom","custom":{"name":"g","input":"[]"}}]}"#)
        + &delta(r#"{"tool_calls":[{"index":0,"function":{"arguments":"\"}"}}]}"#);
    let two = event(&chunk_of(r#"{"index":1,"delta":{"content":"B"},"finish_reason":"length"}"#));
    let logs = event(&chunk_of(
        r#"{"index":0,"delta":{"content":"x"},"logprobs":{"content":[{"token":"x"}]},"finish_reason":null}"#,
    ));
    let error = event(r#"{"error":{"message":"boom"}}"#);
    let thought = delta(r#"{"reasoning_content":"hm \"q\""}"#) + &delta(r#"{"refusal":"no"}"#);
    vec![
        text("Hé ") + &text("wor\"d ").repeat(5) + &finish("stop") + &usage + DONE,
        delta(r#"{"content":"a\ud83d"}"#) + &delta(r#"{"content":"\ude00b"}"#) + &finish("stop"),
        thought.clone() + &calls + &finish("tool_calls") + &usage + DONE,
        calls.clone() + DONE,
        two + &logs + &text("A") + &finish("stop") + DONE,
        text("<think>hm</think>A") + &error,
        text("cut") + &thought,
        delta(r#"{"annotations":[{"a":1}],"new":1}"#) + &delta(r#"{"annotations":[{"a":2}]}"#) + &finish("stop") + DONE,
        delta(r#"{"audio":{"id":"a","transcript":"Hi"},"images":[{"url":"data:a"}]}"#)
            + &delta(r#"{"audio":{"data":"AA"},"images":[{"url":"data:b"}]}"#).repeat(3)
            + &delta(
                r#"{"audio":{"data":"BB","expires_at":9},"citations":["x"],"thinking_blocks":[{"type":"thinking","thinking":"a"}]}"#,
            )
            + &delta(
                r#"{"citations":["x","y"],"thinking_blocks":[{"type":"thinking","thinking":"a","signature":"s"}]}"#,
            )
            + &finish("stop")
            + DONE,
        DONE.to_owned(),
    ]
}

/// Everything that came out, read late from `at` on.
fn late(mode: Mode, input: &str, at: usize) -> (Vec<String>, Decoder) {
    let mut decoder = Decoder::new(Mode::Nothing, 7);
    let (before, after) = input.as_bytes().split_at(at);
    decoder.feed(before);
    decoder.set_mode(mode);
    let mut out: Vec<String> = decoder.take().into_iter().collect();
    for read in after.chunks(61) {
        decoder.feed(read);
        out.extend(decoder.take());
    }
    decoder.finish();
    out.extend(decoder.take());
    (out, decoder)
}

/// Events of texts and fragments joined; the others as they are, calls by their index.
fn folded(batches: &[String]) -> Value {
    let mut texts = json!({});
    let mut others = Vec::new();
    for told in batches.iter().flat_map(|batch| elements(batch)) {
        let kind = told["type"].as_str().unwrap().to_owned();
        let (name, more) = match kind.as_str() {
            "tool_call.delta" => (format!("{kind} {}", told["index"]), told["arguments"].as_str().unwrap().to_owned()),
            "text" | "reasoning" | "refusal" => (kind, told["text"].as_str().unwrap().to_owned()),
            "audio" => {
                for name in ["id", "transcript", "data"] {
                    let so_far = texts[name].as_str().unwrap_or("").to_owned();
                    texts[name] = json!(so_far + told[name].as_str().unwrap_or(""));
                }
                continue;
            }
            _ => {
                others.push(told.to_string());
                continue;
            }
        };
        let so_far = texts[&name].as_str().unwrap_or("").to_owned();
        texts[&name] = json!(so_far + &more);
    }
    others.sort();
    json!([texts, others])
}

#[test]
fn late_at_every_point_equals_early() {
    for input in streams() {
        for at in 0..=input.len() {
            let early = decode(Mode::Nothing, [input.as_bytes()]);
            let (out, decoder) = late(Mode::Text, &input, at);
            assert_eq!(out.concat(), decode(Mode::Text, [input.as_bytes()]).out, "text from {at} of {input}");
            assert_eq!(
                (decoder.end(), decoder.failure().map(|error| error.message().to_owned())),
                (early.end, early.failure.clone())
            );
            let (out, _) = late(Mode::Sse, &input, at);
            let again = decode(Mode::Nothing, [out.concat().as_bytes()]);
            let first = decode(Mode::Nothing, [decode(Mode::Sse, [input.as_bytes()]).out.as_bytes()]);
            assert_eq!(
                (&again.reply, again.end, &again.failure),
                (&first.reply, first.end, &first.failure),
                "SSE from {at} of {input}"
            );
            let (out, _) = late(Mode::Chunks, &input, at);
            let frames: String =
                out.iter().flat_map(|batch| elements(batch)).map(|chunk| event(&chunk.to_string())).collect();
            let again = decode(Mode::Nothing, [frames.as_bytes()]);
            if !input.contains("\\ud83d") {
                assert_eq!(again.reply, early.reply, "chunks from {at} of {input}");
            }
            let (out, _) = late(Mode::Events, &input, at);
            let mut decoder = Decoder::new(Mode::Events, 7);
            decoder.feed(input.as_bytes());
            decoder.finish();
            let whole: Vec<String> = decoder.take().into_iter().collect();
            if !input.contains("\\ud83d") {
                assert_eq!(folded(&out), folded(&whole), "events from {at} of {input}");
            }
        }
    }
}

#[test]
fn who_comes_late_gets_what_came_at_once() {
    let input = text("word ").repeat(4);
    let (out, _) = late(Mode::Text, &input, input.len());
    assert_eq!(out, ["word word word word "]);
    let (out, _) = late(Mode::Chunks, &input, input.len());
    assert_eq!(elements(&out[0]).len(), 1);
    let (out, _) = late(Mode::Sse, &(input.clone() + DONE), input.len() + DONE.len());
    assert_eq!((out.len(), out[0].matches("data: ").count()), (1, 2));
    let mut decoder = Decoder::new(Mode::Nothing, 7);
    decoder.set_mode(Mode::Sse);
    assert_eq!(decoder.take(), None);
}
