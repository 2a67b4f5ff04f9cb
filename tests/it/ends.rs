//! How a stream ends: exactly one of complete, truncated, error; and never complete when it was cut.

use crate::case::{DONE, Want, check, chunk, chunk_of, complete, delta, event, failed, finish, text, truncated};
use crate::fixtures::decode;
use tokenwire::error::{Error, Kind};
use tokenwire::stream::{Decoder, End, Mode};

fn hello() -> String {
    delta(r#"{"role":"assistant","content":""}"#) + &text("Hel") + &text("lo")
}

fn ended() -> String {
    hello() + &finish("stop")
}

/// A finish chunk whose choice has these members beside index and delta.
fn finish_with(members: &str) -> String {
    event(&chunk_of(&format!(r#"{{"index":0,"delta":{{}}{members}}}"#)))
}

fn codes(input: &str) -> Vec<&'static str> {
    decode(Mode::Nothing, [input.as_bytes()]).repairs.into_iter().map(|(code, _)| code).collect()
}

#[test]
fn an_end_marker_in_any_form_ends_a_reply_once() {
    let cases = [
        ("plain", DONE.to_owned()),
        ("missing", String::new()),
        ("doubled", DONE.repeat(2)),
        ("without its blank line", "data: [DONE]\n".into()),
        ("without its line end", "data: [DONE]".into()),
        ("without a blank after the colon", "data:[DONE]\n\n".into()),
        ("with blanks around it", "data:   [DONE]  \n\n".into()),
        ("with CRLF", "data: [DONE]\r\n\r\n".into()),
        ("with an event name", "event: done\ndata: [DONE]\n\n".into()),
        ("followed by a comment", format!("{DONE}: bye\n\n")),
        ("followed by blank lines", format!("{DONE}\n\n\n")),
        ("cut in its middle", "data: [DO".into()),
    ];
    for (name, marker) in cases {
        check(name, &(ended() + &marker), &complete("Hello"));
    }
    assert_eq!(codes(&ended()), ["done_missing"]);
    assert_eq!(codes(&(ended() + DONE)), [""; 0]);
}

#[test]
fn an_end_marker_counts_for_a_finish_reason_only_after_content() {
    let no_reason = Want::new(End::Complete, "Hello");
    check("after content", &(hello() + DONE), &no_reason);
    assert!(codes(&(hello() + DONE)).contains(&"finish_reason_missing_at_end"));
    check("before its blank line", &(hello() + "data: [DONE]"), &no_reason);
    check("joined to the last chunk", &(hello() + &format!("data: {}[DONE]\n\n", chunk("{}"))), &no_reason);
    check("after nothing", DONE, &truncated(""));
    check("after a role", &(delta(r#"{"role":"assistant"}"#) + DONE), &truncated(""));
    check("after an empty text", &(text("") + DONE), &truncated(""));
    check("after chunks without choices", &(event(&chunk_of("")) + DONE), &truncated(""));
    let thought = Want::new(End::Complete, "").reasoning("hm");
    check("after reasoning", &(delta(r#"{"reasoning":"hm"}"#) + DONE), &thought);
    let refused = Want::new(End::Complete, "").refusal("no");
    check("after a refusal", &(delta(r#"{"refusal":"no"}"#) + DONE), &refused);
}

#[test]
fn a_finish_reason_in_any_form_ends_a_reply() {
    let repeated = hello() + &finish("stop").repeat(2);
    let cases = [
        ("twice", repeated.clone()),
        ("twice, the second with a role", ended() + &finish_with(r#","finish_reason":"stop""#)),
        ("in camel case", hello() + &finish_with(r#","finishReason":"stop""#)),
        ("in camel case beside null", hello() + &finish_with(r#","finish_reason":null,"finishReason":"stop""#)),
        ("in camel case before null", hello() + &finish_with(r#","finishReason":"stop","finish_reason":null"#)),
        ("in capitals", hello() + &finish("STOP")),
        ("by another name", hello() + &finish("end_turn")),
        ("unknown", hello() + &finish("zzz")),
        ("then null", ended() + &delta("{}")),
        ("then empty", ended() + &finish("")),
        (
            "beside the last text",
            text("Hel") + &event(&chunk_of(r#"{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}"#)),
        ),
        ("without a delta", hello() + &event(&chunk_of(r#"{"index":0,"finish_reason":"stop"}"#))),
        ("with delta null", hello() + &event(&chunk_of(r#"{"index":0,"delta":null,"finish_reason":"stop"}"#))),
    ];
    for (name, input) in cases {
        check(name, &(input.clone() + DONE), &complete("Hello"));
        check(name, &input, &complete("Hello"));
    }
    assert!(codes(&repeated).contains(&"finish_reason_repeated"));
}

#[test]
fn finish_reasons_are_openais() {
    let words = [
        ("length", "length"),
        ("max_tokens", "length"),
        ("MAX_TOKENS", "length"),
        ("model_length", "length"),
        ("content_filter", "content_filter"),
        ("sensitive", "content_filter"),
        ("SAFETY", "content_filter"),
        ("eos", "stop"),
        ("tool_calls", "tool_calls"),
    ];
    for (said, meant) in words {
        check(said, &(hello() + &finish(said) + DONE), &Want::new(End::Complete, "Hello").finish(meant));
    }
    for said in ["error", "network_error", "insufficient_system_resource"] {
        check(said, &(hello() + &finish(said) + DONE), &failed("Hello", said));
    }
}

#[test]
fn an_empty_finish_reason_is_none() {
    for reason in [r#","finish_reason":"""#, r#","finish_reason":null"#, "", r#","finish_reason":0"#] {
        check(reason, &(hello() + &finish_with(reason)), &truncated("Hello"));
    }
}

#[test]
fn what_comes_after_the_end_marker_is_not_taken() {
    let cases = [
        ("text", text("!!")),
        ("another reply", ended()),
        ("an error", event(r#"{"error":{"message":"late"}}"#)),
        ("an error event", "event: error\ndata: late\n\n".into()),
        ("an error field", "error: late\n".into()),
        ("no JSON", event("ping")),
    ];
    for (name, late) in cases {
        check(name, &(ended() + DONE + &late), &complete("Hello"));
    }
    assert_eq!(codes(&(ended() + DONE + &text("!!"))), ["data_after_end"]);
}

#[test]
fn text_after_the_finish_reason_still_counts() {
    check("text", &(ended() + &text("!") + DONE), &complete("Hello!"));
}

#[test]
fn a_cut_is_complete_only_after_the_finish_reason() {
    for done in [DONE, ""] {
        for finish in [finish("stop"), finish_with(r#","finishReason":"stop""#)] {
            let input = hello() + &finish + done;
            let finished = hello().len() + finish.len() - "\n\n".len();
            for cut in 0..input.len() {
                let outcome = decode(Mode::Text, [&input.as_bytes()[..cut]]);
                let end = if cut >= finished { End::Complete } else { End::Truncated };
                assert_eq!(outcome.end, Some(end), "cut at {cut}: {:?}", &input[..cut]);
                assert_eq!(outcome.failure.is_some(), end == End::Truncated, "cut at {cut}");
                assert!("Hello".starts_with(&outcome.out), "cut at {cut}: {}", outcome.out);
                let whole = [hello().len(), hello().len() - text("lo").len()];
                let kept = if cut + 2 >= whole[0] { "Hello" } else { "Hel" };
                assert!(cut + 2 < whole[1] || outcome.out == kept, "cut at {cut}: {:?}, not {kept:?}", outcome.out);
            }
        }
    }
}

#[test]
fn a_cut_without_finish_reason_is_complete_only_after_the_marker() {
    let input = hello() + DONE;
    let marked = input.len() - "\n\n".len();
    for cut in 0..input.len() {
        let outcome = decode(Mode::Nothing, [&input.as_bytes()[..cut]]);
        let end = if cut >= marked { End::Complete } else { End::Truncated };
        assert_eq!(outcome.end, Some(end), "cut at {cut}");
    }
}

#[test]
fn every_choice_that_began_must_finish() {
    let choice = |index: usize, text: &str| {
        event(&chunk_of(&format!(r#"{{"index":{index},"delta":{{"content":"{text}"}},"finish_reason":null}}"#)))
    };
    let end = |index: usize| event(&chunk_of(&format!(r#"{{"index":{index},"delta":{{}},"finish_reason":"stop"}}"#)));
    let begun = choice(1, "B") + &choice(0, "A");
    let half = Want { finish: Some("stop".into()), ..truncated("A") };
    check("the first only", &(begun.clone() + &end(0)), &half);
    check("the second only", &(begun.clone() + &end(1)), &truncated("A"));
    let both = check("both", &(begun.clone() + &end(1) + &end(0)), &complete("A"));
    assert_eq!(both.reply["choices"][1]["message"]["content"], "B");
    assert_eq!(both.reply["choices"][1]["finish_reason"], "stop");
    check("the first only, with an end marker", &(begun + &end(0) + DONE), &complete("A"));
}

#[test]
fn a_broken_connection_is_what_it_is_called() {
    for (kind, end) in [(Kind::Truncated, End::Truncated), (Kind::Aborted, End::Aborted), (Kind::Timeout, End::Error)] {
        let mut decoder = Decoder::new(Mode::Text, 1);
        decoder.feed(hello().as_bytes());
        decoder.break_off(Error::stream(kind, "socket closed", Default::default()));
        decoder.feed(ended().as_bytes());
        decoder.finish();
        assert_eq!(decoder.end(), Some(end));
        assert_eq!(decoder.failure().unwrap().message(), "socket closed");
        assert_eq!(decoder.take().unwrap(), "Hello");
    }
    let mut finished = Decoder::new(Mode::Text, 1);
    finished.feed(ended().as_bytes());
    finished.break_off(Error::stream(Kind::Truncated, "socket closed", Default::default()));
    assert_eq!((finished.end(), finished.failure()), (Some(End::Complete), None));
}

#[test]
fn an_abort_is_neither_an_end_nor_a_failure() {
    let mut decoder = Decoder::new(Mode::Sse, 1);
    decoder.feed(hello().as_bytes());
    decoder.abort();
    decoder.feed((finish("stop") + DONE).as_bytes());
    decoder.finish();
    assert_eq!((decoder.end(), decoder.failure()), (Some(End::Aborted), None));
    let out = decoder.take().unwrap();
    assert!(!out.contains("[DONE]") && !out.contains("error"), "{out}");
}

#[test]
fn the_providers_own_finish_reason_is_kept() {
    for (native, word) in [("eos", "stop"), ("MAX_TOKENS", "length"), ("sensitive", "content_filter")] {
        let outcome = decode(Mode::Chunks, [(text("Hello") + &finish(native) + DONE).as_bytes()]);
        let choice = &outcome.reply["choices"][0];
        assert_eq!(choice["finish_reason"], word);
        assert_eq!(choice["native_finish_reason"], native);
    }
    let plain = decode(Mode::Chunks, [(text("Hello") + &finish("stop") + DONE).as_bytes()]);
    assert!(plain.reply["choices"][0].get("native_finish_reason").is_none());
}
