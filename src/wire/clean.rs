//! A chunk as OpenAI would have sent it, whatever came in. Spans are raw JSON; texts are what stands between the quotes of a
//! JSON string, still escaped: appending raw texts is exact (two halves of a surrogate pair meet again) and costs a copy.

use super::Member;
use crate::scan;
use std::borrow::Cow;

/// A chunk of OpenAI's shape.
#[derive(Debug, Default, Clone)]
pub struct Chunk<'a> {
    /// `id`, raw text
    pub id: Cow<'a, str>,
    /// `created`, raw number
    pub created: Cow<'a, str>,
    /// `model`, raw text
    pub model: Cow<'a, str>,
    /// `choices`
    pub choices: Vec<Choice<'a>>,
    /// `usage`, a raw object
    pub usage: Option<Cow<'a, str>>,
    /// All other members.
    pub extra: Vec<Member<'a>>,
}

/// A choice of OpenAI's shape.
#[derive(Debug, Default, Clone)]
pub struct Choice<'a> {
    /// `index`
    pub index: u32,
    /// `delta.role` is "assistant"; otherwise it is left out.
    pub role: bool,
    /// `delta.content`, raw text
    pub content: Option<Cow<'a, str>>,
    /// `delta.refusal`, raw text
    pub refusal: Option<&'a str>,
    /// `delta.reasoning_content`, raw text
    pub reasoning: Option<Cow<'a, str>>,
    /// `delta.tool_calls`
    pub calls: Vec<Call<'a>>,
    /// All other members of the delta.
    pub delta_extra: Vec<Member<'a>>,
    /// `logprobs`, a raw object
    pub logprobs: Option<Cow<'a, str>>,
    /// `finish_reason`
    pub finish: Option<&'static str>,
    /// All other members of the choice.
    pub extra: Vec<Member<'a>>,
}

/// A fragment of a tool call of OpenAI's shape.
#[derive(Debug, Default, Clone)]
pub struct Call<'a> {
    /// `index`: 0, 1, 2, …
    pub index: usize,
    /// `id`, raw text; on the first fragment only.
    pub id: Option<Cow<'a, str>>,
    /// `type`, raw text, where it is none of OpenAI's: once.
    pub kind: Option<&'a str>,
    /// `function.name`, raw text: once, unless it came in pieces.
    pub name: Option<&'a str>,
    /// `function.arguments`, raw text
    pub arguments: Cow<'a, str>,
    /// The call is a custom tool's: `custom.input` instead of `function.arguments`.
    pub custom: bool,
    /// All other members.
    pub extra: Vec<Member<'a>>,
    /// All other members of `function` or `custom`.
    pub inner_extra: Vec<Member<'a>>,
}

impl Chunk<'_> {
    /// Appends the chunk as JSON.
    pub fn write_into(&self, out: &mut String) {
        text_member("{\"id\":\"", &self.id, out);
        out.push_str(",\"object\":\"chat.completion.chunk\",\"created\":");
        out.push_str(&self.created);
        text_member(",\"model\":\"", &self.model, out);
        write_list(",\"choices\":[", &self.choices, Choice::write_into, out);
        if let Some(usage) = &self.usage {
            raw_member(",\"usage\":", usage, out);
        }
        write_members(&self.extra, out);
        out.push('}');
    }
}

impl Choice<'_> {
    fn write_into(&self, out: &mut String) {
        out.push_str("{\"index\":");
        out.push_str(&scan::decimal(self.index as u64));
        out.push_str(",\"delta\":{");
        // Each member begins with a comma; the first one's is one too many.
        let mut members = String::new();
        self.write_delta(&mut members);
        out.push_str(members.get(1..).unwrap_or(""));
        out.push('}');
        if let Some(logprobs) = &self.logprobs {
            raw_member(",\"logprobs\":", logprobs, out);
        }
        out.push_str(",\"finish_reason\":");
        match self.finish {
            Some(reason) => text_member("\"", reason, out),
            None => out.push_str("null"),
        }
        write_members(&self.extra, out);
        out.push('}');
    }

    /// Appends the members of the delta, each with a comma before it.
    fn write_delta(&self, out: &mut String) {
        if self.role {
            out.push_str(",\"role\":\"assistant\"");
        }
        if let Some(content) = &self.content {
            text_member(",\"content\":\"", content, out);
        }
        if let Some(refusal) = self.refusal {
            text_member(",\"refusal\":\"", refusal, out);
        }
        if let Some(reasoning) = &self.reasoning {
            text_member(",\"reasoning_content\":\"", reasoning, out);
        }
        if !self.calls.is_empty() {
            write_list(",\"tool_calls\":[", &self.calls, Call::write_into, out);
        }
        write_members(&self.delta_extra, out);
    }
}

impl Call<'_> {
    fn write_into(&self, out: &mut String) {
        let (kind, arguments) = if self.custom { ("custom", "input") } else { ("function", "arguments") };
        out.push_str("{\"index\":");
        out.push_str(&scan::decimal(self.index as u64));
        if let Some(id) = &self.id {
            text_member(",\"id\":\"", id, out);
        }
        if self.id.is_some() || self.kind.is_some() {
            text_member(",\"type\":\"", self.kind.unwrap_or(kind), out);
        }
        // A call of the provider's own (`web_search`) has no function.
        if self.kind.is_none() || self.name.is_some() || !self.arguments.is_empty() || !self.inner_extra.is_empty() {
            text_member(",\"", kind, out);
            out.push_str(":{");
            if let Some(name) = self.name {
                text_member("\"name\":\"", name, out);
                out.push(',');
            }
            text_member("\"", arguments, out);
            text_member(":\"", &self.arguments, out);
            write_members(&self.inner_extra, out);
            out.push('}');
        }
        write_members(&self.extra, out);
        out.push('}');
    }
}

/// Appends `opening`, the raw text and the closing quote.
pub fn text_member(opening: &str, text: &str, out: &mut String) {
    out.push_str(opening);
    out.push_str(text);
    out.push('"');
}

/// Appends members of an object, each with a comma before it.
pub fn write_members(members: &[Member<'_>], out: &mut String) {
    for (key, value) in members {
        text_member(",\"", key, out);
        raw_member(":", value, out);
    }
}

/// Appends `opening` and the raw value, on one line: in a pretty-printed body values are of several, an event's data is one.
pub fn raw_member(opening: &str, value: &str, out: &mut String) {
    out.push_str(opening);
    let mut rest = value;
    while let Some((line, after)) = rest.split_at_checked(scan::line_end(rest.as_bytes())) {
        out.push_str(line);
        rest = after.get(1..).unwrap_or("");
        if after.is_empty() {
            break;
        }
        out.push(' ');
    }
}

/// Appends `opening`, the items with commas between them, and the closing bracket.
pub fn write_list<T>(opening: &str, items: &[T], write: impl Fn(&T, &mut String), out: &mut String) {
    out.push_str(opening);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}
