//! Bodies that are no event stream, or hardly one: plain JSON, NDJSON, arrays, HTML, text, nothing; events joined or badly
//! framed; chunks without what OpenAI's have.

use crate::case::{
    DONE, Want, called, check, chunk, chunk_of, complete, delta, event, failed, finish, run, text, truncated,
};
use crate::fixtures::{decode, decode_as};
use serde_json::{Value, json};
use tokenwire::stream::Mode;

const BODY: &str = r#"{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello \"}{[\\"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}"#;
const SAID: &str = "Hello \"}{[\\";

fn data(event: &str) -> &str {
    event.strip_prefix("data: ").unwrap().trim_end()
}

fn values() -> [String; 3] {
    [chunk(r#"{"role":"assistant","content":"Hel"}"#), chunk(r#"{"content":"lo"}"#), data(&finish("stop")).to_owned()]
}

fn pretty(json: &str) -> String {
    serde_json::to_string_pretty(&serde_json::from_str::<Value>(json).unwrap()).unwrap()
}

#[test]
fn a_plain_completion_is_a_reply() {
    check("plain", BODY, &complete(SAID));
    check("pretty", &pretty(BODY), &complete(SAID));
    check("blanks around it", &format!(" \n\r\n\t{BODY}\n\n"), &complete(SAID));
    check("a byte order mark", &format!("\u{feff}{BODY}"), &complete(SAID));
    let unfinished = BODY.replace(r#""finish_reason":"stop""#, r#""finish_reason":null"#);
    check("no finish reason", &unfinished, &Want { finish: None, ..complete(SAID) });
    check("in an event", &(event(BODY) + DONE), &complete(SAID));
}

#[test]
fn a_plain_completion_that_is_cut_is_truncated() {
    for cut in 0..BODY.len() {
        let outcome = decode(Mode::Nothing, [&BODY.as_bytes()[..cut]]);
        assert_eq!(outcome.end.map(|end| end.as_str()), Some("truncated"), "cut at {cut}");
    }
}

#[test]
fn a_plain_completion_has_all_that_a_stream_has() {
    let message = json!({"role": "assistant", "content": null, "reasoning": "hm", "tool_calls": [
        {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{\"x\":1}"}},
        {"id": "b", "type": "function", "function": {"name": "g", "arguments": {"y": 2}}},
    ]});
    let body = json!({"id": "x", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]});
    let want = called("f", r#"{"x":1}"#).call("g", r#"{"y":2}"#).reasoning("hm");
    check("calls", &body.to_string(), &want);
    let two =
        BODY.replace(r#"],"usage""#, r#",{"index":1,"message":{"content":"B"},"finish_reason":"length"}],"usage""#);
    let outcome = check("two choices", &two, &complete(SAID));
    assert_eq!(outcome.reply["choices"][1]["message"]["content"], "B");
    assert_eq!(outcome.reply["usage"]["total_tokens"], 2);
}

#[test]
fn lines_and_arrays_of_chunks_are_streams() {
    let [a, b, end] = values();
    let cases = [
        ("lines", format!("{a}\n{b}\n{end}\n")),
        ("lines with CRLF", format!("{a}\r\n{b}\r\n{end}")),
        ("lines with an end marker", format!("{a}\n{b}\n{end}\n[DONE]\n")),
        ("nothing between them", format!("{a}{b}{end}")),
        ("an array", format!("[{a},\n{b},{end}]")),
        ("a pretty array", pretty(&format!("[{a},{b},{end}]"))),
    ];
    for (name, input) in cases {
        check(name, &input, &complete("Hello"));
    }
    check("lines, cut", &format!("{a}\n{b}\n"), &truncated("Hello"));
    check("lines, cut in a value", &format!("{a}\n{b}\n{}", &end[..end.len() - 1]), &truncated("Hello"));
    check("an array, cut", &format!("[{a},{b}"), &truncated("Hello"));
    check("an error in a line", &format!("{a}\n{{\"error\":{{\"message\":\"boom\"}}}}\n"), &failed("Hel", "boom"));
    check("an error alone", r#"{"error":{"message":"boom"}}"#, &failed("", "boom"));
    check("an error in an array", r#"[{"error":{"code":400,"message":"boom"}}]"#, &failed("", "boom"));
}

#[test]
fn what_is_no_reply_says_so() {
    let page = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
    check("a page", page, &failed("", "502 Bad Gateway"));
    check("a page after blanks", &format!("\n\n {page}"), &failed("", "502 Bad Gateway"));
    check("a page without a title", "<html><body><h1>Not here</h1></body></html>", &failed("", "Not here"));
    for text in ["Internal Server Error", "Bad gateway\nTry again\n", "null", "upstream connect error"] {
        check(text, text, &failed("", "Expected an event stream or JSON"));
    }
    for nothing in ["", "\n", "\r\n\r\n  ", ": keepalive\n\n: keepalive\n\n", "\u{feff}", "[]", "data: \n\n"] {
        check(nothing, nothing, &truncated(""));
    }
    let told = decode_as(Mode::Nothing, "text/html; charset=utf-8", [page.as_bytes()]).failure.unwrap();
    assert_eq!(told, "Expected an event stream or JSON, got text/html: 502 Bad Gateway. Check the base URL");
}

#[test]
fn what_is_no_reply_is_quoted() {
    let texts =
        ["upstream connect error", "error code: 1033", "denied by policy", "rate limited", "invalid host", "E: no"];
    for text in texts {
        let told = decode_as(Mode::Nothing, "text/plain", [text.as_bytes()]).failure.unwrap();
        assert!(told.starts_with("Expected") && told.contains(text), "{text:?}: {told}");
    }
}

#[test]
fn a_stream_under_a_wrong_content_type_is_a_stream() {
    for content_type in ["", "application/json", "text/plain; charset=utf-8", "text/html"] {
        let input = text("Hello") + &finish("stop") + DONE;
        let outcome = decode_as(Mode::Text, content_type, [input.as_bytes()]);
        assert_eq!((outcome.out.as_str(), outcome.failure), ("Hello", None), "{content_type}");
    }
}

#[test]
fn events_are_told_apart_however_they_are_framed() {
    let [a, b, end] = values();
    let cases = [
        ("one line end", format!("data: {a}\ndata: {b}\ndata: {end}\ndata: [DONE]\n")),
        ("CR only", format!("data: {a}\r\rdata: {b}\r\rdata: {end}\r\rdata: [DONE]\r\r")),
        ("mixed", format!("data: {a}\r\n\r\ndata: {b}\n\ndata: {end}\r\rdata: [DONE]\n\n")),
        ("two values in an event", format!("data: {a}{b}\n\ndata: {end} [DONE]\n\n")),
        (
            "a value over two lines",
            format!("data: {}\n\ndata: {b}\n\ndata: {end}\n\n", a.replacen(',', ",\ndata: ", 2)),
        ),
        ("comments between", format!(": a\n\ndata: {a}\n: b\n\ndata: {b}\n\n:\n\ndata: {end}\n\n")),
        ("fields around", format!("id: 1\nevent: x\nretry: 2\ndata: {a}\n\ndata: {b}\nid: 2\n\nfoo\ndata: {end}\n\n")),
        ("pings", format!("event: ping\ndata: \n\ndata: {a}\n\ndata: ping\n\ndata: {b}\n\ndata: {end}\n\n")),
        ("blank lines first", format!("\n\n\r\n data: {a}\n\ndata: {b}\n\ndata: {end}\n\n")),
        ("a byte order mark", format!("\u{feff}data: {a}\n\ndata: {b}\n\ndata: {end}\n\n")),
        ("values that say nothing", format!("data: {a}\n\ndata: 1\n\ndata: []\n\ndata: {b}\n\ndata: {end}\n\n")),
    ];
    for (name, input) in cases {
        check(name, &input, &complete("Hello"));
    }
}

#[test]
fn letters_may_be_cut_between_reads() {
    let input = text("né 漢字 😀") + &finish("stop") + DONE;
    check("utf-8", &input, &complete("né 漢字 😀"));
    let mut broken = text("a?b").into_bytes();
    let at = broken.iter().position(|byte| *byte == b'?').unwrap();
    broken[at] = 0xFF;
    broken.extend((finish("stop") + DONE).bytes());
    let outcome = run("invalid utf-8", Mode::Text, &broken);
    assert_eq!(outcome.out, "a\u{fffd}b");
    assert!(outcome.repairs.iter().any(|(code, _)| *code == "invalid_utf8"));
}

#[test]
fn halves_of_a_letter_in_two_chunks_meet() {
    let raw = |text: &str| delta(&format!(r#"{{"content":"{text}"}}"#));
    let end = finish("stop") + DONE;
    let cases = [
        (raw(r"a\ud83d") + &raw(r"\ude00b") + &end, "a😀b"),
        (raw(r"\uD83D") + &raw("") + &raw(r"\uDE00") + &end, "😀"),
        (raw(r"a\ud83d") + &raw("b") + &end, "a\u{fffd}b"),
        (raw(r"a\ude00b") + &end, "a\u{fffd}b"),
        (raw(r"a\ud83d") + &end, "a\u{fffd}"),
        (raw(r"a\ud83d"), "a\u{fffd}"),
        (raw(r"\ud83d\ud83d\ude00"), "\u{fffd}😀"),
    ];
    for (input, want) in cases {
        assert_eq!(run(&input, Mode::Text, input.as_bytes()).out, want);
        let first = decode(Mode::Sse, [input.as_bytes()]);
        assert_eq!(decode(Mode::Text, [first.out.as_bytes()]).out, want, "clean SSE");
    }
}

#[test]
fn messages_instead_of_deltas_are_read_once() {
    let message = |text: &str, finish: &str| {
        let message = json!({"role": "assistant", "content": text});
        event(&chunk_of(&format!(r#"{{"index":0,"message":{message},"finish_reason":{finish}}}"#)))
    };
    let stop = r#""stop""#;
    check("one", &message("Hello", stop), &complete("Hello"));
    check("growing", &(message("Hel", "null") + &message("Hello", stop) + DONE), &complete("Hello"));
    let many = message("H", "null") + &message("He \"", "null") + &message("He \"llo", "null") + &finish("stop");
    check("growing on", &many, &complete("He \"llo"));
    check("repeated", &(message("Hello", "null") + &message("Hello", stop)), &complete("Hello"));
    check("the whole at the end", &(text("Hel") + &text("lo") + &message("Hello", stop)), &complete("Hello"));
    let both = |delta: &str, whole: &str, finish: &str| {
        let choice = json!({"index": 0, "delta": {"content": delta}, "message": {"content": whole}});
        let choice = choice.to_string().replacen('{', &format!(r#"{{"finish_reason":{finish},"#), 1);
        event(&chunk_of(&choice))
    };
    check("beside a delta", &(both("Hel", "Hel", "null") + &both("lo", "Hello", stop)), &complete("Hello"));
}

#[test]
fn text_beside_or_instead_of_a_delta_counts_once() {
    let choice = |inner: &str| event(&chunk_of(&format!(r#"{{"index":0,{inner},"finish_reason":null}}"#)));
    let end = finish("stop") + DONE;
    check("beside", &(choice(r#""delta":{"content":"Hello"},"text":"Hello""#) + &end), &complete("Hello"));
    check("alone", &(choice(r#""text":"Hello""#) + &end), &complete("Hello"));
    check("beside an empty delta", &(choice(r#""delta":{},"text":"Hello""#) + &end), &complete("Hello"));
}

#[test]
fn content_that_is_no_string_is_text() {
    let end = finish("stop") + DONE;
    let parts = r#"{"content":[{"type":"text","text":"Hel"},{"type":"text","text":"lo"}]}"#;
    check("parts", &(delta(parts) + &end), &complete("Hello"));
    check("strings", &(delta(r#"{"content":["Hel","lo"]}"#) + &end), &complete("Hello"));
    check("an object", &(delta(r#"{"content":{"a": "b c"}}"#) + &end), &complete(r#"{"a":"b c"}"#));
    check("a number", &(delta(r#"{"content":7}"#) + &end), &complete("7"));
    check("null", &(delta(r#"{"content":null}"#) + &text("Hello") + &end), &complete("Hello"));
}

#[test]
fn a_chunk_lacks_what_it_likes() {
    let bare = |inner: &str| event(&format!(r#"{{"choices":[{inner}]}}"#));
    let input = bare(r#"{"delta":{"content":"Hello"}}"#) + &bare(r#"{"finish_reason":"stop"}"#);
    let outcome = check("bare", &input, &complete("Hello"));
    for code in ["id_missing", "model_missing", "created_missing", "object_wrong", "choice_index_missing"] {
        assert!(outcome.repairs.iter().any(|(known, _)| *known == code), "{code}");
    }
    let single = event(r#"{"choices":{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}}"#);
    check("one choice without its array", &single, &complete("Hello"));
    let odd = event(
        r#"{"id":null,"created":"now","model":7,"choices":[null,1,{"delta":{"content":"Hello","role":null},"finish_reason":"stop"}],"x":{"y":[]}}"#,
    );
    check("odd types", &odd, &complete("Hello"));
}

#[test]
fn unknown_members_and_great_numbers_are_passed_on() {
    let choice =
        r#"{"index":0,"delta":{"content":"Hello","phase":"x"},"seed":9313781139405380000,"finish_reason":"stop"}"#;
    let input = event(&chunk_of(choice).replacen('{', r#"{"provider":"p","nested":{"a":[1,2]},"#, 1)) + DONE;
    let outcome = check("unknown", &input, &complete("Hello"));
    assert!(outcome.out.contains(r#""seed":9313781139405380000"#), "{}", outcome.out);
    assert!(outcome.out.contains(r#""phase":"x""#) && outcome.out.contains(r#""nested":{"a":[1,2]}"#));
    assert_eq!(outcome.reply["provider"], "p");
    assert_eq!(outcome.reply["choices"][0]["seed"], json!(9_313_781_139_405_380_000_u64));
}

#[test]
fn a_refusal_is_no_text() {
    let input = delta(r#"{"role":"assistant","content":null,"refusal":"I "}"#)
        + &delta(r#"{"refusal":"won't"}"#)
        + &finish("stop")
        + DONE;
    check("refusal", &input, &complete("").refusal("I won't"));
}

#[test]
fn replies_of_other_shapes_are_read() {
    let workers =
        "data: {\"response\":\"Hel\",\"p\":\"ab\"}\n\ndata: {\"response\":\"lo\",\"p\":\"abc\"}\n\n".to_owned() + DONE;
    let want = Want { finish: None, ..complete("Hello") };
    check("Workers AI", &workers, &want);
    let said = |text: &str| {
        format!("{{\"model\":\"m\",\"message\":{{\"role\":\"assistant\",\"content\":\"{text}\"}},\"done\":false}}\n")
    };
    let last = "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"}\n";
    check("Ollama's own", &(said("Hel") + &said("lo") + last), &complete("Hello"));
    check("cut", &(said("Hel") + &said("lo")), &truncated("Hello"));
}

#[test]
fn an_event_that_is_glued_to_half_of_another_tells_only_of_an_error() {
    let half = "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"a";
    let input = text("Hel") + half + &text("lo") + &finish("stop") + DONE;
    check("glued", &input, &failed("Hel", "could not be read"));
    let error = "data: {\"error\":{\"message\":\"boom\"}}\n\n";
    check("a glued error", &(text("Hello") + half + error), &failed("Hello", "boom"));
}
