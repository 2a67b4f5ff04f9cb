//! How a response ends, and what fails it.

use super::{decoder, message, read, read_anyhow, same_in_all_faces, sse};
use serde_json::{Value, json};
use tokenwire::error::Kind;
use tokenwire::stream::{Decoder, End, Limits, Mode};

fn state(kind: &str, more: Value) -> Value {
    let mut response = json!({"id": "resp_1", "object": "response", "model": "m", "output": [message("Hello")]});
    for (name, value) in more.as_object().unwrap() {
        response[name] = value.clone();
    }
    json!({"type": format!("response.{kind}"), "response": response})
}

fn begun() -> Vec<Value> {
    vec![
        state("created", json!({"output": [], "status": "in_progress"})),
        json!({"type": "response.output_item.added", "output_index": 0, "item": {"id": "msg_1", "type": "message", "role": "assistant", "content": []}}),
        json!({"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0, "delta": "Hel", "logprobs": []}),
    ]
}

fn with(last: Value) -> Vec<u8> {
    let mut events = begun();
    events.push(last);
    sse(&events)
}

#[test]
fn incomplete_is_an_end_of_the_providers() {
    for (reason, word) in
        [("max_output_tokens", "length"), ("content_filter", "content_filter"), ("something_new", "length")]
    {
        let last = state("incomplete", json!({"status": "incomplete", "incomplete_details": {"reason": reason}}));
        let outcome = same_in_all_faces(&with(last), reason);
        assert_eq!((outcome.end, &outcome.reply["status"]), (Some(End::Complete), &json!("incomplete")));
        assert_eq!(outcome.reply["incomplete_details"]["reason"], reason);
        let chat = read(
            Mode::Events,
            [with(state("incomplete", json!({"incomplete_details": {"reason": reason}}))).as_slice()],
        );
        assert_eq!(chat.items().iter().find(|event| event["type"] == "finish").unwrap()["reason"], word);
    }
}

/// By its event or by its status, nested or flat, alone or before `response.failed`: an error with the provider's words, once.
#[test]
fn a_failure_is_an_error_that_says_why() {
    let words = json!({"code": "server_error", "message": "The model fell over", "param": "x"});
    let failed = |kind: &str| state(kind, json!({"status": "failed", "error": words}));
    let mut flat = words.clone();
    flat["type"] = json!("error");
    let nested = json!({"type": "error", "error": {"type": "server_error", "code": "server_error", "message": "The model fell over", "param": "x"}});
    for last in [failed("failed"), failed("completed"), failed("done"), flat, nested, json!({"error": words})] {
        let bytes = with(last.clone());
        let outcome = read_anyhow(Mode::Chunks, &bytes);
        assert_eq!(
            (outcome.end, outcome.failure.as_deref()),
            (Some(End::Error), Some("The model fell over")),
            "{last}"
        );
        assert_eq!(outcome.reply["output_text"].as_str().unwrap().get(..3), Some("Hel"), "{last}");
        let kinds = outcome.types();
        assert!(!kinds.iter().any(|kind| kind == "error"), "{last}: {kinds:?}");
        let mut decoder = decoder(Mode::Sse);
        decoder.feed(&bytes);
        assert_eq!(decoder.failure().unwrap().details().code.as_deref(), Some("server_error"), "{last}");
        let out = decoder.take().unwrap();
        assert_eq!(out.matches("event: error\n").count(), 1, "{last}: {out}");
        // Read again it is the same error.
        let again = read(Mode::Chunks, [out.as_bytes()]);
        assert_eq!((again.end, again.failure.as_deref()), (Some(End::Error), Some("The model fell over")), "{last}");
    }
}

#[test]
fn an_event_named_error_without_json_is_one_too() {
    let mut bytes = sse(&begun());
    bytes.extend_from_slice(b"event: error\ndata: upstream is gone\n\n");
    let outcome = read_anyhow(Mode::Text, &bytes);
    assert_eq!(
        (outcome.end, outcome.failure.as_deref(), outcome.out.as_str()),
        (Some(End::Error), Some("upstream is gone"), "Hel")
    );
}

#[test]
fn a_cancelled_one_says_so() {
    for last in [
        state("cancelled", json!({})),
        state("completed", json!({"status": "cancelled"})),
        state("failed", json!({"status": "cancelled"})),
    ] {
        let mut decoder = decoder(Mode::Chunks);
        decoder.feed(&with(last));
        let error = decoder.failure().unwrap();
        assert_eq!(
            (decoder.end(), error.kind(), error.message()),
            (Some(End::Error), Kind::Aborted, "The response was cancelled")
        );
        assert!(decoder.snapshot().contains("\"status\":\"cancelled\""));
    }
}

#[test]
fn without_an_end_it_is_cut() {
    for (rest, said) in [
        ("", "no response.completed came"),
        ("data: [DONE]\n\n", "no response.completed came"),
        ("data: {\"type\":\"response.output_te", "middle of its JSON"),
    ] {
        let mut bytes = sse(&begun());
        bytes.extend_from_slice(rest.as_bytes());
        let outcome = read_anyhow(Mode::Text, &bytes);
        assert_eq!((outcome.end, outcome.out.as_str()), (Some(End::Truncated), "Hel"), "{rest}");
        assert!(outcome.failure.unwrap().contains(said), "{rest}");
        assert_eq!(outcome.reply["output"][0]["content"][0]["text"], "Hel");
    }
    let outcome = read(Mode::Text, [&b""[..]]);
    assert_eq!(outcome.end, Some(End::Truncated));
}

#[test]
fn what_follows_the_end_changes_nothing() {
    let end = state("completed", json!({"status": "completed"}));
    let mut bytes = with(end.clone());
    let alone = read(Mode::Chunks, [bytes.as_slice()]);
    bytes.extend_from_slice(b"data: [DONE]\n\n");
    bytes.extend(sse(&[json!({"type": "error", "message": "late"})]));
    assert_eq!(read_anyhow(Mode::Chunks, &bytes), alone);
}

#[test]
fn chat_completions_are_named() {
    let chunk =
        json!({"id": "1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "Hi"}}]});
    let whole = json!({"id": "1", "object": "chat.completion", "choices": [{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}]});
    for bytes in [sse(&[chunk]), whole.to_string().into_bytes()] {
        let outcome = read_anyhow(Mode::Chunks, &bytes);
        assert_eq!(outcome.end, Some(End::Error));
        assert!(outcome.failure.unwrap().starts_with("This is Chat Completions, not the Responses API"));
    }
}

#[test]
fn other_things_are_no_reply() {
    for body in [
        "<html><title>Sign in</title></html>",
        "{\"ok\":true}",
        "hello",
        "data: {\"type\":\"message_start\",\"message\":{}}\n\n",
    ] {
        let outcome = read_anyhow(Mode::Chunks, body.as_bytes());
        assert_eq!(outcome.end, Some(End::Error), "{body}");
        assert!(!outcome.failure.unwrap().is_empty());
    }
}

/// A whole response, where a stream was asked for or not.
#[test]
fn a_plain_body_is_read_wholly() {
    let body =
        state("", json!({"status": "completed", "usage": {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}}))
            ["response"]
            .clone();
    for bytes in [body.to_string(), json!({"result": body, "success": true}).to_string(), format!("data: {body}\n\n")] {
        let outcome = same_in_all_faces(bytes.as_bytes(), "plain");
        assert_eq!((outcome.end, &outcome.reply["output_text"]), (Some(End::Complete), &json!("Hello")));
        let kinds = outcome.types();
        assert_eq!((kinds[0].as_str(), kinds.last().unwrap().as_str()), ("response.created", "response.completed"));
        assert!(kinds.contains(&"response.output_text.done".to_owned()));
    }
    let waiting = state("", json!({"status": "queued", "output": [], "background": true}))["response"].to_string();
    let outcome = read(Mode::Nothing, [waiting.as_bytes()]);
    assert_eq!((outcome.end, &outcome.reply["status"]), (Some(End::Complete), &json!("queued")));
    let failed =
        state("", json!({"status": "failed", "error": {"code": "x", "message": "No"}, "output": []}))["response"]
            .to_string();
    let outcome = read(Mode::Nothing, [failed.as_bytes()]);
    assert_eq!((outcome.end, outcome.failure.as_deref()), (Some(End::Error), Some("No")));
    let outcome = read(Mode::Nothing, [&failed.as_bytes()[..failed.len() - 9]]);
    assert_eq!(outcome.end, Some(End::Truncated));
}

#[test]
fn what_a_provider_makes_us_hold_is_bounded() {
    let limited = |limits: Limits| {
        let reader = tokenwire::responses::Responses::new(Mode::Nothing, 7, false);
        Decoder::new(Mode::Nothing, 7).with_limits(limits).with_reader(Box::new(reader))
    };
    let item = |at: usize| json!({"type": "response.output_item.added", "output_index": at, "item": {"id": format!("m{at}"), "type": "message"}});
    let part = |at: usize| json!({"type": "response.output_text.delta", "item_id": "m0", "output_index": 0, "content_index": at, "delta": "x"});
    for events in [(0..20).map(item).collect::<Vec<_>>(), (0..20).map(part).collect()] {
        let mut decoder = limited(Limits { tool_calls: 8, ..Limits::default() });
        decoder.feed(&sse(&events));
        assert_eq!(decoder.failure().map(|error| error.kind()), Some(Kind::Limit));
    }
    let mut decoder = limited(Limits { event_bytes: 100, ..Limits::default() });
    decoder.feed(&with(state("completed", json!({}))));
    assert_eq!(decoder.failure().map(|error| error.kind()), Some(Kind::Limit));
}

/// The short way and the full one say the same: a cut inside an event sends it the full way.
#[test]
fn events_that_are_alike_are_read_alike() {
    let mut text = String::new();
    for at in 0..40 {
        let word = ["a", "\\\"", "\\u00e9", "\u{e9}", "\\ud83d", "\\ude00", ""][at % 7];
        let number = if at % 11 == 5 { at + 3 } else { at };
        text.push_str(&format!("event: response.output_text.delta\ndata: {{\"type\":\"response.output_text.delta\",\"item_id\":\"m\",\"output_index\":0,\"content_index\":0,\"delta\":\"{word}\",\"logprobs\":[],\"sequence_number\":{number},\"obfuscation\":\"{}\"}}\n\n", "x".repeat(at % 5)));
    }
    for mode in [Mode::Chunks, Mode::Text, Mode::Events, Mode::Sse] {
        let whole = read(mode, [text.as_bytes()]);
        for size in [1, 5, 50, 300, 1000] {
            assert_eq!(read(mode, text.as_bytes().chunks(size)), whole, "{size}");
        }
    }
}
