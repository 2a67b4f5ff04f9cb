//! No hole is silent: what cannot be read and may hold content ends the reply with an error, behind what came before it. What
//! holds nothing is passed over; what is no reply at all is told early.

use crate::case::{DONE, Want, calls, check, chunk, complete, event, failed, finish, text, truncated};
use crate::fixtures::{decode, decode_as};
use tokenwire::error::Kind;
use tokenwire::stream::{Decoder, End, Mode};

/// Chunks that are broken, each in a way of its own, or no chunks.
fn broken() -> Vec<String> {
    let whole = chunk(r#"{"content":"LO"}"#);
    let mut found: Vec<String> = vec![
        whole[..whole.len() - 1].into(),
        whole[1..].into(),
        whole[20..].into(),
        whole[..whole.find("LO").unwrap() + 2].into(),
        whole.replace("LO", r"L\qO"),
        whole.replace("LO", r"L\u12"),
        whole.replace("LO", "L\"O"),
        whole.replace("\"delta\":", "\"delta\""),
        whole.replace("\"index\":0,", "\"index\":0"),
        whole.replace("null", "nul"),
        whole.replace('"', "'"),
        format!("{whole}}}"),
        format!("{whole},"),
    ];
    found.pop();
    found.extend(
        ["<html>502 Bad Gateway</html>", "{", "{\"", "\"LO", r#"{"id":"x","choices":[{"delta":{"content":"LO"#]
            .map(String::from),
    );
    found
}

const SAYS: &str = "A part of the reply could not be read: ";

#[test]
fn a_broken_chunk_in_mid_stream_is_a_loss() {
    for broken in broken() {
        let input = text("Hel") + &event(&broken) + &text("lo") + &finish("stop") + DONE;
        let want = if broken.starts_with(&chunk(r#"{"content":"LO"}"#)) { "HelLO" } else { "Hel" };
        let outcome = check(&broken, &input, &failed(want, SAYS));
        check(&broken, &input.replace('\n', "\r\n"), &failed(want, SAYS));
        check(&broken, &input.replace("\n\n", "\n"), &failed(want, SAYS));
        assert!(outcome.failure.unwrap().len() < SAYS.len() + 330);
    }
}

#[test]
fn a_broken_line_of_json_is_a_loss() {
    let [first, last] = [chunk(r#"{"content":"Hel"}"#), chunk(r#"{"content":"lo"}"#)];
    let end = finish("stop");
    let end = end.strip_prefix("data: ").unwrap().trim_end();
    for broken in broken() {
        let whole = chunk(r#"{"content":"LO"}"#);
        let want = if broken.starts_with(&whole) { "HelLO" } else { "Hel" };
        for input in [
            format!("{first}\n{broken}\n{last}\n{end}\n[DONE]\n"),
            format!("{first}\r\n{broken}\r\n{last}\r\n{end}\r\n"),
        ] {
            let outcome = check(&broken, &input, &failed(want, SAYS));
            assert_eq!(outcome.end, Some(End::Error));
        }
    }
    let input = format!("[{first},\n{},\n{last},\n{end}]", &last[..last.len() - 1]);
    check("an element", &input, &failed("Hel", SAYS));
}

#[test]
fn a_loss_is_malformed_and_says_what_was_lost() {
    let mut decoder = Decoder::new(Mode::Text, 1);
    decoder.feed((text("Hel") + &event("{\"id\":\"x\",\n  \u{1}\"a") + &text("lo")).as_bytes());
    let failure = decoder.failure().unwrap();
    assert_eq!((failure.kind(), failure.class()), (Kind::Malformed, "StreamError"));
    assert!(failure.message().starts_with(SAYS) && failure.message().contains("{\"id\":\"x\","), "{failure:?}");
    assert!(failure.message().chars().all(|letter| !letter.is_control()));
    assert_eq!(decoder.take().unwrap(), "Hel");
    let long = format!("{{\"a\":\"{}", "é".repeat(100_000));
    let mut decoder = Decoder::new(Mode::Text, 1);
    decoder.feed((text("Hel") + &event(&long)).as_bytes());
    let failure = decoder.failure().unwrap();
    assert!(failure.message().len() < 400 && failure.to_json().len() < 6000);
}

#[test]
fn a_hole_in_arguments_is_no_amount() {
    let piece = |arguments: &str| calls(&format!(r#"{{"index":0,"function":{{"arguments":{arguments}}}}}"#));
    let head = calls(r#"{"index":0,"id":"a","function":{"name":"pay","arguments":""}}"#);
    let hole = piece(r#""00""#).replace("}]}", "}]");
    let input = head + &piece(r#""{\"amount\":1""#) + &hole + &piece(r#""}""#) + &finish("tool_calls") + DONE;
    check("a hole", &input, &failed("", SAYS).call("pay", r#"{"amount":1"#));
}

#[test]
fn what_is_broken_after_the_finish_reason_is_missing_too() {
    let usage = r#"{"id":"c1","choices":[],"usage":{"prompt_tokens":3,"#;
    let input = text("Hello") + &finish("stop") + &event(usage) + DONE;
    check("usage", &input, &Want { finish: Some("stop".into()), ..failed("Hello", SAYS) });
    check("a word", &(text("Hello") + &finish("stop") + &event("ok") + DONE), &complete("Hello"));
    check("after the end", &(text("Hello") + &finish("stop") + DONE + &event(usage)), &complete("Hello"));
}

#[test]
fn a_last_event_that_was_cut_is_cut() {
    let cut = "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo";
    check("before the finish reason", &(text("Hel") + cut), &truncated("Hel"));
    check("after it", &(text("Hello") + &finish("stop") + cut), &complete("Hello"));
    check("a pretty one", &(text("Hel") + "data: {\ndata:   \"a\": [\ndata:     {\n"), &truncated("Hel"));
}

#[test]
fn what_holds_nothing_is_passed_over() {
    let words = [
        "ping",
        "[keepalive]",
        "OK",
        "keep-alive 12",
        "",
        " ",
        "1",
        "null",
        "true",
        "[]",
        "[1,2",
        "{}",
        "NaN",
        "undefined",
        "502 Bad Gateway",
        "\"ping\"",
        "日本",
        "[DONE]evil",
        "[DONE",
        "DONE",
        "[DONE] [1]",
        "data:",
        "data: ping",
    ];
    for word in words {
        check(word, &(text("Hel") + &event(word) + &text("lo") + &finish("stop") + DONE), &complete("Hello"));
    }
    for ping in [
        "event: ping\ndata: {\"broken\n\n",
        "event: keepalive\ndata: <b>\n\n",
        ": {\"a\n\n",
        "id: {\n\n",
        "x: {\"a\"\n\n",
    ] {
        check(ping, &(text("Hel") + ping + &text("lo") + &finish("stop") + DONE), &complete("Hello"));
    }
    let lines = [chunk(r#"{"content":"Hel"}"#), "ping".into(), "OK".into(), chunk(r#"{"content":"lo"}"#)].join("\n");
    check("lines", &(lines + "\n[DONE]\n"), &Want { finish: None, ..complete("Hello") });
}

#[test]
fn an_end_marker_is_exactly_that() {
    let rest = text("lo") + &finish("length") + DONE;
    let want = Want { finish: Some("length".into()), ..complete("Hello") };
    for marker in
        ["[DONE]evil", "[DONE]1", "[DONE],", "[DONE]\ndata: x", "evil[DONE]evil", "x [DONE]", "[DONE]\ndata: [1]"]
    {
        check(marker, &(text("Hel") + &event(marker) + &rest), &want);
        // Nothing ends where it stood.
        check(marker, &(text("Hel") + &event(marker)), &truncated("Hel"));
    }
    for marker in ["[DONE]{\"a", "[DONE]\ndata: {\"a\"", "[DONE]</html>"] {
        check(marker, &(text("Hel") + &event(marker) + &rest), &failed("Hel", SAYS));
    }
    let error = "{\"error\":{\"message\":\"boom\"}}";
    for joined in [format!("[DONE]{error}"), format!("[DONE]\ndata: {error}"), format!("[DONE] {error} [DONE]")] {
        check(&joined, &(text("Hel") + &event(&joined) + DONE), &failed("Hel", "boom"));
    }
    let more = chunk(r#"{"content":"lo"}"#);
    check(
        "a chunk behind it",
        &(text("Hel") + &event(&format!("[DONE]\ndata: {more}")) + &rest),
        &Want { text: "Hellolo".into(), ..want.clone() },
    );
    let line = |last: &str| format!("{}\n{last}", chunk(r#"{"content":"Hello"}"#));
    let unsaid = Want { finish: None, ..complete("Hello") };
    for marker in ["[DONE]\n", "[done]", "  [DONE]  \n{\"a\":", "[DONE]\r\n"] {
        check(marker, &line(marker), &unsaid);
    }
    for marker in ["[DONE]evil\n", "evil[DONE]\n", "[DONE"] {
        check(marker, &line(marker), &truncated("Hello"));
    }
    check("a line behind it", &line(&format!("[DONE]{error}\n")), &failed("Hello", "boom"));
}

#[test]
fn an_unknown_line_before_the_first_event_is_ignored() {
    for line in [
        "foo: bar",
        "Hello",
        "X-Header: {",
        "null",
        "é: 1",
        "1",
        "-",
        "foo",
        "<!-- hi -->",
        "id",
        "dat: x",
        "_: {\"a\":1}",
    ] {
        let input = format!("{line}\n") + &text("Hello") + &finish("stop") + DONE;
        check(line, &input, &complete("Hello"));
        check(line, &format!("\n\n{}", input.replace('\n', "\r\n")), &complete("Hello"));
        if !line.starts_with('<') {
            let outcome = decode_as(Mode::Text, "text/plain", input.as_bytes().chunks(1));
            assert_eq!((outcome.out.as_str(), outcome.end), ("Hello", Some(End::Complete)), "{line}");
        }
    }
    let page = "<html>\n<script>\n".to_owned() + &text("Hello") + &finish("stop") + DONE;
    assert_eq!(decode_as(Mode::Text, "text/html", [page.as_bytes()]).end, Some(End::Error), "a page is a page");
}

/// Feeds what never ends, in reads of several sizes; how much was taken, and what was said.
fn endless(first: &str, next: &str) -> (usize, String) {
    let input = first.to_owned() + &next.repeat((300 << 10) / next.len());
    let mut found: Option<(usize, String)> = None;
    for size in [1, 100, 1460, 5000] {
        let mut decoder = Decoder::new(Mode::Chunks, 1);
        decoder.set_content_type("text/plain");
        let mut fed = 0;
        for read in input.as_bytes().chunks(size) {
            if decoder.end().is_some() {
                break;
            }
            decoder.feed(read);
            fed += read.len();
        }
        assert_eq!(decoder.end(), Some(End::Error), "{next:?}: not after {fed} bytes");
        let failure = decoder.failure().unwrap();
        assert_eq!(failure.kind(), Kind::Malformed, "{failure:?}");
        let message = failure.message().to_owned();
        let (before, said) = found.get_or_insert_with(|| (fed, message.clone()));
        assert!(fed.abs_diff(*before) <= 5000 && *said == message, "{next:?}: {fed}, {before}; {message}, {said}");
    }
    let whole = decode_as(Mode::Chunks, "text/plain", [input.as_bytes()]);
    let (fed, message) = found.unwrap();
    assert_eq!(whole.failure.as_ref(), Some(&message));
    (fed, message)
}

#[test]
fn what_is_no_reply_is_told_after_64_kib() {
    let cases = [
        ("<html><title>Log in</title>", "<p>x</p>\n"),
        ("Log in\n", "please\n"),
        ("Log in", " please"),
        ("identity: ", "x"),
        ("", " "),
        ("", "\r\n"),
        ("{\"a\":1}\n", "{\"b\":[1,2,3]}\n"),
        ("[", "{\"a\":1},"),
        ("{}", "\n"),
        ("data: x\n\n", "\n"),
        ("", "data: {\"a\":1}\n\n"),
        ("", "data: ping\n\n"),
        ("", "event: tick\n\n"),
        ("", "retry: 1\n"),
        ("{\"a\":1}\n", "ping pong "),
    ];
    for (first, next) in cases {
        let (fed, message) = endless(first, next);
        assert!((60 << 10..72 << 10).contains(&fed), "{next:?}: {fed}");
        assert!(message.starts_with("Expected an event stream or JSON, got text/plain"), "{message}");
    }
}

#[test]
fn what_may_still_be_a_reply_is_read_on() {
    let long = "x".repeat(100 << 10);
    let end = finish("stop") + DONE;
    check("comments", &(": OPENROUTER PROCESSING\n\n".repeat(6000) + &text("Hello") + &end), &complete("Hello"));
    check("a great first event", &(text(&long) + &end), &complete(&long));
    let body = chunk(&format!(r#"{{"content":"{long}"}}"#));
    let outcome = decode(Mode::Text, body.as_bytes().chunks(777));
    assert_eq!((outcome.out.len(), outcome.end), (long.len(), Some(End::Truncated)));
    let roles = crate::case::delta(r#"{"role":"assistant"}"#);
    let pings = event("ping").repeat(10_000);
    check("pings after the role", &(roles + &pings + &text("Hello") + &end), &complete("Hello"));
}
