//! From what a provider sent to what OpenAI would have sent. Each deviation is told by its shape and repaired for everyone;
//! no provider is named in code, only in comments as the source.

use super::repair::Repairs;
use super::think::Splitter;
use super::tools::Slots;
use crate::accumulate::{self, Accumulator};
use crate::error::{Details, Error, Kind};
use crate::json;
use crate::wire::chunk::{Choice, Chunk, Delta};
use crate::wire::{clean, failure as wire_failure};
use std::borrow::Cow;

/// The state that normalising needs beside the reply so far.
#[derive(Debug, Clone)]
pub struct Normalizer {
    seed: u64,
    choices: Vec<State>,
    failure: Option<Error>,
}

#[derive(Debug, Clone, Default)]
struct State {
    index: u32,
    has_role: bool,
    think: Splitter,
    slots: Slots,
}

/// The failure that a chunk reports, in whatever member. `None`: it reports none.
pub fn failure(chunk: &Chunk<'_>, raw: &str) -> Option<Error> {
    if let Some(error) = chunk.error.filter(|error| *error != "false" && *error != "\"\"") {
        return Some(wire_failure::frame(if error.starts_with('"') { raw } else { error }));
    }
    let in_choice = chunk.choices.iter().flatten().find_map(|choice| choice.error);
    if let Some(error) = in_choice {
        return Some(wire_failure::frame(error));
    }
    let extra = |name: &str| chunk.extra.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    // MiniMax: status 200, `base_resp.status_code` tells.
    let status = extra("base_resp").and_then(|base| json::member(base, "status_code"));
    if status.is_some_and(|code| code != "0") {
        return Some(wire_failure::frame(raw));
    }
    let is_error_object = chunk.object == Some("\"error\"");
    let says = ["message", "detail", "errors", "msg"]
        .iter()
        .any(|name| extra(name).is_some_and(|value| value != "null" && value != "[]"));
    let is_bare = chunk.choices.is_none() && chunk.usage.is_none();
    (is_error_object || (is_bare && says)).then(|| wire_failure::frame(raw))
}

impl Normalizer {
    /// `seed`: see [`super::Decoder::new`].
    pub fn new(seed: u64) -> Self {
        Self { seed, choices: Vec::new(), failure: None }
    }

    /// The failure that the last chunk's finish reason meant.
    pub fn take_failure(&mut self) -> Option<Error> {
        self.failure.take()
    }

    /// Makes a chunk OpenAI's.
    pub fn normalize<'a>(&mut self, chunk: Chunk<'a>, reply: &Accumulator, repairs: &mut Repairs) -> clean::Chunk<'a> {
        let mut usage = usage(chunk.usage);
        let mut extra = chunk.extra;
        if let Some(tier) = chunk.service_tier {
            extra.push((service_tier(tier, repairs), tier));
        }
        // OpenAI's schema has no null here; its older models send it all the same.
        extra.retain(|(key, value)| *key != "system_fingerprint" || *value != "null");
        if chunk.choices.is_none() {
            repairs.note("choices_missing");
        }
        match chunk.object.and_then(json::string) {
            Some("chat.completion.chunk") => {}
            Some("chat.completion") if chunk.choices.iter().flatten().all(|choice| choice.message.is_some()) => {}
            _ => repairs.note("object_wrong"),
        }
        let mut choices = Vec::new();
        for (position, mut choice) in chunk.choices.unwrap_or_default().into_iter().enumerate() {
            if let Some(moved) = usage_of(&mut choice) {
                repairs.note("usage_in_choice");
                usage = usage.or(Some(moved));
            }
            choices.push(self.choice(choice, position, reply, repairs));
        }
        // Groq
        let grouped =
            extra.iter().find(|(key, _)| *key == "x_groq").and_then(|(_, group)| json::member(group, "usage"));
        if let (None, Some(moved)) = (&usage, self::usage(grouped)) {
            repairs.note("usage_in_x_groq");
            usage = Some(moved);
        }
        clean::Chunk {
            id: filled_or(chunk.id, &reply.id, "id_missing", repairs),
            created: created(chunk.created, &reply.created, repairs),
            model: filled_or(chunk.model, &reply.model, "model_missing", repairs),
            choices,
            usage,
            extra,
        }
    }

    /// What was held back in case it was a tag, as a last chunk.
    pub fn flush(&mut self, reply: &Accumulator) -> Option<clean::Chunk<'static>> {
        let mut choices = Vec::new();
        for state in &mut self.choices {
            let pieces = state.think.finish();
            let content = Some(pieces.content).filter(|text| !text.is_empty());
            let reasoning = Some(Cow::Owned(pieces.reasoning)).filter(|text: &Cow<'_, str>| !text.is_empty());
            if content.is_some() || reasoning.is_some() {
                choices.push(clean::Choice { index: state.index, content, reasoning, ..clean::Choice::default() });
            }
        }
        if choices.is_empty() {
            return None;
        }
        let created = if reply.created.is_empty() { "0".to_owned() } else { reply.created.clone() };
        let (id, model) = (reply.id.clone().into(), reply.model.clone().into());
        Some(clean::Chunk { id, created: created.into(), model, choices, ..clean::Chunk::default() })
    }

    fn choice<'a>(
        &mut self,
        choice: Choice<'a>,
        position: usize,
        reply: &Accumulator,
        repairs: &mut Repairs,
    ) -> clean::Choice<'a> {
        let index = choice.index.and_then(|raw| raw.parse().ok()).unwrap_or_else(|| {
            repairs.note("choice_index_missing");
            u32::try_from(position).unwrap_or(0)
        });
        let so_far = reply.choice(index);
        let at = self.choices.iter().position(|state| state.index == index).unwrap_or(self.choices.len());
        if at == self.choices.len() {
            self.choices.push(State { index, ..State::default() });
        }
        let seed = self.seed;
        #[allow(clippy::indexing_slicing, reason = "made above where it was missing")]
        let state = &mut self.choices[at];
        let mut clean =
            clean::Choice { index, logprobs: logprobs(choice.logprobs), extra: choice.extra, ..Default::default() };
        match delta(choice.delta, choice.message, choice.text, so_far, repairs) {
            Some(delta) => state.delta(delta, so_far, seed, &mut clean, repairs),
            None => {
                repairs.note("delta_missing");
                clean.role = !std::mem::replace(&mut state.has_role, true);
            }
        }
        if !choice.has_finish_reason {
            repairs.note("finish_reason_absent");
        }
        if let Some(reason) = choice.finish_reason.and_then(json::filled) {
            self.finish(reason, at, so_far, &mut clean, repairs);
        }
        clean
    }

    /// A finish reason came: OpenAI's word for it, and what was held back.
    fn finish<'a>(
        &mut self,
        reason: &'a str,
        at: usize,
        so_far: Option<&accumulate::Choice>,
        clean: &mut clean::Choice<'a>,
        repairs: &mut Repairs,
    ) {
        let Some(state) = self.choices.get_mut(at) else { return };
        let pieces = state.think.finish();
        append(&mut clean.content, pieces.content);
        append(&mut clean.reasoning, Cow::Owned(pieces.reasoning));
        let word = match finish_reason(reason) {
            Finish::Failed => {
                let message = ["The provider ended the reply with finish_reason \"", reason, "\""].concat();
                self.failure = Some(Error::stream(Kind::Server, message, Details::default()));
                clean.extra.push(("native_finish_reason", "\"error\""));
                return;
            }
            Finish::Word("stop") if state.slots.len() > 0 => "tool_calls",
            Finish::Word(word) => word,
        };
        if word != reason {
            repairs.note("finish_reason_renamed");
        }
        if so_far.is_some_and(|choice| choice.finish == Some(word)) {
            return repairs.note("finish_reason_repeated");
        }
        state.complete_arguments(so_far, clean);
        clean.finish = Some(word);
    }
}

impl State {
    fn delta<'a>(
        &mut self,
        delta: Delta<'a>,
        so_far: Option<&accumulate::Choice>,
        seed: u64,
        clean: &mut clean::Choice<'a>,
        repairs: &mut Repairs,
    ) {
        self.role(delta.role, clean, repairs);
        let mut content = content(delta.content, repairs);
        let field = reasoning(&delta, so_far, repairs);
        let mut extra = delta.extra;
        let parts = Some(Cow::Owned(content.reasoning)).filter(|text: &Cow<'_, str>| !text.is_empty());
        if field.is_some() || parts.is_some() {
            self.think.disable();
        }
        clean.reasoning = field.or(parts);
        if let Some(Cow::Borrowed(text)) = content.text {
            content.text = Some(self.split(text, clean, repairs));
        }
        clean.content = content.text;
        clean.refusal = delta.refusal.and_then(json::string);
        for call in &delta.tool_calls {
            let fragment = self.slots.fragment(call, so_far, &clean.calls, seed, repairs);
            clean.calls.extend(fragment);
        }
        if let Some(call) =
            delta.function_call.filter(|call| call.name.and_then(json::filled).is_some() || call.arguments.is_some())
        {
            repairs.note("function_call");
            // There is only ever one, so it is call 0.
            let call = crate::wire::chunk::ToolCall { index: Some("0"), ..call };
            clean.calls.extend(self.slots.fragment(&call, so_far, &clean.calls, seed, &mut Repairs::default()));
        }
        extra.extend(content.unknown.map(|parts| ("content_parts", parts)));
        clean.delta_extra = extra;
    }

    /// OpenAI sends the role once, in a choice's first chunk.
    fn role(&mut self, raw: Option<&str>, clean: &mut clean::Choice<'_>, repairs: &mut Repairs) {
        match raw.and_then(json::filled) {
            Some("assistant") => clean.role = true,
            Some(_) => repairs.note("role_wrong"),
            None if self.has_role => {}
            None => repairs.note("role_missing"),
        }
        clean.role |= !self.has_role;
        self.has_role = true;
    }

    fn split<'a>(&mut self, text: &'a str, clean: &mut clean::Choice<'a>, repairs: &mut Repairs) -> Cow<'a, str> {
        if self.think.is_done() {
            return Cow::Borrowed(text);
        }
        let was_inside = self.think.is_inside();
        let pieces = self.think.push(text);
        if !pieces.reasoning.is_empty() || (!was_inside && self.think.is_inside()) {
            repairs.note("think_tag");
        }
        if !pieces.reasoning.is_empty() {
            append(&mut clean.reasoning, Cow::Owned(pieces.reasoning));
        }
        pieces.content
    }

    /// A call without any arguments: OpenAI says `{}`.
    fn complete_arguments(&self, so_far: Option<&accumulate::Choice>, clean: &mut clean::Choice<'_>) {
        for slot in 0..self.slots.len() {
            let before = so_far.and_then(|choice| choice.calls.get(slot));
            let has_before = before.is_some_and(|call| !call.arguments.is_empty());
            let mut fragments = clean.calls.iter_mut().filter(|call| call.index == slot);
            if has_before || fragments.any(|call| !call.arguments.is_empty()) {
                continue;
            }
            match clean.calls.iter_mut().find(|call| call.index == slot) {
                Some(fragment) => fragment.arguments = Cow::Borrowed("{}"),
                None => {
                    clean.calls.push(clean::Call { index: slot, arguments: Cow::Borrowed("{}"), ..Default::default() })
                }
            }
        }
    }
}

/// What there is to read of a choice: its delta; else its message, as far as it goes beyond what came; else its text.
fn delta<'a>(
    delta: Option<Delta<'a>>,
    message: Option<Delta<'a>>,
    text: Option<&'a str>,
    so_far: Option<&accumulate::Choice>,
    repairs: &mut Repairs,
) -> Option<Delta<'a>> {
    let is_filled = |delta: &Delta<'_>| delta.content.is_some_and(|raw| raw != "\"\"") || !delta.tool_calls.is_empty();
    match (delta, message) {
        // A plain completion of Perplexity's has an empty delta beside the message.
        (Some(delta), Some(message)) if so_far.is_none() && !is_filled(&delta) && is_filled(&message) => Some(message),
        (Some(delta), None) if delta.content.is_none() && text.is_some() => Some(Delta { content: text, ..delta }),
        (Some(delta), _) => Some(delta),
        (None, Some(message)) => match so_far {
            None => Some(message),
            Some(so_far) => {
                repairs.note("message_in_stream");
                Some(remainder(message, so_far))
            }
        },
        (None, None) => text.map(|text| Delta { content: Some(text), ..Delta::default() }),
    }
}

/// The part of a message that deltas have not brought: MiniMax repeats the whole at the end, some send only messages that
/// grow.
fn remainder<'a>(message: Delta<'a>, so_far: &accumulate::Choice) -> Delta<'a> {
    let known = so_far.content.as_deref().unwrap_or("");
    let rest = message.content.filter(|raw| json::string(raw).is_some_and(|text| known.is_empty() || text == known));
    Delta {
        content: if known.is_empty() { rest } else { None },
        tool_calls: if so_far.calls.is_empty() { message.tool_calls } else { Vec::new() },
        extra: message.extra,
        ..Delta::default()
    }
}

#[derive(Default)]
struct Content<'a> {
    text: Option<Cow<'a, str>>,
    reasoning: String,
    /// The whole array, when a part of it is neither text nor thinking.
    unknown: Option<&'a str>,
}

/// `content` as raw text: a string; an array of parts (Mistral); an object (Cloudflare, in JSON mode).
fn content<'a>(raw: Option<&'a str>, repairs: &mut Repairs) -> Content<'a> {
    let Some(raw) = raw else { return Content::default() };
    if let Some(text) = json::string(raw) {
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
fn read_part(part: &str, text: &mut String, reasoning: &mut String) -> bool {
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
fn reasoning<'a>(
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

enum Finish {
    Word(&'static str),
    Failed,
}

/// OpenAI's word for a finish reason.
fn finish_reason(raw: &str) -> Finish {
    Finish::Word(match raw.to_ascii_lowercase().as_str() {
        "length" | "max_tokens" | "model_length" | "max_output_tokens" => "length",
        "tool_calls" | "tool_call" | "tool_use" | "function_call" | "tool" => "tool_calls",
        "content_filter" | "sensitive" | "safety" | "content_filtered" | "refusal" => "content_filter",
        "error" | "network_error" | "insufficient_system_resource" => return Finish::Failed,
        // "stop", and what others call it: "eos", "end_turn", "stop_sequence", "COMPLETE".
        _ => "stop",
    })
}

fn usage_of<'a>(choice: &mut Choice<'a>) -> Option<Cow<'a, str>> {
    usage(choice.usage.take())
}

/// A usage object without nulls (OpenAI's schema has none); an empty one says nothing.
fn usage(raw: Option<&str>) -> Option<Cow<'_, str>> {
    let raw = raw.filter(|raw| {
        raw.starts_with('{')
            && json::member(raw, "total_tokens").is_some() | json::member(raw, "prompt_tokens").is_some()
    })?;
    Some(if raw.contains("null") { Cow::Owned(json::without_nulls(raw)) } else { Cow::Borrowed(raw) })
}

/// Under which name a service tier is passed on: OpenAI's only for OpenAI's values (Groq says "on_demand").
fn service_tier(raw: &str, repairs: &mut Repairs) -> &'static str {
    if matches!(json::string(raw), Some("auto" | "default" | "flex" | "scale" | "priority" | "fast")) {
        return "service_tier";
    }
    repairs.note("service_tier_unknown");
    "native_service_tier"
}

/// Log probabilities only where both lists are there, as the schema has it.
fn logprobs(raw: Option<&str>) -> Option<&str> {
    raw.filter(|raw| json::member(raw, "content").is_some())
}

fn filled_or<'a>(raw: Option<&'a str>, known: &str, repair: &'static str, repairs: &mut Repairs) -> Cow<'a, str> {
    match raw.and_then(json::filled) {
        Some(text) => Cow::Borrowed(text),
        None => {
            repairs.note(repair);
            Cow::Owned(known.to_owned())
        }
    }
}

fn created<'a>(raw: Option<&'a str>, known: &str, repairs: &mut Repairs) -> Cow<'a, str> {
    match raw.filter(|raw| json::integer(raw).is_some()) {
        Some(number) => Cow::Borrowed(number),
        None => {
            repairs.note("created_missing");
            Cow::Owned(if known.is_empty() { "0".to_owned() } else { known.to_owned() })
        }
    }
}

fn append<'a>(text: &mut Option<Cow<'a, str>>, more: Cow<'a, str>) {
    match text {
        Some(text) => text.to_mut().push_str(&more),
        None if more.is_empty() => {}
        None => *text = Some(more),
    }
}
