//! One answer to "did something come": for completeness at `[DONE]`, for retries and for clocks.

use crate::case::{DONE, chunk, chunk_of, delta, event, finish, text};
use tokenwire::stream::{Decoder, End, Mode};

fn read(input: &str) -> Decoder {
    let mut decoder = Decoder::new(Mode::Nothing, 1);
    decoder.feed(input.as_bytes());
    decoder
}

const CONTENT: [&str; 17] = [
    r#"{"content":"a"}"#,
    r#"{"reasoning":"a"}"#,
    r#"{"reasoning_content":"a"}"#,
    r#"{"refusal":"a"}"#,
    r#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f"}}]}"#,
    r#"{"tool_calls":[{"index":1,"id":"a","function":{"name":"f","arguments":"{"}}]}"#,
    r#"{"function_call":{"name":"f","arguments":""}}"#,
    r#"{"audio":{"id":"a","data":"AAAA"}}"#,
    r#"{"images":[{"type":"image_url","image_url":{"url":"data:"}}]}"#,
    r#"{"annotations":[{"type":"url_citation"}]}"#,
    r#"{"reasoning_details":[{"type":"reasoning.encrypted","data":"x"}]}"#,
    r#"{"content":"","encrypted_content":"x"}"#,
    r#"{"content":[{"type":"image_url","image_url":{"url":"x"}}]}"#,
    r#"{"new":"x"}"#,
    r#"{"new":{"a":1}}"#,
    r#"{"new":[0]}"#,
    r#"{"new":7}"#,
];

const NOTHING: [&str; 12] = [
    "{}",
    r#"{"role":"assistant"}"#,
    r#"{"role":"assistant","content":"","refusal":null,"tool_calls":[]}"#,
    r#"{"content":null}"#,
    r#"{"reasoning":"","reasoning_details":[]}"#,
    r#"{"tool_calls":[{"index":0,"id":"","function":{"name":"","arguments":""}}]}"#,
    r#"{"audio":null}"#,
    r#"{"new":""}"#,
    r#"{"new":{ }}"#,
    r#"{"new":[ ]}"#,
    r#"{"id":"msg_1","index":0}"#,
    r#"{"obfuscation":"xxxx","p":"abc"}"#,
];

#[test]
fn what_a_caller_would_miss_is_content() {
    for members in CONTENT {
        let before = read(&delta(r#"{"role":"assistant"}"#));
        let decoder = read(&(delta(r#"{"role":"assistant"}"#) + &delta(members)));
        assert!(decoder.has_content(), "{members}");
        assert!(decoder.reply().size() > before.reply().size(), "{members}");
        let more = read(&(delta(members) + &delta(members)));
        if !members.contains("name") {
            assert!(more.reply().size() > decoder.reply().size(), "{members} again");
        }
        assert_eq!(read(&(delta(members) + DONE)).end(), Some(End::Complete), "{members}");
    }
    let message =
        r#"{"index":0,"message":{"role":"assistant","content":null,"audio":{"data":"AA"}},"finish_reason":null}"#;
    assert!(read(&event(&chunk_of(message))).has_content());
    for list in ["content", "refusal"] {
        let choice =
            format!(r#"{{"index":0,"delta":{{}},"logprobs":{{"{list}":[{{"token":"a"}}]}},"finish_reason":null}}"#);
        assert!(read(&event(&chunk_of(&choice))).has_content(), "{list}");
    }
}

#[test]
fn what_only_frames_a_reply_is_none() {
    let chunks = [
        r#"{"index":0,"delta":{},"logprobs":{"content":[],"refusal":null},"finish_reason":null}"#,
        r#"{"index":0,"delta":{},"logprobs":null,"finish_reason":null,"content_filter_results":{"a":1}}"#,
        "",
    ];
    let usage = r#"{"id":"x","created":7,"model":"m","choices":[],"usage":{"total_tokens":3},"p":"abc","system_fingerprint":"f"}"#;
    let mut inputs: Vec<String> = NOTHING.iter().map(|members| delta(members)).collect();
    inputs.extend(chunks.iter().map(|choices| event(&chunk_of(choices))));
    inputs.push(event(usage));
    for input in inputs {
        let decoder = read(&input);
        assert!(!decoder.has_content(), "{input}");
        assert_eq!(read(&(input.clone() + DONE)).end(), Some(End::Truncated), "{input}");
    }
    assert!(!read(&finish("stop")).has_content());
}

#[test]
fn predicted_events_are_content_too() {
    let mut sizes = Vec::new();
    for count in [1, 5, 50] {
        sizes.push(read(&text("word").repeat(count)).reply().size());
    }
    assert_eq!(sizes, [4, 20, 200]);
}

#[test]
fn as_many_choices_as_were_asked_for_must_end() {
    let choice = |index: usize, finish: &str| {
        event(&chunk_of(&format!(r#"{{"index":{index},"delta":{{"content":"a"}},"finish_reason":{finish}}}"#)))
    };
    let end = |choices: usize, input: &str| {
        let mut ends = Vec::new();
        for size in [1, input.len()] {
            let mut decoder = Decoder::new(Mode::Chunks, 1).with_choices(choices);
            input.as_bytes().chunks(size).for_each(|read| decoder.feed(read));
            decoder.finish();
            ends.push(decoder.end().unwrap());
        }
        assert_eq!(ends[0], ends[1]);
        ends[0]
    };
    let first = choice(0, "null") + &choice(0, "\"stop\"");
    let both = first.clone() + &choice(1, "\"stop\"");
    for (choices, input, want) in [
        (1, first.clone(), End::Complete),
        (2, first.clone(), End::Truncated),
        (2, first.clone() + DONE, End::Complete),
        (2, choice(1, "\"stop\""), End::Truncated),
        (2, both.clone(), End::Complete),
        (3, both.clone(), End::Truncated),
        (3, both.clone() + DONE, End::Complete),
        (2, first + &choice(1, "null"), End::Truncated),
    ] {
        assert_eq!(end(choices, &input), want, "n: {choices}, {input}");
    }
    // A server that knows no `n` gives one, and says so by the body.
    let whole = chunk("{}").replace("\"delta\":{}", "\"message\":{\"content\":\"a\"}").replace("null", "\"stop\"");
    assert_eq!(end(2, &whole), End::Complete);
    let mut decoder = Decoder::new(Mode::Text, 1).with_choices(2);
    decoder.feed(choice(0, "\"stop\"").as_bytes());
    decoder.finish();
    assert!(decoder.failure().unwrap().message().contains("all the choices"));
}
