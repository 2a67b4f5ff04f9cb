//! Tool calls in the order of their numbers, calls of custom tools, and calls without a name: the same in all that is told.

use crate::case::{DONE, Want, called, calls, check, delta, elements, finish, run, text};
use serde_json::{Value, json};
use tokenwire::stream::{Decoder, Mode};

/// A fragment of call `index`; with a name it begins one.
fn fragment(index: usize, name: &str, arguments: &str) -> String {
    let head = if name.is_empty() { String::new() } else { format!(r#""id":"id_{name}","type":"function","#) };
    let name = if name.is_empty() { String::new() } else { format!(r#""name":"{name}","#) };
    format!(r#"{{"index":{index},{head}"function":{{{name}"arguments":{}}}}}"#, json!(arguments))
}

fn stream(fragments: &[String]) -> String {
    fragments.iter().map(|fragment| calls(fragment)).collect()
}

/// The calls as one gets them who joins fragments by their index: names and arguments.
fn joined(out: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for chunk in elements(out) {
        for call in chunk["choices"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|choice| choice["delta"]["tool_calls"].as_array().cloned().unwrap_or_default())
        {
            let index = usize::try_from(call["index"].as_u64().unwrap()).unwrap();
            assert!(index <= found.len(), "a hole before {index}");
            if index == found.len() {
                found.push(Default::default());
                assert!(call["id"].is_string(), "{call}");
            }
            let inner = if call["type"] == "custom" || call.get("custom").is_some() {
                &call["custom"]
            } else {
                &call["function"]
            };
            found[index].0 += inner["name"].as_str().unwrap_or("");
            found[index].1 += inner["arguments"].as_str().or(inner["input"].as_str()).unwrap_or("");
        }
    }
    found
}

#[test]
fn calls_are_in_the_order_of_their_numbers() {
    let [a, b, c] = [r#"{"x":1}"#, r#"{"y":2}"#, r#"{"z":3}"#];
    let two = called("a", a).call("b", b);
    let three = two.clone().call("c", c);
    let half =
        |index: usize, name: &str, text: &str| [fragment(index, name, &text[..4]), fragment(index, "", &text[4..])];
    let [b1, b2] = half(1, "b", b);
    let [a1, a2] = half(0, "a", a);
    let cases = [
        ("1, 0", vec![fragment(1, "b", b), fragment(0, "a", a)], &two),
        ("1, 0 in pieces", vec![b1.clone(), b2.clone(), a1.clone(), a2.clone()], &two),
        ("1, 0 interleaved", vec![b1.clone(), a1.clone(), b2.clone(), a2.clone()], &two),
        ("1 before, 0 within", vec![b1.clone(), a1, a2, b2], &two),
        ("2, 0, 1", vec![fragment(2, "c", c), fragment(0, "a", a), fragment(1, "b", b)], &three),
        ("0, 2, 1", vec![fragment(0, "a", a), fragment(2, "c", c), fragment(1, "b", b)], &three),
        ("2, 1, 0", vec![fragment(2, "c", c), fragment(1, "b", b), fragment(0, "a", a)], &three),
        ("1, 2, 0", vec![b1, fragment(2, "c", c), b2_of(b), fragment(0, "a", a)], &three),
    ];
    for (name, fragments, want) in cases {
        let said = text("Let me see.");
        for end in [finish("tool_calls") + DONE, finish("stop"), DONE.to_owned()] {
            let want = Want { finish: end.contains("finish_reason").then(|| "tool_calls".to_owned()), ..want.clone() };
            for input in [stream(&fragments), calls(&fragments.join(","))] {
                let outcome = check(name, &(input + &end), &want);
                assert_eq!(joined(&outcome.out), want.calls, "{name}");
                let ids: Vec<&Value> = outcome.reply["choices"][0]["message"]["tool_calls"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|call| &call["id"])
                    .collect();
                assert_eq!(ids.len(), want.calls.len());
                assert!(ids.iter().zip(&want.calls).all(|(id, (name, _))| **id == format!("id_{name}")), "{ids:?}");
            }
        }
        let after = stream(&fragments) + &said + &finish("tool_calls") + DONE;
        check(name, &after, &Want { text: "Let me see.".into(), ..want.clone() });
        // Cut off before the end, all that came is told.
        let cut = check(
            name,
            &stream(&fragments),
            &Want { end: tokenwire::stream::End::Truncated, finish: None, says: "ended", ..want.clone() },
        );
        assert_eq!(joined(&cut.out), want.calls, "{name}");
    }
    let ends = fragment(1, "b", b) + "," + &fragment(0, "a", a);
    let one = crate::case::event(&crate::case::chunk_of(&format!(
        r#"{{"index":0,"delta":{{"role":"assistant","tool_calls":[{ends}]}},"finish_reason":"tool_calls"}}"#
    )));
    assert_eq!(joined(&check("all in one chunk", &one, &two).out), two.calls);
}

fn b2_of(arguments: &str) -> String {
    fragment(1, "", &arguments[4..])
}

#[test]
fn numbers_that_skip_some_are_no_reason_to_wait_after_text() {
    let mut decoder = Decoder::new(Mode::Chunks, 1);
    decoder.feed((text("Let me see.") + &calls(&fragment(1, "a", "{\"x\""))).as_bytes());
    let out = decoder.take().unwrap();
    assert_eq!(joined(&out), [("a".to_owned(), "{\"x\"".to_owned())], "{out}");
    let blocks = text("One.") + &calls(&fragment(1, "a", "{}")) + &text("Two.") + &calls(&fragment(3, "b", "{}"));
    let want = Want { text: "One.Two.".into(), ..called("a", "{}").call("b", "{}") };
    check("blocks", &(blocks + &finish("tool_calls") + DONE), &want);
}

#[test]
fn a_call_that_waits_has_come() {
    let mut decoder = Decoder::new(Mode::Chunks, 1);
    let mut before = 0;
    for piece in [fragment(1, "b", "{\"y\""), fragment(1, "", ":"), fragment(1, "", "2}")] {
        decoder.feed(calls(&piece).as_bytes());
        assert!(decoder.has_content() && decoder.reply().size() > before);
        before = decoder.reply().size();
    }
}

/// Every way in which the input of a custom tool comes.
fn custom(pieces: &[&str]) -> [String; 3] {
    let head = r#"{"index":0,"id":"a","type":"custom","custom":{"name":"sql","input":""}}"#;
    let first = |piece: &str| format!(r#"{{"index":0,"id":"a","custom":{{"name":"sql","input":{}}}}}"#, json!(piece));
    let typed = |piece: &str| format!(r#"{{"index":0,"type":"custom","custom":{{"input":{}}}}}"#, json!(piece));
    let bare = |piece: &str| format!(r#"{{"index":0,"custom":{{"input":{}}}}}"#, json!(piece));
    let end = finish("tool_calls") + DONE;
    let all = |make: &dyn Fn(&str) -> String, pieces: &[&str]| {
        pieces.iter().map(|piece| calls(&make(piece))).collect::<String>()
    };
    let (one, rest) = pieces.split_first().unwrap();
    [
        calls(head) + &all(&bare, pieces) + &end,
        calls(head) + &all(&typed, pieces) + &end,
        calls(&first(one)) + &all(&bare, rest) + &end,
    ]
}

#[test]
fn the_input_of_a_custom_tool_is_opaque() {
    let cases: [&[&str]; 14] = [
        &["[]"],
        &["{}"],
        &[""],
        &["{}", "{}", "{}"],
        &["[]", "[]", "[]", "[]"],
        &["{\"a\":1}\n", "{\"a\":1}\n", "{\"a\":1}\n"],
        &["{\"a\":1}", "{\"a\":1}", "{\"a\":1}"],
        &["\"{\\\"x\\\":1}\""],
        &["{", "}", "{}"],
        &["[1]", "x", "[1]"],
        &["{}", "x"],
        &["null"],
        &["a", "a", "a", "a", "a"],
        &["\u{e9}\"\\\n", "{}"],
    ];
    for pieces in cases {
        let want = pieces.concat();
        for input in custom(pieces) {
            let name = format!("{pieces:?}");
            let outcome = run(&name, Mode::Chunks, input.as_bytes());
            let call = &outcome.reply["choices"][0]["message"]["tool_calls"][0];
            assert_eq!(call["custom"], json!({"name": "sql", "input": want}), "{input}");
            assert_eq!((&call["type"], call.get("function")), (&json!("custom"), None));
            assert_eq!(joined(&outcome.out), [("sql".to_owned(), want.clone())], "{input}");
            let told = elements(&run(&name, Mode::Events, input.as_bytes()).out);
            let of = |kind: &str| told.iter().filter(|event| event["type"] == kind).collect::<Vec<_>>();
            let done = of("tool_call.done");
            assert_eq!((&done[0]["arguments"], &done[0]["custom"], done.len()), (&json!(want), &json!(true), 1));
            let deltas = of("tool_call.delta");
            assert!(deltas.iter().all(|event| event.get("ops").is_none() && event["custom"] == true), "{told:?}");
            let text: String = deltas.iter().map(|event| event["arguments"].as_str().unwrap()).collect();
            assert_eq!(text, want);
            let clean = run(&name, Mode::Sse, input.as_bytes()).out;
            let again = crate::fixtures::decode(Mode::Nothing, [clean.as_bytes()]);
            assert_eq!((again.reply, again.repairs), (outcome.reply, vec![]), "{clean}");
        }
    }
}

#[test]
fn custom_tools_and_functions_stand_beside_each_other() {
    let sql = |piece: &str| format!(r#"{{"index":1,"custom":{{"input":{}}}}}"#, json!(piece));
    let input = calls(&fragment(0, "f", "{}"))
        + &calls(r#"{"index":1,"id":"b","type":"custom","custom":{"name":"sql","input":"{}"}}"#)
        + &calls(&sql("{}"))
        + &calls(&fragment(2, "g", ""))
        + &finish("tool_calls")
        + DONE;
    let outcome = run("both", Mode::Chunks, input.as_bytes());
    assert_eq!(
        joined(&outcome.out),
        [("f", "{}"), ("sql", "{}{}"), ("g", "{}")].map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    let whole = r#"{"choices":[{"index":0,"message":{"tool_calls":[{"id":"a","type":"custom","custom":{"name":"sql","input":""}}]},"finish_reason":"stop"}]}"#;
    let call = run("a body", Mode::Nothing, whole.as_bytes()).reply["choices"][0]["message"]["tool_calls"][0].clone();
    assert_eq!(call["custom"], json!({"name": "sql", "input": ""}));
    // A null beside the function makes no custom tool.
    let null = r#"{"index":0,"id":"a","custom":null,"function":{"name":"f","arguments":"{}"}}"#;
    check("null", &(calls(null) + &finish("tool_calls") + DONE), &called("f", "{}"));
}

#[test]
fn a_call_that_never_gets_a_name_says_so() {
    let bare = r#"{"index":0,"id":"a","function":{"arguments":"{\"x\":1}"}}"#;
    let empty = r#"{"index":0,"id":"a","function":{"name":"","arguments":"{\"x\":1}"}}"#;
    let custom = r#"{"index":0,"id":"a","type":"custom","custom":{"input":"x"}}"#;
    for (call, ending) in [
        (bare, finish("tool_calls") + DONE),
        (empty, finish("stop")),
        (bare, DONE.to_owned()),
        (custom, DONE.to_owned()),
    ] {
        let input = calls(call) + &ending;
        let outcome = run(call, Mode::Events, input.as_bytes());
        assert_eq!(
            outcome.repairs.iter().filter(|repair| **repair == ("tool_name_missing", 1)).count(),
            1,
            "{:?}",
            outcome.repairs
        );
        let events = elements(&outcome.out);
        let done = events.iter().find(|event| event["type"] == "tool_call.done").unwrap();
        assert_eq!((&done["name"], &done["error"]), (&json!(""), &json!("the provider gave this call no name")));
    }
    let named = delta(&format!(r#"{{"tool_calls":[{}]}}"#, fragment(0, "f", "{}"))) + &finish("tool_calls");
    let outcome = run("named", Mode::Events, named.as_bytes());
    assert!(!outcome.out.contains("error") && outcome.repairs.iter().all(|(code, _)| *code != "tool_name_missing"));
}
