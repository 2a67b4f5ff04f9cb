//! What a reply must be, from what its events said.

use crate::stream::{Chunk, Delta, Event, Said, call_names};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokenwire::stream::End;

/// A reply.
#[derive(Debug, PartialEq)]
pub struct Expected {
    pub end: End,
    pub choices: BTreeMap<u32, Message>,
    pub usage: Value,
}

/// A choice of it.
#[derive(Debug, Default, PartialEq)]
pub struct Message {
    pub text: String,
    pub reasoning: String,
    /// (id, name, arguments)
    pub calls: Vec<(String, String, String)>,
    pub finish: Option<String>,
}

impl Message {
    fn has_content(&self) -> bool {
        !self.text.is_empty() || !self.reasoning.is_empty() || !self.calls.is_empty()
    }
}

#[derive(Default)]
struct Choice {
    text: Vec<u16>,
    reasoning: Vec<u16>,
    calls: Vec<Vec<u16>>,
    finish: Option<&'static str>,
    /// Thinking came in its own field before the text began.
    is_left: bool,
}

/// Tags between which models think, and what closes them.
const TAGS: [(&str, &str); 9] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<thoughts>", "</thoughts>"),
    ("<reasoning>", "</reasoning>"),
    ("<seed:think>", "</seed:think>"),
    ("<mm:think>", "</mm:think>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
];

/// The sum of what was said.
pub fn sum(events: &[Event]) -> Expected {
    let mut choices: BTreeMap<u32, Choice> = BTreeMap::new();
    let mut usage = Value::Null;
    let mut is_done = false;
    for event in events {
        match &event.said {
            Said::Done => is_done = true,
            Said::Chunk(Chunk { choices: deltas, usage: used }) => {
                deltas.iter().for_each(|(index, delta)| choices.entry(*index).or_default().add(delta));
                usage = used.clone().unwrap_or(usage);
            }
        }
    }
    // A finish reason in every choice ends a reply, and `[DONE]` does after some content.
    let is_finished = !choices.is_empty() && choices.values().all(|choice| choice.finish.is_some());
    let mut messages: BTreeMap<u32, Message> =
        choices.into_iter().map(|(index, choice)| (index, choice.message(index))).collect();
    let has_content = messages.values().any(Message::has_content);
    // Usage that says that nothing was generated, and no choice: the prompt was refused.
    let is_refused = messages.is_empty() && usage["completion_tokens"] == 0;
    let end = match is_finished || (is_done && has_content) {
        true => End::Complete,
        false if is_refused => End::Error,
        false => End::Truncated,
    };
    // No arguments are said as an empty object, once the choice is finished or the reply complete.
    for message in messages.values_mut().filter(|message| end == End::Complete || message.finish.is_some()) {
        let arguments = message.calls.iter_mut().map(|(_, _, arguments)| arguments);
        arguments.filter(|arguments| arguments.is_empty()).for_each(|arguments| arguments.push_str("{}"));
    }
    Expected { end, choices: messages, usage }
}

impl Choice {
    fn add(&mut self, delta: &Delta) {
        let has_begun = !String::from_utf16_lossy(&self.text).trim_ascii().is_empty();
        self.is_left |= !has_begun && delta.reasoning.iter().flatten().next().is_some();
        self.text.extend(delta.text.iter().flatten());
        self.reasoning.extend(delta.reasoning.iter().flatten());
        for fragment in &delta.calls {
            if fragment.is_first {
                self.calls.push(Vec::new());
            }
            self.calls[fragment.slot].extend(&fragment.arguments);
        }
        self.finish = delta.finish.or(self.finish);
    }

    fn message(self, index: u32) -> Message {
        let (thought, text) = split(&String::from_utf16_lossy(&self.text), self.is_left);
        let has_calls = !self.calls.is_empty();
        let call = |(slot, arguments): (usize, Vec<u16>)| {
            let (name, id) = call_names(index, slot);
            (id, name, String::from_utf16_lossy(&arguments))
        };
        Message {
            text,
            reasoning: thought + &String::from_utf16_lossy(&self.reasoning),
            calls: self.calls.into_iter().enumerate().map(call).collect(),
            finish: self
                .finish
                .map(|reason| if reason == "stop" && has_calls { "tool_calls" } else { reason }.to_owned()),
        }
    }
}

/// A leading block in tags is reasoning, blanks around it belong to nobody. Where thinking came in its field, a closing tag at the
/// start is left over.
fn split(text: &str, is_left: bool) -> (String, String) {
    for (open, close) in TAGS {
        let Some(rest) = text.trim_ascii_start().strip_prefix(if is_left { close } else { open }) else { continue };
        let (thought, answer) = if is_left { ("", rest) } else { rest.split_once(close).unwrap_or((rest, "")) };
        return (thought.to_owned(), answer.trim_ascii_start().to_owned());
    }
    (String::new(), text.to_owned())
}

/// A reply as tokenwire read it, in the same words.
pub fn read(end: Option<End>, reply: &Value) -> Expected {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let call = |call: &Value| {
        let function = &call["function"];
        (text(&call["id"]), text(&function["name"]), text(&function["arguments"]))
    };
    let choice = |choice: &Value| {
        let message = &choice["message"];
        let calls = message["tool_calls"].as_array().into_iter().flatten().map(call).collect();
        let finish = choice["finish_reason"].as_str().map(str::to_owned);
        let index = choice["index"].as_u64().and_then(|index| u32::try_from(index).ok()).expect("an index");
        (
            index,
            Message { text: text(&message["content"]), reasoning: text(&message["reasoning_content"]), calls, finish },
        )
    };
    Expected {
        end: end.expect("it ended"),
        choices: reply["choices"].as_array().expect("choices").iter().map(choice).collect(),
        usage: json!(reply["usage"]),
    }
}
