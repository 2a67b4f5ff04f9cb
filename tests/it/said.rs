//! Nothing that a provider said disappears: wherever a member of a chunk or of a plain completion is another value than usual,
//! that value comes out in a chunk, in the message, in an error, or a repair tells of it.

use crate::fixtures::decode_as;
use crate::random::Numbers;
use serde_json::{Value, json};
use tokenwire::stream::{Decoder, Mode};

/// A mark in every value, so that it is found again.
fn odd_values(numbers: &mut Numbers) -> Vec<(String, Value)> {
    let number = 7_000_000_000 + numbers.below(1_000_000_000);
    let mark = format!("mark{number}");
    let texts = [
        json!(mark),
        json!([mark]),
        json!({ "k": mark }),
        json!({ "text": mark }),
        json!({ "type": mark }),
        json!([{ "k": { "x": [mark] } }]),
        json!([[{ "text": mark, "more": { "a": mark } }]]),
        json!({ "type": "text", "text": "x", "k": mark }),
    ];
    let numbers = [json!(number), json!([number]), json!({ "n": number })];
    let bools = [json!(true), json!(false)];
    let marked = |mark: String, values: Vec<Value>| values.into_iter().map(move |value| (mark.clone(), value));
    marked(mark, texts.to_vec())
        .chain(marked(number.to_string(), numbers.to_vec()))
        .chain(marked(String::new(), bools.to_vec()))
        .collect()
}

/// Every place in a value, as pointers.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    if !at.is_empty() {
        out.push(at.to_owned());
    }
    match value {
        Value::Object(members) => members.iter().for_each(|(key, inner)| places(inner, &format!("{at}/{key}"), out)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(key, inner)| places(inner, &format!("{at}/{key}"), out))
        }
        _ => {}
    }
}

fn chunks() -> Vec<Value> {
    let chunk = |choice: Value| {
        json!({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "system_fingerprint": "fp",
            "service_tier": "auto", "choices": [choice]})
    };
    let delta = |delta: Value| chunk(json!({"index": 0, "delta": delta, "finish_reason": null}));
    let mut last = chunk(json!({"index": 0, "delta": {}, "finish_reason": "tool_calls", "usage": {"total_tokens": 1}}));
    last["usage"] = json!({"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3});
    last["x_groq"] = json!({"id": "req", "usage": {"prompt_tokens": 1}});
    vec![
        chunk(json!({"index": 0, "delta": {"role": "assistant", "content": "Hi", "refusal": "No", "reasoning": "Hm",
            "reasoning_content": "Hm", "annotations": [{"type": "url"}]}, "text": "Hi", "finish_reason": null,
            "logprobs": {"content": [{"token": "Hi", "logprob": -0.5}], "refusal": null}})),
        delta(
            json!({"content": [{"type": "text", "text": "a"}, {"type": "thinking", "thinking": [{"type": "text", "text": "b"}]}]}),
        ),
        delta(
            json!({"reasoning_details": [{"type": "reasoning.text", "text": "b"}], "function_call": {"name": "f", "arguments": "{}"}}),
        ),
        delta(json!({"tool_calls": [{"index": 0, "id": "a", "type": "function",
            "function": {"name": "f", "arguments": "{\"x\":1}"}, "custom": null}]})),
        last,
    ]
}

fn completion() -> Value {
    json!({"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "service_tier": "auto",
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
        "choices": [{"index": 0, "finish_reason": "stop", "logprobs": {"tokens": ["a"], "token_logprobs": [-0.5]},
            "message": {"role": "assistant", "content": "Hi", "refusal": null, "reasoning_content": "Hm", "annotations": [],
            "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}},
                {"id": "b", "type": "custom", "custom": {"name": "g", "input": "x"}}]}}]})
}

/// All that a reader gets, as one text; and how many repairs there were.
fn told(input: &str) -> (String, u32) {
    let mut decoder = Decoder::new(Mode::Chunks, 7);
    decoder.feed(input.as_bytes());
    decoder.finish();
    let mut out = decoder.take().unwrap_or_default() + &decoder.reply().to_json();
    if let Some(error) = decoder.failure() {
        out += error.message();
        out += error.details().body.as_deref().unwrap_or("");
    }
    // A text may come in pieces, a part in an argument's quotes.
    (out.replace('\\', ""), decoder.repairs().iter().map(|(_, count)| count).sum())
}

/// `write` makes a reply of the changed value.
fn check(what: &str, base: &Value, numbers: &mut Numbers, write: &dyn Fn(&Value) -> String) -> usize {
    let (_, usual) = told(&write(base));
    let mut found = Vec::new();
    places(base, "", &mut found);
    let mut lost = Vec::new();
    for place in &found {
        for (mark, value) in odd_values(numbers) {
            let mut changed = base.clone();
            let given = changed.pointer_mut(place).unwrap();
            // A number is an index; what is numbered anew is told by that.
            if *given == value || (place.ends_with("/index") && value.is_number()) {
                continue;
            }
            *given = value.clone();
            let (out, repairs) = told(&write(&changed));
            let is_told = !mark.is_empty() && out.contains(&mark);
            if !is_told && repairs <= usual && !(mark.is_empty() && out.contains(&value.to_string())) {
                lost.push(format!("{what} {place}: {value}"));
            }
        }
    }
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
    found.len()
}

#[test]
fn nothing_in_a_chunk_disappears() {
    let mut numbers = Numbers::new(3);
    let all = chunks();
    let mut places = 0;
    for (at, chunk) in all.iter().enumerate() {
        let write = |changed: &Value| -> String {
            let event =
                |(other, chunk): (usize, &Value)| format!("data: {}\n\n", if other == at { changed } else { chunk });
            all.iter().enumerate().map(event).collect::<String>() + "data: [DONE]\n\n"
        };
        places += check(&format!("chunk {at}"), chunk, &mut numbers, &write);
    }
    assert!(places > 80, "{places}");
}

#[test]
fn nothing_in_a_plain_completion_disappears() {
    let mut numbers = Numbers::new(4);
    assert!(check("completion", &completion(), &mut numbers, &Value::to_string) > 30);
}

#[test]
fn a_member_that_cannot_be_read_does_no_harm() {
    let mut numbers = Numbers::new(5);
    let all = chunks();
    let mut found = Vec::new();
    places(&all[0], "", &mut found);
    for place in found.iter().filter(|place| !place.contains("content") && !place.ends_with("/choices/0")) {
        for (_, value) in odd_values(&mut numbers) {
            let mut changed = all[0].clone();
            *changed.pointer_mut(place).unwrap() = value;
            let input: String =
                [&changed, &all[4]].iter().map(|chunk| format!("data: {chunk}\n\n")).collect::<String>()
                    + "data: [DONE]\n\n";
            let outcome = decode_as(Mode::Chunks, "text/event-stream", [input.as_bytes()]);
            let chunks: Vec<Value> = serde_json::from_str(&outcome.out).unwrap();
            for chunk in &chunks {
                assert!(
                    chunk["id"].is_string() && chunk["created"].is_u64() && chunk["choices"].is_array(),
                    "{place}: {chunk}"
                );
            }
        }
    }
}
