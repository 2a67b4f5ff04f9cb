//! The fields of a chunk, one by one: each as OpenAI would have sent it.

use super::repair::Repairs;
use crate::accumulate;
use crate::json;
use crate::scan;
use crate::wire::Member;
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
    /// The whole array, when a part of it says anything else.
    pub unknown: Option<&'a str>,
}

/// `content` as raw text: a string; an array of parts (Mistral), or one of them; an object (Cloudflare, in JSON mode).
pub fn content<'a>(delta: &Delta<'a>, repairs: &mut Repairs) -> Content<'a> {
    let Some(raw) = delta.content else { return Content::default() };
    if let Some(text) = json::string(raw) {
        return Content { text: Some(Cow::Borrowed(text)), ..Content::default() };
    }
    let parts = match json::member(raw, "type").and_then(|_| json::member(raw, "text")).and_then(json::string) {
        Some(_) => vec![raw],
        None => json::elements(raw),
    };
    if parts.is_empty() && !scan::begins(raw, b"[") {
        repairs.note("content_not_string");
        let mut text = String::new();
        json::escape_into(&json::compact(raw), &mut text);
        return Content { text: Some(Cow::Owned(text)), ..Content::default() };
    }
    repairs.note("content_parts");
    let mut found = Content::default();
    let mut text = String::new();
    for part in parts {
        if !found.read_part(part, &mut text) {
            found.unknown = Some(raw);
        }
    }
    found.text = Some(Cow::Owned(text)).filter(|text: &Cow<'_, str>| !text.is_empty());
    found
}

impl<'a> Content<'a> {
    /// False for a part that says more than what is read of it.
    fn read_part(&mut self, part: &'a str, text: &mut String) -> bool {
        match json::member(part, "type").and_then(json::string) {
            Some("text" | "output_text") | None => gather(part, DEPTH, text),
            Some("refusal") => {
                self.refusal = json::member(part, "refusal").and_then(json::string);
                self.refusal.is_some()
            }
            // Mistral; Databricks
            Some(kind) if scan::has_any(kind, "thinking/reasoning") => gather(part, DEPTH, &mut self.reasoning),
            Some(_) => false,
        }
    }
}

/// Appends the text that a value stands for, raw. False where it says more than that.
fn gather(raw: &str, depth: usize, out: &mut String) -> bool {
    if let Some(text) = json::string(raw) {
        out.push_str(text);
        return true;
    }
    if depth == 0 || !scan::begins(raw, b"[{") {
        return raw == "null";
    }
    let mut is_all = true;
    for element in json::elements(raw) {
        is_all &= gather(element, depth - 1, out);
    }
    let before = out.len();
    for name in scan::words(TEXTS) {
        if let Some(value) = json::member(raw, name) {
            is_all &= if out.len() == before { gather(value, depth - 1, out) } else { is_empty(value) };
        }
    }
    let is_read = |(key, value): &(&str, &str)| match *key {
        "type" => json::string(value).is_some_and(|kind| scan::has_any(kind, "text/thinking/reasoning/summary")),
        _ => scan::is_any(key, TEXTS),
    };
    is_all && json::members(raw).iter().all(|member| is_read(member) || is_empty(member.1))
}

/// True for a value that says nothing.
pub fn is_empty(raw: &str) -> bool {
    matches!(raw, "null" | "\"\"" | "{}" | "[]")
}

/// The reasoning of a delta, under any of its names, once: some servers say the same under two. `has_field`: a field for it
/// was seen.
pub fn reasoning<'a>(
    delta: &Delta<'a>,
    so_far: Option<&accumulate::Choice>,
    has_field: &mut bool,
    extra: &mut Vec<Member<'a>>,
    repairs: &mut Repairs,
) -> Option<Cow<'a, str>> {
    let own = delta.reasoning_content.filter(|raw| !is_empty(raw));
    // Another text under another name.
    let other = delta.reasoning.filter(|raw| !is_empty(raw) && Some(*raw) != own);
    if let Some(other) = other.filter(|_| own.is_some()) {
        repairs.note("member_kept");
        extra.push(("native_reasoning", other));
    }
    let mut text = String::new();
    if let Some(raw) = own.or(delta.reasoning) {
        if let Some(text) = json::filled(raw) {
            *has_field = true;
            if own.is_none() {
                repairs.note("reasoning_renamed");
            }
            return Some(Cow::Borrowed(text));
        }
        if !gather(raw, DEPTH, &mut text) {
            repairs.note("member_kept");
            extra.push(("native_reasoning", raw));
        }
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

/// The word of a finish reason, raw: some put it into an object. "" for what is none.
pub fn reason_of(raw: &str) -> &str {
    let named = scan::words("finish_reason/reason/type/value/name").find_map(|name| json::member(raw, name));
    let inner = named.or(json::elements(raw).first().copied());
    json::string(inner.unwrap_or(raw)).unwrap_or("")
}

/// OpenAI's word for a finish reason. Others have many, told by a part of them; the first that is found counts.
pub fn finish_reason(raw: &str) -> Finish {
    const PARTS: [(&str, &str); 4] = [
        ("", "error/fail/malformed/unexpected/insufficient/abort/cancel/timeout"),
        ("tool_calls", "tool/function"),
        ("content_filter", "filter/safety/sensitive/refus/prohibited/blocklist/recitation/guardrail/moderation/spii"),
        ("length", "length/max_/limit/window/incomplete/capacity/truncat/capacity/truncat"),
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

/// Under which name a service tier is passed on: OpenAI's only for OpenAI's values (Groq says "on_demand").
pub fn service_tier(raw: &str, repairs: &mut Repairs) -> &'static str {
    if json::string(raw).is_some_and(|tier| scan::is_any(tier, "auto/default/flex/scale/priority/fast")) {
        return "service_tier";
    }
    repairs.note("service_tier_unknown");
    "native_service_tier"
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

/// `created` in whole seconds: also a fraction, or a number in quotes.
pub fn created(raw: &str) -> Option<&str> {
    let raw = json::string(raw).unwrap_or(raw);
    let whole = scan::before(raw, ".");
    Some(whole).filter(|whole| json::integer(whole).is_some_and(|seconds| seconds >= 0) && json::is_whole(whole))
}

pub fn append<'a>(text: &mut Option<Cow<'a, str>>, more: Cow<'a, str>) {
    match text {
        Some(text) => text.to_mut().push_str(&more),
        None if more.is_empty() => {}
        None => *text = Some(more),
    }
}
