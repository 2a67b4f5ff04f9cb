//! What third parties leave out or say otherwise, and what is made of it.

use super::{message, read_anyhow, same_in_all_faces, sse};
use serde_json::{Value, json};
use tokenwire::stream::{End, Mode};

pub fn delta(text: &str) -> Value {
    json!({"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0, "delta": text})
}

fn created() -> Value {
    json!({"type": "response.created", "response": {"id": "resp_1", "model": "m", "status": "in_progress", "output": []}})
}

fn added() -> Value {
    json!({"type": "response.output_item.added", "output_index": 0,
        "item": {"id": "msg_1", "type": "message", "status": "in_progress", "role": "assistant", "content": []}})
}

fn completed(output: Value) -> Value {
    json!({"type": "response.completed", "response": {"id": "resp_1", "model": "m", "status": "completed", "output": output,
        "usage": {"input_tokens": 2, "output_tokens": 1, "total_tokens": 3}}})
}

/// Every event has its place and number, items and parts begin and end.
fn check(events: &[Value], label: &str) {
    let mut last = -1;
    for event in events {
        let number = event["sequence_number"].as_i64().unwrap_or_else(|| panic!("{label}: {event}"));
        assert!(number > last, "{label}: {number} after {last}");
        last = number;
    }
    let of = |kind: &str| events.iter().filter(|event| event["type"] == kind).count();
    assert_eq!(events[0]["type"], "response.created", "{label}");
    assert_eq!(of("response.output_item.added"), of("response.output_item.done"), "{label}");
    assert_eq!(of("response.content_part.added"), of("response.content_part.done"), "{label}");
    assert_eq!(of("response.content_part.done"), of("response.output_text.done"), "{label}");
}

/// The same text, told in ever fewer events: what was left out is made, but for deltas.
#[test]
fn what_was_never_told_is_made() {
    let bare = |text: &str| json!({"type": "response.output_text.delta", "delta": text});
    let cases: Vec<(&str, Vec<Value>, Vec<&str>)> = vec![
        (
            "no ends of parts",
            vec![
                created(),
                added(),
                delta("Hel"),
                delta("lo"),
                json!({"type": "response.output_item.done", "output_index": 0, "item": message("Hello")}),
                completed(json!([message("Hello")])),
            ],
            vec!["part_missing", "done_event_missing"],
        ),
        (
            "no ends at all",
            vec![created(), added(), delta("Hel"), delta("lo"), completed(json!([message("Hello")]))],
            vec!["done_event_missing"],
        ),
        (
            "an empty output",
            vec![created(), added(), delta("Hel"), delta("lo"), completed(json!([]))],
            vec!["output_missing"],
        ),
        (
            "no output",
            vec![created(), added(), delta("Hel"), delta("lo"), json!({"type": "response.completed"})],
            vec!["output_missing"],
        ),
        (
            "no beginning",
            vec![delta("Hel"), delta("lo"), completed(json!([message("Hello")]))],
            vec!["created_missing", "item_missing"],
        ),
        (
            "nothing but texts",
            vec![bare("Hel"), bare("lo"), json!({"type": "response.completed", "response": {}})],
            vec!["created_missing", "item_missing", "item_id_repaired"],
        ),
        ("only the end", vec![completed(json!([message("Hello")]))], vec!["created_missing", "item_missing"]),
        (
            "an end of another name",
            vec![
                created(),
                added(),
                delta("Hello"),
                json!({"type": "response.done", "response": {"status": "completed", "output": [message("Hello")]}}),
            ],
            vec!["event_renamed"],
        ),
        (
            "a response by itself",
            vec![
                created(),
                added(),
                delta("Hello"),
                json!({"id": "resp_1", "object": "response", "status": "completed", "output": [message("Hello")]}),
            ],
            vec!["event_renamed"],
        ),
    ];
    for (label, events, codes) in cases {
        let bytes = sse(&events);
        let outcome = same_in_all_faces(&bytes, label);
        assert_eq!(outcome.end, Some(End::Complete), "{label}: {:?}", outcome.failure);
        assert_eq!(outcome.reply["output_text"], "Hello", "{label}");
        assert_eq!(outcome.reply["status"], "completed", "{label}");
        for code in codes {
            assert!(outcome.codes().contains(&code), "{label}: {code} in {:?}", outcome.repairs);
        }
        check(&outcome.items(), label);
        let deltas = outcome.types().iter().filter(|kind| *kind == "response.output_text.delta").count();
        let given = events.iter().filter(|event| event["type"] == "response.output_text.delta").count();
        assert_eq!(deltas, given, "{label}: deltas are not made");
    }
}

#[test]
fn a_cut_anywhere_changes_nothing() {
    read_anyhow(Mode::Chunks, &sse(&[delta("H\u{e9}"), delta("\u{1f600}"), completed(json!([]))]));
    read_anyhow(Mode::Sse, &sse(&[created(), added(), delta("a"), delta("b"), delta("c"), completed(json!([]))]));
    read_anyhow(Mode::Events, &sse(&[created(), added(), delta("a"), delta("b"), delta("c")]));
}

/// Numbers and ids that are none, one kind after another: the text stays what it is, and the event says where it stands.
#[test]
fn wrong_places_are_put_right_before_anything_changes() {
    let bad = [
        json!(-1),
        json!(0.5),
        json!("0"),
        json!("__proto__"),
        json!(null),
        json!(7),
        json!(4294967296u64),
        json!({}),
        json!([0]),
    ];
    for index in &bad {
        for name in ["output_index", "content_index"] {
            let mut wrong = delta("lo");
            wrong[name] = index.clone();
            let bytes = sse(&[created(), added(), delta("Hel"), wrong, completed(json!([]))]);
            let outcome = same_in_all_faces(&bytes, &format!("{name} {index}"));
            assert_eq!(outcome.end, Some(End::Complete));
            // An index that may be is another part; all else belongs to the one that is open.
            assert_eq!(outcome.reply["output_text"], "Hello", "{name} {index}");
            let events = outcome.items();
            for event in events.iter().filter(|event| event["type"] == "response.output_text.delta") {
                assert!(event["output_index"].is_u64() && event["content_index"].is_u64(), "{event}");
                let known = events.iter().any(|other| {
                    other["type"] == "response.content_part.added"
                        && other["content_index"] == event["content_index"]
                        && other["item_id"] == event["item_id"]
                });
                assert!(known, "no such part was announced: {event}");
            }
            check(&events, &format!("{name} {index}"));
        }
    }
    for id in [json!(null), json!(""), json!("other"), json!("__proto__"), json!(5), json!({"a": 1})] {
        let mut wrong = delta("lo");
        wrong["item_id"] = id.clone();
        let outcome =
            same_in_all_faces(&sse(&[created(), added(), delta("Hel"), wrong, completed(json!([]))]), &id.to_string());
        assert_eq!(outcome.reply["output_text"], "Hello", "{id}");
        assert!(outcome.codes().contains(&"item_id_repaired"), "{id}: {:?}", outcome.repairs);
        assert!(outcome.items().iter().filter_map(|event| event.get("item_id")).all(|known| known == "msg_1"), "{id}");
    }
}

#[test]
fn items_that_all_have_the_same_index_are_told_apart() {
    let call = |id: &str, name: &str| {
        json!({"type": "response.output_item.added", "output_index": 0,
        "item": {"type": "function_call", "id": id, "call_id": format!("call_{id}"), "name": name, "arguments": ""}})
    };
    let arguments = |id: &str, text: &str| json!({"type": "response.function_call_arguments.delta", "output_index": 0, "item_id": id, "delta": text});
    let events = [
        created(),
        call("a", "one"),
        call("b", "two"),
        arguments("a", "{\"x\":"),
        arguments("b", "{}"),
        arguments("a", "1}"),
        completed(json!([])),
    ];
    let outcome = same_in_all_faces(&sse(&events), "calls");
    let output = outcome.reply["output"].as_array().unwrap().clone();
    assert_eq!(output[0]["arguments"], "{\"x\":1}");
    assert_eq!(output[1]["arguments"], "{}");
    let indices: Vec<_> = outcome
        .items()
        .iter()
        .filter(|event| event["type"] == "response.output_item.added")
        .map(|event| event["output_index"].clone())
        .collect();
    assert_eq!(indices, [json!(0), json!(1)]);
    let done: Vec<_> = outcome
        .items()
        .iter()
        .filter(|event| event["type"] == "response.function_call_arguments.done")
        .map(|event| event["name"].clone())
        .collect();
    assert_eq!(done, [json!("one"), json!("two")]);
}

#[test]
fn double_and_empty_ids_become_others() {
    for id in ["same", ""] {
        let item = |text: &str| {
            let mut item = message(text);
            item["id"] = json!(id);
            json!({"type": "response.output_item.done", "output_index": if text == "one" { 0 } else { 1 }, "item": item})
        };
        let outcome = same_in_all_faces(&sse(&[created(), item("one"), item("two"), completed(json!([]))]), id);
        let ids: Vec<_> = outcome.reply["output"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids.len(), 2, "{id}: {ids:?}");
        assert!(ids[0] != ids[1] && !ids[0].is_empty() && !ids[1].is_empty(), "{id}: {ids:?}");
        assert_eq!(outcome.reply["output_text"], "onetwo", "{id}");
    }
}

#[test]
fn arguments_in_no_delta_reach_every_face_and_no_delta_is_made() {
    let item = json!({"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": {"a": 1}});
    let mut open = item.clone();
    open["arguments"] = json!("");
    for events in [
        vec![
            created(),
            json!({"type": "response.output_item.added", "output_index": 0, "item": open}),
            json!({"type": "response.function_call_arguments.done", "output_index": 0, "item_id": "fc_1", "arguments": "{\"a\":1}"}),
            completed(json!([])),
        ],
        vec![
            created(),
            json!({"type": "response.output_item.done", "output_index": 0, "item": item}),
            completed(json!([])),
        ],
        vec![created(), completed(json!([item]))],
    ] {
        let bytes = sse(&events);
        let outcome = same_in_all_faces(&bytes, "call");
        assert_eq!(outcome.reply["output"][0]["arguments"], "{\"a\":1}");
        assert!(!outcome.types().contains(&"response.function_call_arguments.delta".to_owned()));
        assert_eq!(outcome.types().iter().filter(|kind| *kind == "response.function_call_arguments.done").count(), 1);
        let chat = super::read(Mode::Events, [bytes.as_slice()]).items();
        let done: Vec<_> = chat.iter().filter(|event| event["type"] == "tool_call.done").collect();
        assert_eq!(done.len(), 1);
        assert_eq!((&done[0]["id"], &done[0]["arguments"]), (&json!("call_1"), &json!("{\"a\":1}")));
        assert_eq!(chat.iter().find(|event| event["type"] == "finish").unwrap()["reason"], "tool_calls");
    }
}

#[test]
fn what_nobody_knows_is_passed_on_and_pings_are_not() {
    let unknown = [
        json!({"type": "response.new_thing.added", "x": {"y": 1}, "sequence_number": 9}),
        json!({"type": "codex.rate_limits", "limits": [1]}),
        json!({"type": "response.audio.delta", "delta": "AAAA"}),
    ];
    let mut events = vec![created(), json!({"type": "keepalive", "sequence_number": 1})];
    events.extend(unknown.clone());
    events.extend([json!({"type": "ping"}), added(), delta("Hello"), completed(json!([]))]);
    let outcome = same_in_all_faces(&sse(&events), "unknown");
    for event in unknown {
        let found = outcome.items().iter().any(|other| {
            other["type"] == event["type"]
                && event
                    .as_object()
                    .unwrap()
                    .iter()
                    .all(|(name, value)| name == "sequence_number" || &other[name] == value)
        });
        assert!(found, "{event}");
    }
    assert!(!outcome.types().iter().any(|kind| kind == "keepalive" || kind == "ping"));
    assert_eq!(outcome.repairs.iter().filter(|(code, _)| *code == "data_ignored").count(), 0, "{:?}", outcome.repairs);
}

#[test]
fn a_name_in_the_frame_alone_is_a_type() {
    let mut text = String::new();
    for event in [created(), added(), delta("Hello"), completed(json!([]))] {
        let mut bare = event.clone();
        let kind = bare.as_object_mut().unwrap().remove("type").unwrap();
        text.push_str(&format!("event: {}\ndata: {bare}\n\n", kind.as_str().unwrap()));
    }
    let outcome = same_in_all_faces(text.as_bytes(), "names");
    assert_eq!(outcome.reply["output_text"], "Hello");
    assert!(outcome.repairs.contains(&("type_missing", 4)), "{:?}", outcome.repairs);
}

#[test]
fn texts_that_are_none_become_text() {
    let mut object = delta("");
    object["delta"] = json!({"a": [1]});
    let mut nothing = delta("");
    nothing["delta"] = Value::Null;
    let outcome = same_in_all_faces(&sse(&[created(), added(), object, nothing, completed(json!([]))]), "objects");
    assert_eq!(outcome.reply["output_text"], "{\"a\":[1]}");
    assert!(outcome.codes().contains(&"text_in_object"));
}

#[test]
fn a_copy_counts_unless_it_is_empty() {
    let done = |text: &str| json!({"type": "response.output_text.done", "item_id": "msg_1", "output_index": 0, "content_index": 0, "text": text, "logprobs": []});
    for (told, wanted, code) in
        [("Hello", "Hello", ""), ("Hello!", "Hello!", "done_differs"), ("", "Hello", "done_incomplete")]
    {
        let outcome =
            same_in_all_faces(&sse(&[created(), added(), delta("Hello"), done(told), completed(json!([]))]), told);
        assert_eq!(outcome.reply["output_text"], wanted);
        assert!(code.is_empty() || outcome.codes().contains(&code), "{told}: {:?}", outcome.repairs);
    }
}

#[test]
fn a_response_from_its_middle_on_keeps_its_indices() {
    let mut middle = delta("lo");
    middle["output_index"] = json!(3);
    middle["content_index"] = json!(1);
    middle["item_id"] = json!("msg_9");
    middle["sequence_number"] = json!(41);
    let mut last = completed(json!([message("Hello")]));
    last["sequence_number"] = json!(42);
    let outcome = super::read(Mode::Chunks, [sse(&[middle.clone(), last]).as_slice()]);
    let events = outcome.items();
    assert_eq!(outcome.types(), ["response.output_text.delta", "response.completed"]);
    for name in ["output_index", "content_index", "item_id", "sequence_number"] {
        assert_eq!(events[0][name], middle[name], "{name}");
    }
    assert_eq!(events[1]["sequence_number"], 42);
    assert_eq!((outcome.end, &outcome.reply["output_text"]), (Some(End::Complete), &json!("Hello")));
}
