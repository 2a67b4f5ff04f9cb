//! Chunks in, the chat completion out: so far at any moment, whole at the end. Linear: texts are appended raw, and what a
//! provider repeats in every chunk (Perplexity's kilobytes of citations) is compared, not copied.

mod extra;
mod names;
mod positions;
mod value;

pub use extra::PADDINGS;
pub use names::is_constant;
pub use positions::Positions;

use crate::json::{self, Nesting};
use crate::scan;
use crate::wire::clean::{self, text_member, write_list};
use extra::{Extra, append_elements, holds_data};
use std::borrow::Cow;
use std::slice;
use value::Rule;

/// The reply so far.
#[derive(Debug, Default, Clone)]
pub struct Accumulator {
    /// `id`, raw text: the first that was not empty.
    pub id: String,
    /// `model`, raw text: the first that was not empty.
    pub model: String,
    /// `created`, raw number: the first.
    pub created: String,
    /// `usage`, raw: the last. Providers that send it more than once send totals.
    pub usage: Option<String>,
    /// The choices, in order of first sight.
    pub choices: Vec<Choice>,
    extra: Extra,
    /// Bytes of all that a caller would miss.
    content: usize,
}

/// A choice so far.
#[derive(Debug, Default, Clone)]
pub struct Choice {
    /// `index`
    pub index: u32,
    /// `message.content`, raw text; `None` when no chunk had any.
    pub content: Option<String>,
    /// `message.reasoning_content`, raw text
    pub reasoning: String,
    /// `message.tool_calls`
    pub calls: Vec<Call>,
    /// `finish_reason`: the last.
    pub finish: Option<&'static str>,
    /// `message.refusal`, raw text
    pub refusal: Option<String>,
    content_logprobs: Option<String>,
    refusal_logprobs: Option<String>,
    logprobs_extra: Extra,
    message_extra: Extra,
    extra: Extra,
}

/// A tool call so far.
#[derive(Debug, Default, Clone)]
pub struct Call {
    /// `id`, raw text
    pub id: String,
    /// `function.name`, raw text
    pub name: String,
    /// `function.arguments`, raw text
    pub arguments: String,
    /// Whether the arguments are a whole JSON value; the text for a custom tool never is.
    pub nesting: Nesting,
    custom: bool,
    /// `type`, raw text, if it is none of OpenAI's.
    pub kind: String,
    extra: Extra,
    inner_extra: Extra,
}

impl Accumulator {
    /// Something came that a caller would miss: text, thinking, a refusal, a call, sound, log probabilities, or what nobody
    /// knows yet. Not that a reply began or ended, nor what it costs.
    pub fn has_content(&self) -> bool {
        self.content > 0
    }

    /// No chunk came.
    pub fn is_new(&self) -> bool {
        self.choices.is_empty() && self.usage.is_none()
    }

    /// How much of a reply there is: a number that grows with its content, and by one with each end and with usage.
    pub fn size(&self) -> usize {
        let ended = self.choices.iter().filter(|choice| choice.finish.is_some()).count();
        self.content + ended + usize::from(self.usage.is_some())
    }

    /// Content came that was put in its place already, or will be later.
    pub fn grew(&mut self, bytes: usize) {
        self.content = self.content.saturating_add(bytes);
    }

    /// Takes one chunk in.
    pub fn push(&mut self, chunk: &clean::Chunk<'_>) {
        first_filled(&mut self.id, &chunk.id);
        first_filled(&mut self.model, &chunk.model);
        if chunk.created != "0" {
            first_filled(&mut self.created, &chunk.created);
        }
        if let Some(usage) = &chunk.usage {
            self.usage = Some(usage.clone().into_owned());
        }
        for (key, value) in &chunk.extra {
            if !PADDINGS.contains(key) {
                self.extra.merge(key, value, Rule::LAST);
            }
        }
        for choice in &chunk.choices {
            let more = self.choice_mut(choice.index).push(choice);
            self.grew(more);
        }
    }

    /// The choice with this index, if one of its chunks came.
    pub fn choice(&self, index: u32) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.index == index)
    }

    /// The choice with this index, made when it is new.
    pub fn choice_mut(&mut self, index: u32) -> &mut Choice {
        let at = self.choices.iter().position(|choice| choice.index == index).unwrap_or(self.choices.len());
        if at == self.choices.len() {
            self.choices.push(Choice { index, ..Choice::default() });
        }
        #[allow(clippy::indexing_slicing, reason = "made above where it was missing")]
        &mut self.choices[at]
    }

    /// The texts of all unknown members by now, for [`Accumulator::to_chunk`].
    pub fn texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        for choice in &self.choices {
            for call in &choice.calls {
                call.extra.texts_into(&mut texts);
                call.inner_extra.texts_into(&mut texts);
            }
            choice.message_extra.texts_into(&mut texts);
            choice.extra.texts_into(&mut texts);
        }
        self.extra.texts_into(&mut texts);
        texts
    }

    /// The reply so far as one chunk, for who begins to read only now.
    pub fn to_chunk<'a>(&'a self, texts: &'a [String]) -> clean::Chunk<'a> {
        let texts = &mut texts.iter();
        clean::Chunk {
            id: Cow::Borrowed(&self.id),
            created: Cow::Borrowed(if self.created.is_empty() { "0" } else { &self.created }),
            model: Cow::Borrowed(&self.model),
            choices: self.choices.iter().map(|choice| choice.to_clean(texts)).collect(),
            usage: self.usage.as_deref().map(Cow::Borrowed),
            extra: self.extra.members(texts),
        }
    }

    /// The reply so far as the JSON of a `chat.completion`.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        text_member("{\"id\":\"", &self.id, &mut out);
        out.push_str(",\"object\":\"chat.completion\",\"created\":");
        out.push_str(if self.created.is_empty() { "0" } else { &self.created });
        text_member(",\"model\":\"", &self.model, &mut out);
        out.push_str(",\"choices\":[");
        let mut next = self.choices.iter().min_by_key(|choice| choice.index);
        while let Some(choice) = next {
            choice.write_into(&mut out);
            next = self.choices.iter().filter(|other| other.index > choice.index).min_by_key(|other| other.index);
            if next.is_some() {
                out.push(',');
            }
        }
        out.push(']');
        if let Some(usage) = &self.usage {
            out.push_str(",\"usage\":");
            out.push_str(usage);
        }
        self.extra.write_into(&mut out);
        out.push('}');
        out
    }
}

impl Choice {
    /// Takes one chunk's choice in; how much content it brought.
    fn push(&mut self, choice: &clean::Choice<'_>) -> usize {
        let mut more = 0;
        if let Some(content) = &choice.content {
            more += content.len();
            self.content.get_or_insert_default().push_str(content);
        }
        if let Some(refusal) = &choice.refusal {
            more += refusal.len();
            self.refusal.get_or_insert_default().push_str(refusal);
        }
        if let Some(reasoning) = &choice.reasoning {
            more += reasoning.len();
            self.reasoning.push_str(reasoning);
        }
        for call in &choice.calls {
            more += self.push_call(call);
        }
        if let Some(logprobs) = choice.logprobs.as_deref() {
            more += extend_array(&mut self.content_logprobs, json::member(logprobs, "content"));
            more += extend_array(&mut self.refusal_logprobs, json::member(logprobs, "refusal"));
            for (key, value) in json::members(logprobs) {
                if !matches!(key, "content" | "refusal") {
                    self.logprobs_extra.merge(key, value, Rule::LISTED);
                }
            }
        }
        self.finish = choice.finish.or(self.finish);
        for (key, value) in &choice.delta_extra {
            more += if holds_data(key, value) { value.len() } else { 0 };
            if !PADDINGS.contains(key) {
                self.message_extra.merge(key, value, Rule::JOINED);
            }
        }
        for (key, value) in &choice.extra {
            self.extra.merge(key, value, Rule::LISTED);
        }
        more
    }

    fn push_call(&mut self, call: &clean::Call<'_>) -> usize {
        while self.calls.len() <= call.index {
            self.calls.push(Call::default());
        }
        let Some(so_far) = self.calls.get_mut(call.index) else { return 0 };
        first_filled(&mut so_far.id, call.id.as_deref().unwrap_or(""));
        let name = call.name.unwrap_or("");
        so_far.name.push_str(name);
        so_far.custom |= call.custom;
        first_filled(&mut so_far.kind, call.kind.unwrap_or(""));
        so_far.extend(&call.arguments);
        for (key, value) in &call.extra {
            so_far.extra.merge(key, value, Rule::JOINED);
        }
        for (key, value) in &call.inner_extra {
            so_far.inner_extra.merge(key, value, Rule::JOINED);
        }
        usize::from(call.id.is_some()) + name.len() + call.arguments.len()
    }

    /// True for another member of the message that came.
    pub fn knows(&self, key: &str) -> bool {
        self.message_extra.positions.get(key).is_some()
    }

    /// The entries behind the first `from` of another member of the message, raw. A lone value counts as one.
    pub fn entries(&self, key: &str, from: usize) -> Vec<String> {
        let mut texts = Vec::new();
        self.message_extra.entries_into(key, from, &mut texts);
        texts
    }

    fn to_clean<'a>(&'a self, texts: &mut slice::Iter<'a, String>) -> clean::Choice<'a> {
        let mut logprobs = String::new();
        self.write_logprobs(&mut logprobs);
        clean::Choice {
            index: self.index,
            role: true,
            content: self.content.as_deref().map(Cow::Borrowed),
            refusal: self.refusal.as_deref(),
            reasoning: Some(Cow::Borrowed(self.reasoning.as_str())).filter(|_| !self.reasoning.is_empty()),
            calls: self.calls.iter().enumerate().map(|(index, call)| call.to_clean(index, texts)).collect(),
            delta_extra: self.message_extra.members(texts),
            logprobs: (logprobs != "null").then_some(Cow::Owned(logprobs)),
            finish: self.finish,
            extra: self.extra.members(texts),
        }
    }

    fn write_into(&self, out: &mut String) {
        out.push_str("{\"index\":");
        out.push_str(&scan::decimal(self.index as u64));
        out.push_str(",\"message\":{\"role\":\"assistant\"");
        // OpenAI says null where there are only tool calls.
        let content = self.content.as_deref().filter(|text| !text.is_empty() || self.calls.is_empty());
        text_or_null(",\"content\":", content, out);
        text_or_null(",\"refusal\":", self.refusal.as_deref().filter(|text| !text.is_empty()), out);
        if !self.reasoning.is_empty() {
            text_member(",\"reasoning_content\":\"", &self.reasoning, out);
        }
        if !self.calls.is_empty() {
            write_list(",\"tool_calls\":[", &self.calls, Call::write_into, out);
        }
        self.message_extra.write_into(out);
        out.push_str("},\"logprobs\":");
        self.write_logprobs(out);
        text_or_null(",\"finish_reason\":", self.finish, out);
        self.extra.write_into(out);
        out.push('}');
    }

    fn write_logprobs(&self, out: &mut String) {
        if self.content_logprobs.is_none() && self.refusal_logprobs.is_none() {
            return out.push_str("null");
        }
        out.push_str("{\"content\":");
        out.push_str(self.content_logprobs.as_deref().unwrap_or("null"));
        out.push_str(",\"refusal\":");
        out.push_str(self.refusal_logprobs.as_deref().unwrap_or("null"));
        self.logprobs_extra.write_into(out);
        out.push('}');
    }
}

impl Call {
    /// Appends a fragment of the arguments.
    pub fn extend(&mut self, arguments: &str) {
        self.arguments.push_str(arguments);
        if !self.custom {
            self.nesting.read(arguments);
        }
    }

    fn to_clean<'a>(&'a self, index: usize, texts: &mut slice::Iter<'a, String>) -> clean::Call<'a> {
        clean::Call {
            index,
            id: Some(Cow::Borrowed(&self.id)),
            kind: Some(self.kind.as_str()).filter(|kind| !kind.is_empty()),
            name: Some(self.name.as_str()).filter(|name| !name.is_empty()),
            arguments: Cow::Borrowed(&self.arguments),
            custom: self.custom,
            extra: self.extra.members(texts),
            inner_extra: self.inner_extra.members(texts),
        }
    }

    /// The call is a custom tool's.
    pub fn is_custom(&self) -> bool {
        self.custom
    }

    fn write_into(&self, out: &mut String) {
        let (kind, arguments) = if self.custom { ("custom", "input") } else { ("function", "arguments") };
        text_member("{\"id\":\"", &self.id, out);
        text_member(",\"type\":\"", if self.kind.is_empty() { kind } else { &self.kind }, out);
        // A call of the provider's own (`web_search`) has no function.
        let is_bare = self.name.is_empty() && self.arguments.is_empty() && self.inner_extra.members.is_empty();
        if self.kind.is_empty() || !is_bare {
            text_member(",\"", kind, out);
            text_member(":{\"name\":\"", &self.name, out);
            text_member(",\"", arguments, out);
            text_member(":\"", &self.arguments, out);
            self.inner_extra.write_into(out);
            out.push('}');
        }
        self.extra.write_into(out);
        out.push('}');
    }
}

fn first_filled(so_far: &mut String, text: &str) {
    if so_far.is_empty() {
        so_far.push_str(text);
    }
}

fn text_or_null(opening: &str, text: Option<&str>, out: &mut String) {
    out.push_str(opening);
    match text {
        Some(text) => text_member("\"", text, out),
        None => out.push_str("null"),
    }
}

/// Appends the elements of an array; how many bytes they are.
fn extend_array(so_far: &mut Option<String>, more: Option<&str>) -> usize {
    let Some(more) = more.filter(|raw| scan::begins(raw, b"[")) else { return 0 };
    match so_far {
        Some(array) => append_elements(array, more),
        None => *so_far = Some(more.to_owned()),
    }
    if holds_data("", more) { more.len() } else { 0 }
}
