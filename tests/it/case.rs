//! Small streams of our own: how they are written, what is expected of them, and how one is checked in every way.
//!
//! [`check`] feeds each case whole, byte by byte and, when it is small, cut at every place, in each mode; whatever the case
//! is about, its end, its failure, its chunks, its clean SSE and its events must agree with each other.

use crate::fixtures::{Outcome, decode, lossy};
use serde_json::{Value, json};
use tokenwire::stream::{End, Mode};

pub const DONE: &str = "data: [DONE]\n\n";

/// An event with this data.
pub fn event(data: &str) -> String {
    format!("data: {data}\n\n")
}

/// A chunk with these choices, as JSON.
pub fn chunk_of(choices: &str) -> String {
    format!(r#"{{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{choices}]}}"#)
}

/// A chunk of choice 0 with this delta, as JSON.
pub fn chunk(delta: &str) -> String {
    chunk_of(&format!(r#"{{"index":0,"delta":{delta},"finish_reason":null}}"#))
}

/// The event of a chunk with this delta.
pub fn delta(delta: &str) -> String {
    event(&chunk(delta))
}

/// The event of a chunk with this text.
pub fn text(text: &str) -> String {
    delta(&json!({"content": text}).to_string())
}

/// The event of a chunk with these fragments of tool calls.
pub fn calls(fragments: &str) -> String {
    delta(&format!(r#"{{"tool_calls":[{fragments}]}}"#))
}

/// The event of a chunk with this finish reason.
pub fn finish(reason: &str) -> String {
    event(&chunk_of(&format!(r#"{{"index":0,"delta":{{}},"finish_reason":"{reason}"}}"#)))
}

/// What a case must give. What is not said must be empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Want {
    pub end: End,
    pub text: String,
    pub reasoning: String,
    pub refusal: String,
    /// (name, arguments)
    pub calls: Vec<(String, String)>,
    pub finish: Option<String>,
    /// A part of the failure's message; there must be a failure exactly when the end is not complete.
    pub says: &'static str,
}

impl Want {
    pub fn new(end: End, text: &str) -> Self {
        let (text, empty) = (text.to_owned(), String::new());
        Self { end, text, reasoning: empty.clone(), refusal: empty, calls: Vec::new(), finish: None, says: "" }
    }

    pub fn reasoning(mut self, text: &str) -> Self {
        text.clone_into(&mut self.reasoning);
        self
    }

    pub fn refusal(mut self, text: &str) -> Self {
        text.clone_into(&mut self.refusal);
        self
    }

    pub fn call(mut self, name: &str, arguments: &str) -> Self {
        self.calls.push((name.to_owned(), arguments.to_owned()));
        self
    }

    pub fn finish(mut self, reason: &str) -> Self {
        self.finish = Some(reason.to_owned());
        self
    }
}

/// Complete with finish reason "stop".
pub fn complete(text: &str) -> Want {
    Want::new(End::Complete, text).finish("stop")
}

/// Complete with finish reason "tool_calls".
pub fn called(name: &str, arguments: &str) -> Want {
    Want::new(End::Complete, "").call(name, arguments).finish("tool_calls")
}

pub fn truncated(text: &str) -> Want {
    Want { says: "ended", ..Want::new(End::Truncated, text) }
}

pub fn failed(text: &str, says: &'static str) -> Want {
    Want { says, ..Want::new(End::Error, text) }
}

/// What the outcome says, in the words of an expectation.
fn got(outcome: &Outcome, says: &'static str) -> Want {
    let choice = &outcome.reply["choices"][0];
    let message = &choice["message"];
    let text = |name: &str| message[name].as_str().unwrap_or("").to_owned();
    let call = |call: &Value| {
        let function = &call["function"];
        (function["name"].as_str().unwrap().to_owned(), function["arguments"].as_str().unwrap().to_owned())
    };
    Want {
        end: outcome.end.unwrap(),
        text: text("content"),
        reasoning: text("reasoning_content"),
        refusal: text("refusal"),
        calls: message["tool_calls"].as_array().into_iter().flatten().map(call).collect(),
        finish: choice["finish_reason"].as_str().map(str::to_owned),
        says,
    }
}

/// Runs one case in every way; gives what the whole input in the mode of chunks gave, for what only this case can ask.
pub fn check(name: &str, input: &str, want: &Want) -> Outcome {
    let whole = run(name, Mode::Chunks, input.as_bytes());
    assert_eq!(got(&whole, want.says), *want, "{name}: repairs {:?}", whole.repairs);
    let failure = whole.failure.clone().unwrap_or_default();
    assert_eq!(whole.failure.is_some(), want.end != End::Complete, "{name}: {failure:?}");
    assert!(failure.contains(want.says), "{name}: {failure:?} says nothing of {:?}", want.says);
    check_chunks(name, &whole);
    let read = run(name, Mode::Text, input.as_bytes());
    assert_eq!(read.out, want.text, "{name}: text");
    check_clean(name, &run(name, Mode::Sse, input.as_bytes()));
    check_events(name, &run(name, Mode::Events, input.as_bytes()), want);
    assert_eq!(run(name, Mode::Nothing, input.as_bytes()).out, "", "{name}: nothing");
    whole
}

/// One mode, in every way of cutting the input.
pub fn run(name: &str, mode: Mode, input: &[u8]) -> Outcome {
    let whole = decode(mode, [input]);
    assert_eq!(decode(mode, input.chunks(1)), whole, "{name}: {mode:?} byte by byte");
    let cuts = if input.len() <= 1500 { 0..input.len() } else { 0..0 };
    for cut in cuts {
        assert_eq!(decode(mode, [&input[..cut], &input[cut..]]), whole, "{name}: {mode:?} cut at {cut}");
    }
    whole
}

/// Each chunk has OpenAI's shape, and all of them together say what the reply says.
fn check_chunks(name: &str, outcome: &Outcome) {
    let mut content = String::new();
    let mut roles = 0;
    for chunk in elements(&outcome.out) {
        assert_eq!(chunk["object"], "chat.completion.chunk", "{name}: {chunk}");
        assert!(chunk["id"].is_string() && chunk["model"].is_string(), "{name}: {chunk}");
        assert!(chunk["created"].is_u64(), "{name}: {chunk}");
        for choice in chunk["choices"].as_array().unwrap() {
            assert!(choice["index"].is_u64() && choice["delta"].is_object(), "{name}: {choice}");
            assert!(choice["finish_reason"].is_null() || choice["finish_reason"].is_string(), "{name}: {choice}");
            for call in choice["delta"]["tool_calls"].as_array().into_iter().flatten() {
                assert!(call["index"].is_u64() && call["function"]["arguments"].is_string(), "{name}: {call}");
            }
            if choice["index"] == 0 {
                content += choice["delta"]["content"].as_str().unwrap_or("");
                roles += usize::from(choice["delta"]["role"] == "assistant");
            }
        }
    }
    let said = outcome.reply["choices"][0]["message"]["content"].as_str().unwrap_or("");
    // The halves of a surrogate pair in two chunks are each a replacement character to serde_json.
    if !content.contains('\u{fffd}') {
        assert_eq!(content, said, "{name}: chunks");
    }
    assert!(roles > 0 || outcome.reply["choices"].as_array().unwrap().is_empty(), "{name}: no chunk has the role");
}

/// Clean SSE ends with `[DONE]` exactly when the reply is complete, and reads like the original.
fn check_clean(name: &str, outcome: &Outcome) {
    assert_eq!(outcome.out.ends_with(DONE), outcome.end == Some(End::Complete), "{name}: {}", outcome.out);
    assert_eq!(outcome.out.matches(DONE).count(), usize::from(outcome.end == Some(End::Complete)), "{name}");
    let again = decode(Mode::Nothing, [outcome.out.as_bytes()]);
    assert_eq!(again.reply, outcome.reply, "{name}: clean SSE");
    let end = if outcome.end == Some(End::Complete) { End::Complete } else { End::Error };
    assert_eq!(again.end, Some(end), "{name}: clean SSE");
    assert_eq!(again.failure, outcome.failure, "{name}: clean SSE");
}

/// The events of a user interface tell the same reply, and each call is started and done once.
fn check_events(name: &str, outcome: &Outcome, want: &Want) {
    let events = elements(&outcome.out);
    let joined = |kind: &str| -> String {
        events.iter().filter(|event| event["type"] == kind).map(|event| event["text"].as_str().unwrap()).collect()
    };
    if !joined("text").contains('\u{fffd}') {
        assert_eq!(joined("text"), want.text, "{name}: text events");
    }
    assert_eq!(joined("reasoning"), want.reasoning, "{name}: reasoning events");
    assert_eq!(joined("refusal"), want.refusal, "{name}: refusal events");
    let of = |kind: &str| events.iter().filter(|event| event["type"] == kind).collect::<Vec<_>>();
    assert_eq!(of("finish").len(), usize::from(want.finish.is_some()), "{name}: finish events");
    if want.end != End::Complete {
        return;
    }
    let done = of("tool_call.done");
    assert_eq!((of("tool_call.start").len(), done.len()), (want.calls.len(), want.calls.len()), "{name}: calls");
    for (index, (called, arguments)) in want.calls.iter().enumerate() {
        let told = done.iter().find(|event| event["index"] == index).unwrap();
        assert_eq!((&told["name"], &told["arguments"]), (&json!(called), &json!(arguments)), "{name}: done");
        let pieces = of("tool_call.delta");
        let own = pieces.iter().filter(|event| event["index"] == index);
        let told: String = own.map(|event| event["arguments"].as_str().unwrap()).collect();
        assert!(told == *arguments || told.contains('\u{fffd}'), "{name}: {told:?} is not {arguments:?}");
    }
}

/// The elements of the batches of a mode that gives arrays.
pub fn elements(out: &str) -> Vec<Value> {
    serde_json::from_str::<Value>(&lossy(out)).unwrap().as_array().unwrap().clone()
}
