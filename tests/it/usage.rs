//! Usage: wherever it stands, it ends up in one place, the last totals count, and OpenAI's schema holds.

use crate::case::{DONE, check, chunk_of, complete, elements, event, finish, text};
use crate::fixtures::decode;
use serde_json::{Value, json};
use tokenwire::stream::Mode;

fn usage(total: u32) -> String {
    format!(r#"{{"prompt_tokens":1,"completion_tokens":{},"total_tokens":{total}}}"#, total - 1)
}

/// A chunk with this text, finish reason and other members.
fn chunk(content: &str, finish: &str, members: &str) -> String {
    let choice = format!(r#"{{"index":0,"delta":{{"content":"{content}"}},"finish_reason":{finish}}}"#);
    event(&chunk_of(&choice).replacen('{', &format!("{{{members}"), 1))
}

fn last(usage: &str) -> String {
    event(&chunk_of("").replacen('{', &format!(r#"{{"usage":{usage},"#), 1))
}

fn hello() -> String {
    text("Hello") + &finish("stop")
}

/// The usage of a reply to this input, the same in the reply and in the events.
fn read(name: &str, input: &str) -> Value {
    let outcome = check(name, input, &complete("Hello"));
    let told = elements(&decode(Mode::Events, [input.as_bytes()]).out);
    let told: Vec<&Value> = told.iter().filter(|event| event["type"] == "usage").collect();
    let usage = outcome.reply.get("usage").cloned().unwrap_or_default();
    assert_eq!(told.len(), usize::from(!usage.is_null()), "{name}: events");
    assert!(told.iter().all(|event| event["usage"] == usage), "{name}: {told:?}");
    usage
}

#[test]
fn usage_counts_wherever_it_stands() {
    let in_choice = format!(r#"{{"index":0,"delta":{{}},"finish_reason":"stop","usage":{}}}"#, usage(9));
    let cases = [
        ("a last chunk without choices", hello() + &last(&usage(9)) + DONE),
        ("a last chunk without an end marker", hello() + &last(&usage(9))),
        ("no choices at all", hello() + &event(&format!(r#"{{"id":"c1","usage":{}}}"#, usage(9))) + DONE),
        ("choices null", hello() + &event(&format!(r#"{{"choices":null,"usage":{}}}"#, usage(9))) + DONE),
        ("with the finish reason", chunk("Hello", r#""stop""#, &format!(r#""usage":{},"#, usage(9))) + DONE),
        ("in a choice", text("Hello") + &event(&chunk_of(&in_choice)) + DONE),
        ("in x_groq", chunk("Hello", r#""stop""#, &format!(r#""x_groq":{{"usage":{}}},"#, usage(9))) + DONE),
        (
            "in x_groq and at the top",
            chunk("Hello", r#""stop""#, &format!(r#""usage":{},"x_groq":{{"usage":{}}},"#, usage(9), usage(5))) + DONE,
        ),
        (
            "running totals",
            chunk("Hel", "null", &format!(r#""usage":{},"#, usage(2)))
                + &chunk("lo", r#""stop""#, &format!(r#""usage":{},"#, usage(9)))
                + DONE,
        ),
        ("twice the same", hello() + &last(&usage(9)).repeat(2) + DONE),
        ("totals, then null", hello() + &last(&usage(9)) + &last("null") + DONE),
        ("totals, then an empty one", hello() + &last(&usage(9)) + &last("{}") + DONE),
        ("first", last(&usage(9)) + &hello() + DONE),
    ];
    for (name, input) in cases {
        assert_eq!(read(name, &input)["total_tokens"], 9, "{name}");
    }
}

#[test]
fn usage_that_says_nothing_is_none() {
    for nothing in ["null", "{}", "[]", "0", r#"{"queue_time":0.1}"#] {
        assert_eq!(read(nothing, &(hello() + &last(nothing) + DONE)), Value::Null, "{nothing}");
        let beside = chunk("Hello", r#""stop""#, &format!(r#""usage":{nothing},"#));
        assert_eq!(read(nothing, &(beside + DONE)), Value::Null, "{nothing}");
    }
    assert_eq!(read("absent", &(hello() + DONE)), Value::Null);
}

#[test]
fn usage_keeps_its_members_and_loses_its_nulls() {
    let given = r#"{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":null,"x":[null,{"a":null}]},"completion_tokens_details":null,"cost":0.00012,"text":"a null b"}"#;
    let want = json!({"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "cost": 0.00012, "text": "a null b",
        "prompt_tokens_details": {"x": [null, {"a": null}]}});
    assert_eq!(read("nulls", &(hello() + &last(given) + DONE)), want);
}
