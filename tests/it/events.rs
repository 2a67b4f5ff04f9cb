//! The events for user interfaces: their sequence, and partial values that grow with the arguments.

use crate::case::{DONE, calls, delta, elements, event, finish, run, text};
use serde_json::{Value, json};
use tokenwire::stream::Mode;

fn events(input: &str) -> Vec<Value> {
    elements(&run(input, Mode::Events, input.as_bytes()).out)
}

/// The partial value that JavaScript builds from the operations.
#[derive(Default)]
struct Builder {
    root: Value,
    /// Keys and positions from the root to the open container on top.
    path: Vec<String>,
    key: Option<String>,
    /// Where the string is that is being written.
    text: Option<String>,
}

impl Builder {
    fn apply(&mut self, ops: &Value) {
        for op in ops.as_array().unwrap() {
            match op[0].as_str().unwrap() {
                "{" => self.enter(json!({})),
                "[" => self.enter(json!([])),
                "k" => self.key = Some(op[1].as_str().unwrap().to_owned()),
                "s" => self.text = Some(self.put(op[1].clone())),
                "+" => {
                    let place = self.root.pointer_mut(self.text.as_ref().unwrap()).unwrap();
                    *place = json!(format!("{}{}", place.as_str().unwrap(), op[1].as_str().unwrap()));
                }
                "v" => drop(self.put(op[1].clone())),
                "}" => drop(self.path.pop().unwrap()),
                other => panic!("unknown operation {other}"),
            }
        }
    }

    fn enter(&mut self, container: Value) {
        let place = self.put(container);
        self.path.push(place);
    }

    /// Puts a value at the current place and gives its pointer.
    fn put(&mut self, value: Value) -> String {
        let Some(top) = self.path.last().cloned() else {
            self.root = value;
            return String::new();
        };
        match self.root.pointer_mut(&top).unwrap() {
            Value::Object(members) => {
                let key = self.key.take().unwrap();
                members.insert(key.clone(), value);
                format!("{top}/{}", key.replace('~', "~0").replace('/', "~1"))
            }
            Value::Array(items) => {
                items.push(value);
                format!("{top}/{}", items.len() - 1)
            }
            other => panic!("{other} is open"),
        }
    }
}

fn fragment(index: usize, members: &str, arguments: &str) -> String {
    calls(&format!(r#"{{"index":{index}{members},"function":{{"name":null,"arguments":{}}}}}"#, json!(arguments)))
}

#[test]
fn a_reply_tells_its_events_in_order() {
    let usage = r#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}"#;
    let input = delta(r#"{"role":"assistant","content":""}"#)
        + &delta(r#"{"reasoning_content":"hm"}"#)
        + &text("Hi")
        + &calls(r#"{"index":0,"id":"a","function":{"name":"f","arguments":""}}"#)
        + &fragment(0, "", r#"{"x":"#)
        + &fragment(0, "", "1}")
        + &finish("tool_calls")
        + &event(usage)
        + DONE;
    let want = json!([
        {"type": "reasoning", "text": "hm"},
        {"type": "text", "text": "Hi"},
        {"type": "tool_call.start", "index": 0, "id": "a", "name": "f"},
        {"type": "tool_call.delta", "index": 0, "arguments": "{\"x\":", "ops": [["{"], ["k", "x"]]},
        {"type": "tool_call.delta", "index": 0, "arguments": "1}", "ops": [["v", 1], ["}"]]},
        {"type": "tool_call.done", "index": 0, "id": "a", "name": "f", "arguments": "{\"x\":1}"},
        {"type": "finish", "reason": "tool_calls"},
        {"type": "usage", "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}},
    ]);
    assert_eq!(json!(events(&input)), want);
}

#[test]
fn a_call_starts_when_its_name_is_known() {
    let input = fragment(0, r#","id":"a""#, r#"{"x""#)
        + &calls(r#"{"index":0,"function":{"name":"f","arguments":":1}"}}"#)
        + &finish("tool_calls");
    let told = events(&input);
    let types: Vec<&str> = told.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["tool_call.start", "tool_call.delta", "tool_call.done", "finish"]);
    assert_eq!(told[1]["arguments"], r#"{"x":1}"#);
}

#[test]
fn a_call_without_arguments_is_an_empty_object() {
    let told = events(&(calls(r#"{"index":0,"id":"a","function":{"name":"f"}}"#) + &finish("stop") + DONE));
    assert_eq!(told.iter().find(|event| event["type"] == "tool_call.done").unwrap()["arguments"], "{}");
}

#[test]
fn a_reply_that_fails_ends_no_call() {
    let begun = text("Hi") + &calls(r#"{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}}"#);
    for ending in [String::new(), event(r#"{"error":{"message":"boom"}}"#)] {
        let told = events(&(begun.clone() + &ending));
        assert!(told.iter().all(|event| event["type"] != "tool_call.done" && event["type"] != "finish"), "{told:?}");
        assert_eq!(told.len(), 3);
    }
}

#[test]
fn an_end_marker_alone_ends_the_calls_too() {
    let told = events(&(calls(r#"{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}"#) + DONE));
    assert_eq!(told.last().unwrap()["type"], "tool_call.done");
}

#[test]
fn other_choices_tell_no_events() {
    let other = r#"{"choices":[{"index":1,"delta":{"content":"B"},"finish_reason":"stop"}]}"#;
    let told = events(&(text("A") + &event(other) + &finish("stop") + DONE));
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn partial_values_grow_into_the_arguments() {
    let values = [
        json!({}),
        json!({"city": "Paris \"é\" 😀\n", "days": [1, -2.5, true, null, {"a": []}], "": {"b": {"c": ""}}, "a/b~": "x"}),
        json!([[], [[]], "", 0]),
        json!({"__proto__": {"polluted": "yes"}, "long": "x".repeat(300)}),
    ];
    for value in values {
        for (size, arguments) in [(1, value.to_string()), (3, format!("{value:#}")), (1000, value.to_string())] {
            let letters: Vec<char> = arguments.chars().collect();
            let mut input = calls(r#"{"index":0,"id":"a","function":{"name":"f","arguments":""}}"#);
            let pieces = letters.chunks(size).map(|piece| fragment(0, "", &piece.iter().collect::<String>()));
            input.extend(pieces);
            input += &finish("tool_calls");
            let mut builder = Builder::default();
            let told = elements(&run("growing", Mode::Events, input.as_bytes()).out);
            for event in told.iter().filter(|event| event["type"] == "tool_call.delta") {
                match event.get("ops") {
                    Some(ops) => builder.apply(ops),
                    None => builder.apply(&json!([["+", event["arguments"]]])),
                }
            }
            assert_eq!(builder.root, value, "fragments of {size}");
            assert!(builder.path.is_empty());
        }
    }
}
