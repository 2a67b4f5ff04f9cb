//! Damaged replies: whatever comes, there is one end, no panic, the same at every cut, and clean SSE of what was read reads as the
//! same again.

use super::{read, repairs, sse};
use crate::random::Numbers;
use serde_json::{Value, json};
use tokenwire::stream::{End, Mode};

/// What may stand where something else should.
const VALUES: [&str; 14] = [
    "null",
    "-1",
    "0.5",
    "7",
    "1e9",
    "18446744073709551616",
    "\"\"",
    "\"__proto__\"",
    "\"0\"",
    "true",
    "[]",
    "{}",
    "[{\"type\":5}]",
    "{\"type\":\"refusal\"}",
];

/// A reply with all kinds of items, told as OpenAI tells it.
fn events() -> Vec<Value> {
    let at = |id: &str, index: usize| json!({"item_id": id, "output_index": index});
    let with = |kind: &str, at: Value, more: Value| {
        let mut event = json!({"type": kind});
        for part in [at, more] {
            for (name, value) in part.as_object().unwrap() {
                event[name] = value.clone();
            }
        }
        event
    };
    let call =
        |text: &str| json!({"type": "function_call", "id": "fc", "call_id": "call", "name": "f", "arguments": text});
    let thought = json!({"type": "reasoning", "id": "rs", "summary": [{"type": "summary_text", "text": "Hm"}]});
    let shell = |commands: Value| json!({"type": "shell_call", "id": "sh", "call_id": "c2", "status": "completed", "action": {"commands": commands}});
    let output = json!([thought, super::message("Hello"), call("{}"), shell(json!(["ls"]))]);
    vec![
        json!({"type": "response.created", "response": {"id": "resp", "status": "in_progress", "output": []}}),
        json!({"type": "response.output_item.added", "output_index": 0, "item": {"type": "reasoning", "id": "rs", "summary": []}}),
        with(
            "response.reasoning_summary_part.added",
            at("rs", 0),
            json!({"summary_index": 0, "part": {"type": "summary_text", "text": ""}}),
        ),
        with("response.reasoning_summary_text.delta", at("rs", 0), json!({"summary_index": 0, "delta": "Hm"})),
        json!({"type": "response.output_item.done", "output_index": 0, "item": thought}),
        json!({"type": "response.output_item.added", "output_index": 1, "item": {"type": "message", "id": "msg_1", "role": "assistant", "content": []}}),
        repairs::delta("Hel"),
        with(
            "response.output_text.annotation.added",
            at("msg_1", 1),
            json!({"content_index": 0, "annotation_index": 0, "annotation": {"type": "url_citation"}}),
        ),
        repairs::delta("lo"),
        json!({"type": "response.output_item.added", "output_index": 2, "item": call("")}),
        with("response.function_call_arguments.delta", at("fc", 2), json!({"delta": "{}"})),
        json!({"type": "response.output_item.added", "output_index": 3, "item": shell(json!([]))}),
        json!({"type": "response.shell_call_command.delta", "output_index": 3, "command_index": 0, "delta": "ls"}),
        json!({"type": "response.completed", "response": {"id": "resp", "status": "completed", "output": output}}),
    ]
}

/// Puts something else in a place of an event, at any depth.
fn damage(value: &mut Value, numbers: &mut Numbers) {
    let inner = match value {
        Value::Object(members) if !members.is_empty() => {
            let at = numbers.below(members.len());
            let name = members.keys().nth(at).unwrap().clone();
            if numbers.below(6) == 0 {
                members.remove(&name);
                return;
            }
            members.get_mut(&name).unwrap()
        }
        Value::Array(elements) if !elements.is_empty() => {
            let at = numbers.below(elements.len());
            &mut elements[at]
        }
        other => other,
    };
    if numbers.below(2) == 0 && (inner.is_object() || inner.is_array()) {
        return damage(inner, numbers);
    }
    *inner = serde_json::from_str(VALUES[numbers.below(VALUES.len())]).unwrap();
}

#[test]
fn damaged_events_are_repaired_or_refused() {
    for seed in 0..1500 {
        let numbers = &mut Numbers::new(seed);
        let mut events = events();
        for _ in 0..1 + numbers.below(4) {
            let at = numbers.below(events.len());
            match numbers.below(5) {
                0 => drop(events.remove(at)),
                1 => events.insert(numbers.below(at + 1), events[at].clone()),
                _ => damage(&mut events[at], numbers),
            }
        }
        let bytes = sse(&events);
        let whole = read(Mode::Chunks, [bytes.as_slice()]);
        assert!(whole.end.is_some(), "seed {seed}");
        for size in [1, 11, 200] {
            assert_eq!(read(Mode::Chunks, bytes.chunks(size)), whole, "seed {seed}, reads of {size}");
        }
        let mut last = -1;
        for event in whole.items() {
            // What has no type that we know is passed on as it is, with a number.
            let number = event["sequence_number"].as_i64().unwrap_or_else(|| panic!("seed {seed}: {event}"));
            assert!(number > last, "seed {seed}: {number} after {last}");
            last = number;
        }
        let text = read(Mode::Text, [bytes.as_slice()]);
        let chat = read(Mode::Events, [bytes.as_slice()]);
        assert_eq!((text.end, &text.reply), (whole.end, &whole.reply), "seed {seed}");
        assert_eq!((chat.end, &chat.repairs), (whole.end, &whole.repairs), "seed {seed}");
        // A response that goes on in the background has no last event.
        let has_ended = whole.reply["status"] == "completed" || whole.reply["status"] == "incomplete";
        if whole.end == Some(End::Complete) && has_ended {
            let clean = read(Mode::Sse, [bytes.as_slice()]);
            let again = read(Mode::Chunks, [clean.out.as_bytes()]);
            assert_eq!(again.end, whole.end, "seed {seed}");
            // Items that only the end tells of, and that have the ids of others, are told apart anew.
            if !whole.codes().contains(&"item_missing") {
                assert_eq!(again.reply["output_text"], whole.reply["output_text"], "seed {seed}: {:?}", whole.repairs);
            }
        }
    }
}

#[test]
fn damaged_bytes_are_read_or_refused() {
    let clean = sse(&events());
    for seed in 0..2000 {
        let numbers = &mut Numbers::new(seed);
        let mut bytes = clean.clone();
        for _ in 0..1 + numbers.below(4) {
            let at = numbers.below(bytes.len());
            match numbers.below(4) {
                0 => bytes[at] = numbers.below(256) as u8,
                1 => drop(bytes.drain(at..(at + numbers.below(40)).min(bytes.len()))),
                2 => bytes.truncate(at.max(1)),
                _ => bytes.insert(at, [b'"', b'{', b'}', b'\\', b'\n', b'['][numbers.below(6)]),
            }
        }
        let whole = read(Mode::Sse, [bytes.as_slice()]);
        assert!(whole.end.is_some(), "seed {seed}");
        assert_eq!(read(Mode::Sse, bytes.chunks(1 + numbers.below(60))), whole, "seed {seed}");
    }
}
