//! The fields of a chunk, one by one: each as OpenAI would have sent it.

use super::repair::Repairs;
use crate::accumulate;
use crate::json;
use crate::scan;
use crate::wire::chunk::{Choice, Chunk, Delta};
use std::borrow::Cow;

/// Replies of other shapes than OpenAI's, told by their members: Workers AI's `{"response":"…"}`, Ollama's own
/// `{"message":{…},"done":false}`. They become a choice of a chunk.
pub fn adopt(chunk: &mut Chunk<'_>, repairs: &mut Repairs) {
    if chunk.choices.is_some() {
        return;
    }
    let member = |name: &str| chunk.extra.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let message =
        member("message").filter(|message| message.starts_with('{') && json::member(message, "role").is_some());
    let delta = match (message, member("response").filter(|response| json::string(response).is_some())) {
        (Some(message), _) => {
            let mut cursor = json::Cursor::new(message);
            cursor.open(b'{');
            Delta::read(&mut cursor).ok().map(Box::new)
        }
        (None, Some(response)) => Some(Box::new(Delta { content: Some(response), ..Delta::default() })),
        (None, None) => None,
    };
    let Some(delta) = delta else { return };
    repairs.note("foreign_shape");
    let is_done = member("done") == Some("true");
    let finish_reason = member("done_reason").or(is_done.then_some("\"stop\""));
    let choice =
        Choice { index: Some("0"), delta: Some(delta), finish_reason, has_finish_reason: true, ..Choice::default() };
    chunk.choices = Some(vec![choice]);
    chunk.extra.retain(|(key, _)| !matches!(*key, "message" | "response" | "done" | "done_reason"));
}

/// What there is to read of a choice: its delta; else its message, as far as it goes beyond what came; else its text.
pub fn delta<'a>(
    delta: Option<Box<Delta<'a>>>,
    message: Option<Box<Delta<'a>>>,
    text: Option<&'a str>,
    so_far: Option<&accumulate::Choice>,
    repairs: &mut Repairs,
) -> Option<Box<Delta<'a>>> {
    let is_filled = |delta: &Delta<'_>| delta.content.is_some_and(|raw| raw != "\"\"") || !delta.tool_calls.is_empty();
    match (delta, message) {
        // A plain completion of Perplexity's has an empty delta beside the message.
        (Some(delta), Some(message)) if so_far.is_none() && !is_filled(&delta) && is_filled(&message) => Some(message),
        (Some(mut delta), None) if delta.content.is_none() && text.is_some() => {
            delta.content = text;
            Some(delta)
        }
        (Some(delta), _) => Some(delta),
        (None, Some(message)) => match so_far {
            None => Some(message),
            Some(so_far) => {
                repairs.note("message_in_stream");
                Some(remainder(message, so_far))
            }
        },
        (None, None) => text.map(|text| Box::new(Delta { content: Some(text), ..Delta::default() })),
    }
}

/// The part of a message that deltas have not brought: MiniMax repeats the whole at the end, some send only messages that
/// grow.
pub fn remainder<'a>(mut message: Box<Delta<'a>>, so_far: &accumulate::Choice) -> Box<Delta<'a>> {
    let known = so_far.content.as_deref().unwrap_or("");
    let goes_on = |raw: &&str| json::string(raw).is_some_and(|text| text.starts_with(known));
    message.content = message.content.filter(|raw| known.is_empty() || goes_on(raw));
    message.known = known.len();
    (message.role, message.refusal) = (None, None);
    (message.reasoning, message.reasoning_content, message.has_reasoning) = (None, None, true);
    message.function_call = None;
    if !so_far.calls.is_empty() {
        message.tool_calls.clear();
    }
    message
}

#[derive(Default)]
pub struct Content<'a> {
    pub text: Option<Cow<'a, str>>,
    pub reasoning: String,
    /// The whole array, when a part of it is neither text nor thinking.
    pub unknown: Option<&'a str>,
}

/// `content` as raw text: a string; an array of parts (Mistral); an object (Cloudflare, in JSON mode).
pub fn content<'a>(delta: &Delta<'a>, repairs: &mut Repairs) -> Content<'a> {
    let Some(raw) = delta.content else { return Content::default() };
    if let Some(text) = json::string(raw) {
        let text = text.get(delta.known..).unwrap_or("");
        return Content { text: Some(Cow::Borrowed(text)), ..Content::default() };
    }
    if !raw.starts_with('[') {
        repairs.note("content_not_string");
        let mut text = String::new();
        json::escape_into(&json::compact(raw), &mut text);
        return Content { text: Some(Cow::Owned(text)), ..Content::default() };
    }
    repairs.note("content_parts");
    let mut found = Content::default();
    let mut text = String::new();
    for part in json::elements(raw) {
        if !read_part(part, &mut text, &mut found.reasoning) {
            found.unknown = Some(raw);
        }
    }
    found.text = Some(Cow::Owned(text)).filter(|text: &Cow<'_, str>| !text.is_empty());
    found
}

/// False for a part of unknown type.
pub fn read_part(part: &str, text: &mut String, reasoning: &mut String) -> bool {
    if let Some(plain) = json::string(part) {
        text.push_str(plain);
        return true;
    }
    let texts = |name: &str, out: &mut String| match json::member(part, name) {
        Some(raw) if raw.starts_with('[') => {
            for inner in json::elements(raw) {
                out.push_str(json::member(inner, "text").and_then(json::string).unwrap_or(""));
            }
        }
        Some(raw) => out.push_str(json::string(raw).unwrap_or("")),
        None => {}
    };
    match json::member(part, "type").and_then(json::string) {
        Some("text" | "output_text") | None => texts("text", text),
        Some("thinking") => texts("thinking", reasoning),
        // Databricks
        Some("reasoning") => texts("summary", reasoning),
        Some(_) => return false,
    }
    true
}

/// The reasoning of a delta, under any of its names, once: some servers say the same under two.
pub fn reasoning<'a>(
    delta: &Delta<'a>,
    so_far: Option<&accumulate::Choice>,
    repairs: &mut Repairs,
) -> Option<Cow<'a, str>> {
    if let Some(text) = delta.reasoning_content.and_then(json::filled) {
        return Some(Cow::Borrowed(text));
    }
    if let Some(text) = delta.reasoning.and_then(json::filled) {
        repairs.note("reasoning_renamed");
        return Some(Cow::Borrowed(text));
    }
    // Where there is a field for it, the details only repeat it, or are not meant to be read.
    if delta.has_reasoning {
        return None;
    }
    let details = delta.extra.iter().find(|(key, _)| *key == "reasoning_details")?.1;
    let mut text = String::new();
    for detail in json::elements(details) {
        let said = json::member(detail, "text").or_else(|| json::member(detail, "summary"));
        text.push_str(said.and_then(json::string).unwrap_or(""));
    }
    if text.is_empty() {
        return None;
    }
    repairs.note("reasoning_renamed");
    // MiniMax documents the text as cumulative and sends it in pieces: only what extends what came is taken as a whole.
    let known = so_far.map_or("", |choice| choice.reasoning.as_str());
    match text.strip_prefix(known) {
        Some(rest) if !known.is_empty() => Some(Cow::Owned(rest.to_owned())),
        _ => Some(Cow::Owned(text)),
    }
}

pub enum Finish {
    Word(&'static str),
    Failed,
}

/// OpenAI's word for a finish reason.
pub fn finish_reason(raw: &str) -> Finish {
    Finish::Word(match raw.to_ascii_lowercase().as_str() {
        "length" | "max_tokens" | "model_length" | "max_output_tokens" => "length",
        "tool_calls" | "tool_call" | "tool_use" | "function_call" | "tool" => "tool_calls",
        "content_filter" | "sensitive" | "safety" | "content_filtered" | "refusal" => "content_filter",
        "error" | "network_error" | "insufficient_system_resource" => return Finish::Failed,
        // "stop", and what others call it: "eos", "end_turn", "stop_sequence", "COMPLETE".
        _ => "stop",
    })
}

/// A usage object without nulls (OpenAI's schema has none); an empty one says nothing.
pub fn usage(raw: Option<&str>) -> Option<Cow<'_, str>> {
    let raw = raw.filter(|raw| {
        raw.starts_with('{')
            && (json::member(raw, "total_tokens").is_some() || json::member(raw, "prompt_tokens").is_some())
    })?;
    Some(if scan::position(raw, "null").is_some() { Cow::Owned(json::without_nulls(raw)) } else { Cow::Borrowed(raw) })
}

/// Under which name a service tier is passed on: OpenAI's only for OpenAI's values (Groq says "on_demand").
pub fn service_tier(raw: &str, repairs: &mut Repairs) -> &'static str {
    if matches!(json::string(raw), Some("auto" | "default" | "flex" | "scale" | "priority" | "fast")) {
        return "service_tier";
    }
    repairs.note("service_tier_unknown");
    "native_service_tier"
}

/// Log probabilities, where there is a list of them.
pub fn logprobs(raw: Option<&str>) -> Option<&str> {
    raw.filter(|raw| json::member(raw, "content").is_some())
}

/// A string, or where it is empty (Azure's first chunk) what is known of it by now.
pub fn text_or<'a>(raw: Option<&'a str>, known: &str, repair: &'static str, repairs: &mut Repairs) -> Cow<'a, str> {
    match raw.and_then(json::string) {
        Some(text) if !text.is_empty() => Cow::Borrowed(text),
        Some(_) => Cow::Owned(known.to_owned()),
        None => {
            repairs.note(repair);
            Cow::Owned(known.to_owned())
        }
    }
}

pub fn created<'a>(raw: Option<&'a str>, known: &str, repairs: &mut Repairs) -> Cow<'a, str> {
    match raw.filter(|raw| json::integer(raw).is_some()) {
        Some(number) => Cow::Borrowed(number),
        None => {
            repairs.note("created_missing");
            Cow::Owned(if known.is_empty() { "0".to_owned() } else { known.to_owned() })
        }
    }
}

pub fn append<'a>(text: &mut Option<Cow<'a, str>>, more: Cow<'a, str>) {
    match text {
        Some(text) => text.to_mut().push_str(&more),
        None if more.is_empty() => {}
        None => *text = Some(more),
    }
}
