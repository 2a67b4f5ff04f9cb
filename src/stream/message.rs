//! Messages in place of deltas. Each may be the text so far (Perplexity), one more piece of it, or at the end the whole once
//! more (MiniMax): the first that goes on from what came, or does not, tells which.

use super::repair::Repairs;
use crate::accumulate;
use crate::json;
use crate::wire::chunk::{Choice, Delta};
use crate::wire::{self, Member};
use std::borrow::Cow;

/// What one choice's messages said.
#[derive(Debug, Default, Clone)]
pub struct Messages {
    /// A delta brought something: messages then only repeat it.
    has_delta: bool,
    content: Said,
    reasoning: Said,
}

/// A text, raw, as far as messages said it.
#[derive(Debug, Default, Clone)]
struct Said {
    text: String,
    /// A message said all that came before, and more.
    has_grown: bool,
    /// Each message is a piece.
    in_pieces: bool,
    /// How often the same was said again, which are pieces if pieces it turns out to be.
    repeated: usize,
}

/// What there is to read of a choice. Texts that are given count instead of the delta's.
#[derive(Debug, Default)]
pub struct Increment<'a> {
    pub delta: Box<Delta<'a>>,
    pub content: Option<Cow<'a, str>>,
    pub reasoning: Option<Cow<'a, str>>,
}

impl Messages {
    /// What there is to read of a choice: its delta; else what is new in its message; else its text.
    pub fn read<'a>(
        &mut self,
        choice: &mut Choice<'a>,
        so_far: Option<&accumulate::Choice>,
        repairs: &mut Repairs,
    ) -> Option<Increment<'a>> {
        let ends = choice.finish_reason.is_some();
        match (choice.delta.take(), choice.message.take(), choice.text) {
            // A plain completion of Perplexity's has an empty delta beside the message.
            (Some(delta), Some(message), _) if !self.has_delta && !is_filled(&delta) && is_filled(&message) => {
                Some(self.message(message, so_far, ends, repairs))
            }
            (None, Some(message), _) => Some(self.message(message, so_far, ends, repairs)),
            (Some(mut delta), message, text) => {
                match message {
                    None => delta.content = delta.content.or(text),
                    Some(mut message) => {
                        keep_new(&mut message.extra, so_far);
                        wire::keep(&mut message.extra, &|name, _| delta.extra.iter().all(|(key, _)| *key != name));
                        delta.extra.append(&mut message.extra);
                    }
                }
                self.has_delta |= is_filled(&delta);
                Some(Increment { delta, ..Increment::default() })
            }
            (None, None, text) => {
                let delta = Delta { content: Some(text?), ..Delta::default() };
                self.has_delta = true;
                Some(Increment { delta: Box::new(delta), ..Increment::default() })
            }
        }
    }

    fn message<'a>(
        &mut self,
        mut message: Box<Delta<'a>>,
        so_far: Option<&accumulate::Choice>,
        ends: bool,
        repairs: &mut Repairs,
    ) -> Increment<'a> {
        let content = message.content.and_then(json::string);
        let reasoning = message.reasoning_content.and_then(json::filled).or(message.reasoning.and_then(json::filled));
        let Some(so_far) = so_far else {
            self.content.add(content.unwrap_or(""), false);
            self.reasoning.add(reasoning.unwrap_or(""), false);
            return Increment { delta: message, ..Increment::default() };
        };
        repairs.note("message_in_stream");
        let calls = std::mem::take(&mut message.tool_calls).into_iter();
        let is_new = |id: Option<&str>| {
            let id = id.and_then(json::filled);
            so_far.calls.is_empty()
                || (!self.has_delta && id.is_some_and(|id| so_far.calls.iter().all(|call| call.id != id)))
        };
        let tool_calls = calls.filter(|call| is_new(call.id)).collect();
        let extra = message.extra;
        let first = if so_far.content.is_none() && content.is_none() { message.content } else { None };
        let mut delta = Box::new(Delta { content: first, tool_calls, extra, ..Delta::default() });
        if self.has_delta {
            keep_new(&mut delta.extra, Some(so_far));
            let known = so_far.content.as_deref().unwrap_or("");
            let content = content.and_then(|text| text.strip_prefix(known)).map(Cow::Borrowed);
            return Increment { delta, content, reasoning: None };
        }
        let content = content.map(|text| self.content.add(text, ends));
        let reasoning = reasoning.map(|text| self.reasoning.add(text, ends));
        if self.content.has_grown || self.reasoning.has_grown {
            keep_new(&mut delta.extra, Some(so_far));
        }
        Increment { delta, content, reasoning }
    }
}

impl Said {
    /// What the next message adds. `ends`: it came with a finish reason.
    fn add<'a>(&mut self, text: &'a str, ends: bool) -> Cow<'a, str> {
        let nothing = Cow::Borrowed("");
        if !self.in_pieces {
            match text.strip_prefix(self.text.as_str()) {
                Some("") => {
                    self.repeated += 1;
                    return nothing;
                }
                Some(rest) => {
                    self.has_grown |= !self.text.is_empty();
                    self.repeated = 0;
                    self.text.push_str(rest);
                    return Cow::Borrowed(rest);
                }
                None if text.is_empty() || self.has_grown => return nothing,
                None => {}
            }
        }
        // The whole once more, perhaps trimmed.
        if ends && self.text.starts_with(text) && text.len() > self.text.len() / 2 {
            return nothing;
        }
        let more = if std::mem::replace(&mut self.in_pieces, true) {
            Cow::Borrowed(text)
        } else {
            let mut again = String::new();
            for _ in 0..self.repeated {
                again.push_str(&self.text);
            }
            again.push_str(text);
            Cow::Owned(again)
        };
        self.text.push_str(&more);
        more
    }
}

/// Leaves the members that did not come yet: the others are told once more, and by now perhaps at greater length.
fn keep_new(extra: &mut Vec<Member<'_>>, so_far: Option<&accumulate::Choice>) {
    wire::keep(extra, &|key, _| !so_far.is_some_and(|choice| choice.knows(key)));
}

fn is_filled(delta: &Delta<'_>) -> bool {
    let texts = [delta.content, delta.refusal, delta.reasoning_content, delta.reasoning];
    texts.into_iter().flatten().any(|raw| raw != "\"\"")
        || !delta.tool_calls.is_empty()
        || delta.function_call.is_some()
}
