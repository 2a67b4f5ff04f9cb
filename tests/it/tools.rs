//! Tool calls, in all the ways in which they are fragmented, numbered and named.

use crate::case::{DONE, Want, called, calls, check, complete, delta, finish, text, truncated};
use serde_json::json;
use tokenwire::stream::End;

const ARGUMENTS: &str = r#"{"city":"Paris \"é\" {}","days":[1,{"a":null}]}"#;

/// The call with ARGUMENTS as the caller reads it.
fn weather() -> Want {
    called("weather", ARGUMENTS)
}

fn two() -> Want {
    called("weather", r#"{"x":1}"#).call("time", r#"{"y":2}"#)
}

/// The fragments one chunk each, then the end.
fn stream(fragments: &[&str]) -> String {
    let chunks: String = fragments.iter().map(|fragment| calls(fragment)).collect();
    chunks + &finish("tool_calls") + DONE
}

/// A fragment with these members and these arguments.
fn with(members: &str, name: &str, arguments: &str) -> String {
    let arguments = json!(arguments);
    let name = if name.is_empty() { String::new() } else { format!(r#""name":"{name}","#) };
    format!(r#"{{{members}"function":{{{name}"arguments":{arguments}}}}}"#)
}

fn ids(input: &str, want: &Want) -> Vec<String> {
    let outcome = check(input, input, want);
    let calls = outcome.reply["choices"][0]["message"]["tool_calls"].as_array().unwrap().clone();
    calls.iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn arguments_come_in_fragments_of_any_size() {
    for size in [1, 2, 3, 7, 1000] {
        let letters: Vec<char> = ARGUMENTS.chars().collect();
        let mut fragments = vec![with(r#""index":0,"id":"a","type":"function","#, "weather", "")];
        fragments
            .extend(letters.chunks(size).map(|piece| with(r#""index":0,"#, "", &piece.iter().collect::<String>())));
        let fragments: Vec<&str> = fragments.iter().map(String::as_str).collect();
        assert_eq!(ids(&stream(&fragments), &weather()), ["a"]);
    }
    check("whole", &stream(&[&with(r#""index":0,"id":"a","#, "weather", ARGUMENTS)]), &weather());
}

#[test]
fn the_wires_numbers_are_not_trusted() {
    let numbers = ["", r#""index":1,"#, r#""index":7,"#, r#""index":null,"#, r#""index":"0","#, r#""index":-1,"#];
    for number in numbers {
        let first = with(&format!(r#"{number}"id":"a","#), "weather", r#"{"x""#);
        let rest = with(number, "", ":1}");
        let outcome = check(number, &stream(&[&first, &rest]), &called("weather", r#"{"x":1}"#));
        let is_number = number.contains(|letter: char| letter.is_ascii_digit());
        let code = if is_number { "tool_index_wrong" } else { "tool_index_missing" };
        assert!(outcome.repairs.iter().any(|(known, _)| *known == code), "{number}: {:?}", outcome.repairs);
    }
}

#[test]
fn parallel_calls_are_told_apart() {
    let [a, b] = [r#"{"x":1}"#, r#"{"y":2}"#];
    let of = |members: &str, name: &str, arguments: &str| with(members, name, arguments);
    let cases = [
        ("in a row", vec![of(r#""index":0,"id":"a","#, "weather", a), of(r#""index":1,"id":"b","#, "time", b)]),
        ("from 1", vec![of(r#""index":1,"id":"a","#, "weather", a), of(r#""index":2,"id":"b","#, "time", b)]),
        ("a gap", vec![of(r#""index":0,"id":"a","#, "weather", a), of(r#""index":3,"id":"b","#, "time", b)]),
        ("all 0", vec![of(r#""index":0,"id":"a","#, "weather", a), of(r#""index":0,"id":"b","#, "time", b)]),
        ("no index", vec![of(r#""id":"a","#, "weather", a), of(r#""id":"b","#, "time", b)]),
        ("no id", vec![of(r#""index":0,"#, "weather", a), of(r#""index":1,"#, "time", b)]),
        ("neither", vec![of("", "weather", a), of("", "time", b)]),
        ("empty ids", vec![of(r#""id":"","#, "weather", a), of(r#""id":"","#, "time", b)]),
        (
            "interleaved",
            vec![
                of(r#""index":0,"id":"a","#, "weather", ""),
                of(r#""index":1,"id":"b","#, "time", ""),
                of(r#""index":0,"#, "", r#"{"x""#),
                of(r#""index":1,"#, "", r#"{"y":"#),
                of(r#""index":0,"#, "", ":1}"),
                of(r#""index":1,"#, "", "2}"),
            ],
        ),
        (
            "interleaved, told apart by id alone",
            vec![
                of(r#""id":"a","#, "weather", r#"{"x""#),
                of(r#""id":"b","#, "time", r#"{"y":"#),
                of(r#""id":"a","#, "", ":1}"),
                of(r#""id":"b","#, "", "2}"),
            ],
        ),
        (
            "the second first",
            vec![
                of(r#""index":0,"id":"a","#, "weather", ""),
                of(r#""index":1,"id":"b","#, "time", b),
                of(r#""index":0,"#, "", a),
            ],
        ),
        (
            "fragments, all 0",
            vec![
                of(r#""index":0,"id":"a","#, "weather", r#"{"x""#),
                of(r#""index":0,"#, "", ":1}"),
                of(r#""index":0,"id":"b","#, "time", r#"{"y""#),
                of(r#""index":0,"#, "", ":2}"),
            ],
        ),
        (
            "fragments without index or id",
            vec![of("", "weather", r#"{"x""#), of("", "", ":1}"), of("", "time", r#"{"y""#), of("", "", ":2}")],
        ),
    ];
    for (name, fragments) in cases {
        let fragments: Vec<&str> = fragments.iter().map(String::as_str).collect();
        check(name, &stream(&fragments), &two());
        check(name, &stream(&[&fragments.join(",")]), &two());
    }
}

#[test]
fn a_call_has_one_id_for_good() {
    let call = |first: &str, later: &str| {
        let rest = with(later, "", ":1}");
        stream(&[&with(first, "weather", r#"{"x""#), &rest, &with(later, "", "")])
    };
    let want = called("weather", r#"{"x":1}"#);
    let cases = [
        (r#""index":0,"id":"a","#, r#""index":0,"#),
        (r#""index":0,"id":"a","#, r#""index":0,"id":"a","#),
        (r#""index":0,"id":"a","#, r#""index":0,"id":"","#),
        (r#""index":0,"id":"a","#, r#""index":0,"id":null,"#),
        (r#""index":0,"id":"a","#, r#""index":0,"id":"b","#),
        (r#""id":"a","#, r#""id":"a","#),
        (r#""id":"a","#, r#""id":"","#),
    ];
    for (first, later) in cases {
        assert_eq!(ids(&call(first, later), &want), ["a"]);
    }
    for first in [r#""index":0,"#, r#""index":0,"id":"","#, r#""index":0,"id":null,"#] {
        let made = ids(&call(first, r#""index":0,"#), &want).remove(0);
        assert!(made.starts_with("call_") && made.len() <= 40, "{made}");
    }
    let pair = [with("", "weather", r#"{"x":1}"#), with("", "time", r#"{"y":2}"#)];
    let made = ids(&stream(&[&pair[0], &pair[1]]), &two());
    assert_ne!(made[0], made[1]);
}

#[test]
fn a_name_counts_once_whenever_it_comes() {
    let [open, close] = [r#"{"x""#, ":1}"];
    let fragment = |name: &str, arguments: &str| {
        let arguments = json!(arguments);
        format!(r#"{{"index":0,"id":"a","function":{{"name":{name},"arguments":{arguments}}}}}"#)
    };
    let cases = [
        ("repeated", [fragment(r#""weather""#, open), fragment(r#""weather""#, close)]),
        ("empty later", [fragment(r#""weather""#, open), fragment(r#""""#, close)]),
        ("null later", [fragment(r#""weather""#, open), fragment("null", close)]),
        ("null first", [fragment("null", open), fragment(r#""weather""#, close)]),
        ("empty first", [fragment(r#""""#, ""), fragment(r#""weather""#, r#"{"x":1}"#)]),
        ("late", [with(r#""index":0,"id":"a","#, "", open), fragment(r#""weather""#, close)]),
    ];
    for (name, [first, second]) in cases {
        check(name, &stream(&[&first, &second]), &called("weather", r#"{"x":1}"#));
    }
    let beside = r#"{"index":0,"id":"a","name":"weather","arguments":"{\"x\":1}"}"#;
    check("beside function", &stream(&[beside]), &called("weather", r#"{"x":1}"#));
}

#[test]
fn a_name_may_come_in_pieces() {
    let pieces = |first: &str, second: &str| {
        let fragments = [with(r#""index":0,"id":"a","#, first, ""), with(r#""index":0,"#, second, "")];
        stream(&[&fragments[0], &fragments[1], &with(r#""index":0,"#, "", "{}")])
    };
    let names = [("get_", "time"), ("get_", "get_time"), ("get_time", "get_time"), ("get_time", "")];
    for (first, second) in names {
        check(second, &pieces(first, second), &called("get_time", "{}"));
    }
}

#[test]
fn a_call_after_the_finish_reason_corrects_it() {
    let late = finish("stop") + &calls(&with(r#""index":0,"id":"a","#, "weather", "{}")) + DONE;
    check("late", &late, &called("weather", "{}"));
}

#[test]
fn arguments_are_text_whatever_they_were() {
    let fragment = |arguments: &str| format!(r#"{{"index":0,"id":"a","function":{{"name":"weather"{arguments}}}}}"#);
    let cases = [
        ("an object", r#","arguments":{"x": 1, "s": "a b\n"}"#, r#"{"x":1,"s":"a b\n"}"#),
        ("an empty object", r#","arguments":{}"#, "{}"),
        ("null", r#","arguments":null"#, "{}"),
        ("absent", "", "{}"),
        ("an empty text", r#","arguments":"""#, "{}"),
        ("encoded twice", r#","arguments":"\"{\\\"x\\\":1}\"""#, r#"{"x":1}"#),
        ("no JSON", r#","arguments":"{x: 1""#, "{x: 1"),
    ];
    for (name, arguments, want) in cases {
        check(name, &stream(&[&fragment(arguments)]), &called("weather", want));
    }
    let whole = r#"{"x":1}"#;
    let repeated = [with(r#""index":0,"id":"a","#, "weather", whole), with(r#""index":0,"#, "", whole)];
    check("said twice", &stream(&[&repeated[0], &repeated[1]]), &called("weather", whole));
    let pieces = [
        with(r#""index":0,"id":"a","#, "weather", r#"{"x""#),
        with(r#""index":0,"#, "", ":1}"),
        with(r#""index":0,"id":"a","#, "weather", whole),
    ];
    check("in pieces, then whole", &stream(&[&pieces[0], &pieces[1], &pieces[2]]), &called("weather", whole));
}

#[test]
fn arguments_that_only_look_repeated_are_kept() {
    let nested = [r#"{"a":{}"#, r#",""#, r#"b":"{}"#, r#"{}"#, r#"""#, "}"];
    let mut fragments = vec![with(r#""index":0,"id":"a","#, "weather", "")];
    fragments.extend(nested.iter().map(|piece| with(r#""index":0,"#, "", piece)));
    let fragments: Vec<&str> = fragments.iter().map(String::as_str).collect();
    check("braces in a text", &stream(&fragments), &called("weather", r#"{"a":{},"b":"{}{}"}"#));
}

#[test]
fn an_object_stands_for_an_array_of_one() {
    let call = with(r#""index":0,"id":"a","#, "weather", ARGUMENTS);
    let input = delta(&format!(r#"{{"tool_calls":{call}}}"#)) + &finish("tool_calls") + DONE;
    check("an object", &input, &weather());
    for nothing in [r#"{"tool_calls":null,"content":"Hi"}"#, r#"{"tool_calls":[],"content":"Hi"}"#] {
        check(nothing, &(delta(nothing) + &finish("stop") + DONE), &complete("Hi"));
    }
    for nothing in ["{}", "null", r#"{"function":null}"#] {
        check(nothing, &(calls(nothing) + &text("Hi") + &finish("stop") + DONE), &complete("Hi"));
    }
}

#[test]
fn a_legacy_function_call_is_a_tool_call() {
    let piece = |inner: &str| delta(&format!(r#"{{"function_call":{inner}}}"#));
    let input = piece(r#"{"name":"weather","arguments":""}"#)
        + &piece(r#"{"arguments":"{\"x\""}"#)
        + &piece(r#"{"arguments":":1}"}"#)
        + &finish("function_call")
        + DONE;
    let outcome = check("fragments", &input, &called("weather", r#"{"x":1}"#));
    assert_eq!(outcome.repairs.iter().filter(|(code, _)| *code == "function_call").count(), 1);
    let none = delta(r#"{"content":"Hi","function_call":null}"#) + &finish("stop") + DONE;
    check("null", &none, &complete("Hi"));
}

#[test]
fn a_call_makes_the_finish_reason_tool_calls() {
    let call = calls(&with(r#""index":0,"id":"a","#, "weather", "{}"));
    for reason in ["stop", "tool_calls", "tool_use", "function_call", "STOP"] {
        check(reason, &(call.clone() + &finish(reason) + DONE), &called("weather", "{}"));
    }
    let cut = Want { finish: Some("length".into()), ..called("weather", "{}") };
    check("length", &(call.clone() + &finish("length") + DONE), &cut);
    let marked = Want::new(End::Complete, "").call("weather", "{}");
    check("only an end marker", &(call.clone() + DONE), &marked);
    let said = text("Let me see.") + &call + &finish("stop") + DONE;
    check("after text", &said, &Want { text: "Let me see.".into(), ..called("weather", "{}") });
    check("cut", &call, &truncated("").call("weather", "{}"));
}

#[test]
fn members_that_nobody_knows_are_kept() {
    let extra = r#"{"index":0,"id":"a","extra_content":{"google":{"thought_signature":"s"}},"function":{"name":"weather","arguments":"{}"}}"#;
    let outcome = check("a signature", &stream(&[extra]), &called("weather", "{}"));
    let call = &outcome.reply["choices"][0]["message"]["tool_calls"][0];
    assert_eq!(call["extra_content"]["google"]["thought_signature"], "s");
    assert_eq!(call["type"], "function");
}

#[test]
fn a_custom_tool_has_its_input() {
    let [first, rest] = [
        r#"{"index":0,"id":"a","type":"custom","custom":{"name":"sql","input":"select "}}"#,
        r#"{"index":0,"custom":{"input":"1"}}"#,
    ];
    let input = stream(&[first, rest]);
    let outcome = crate::case::run("custom", tokenwire::stream::Mode::Chunks, input.as_bytes());
    let call = &outcome.reply["choices"][0]["message"]["tool_calls"][0];
    assert_eq!((&call["type"], &call["custom"]), (&json!("custom"), &json!({"name": "sql", "input": "select 1"})));
    assert!(call.get("function").is_none(), "{call}");
}
