//! SSE framing by the WHATWG cases, whole, byte by byte and at every cut; partial JSON by `openai`'s cases.

use crate::fixtures;
use serde_json::{Value, json};
use tokenwire::json::partial::Parser;
use tokenwire::sse::Decoder;

fn events(reads: &[&[u8]]) -> Vec<(String, String)> {
    let mut decoder = Decoder::new(usize::MAX, |_| false);
    let mut found = Vec::new();
    for read in reads {
        let mut input = *read;
        while let Some(event) = decoder.next_event(&mut input).unwrap() {
            found.push((text(event.name), text(event.data)));
        }
    }
    found
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs one input in every way of cutting it; `expected`: (name, data).
fn check(name: &str, input: &[u8], expected: &[(String, String)]) {
    assert_eq!(events(&[input]), expected, "{name}: whole");
    let bytes: Vec<&[u8]> = input.chunks(1).collect();
    assert_eq!(events(&bytes), expected, "{name}: byte by byte");
    if input.len() > 4000 {
        return;
    }
    for cut in 0..=input.len() {
        assert_eq!(events(&[&input[..cut], &input[cut..]]), expected, "{name}: cut at {cut}");
    }
}

fn expected(events: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let name = |value: &Value| Some(text(value)).filter(|name| name != "message").unwrap_or_default();
    events.as_array().unwrap().iter().map(|event| (name(&event["type"]), text(&event["data"]))).collect()
}

#[test]
fn framing_follows_the_standard_in_our_own_cases() {
    let cases = [
        ("data: a\n\ndata: b\n\n", vec![("", "a"), ("", "b")]),
        ("data: a\r\ndata: b\r\n\r\n", vec![("", "a\nb")]),
        ("data:a\r\rdata:  b\r\r", vec![("", "a"), ("", " b")]),
        (": ping\n\nevent: x\ndata: a\n\nevent: y\n\ndata: b\n\n", vec![("x", "a"), ("", "b")]),
        ("\u{feff}data: a\n\n\u{feff}data: b\n\n", vec![("", "a")]),
        // A mark is only one at the start, also where the first line came in pieces.
        ("data: a\n\u{feff}data: b\n\n", vec![("", "a")]),
        ("data\n\n", vec![("", "")]),
        ("data: a\nerror: b\n\n", vec![("", "a"), ("error", "b")]),
        ("id: 1\nretry: 5\nfoo: bar\ndata: a\n\n", vec![("", "a")]),
    ];
    for (input, events) in cases {
        let expected: Vec<_> = events.iter().map(|(name, data)| (name.to_string(), data.to_string())).collect();
        check(input, input.as_bytes(), &expected);
    }
}

#[test]
fn framing_follows_the_recorded_conformance_cases() {
    let Some(shared) = fixtures::shared() else { return println!("not run: ../shared/fixtures is absent") };
    let folder = shared.join("recorded/conformance");
    let mut count = 0;
    for case in fixtures::json(&folder.join("wpt-eventsource-format.cases.json"))["cases"].as_array().unwrap() {
        check(case["name"].as_str().unwrap(), case["input"].as_str().unwrap().as_bytes(), &expected(&case["events"]));
        count += 1;
    }
    for case in fixtures::json(&folder.join("eventsource-parser.cases.json"))["cases"].as_array().unwrap() {
        let input: String = case["chunks"].as_array().unwrap().iter().map(|chunk| chunk.as_str().unwrap()).collect();
        let events = case.get("reference_differs").filter(|other| other.is_array()).unwrap_or(&case["events"]);
        check(case["name"].as_str().unwrap(), input.as_bytes(), &expected(events));
        count += 1;
    }
    for case in fixtures::json(&folder.join("openai-python-sse.cases.json"))["cases"].as_array().unwrap() {
        let input = case["text"].as_str().unwrap();
        check(case["name"].as_str().unwrap(), input.as_bytes(), &expected(&case["whatwg_events"]));
        count += 1;
    }
    println!("{count} framing cases");
    assert!(count > 40);
}

/// Applies the operations of a parser, as the border's JavaScript does.
fn build(fragments: &[&str]) -> Option<Value> {
    let mut parser = Parser::default();
    let mut root = None;
    let mut open: Vec<(Value, Option<String>)> = Vec::new();
    for fragment in fragments {
        let mut ops = String::new();
        parser.feed(fragment, &mut ops);
        let ops: Value = serde_json::from_str(&ops).unwrap();
        for op in ops.as_array().unwrap() {
            apply(op, &mut root, &mut open);
        }
    }
    while let Some((value, _)) = open.pop() {
        put(value, &mut root, &mut open);
    }
    root
}

fn put(value: Value, root: &mut Option<Value>, open: &mut [(Value, Option<String>)]) {
    match open.last_mut() {
        None => *root = Some(value),
        Some((Value::Array(array), _)) => array.push(value),
        Some((object, key)) => object[key.clone().unwrap()] = value,
    }
}

fn apply(op: &Value, root: &mut Option<Value>, open: &mut Vec<(Value, Option<String>)>) {
    match op[0].as_str().unwrap() {
        "{" => open.push((json!({}), None)),
        "[" => open.push((json!([]), None)),
        "k" => open.last_mut().unwrap().1 = Some(op[1].as_str().unwrap().to_owned()),
        "s" | "v" => put(op[1].clone(), root, open),
        "+" => {
            let more = op[1].as_str().unwrap();
            let place = match open.last_mut() {
                None => root.as_mut().unwrap(),
                Some((Value::Array(array), _)) => array.last_mut().unwrap(),
                Some((object, key)) => &mut object[key.clone().unwrap()],
            };
            *place = json!(place.as_str().unwrap().to_owned() + more);
        }
        "}" => {
            let (value, _) = open.pop().unwrap();
            put(value, root, open);
        }
        other => panic!("unknown operation {other}"),
    }
}

fn check_partial(input: &str, expected: Option<Value>) {
    assert_eq!(build(&[input]), expected, "{input}: whole");
    let characters: Vec<String> = input.chars().map(String::from).collect();
    let pieces: Vec<&str> = characters.iter().map(String::as_str).collect();
    assert_eq!(build(&pieces), expected, "{input}: a character at a time");
}

#[test]
fn partial_json_follows_our_own_cases() {
    let cases = [
        ("", None),
        ("{\"a\": [1, 2", Some(json!({"a": [1]}))),
        ("{\"a\": [1, 2,", Some(json!({"a": [1, 2]}))),
        ("{\"text\": \"a\\u00e9\\ud83d\\ude00\\n", Some(json!({"text": "aé😀\n"}))),
        ("{\"a\": tru", Some(json!({}))),
        ("{\"a\": true", Some(json!({"a": true}))),
        ("{\"a\": {}, \"b\": [], \"c\": \"", Some(json!({"a": {}, "b": [], "c": ""}))),
        ("{\"a\": 1} rest", Some(json!({"a": 1}))),
        ("{\"a\": oops", Some(json!({}))),
    ];
    for (input, expected) in cases {
        check_partial(input, expected);
    }
}

#[test]
fn an_escape_without_digits_does_no_harm() {
    for digits in ["@@@@", "````", "!\"\\}", "\u{e9}\u{e9}", "zzzz"] {
        let input = format!("[\"a\\u{digits}");
        let built = build(&[&input]);
        assert!(built.as_ref().unwrap()[0].as_str().unwrap().starts_with('a'), "{input}");
        check_partial(&input, built);
    }
}

#[test]
fn partial_json_follows_openais_cases() {
    let Some(shared) = fixtures::shared() else { return println!("not run: ../shared/fixtures is absent") };
    let cases = fixtures::json(&shared.join("recorded/conformance/partial-json-openai-node.cases.json"));
    let cases = cases["cases"].as_array().unwrap();
    for case in cases {
        check_partial(case["input"].as_str().unwrap(), Some(case["value"].clone()));
    }
    println!("{} partial JSON cases", cases.len());
}
