//! The fields of a chunk, one by one: each as OpenAI would have sent it.

use super::repair::Repairs;
use crate::accumulate;
use crate::json;
use crate::scan;
use crate::wire::chunk::Delta;
use std::borrow::Cow;

/// Where an object that stands for a text has it.
const TEXTS: &str = "text/content/summary/thinking/reasoning/reasoning_content/reasoning_text/value";
/// Members that hold the reasoning in parts: OpenRouter's, LiteLLM's.
pub const DETAILS: [&str; 2] = ["reasoning_details", "thinking_blocks"];
/// How deep a text may lie in objects and arrays.
const DEPTH: usize = 4;

#[derive(Default)]
pub struct Content<'a> {
    pub text: Option<Cow<'a, str>>,
    pub reasoning: String,
    pub refusal: Option<&'a str>,
    /// The whole array, when a part of it is none of these.
    pub unknown: Option<&'a str>,
}

/// `content` as raw text: a string; an array of parts (Mistral); an object (Cloudflare, in JSON mode).
pub fn content<'a>(delta: &Delta<'a>, repairs: &mut Repairs) -> Content<'a> {
    let Some(raw) = delta.content else { return Content::default() };
    if let Some(text) = json::string(raw) {
        return Content { text: Some(Cow::Borrowed(text)), ..Content::default() };
    }
    if !scan::begins(raw, b"[") {
        repairs.note("content_not_string");
        let mut text = String::new();
        json::escape_into(&json::compact(raw), &mut text);
        return Content { text: Some(Cow::Owned(text)), ..Content::default() };
    }
    repairs.note("content_parts");
    let mut found = Content::default();
    let mut text = String::new();
    for part in json::elements(raw) {
        if !found.read_part(part, &mut text) {
            found.unknown = Some(raw);
        }
    }
    found.text = Some(Cow::Owned(text)).filter(|text: &Cow<'_, str>| !text.is_empty());
    found
}

impl<'a> Content<'a> {
    /// False for a part of unknown type.
    fn read_part(&mut self, part: &'a str, text: &mut String) -> bool {
        match json::member(part, "type").and_then(json::string) {
            Some("text" | "output_text") | None => gather(part, DEPTH, text),
            Some("refusal") => self.refusal = json::member(part, "refusal").and_then(json::string),
            // Mistral; Databricks
            Some(kind) if scan::has_any(kind, "thinking/reasoning") => {
                gather(part, DEPTH, &mut self.reasoning);
            }
            Some(_) => return false,
        }
        true
    }
}

/// Appends the text that a value stands for, raw.
fn gather(raw: &str, depth: usize, out: &mut String) {
    if let Some(text) = json::string(raw) {
        return out.push_str(text);
    }
    if depth == 0 {
        return;
    }
    for element in json::elements(raw) {
        gather(element, depth - 1, out);
    }
    let before = out.len();
    for value in scan::words(TEXTS).filter_map(|name| json::member(raw, name)) {
        if out.len() == before {
            gather(value, depth - 1, out);
        }
    }
}

/// The reasoning of a delta, under any of its names, once: some servers say the same under two. `has_field`: a field for it
/// was seen.
pub fn reasoning<'a>(
    delta: &Delta<'a>,
    so_far: Option<&accumulate::Choice>,
    has_field: &mut bool,
    repairs: &mut Repairs,
) -> Option<Cow<'a, str>> {
    if let Some(text) = delta.reasoning_content.and_then(json::filled) {
        *has_field = true;
        return Some(Cow::Borrowed(text));
    }
    let mut text = String::new();
    if let Some(raw) = delta.reasoning_content.filter(|raw| *raw != "\"\"").or(delta.reasoning) {
        if let Some(text) = json::filled(raw) {
            *has_field = true;
            repairs.note("reasoning_renamed");
            return Some(Cow::Borrowed(text));
        }
        gather(raw, DEPTH, &mut text);
    }
    // Where there is a field for it, be it null, the details only repeat it, or are not meant to be read.
    let details = delta.extra.iter().find(|(key, _)| DETAILS.contains(key) && !delta.has_reasoning && !*has_field);
    if let (true, Some((_, details))) = (text.is_empty(), details) {
        for detail in json::elements(details) {
            gather(detail, DEPTH, &mut text);
        }
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
    /// Not a reason: "null" as a text, blanks.
    Unsaid,
}

/// OpenAI's word for a finish reason. Others have many, told by a part of them; the first that is found counts.
pub fn finish_reason(raw: &str) -> Finish {
    const PARTS: [(&str, &str); 4] = [
        ("", "error/fail/malformed/unexpected/insufficient/abort/cancel/timeout"),
        ("tool_calls", "tool/function"),
        ("content_filter", "filter/safety/sensitive/refus/prohibited/blocklist/recitation/guardrail/moderation/spii"),
        ("length", "length/max_/limit/window/incomplete"),
    ];
    let word = raw.trim_ascii().to_ascii_lowercase();
    if scan::is_any(&word, "/null/none/finish_reason_unspecified") {
        return Finish::Unsaid;
    }
    match PARTS.iter().find(|(_, parts)| scan::has_any(&word, parts)) {
        Some(("", _)) => Finish::Failed,
        Some((meant, _)) => Finish::Word(meant),
        // "stop", and what others call it: "eos", "end_turn", "stop_sequence", "COMPLETE".
        None => Finish::Word("stop"),
    }
}

/// A usage object without nulls (OpenAI's schema has none); an empty one says nothing, nor do zeros once more was `known`.
pub fn usage<'a>(raw: Option<&'a str>, known: &Option<String>) -> Option<Cow<'a, str>> {
    let raw = raw.filter(|raw| raw.starts_with('{'))?;
    let (mut counts, mut is_zero) = (false, true);
    for name in scan::words("total_tokens/prompt_tokens/completion_tokens/input_tokens/output_tokens") {
        if let Some(count) = json::member(raw, name) {
            (counts, is_zero) = (true, is_zero && count == "0");
        }
    }
    if !counts || (known.is_some() && is_zero) {
        return None;
    }
    Some(if scan::position(raw, "null").is_some() { Cow::Owned(json::without_nulls(raw)) } else { Cow::Borrowed(raw) })
}

/// Under which name a service tier is passed on: OpenAI's only for OpenAI's values (Groq says "on_demand").
pub fn service_tier(raw: &str, repairs: &mut Repairs) -> &'static str {
    if json::string(raw).is_some_and(|tier| scan::is_any(tier, "auto/default/flex/scale/priority/fast")) {
        return "service_tier";
    }
    repairs.note("service_tier_unknown");
    "native_service_tier"
}

/// Log probabilities, where there is a list of them.
pub fn logprobs(raw: Option<&str>) -> Option<&str> {
    raw.filter(|raw| scan::words("content/refusal").any(|name| json::member(raw, name).is_some()))
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
    // A fraction of a second, or a number in quotes.
    let raw = raw.map(|raw| json::string(raw).unwrap_or(raw));
    let whole = raw.map(|raw| scan::split(raw, ".").map_or(raw, |(whole, _)| whole));
    match whole.filter(|whole| json::integer(whole).is_some_and(|seconds| seconds >= 0) && json::is_whole(whole)) {
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
