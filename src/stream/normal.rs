//! From what a provider sent to what OpenAI would have sent. Each deviation is told by its shape and repaired for everyone;
//! no provider is named in code, only in comments as the source.

use super::fields::{
    Content, DETAILS, Finish, append, content, created, finish_reason, is_empty, reason_of, reasoning, service_tier,
    text_or,
};
use super::form::Form;
use super::logprobs;
use super::message::{Increment, Messages};
use super::repair::Repairs;
use super::think::Splitter;
use super::tools::Slots;
use super::usage;
use crate::accumulate::{self, Accumulator};
use crate::error::{Details, Error, Kind};
use crate::json;
use crate::scan;
use crate::wire;
use crate::wire::chunk::{Choice, Chunk};
use crate::wire::clean;
use crate::wire::{Member, names_failure};
use std::borrow::Cow;

/// The state that normalising needs beside the reply so far.
#[derive(Debug, Clone)]
pub struct Normalizer {
    seed: u64,
    choices: Vec<State>,
    failure: Option<Error>,
    /// In which form thinking and ids came.
    pub form: Form,
}

#[derive(Debug, Clone, Default)]
struct State {
    index: u32,
    has_role: bool,
    think: Splitter,
    slots: Slots,
    messages: Messages,
    /// Reasoning came in a field of its own.
    has_field: bool,
}

/// Members by which an object that is no part of a reply reports a failure.
const REPORTS: &str = "message/detail/errors/msg/error/errmsg/error_msg/error_message/exception/fault/faultstring";

/// The failure that a chunk reports, in whatever member: the JSON that tells of it. `None`: it reports none.
pub fn report<'a>(chunk: &Chunk<'a>, raw: &'a str) -> Option<&'a str> {
    let has_choices = chunk.choices.as_ref().is_some_and(|choices| !choices.is_empty());
    let is_empty = |error: &str| matches!(error, "{}" | "[]" | "0") && has_choices;
    let says_something = |error: &&str| !matches!(*error, "false" | "\"\"") && !is_empty(error);
    if let Some(error) = chunk.error.filter(says_something) {
        return Some(if scan::begins(error, b"{[") { error } else { raw });
    }
    let in_choice = chunk.choices.iter().flatten().find_map(|choice| choice.error.filter(says_something));
    if in_choice.is_some() {
        return in_choice;
    }
    let extra =
        |name: &str| chunk.extra.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
    // MiniMax: status 200, `base_resp.status_code` tells.
    let status = extra("base_resp").and_then(|base| json::member(base, "status_code"));
    if status.is_some_and(|code| json::number(code) != Some(0)) {
        return Some(raw);
    }
    let is_error_object = chunk.object == Some("\"error\"") || extra("success") == Some("false");
    // Another protocol's (Anthropic's `message_start`).
    let is_message = |value: &str| json::member(value, "role").is_some();
    let says = scan::words(REPORTS).any(|name| extra(name).is_some_and(|value| !is_empty(value) && !is_message(value)));
    let is_bare = chunk.choices.is_none() && chunk.usage.is_none();
    // Bedrock's exceptions, under whatever name; Tencent's `{"Response":{"Error":…}}`.
    let is_failure = |(key, value): &Member<'_>| names_failure(key, value);
    let is_named = || match chunk.extra.as_slice() {
        [(_, only)] if json::members(only).iter().any(is_failure) => true,
        extra => extra.iter().any(is_failure),
    };
    (is_error_object || (is_bare && (says || is_named()))).then_some(raw)
}

impl Normalizer {
    /// `seed`: see [`super::Decoder::new`].
    pub fn new(seed: u64) -> Self {
        Self { seed, choices: Vec::new(), failure: None, form: Form::default() }
    }

    /// The failure that the last chunk's finish reason meant.
    pub fn take_failure(&mut self) -> Option<Error> {
        self.failure.take()
    }

    /// Makes a chunk OpenAI's.
    pub fn normalize<'a>(&mut self, chunk: Chunk<'a>, reply: &Accumulator, repairs: &mut Repairs) -> clean::Chunk<'a> {
        let mut extra = chunk.extra;
        if let Some(tier) = chunk.service_tier {
            extra.push((service_tier(tier, repairs), tier));
        }
        // OpenAI's schema has no null here; its older models send it all the same.
        wire::keep(&mut extra, &|key, value| key != "system_fingerprint" || value != "null");
        if chunk.choices.is_none() {
            repairs.note("choices_missing");
        }
        match chunk.object.and_then(json::string) {
            Some("chat.completion.chunk") => {}
            Some("chat.completion") if chunk.choices.iter().flatten().all(|choice| choice.message.is_some()) => {}
            _ => repairs.note("object_wrong"),
        }
        for (name, raw) in chunk.odd {
            repairs.note("member_kept");
            extra.push((name, raw));
        }
        let created = match chunk.created.and_then(created) {
            Some(seconds) => Cow::Borrowed(seconds),
            None => {
                repairs.note("created_missing");
                extra.extend(chunk.created.map(|raw| ("native_created", raw)));
                Cow::Owned(if reply.created.is_empty() { "0" } else { &reply.created }.to_owned())
            }
        };
        let mut given = chunk.choices.unwrap_or_default();
        let usage = usage::of(chunk.usage, &mut given, &mut extra, reply.usage.as_deref(), repairs);
        let mut choices = Vec::with_capacity(given.len());
        for choice in given {
            choices.push(self.choice(choice, reply, repairs));
        }
        clean::Chunk {
            id: text_or(chunk.id, &reply.id, "id_missing", repairs),
            created,
            model: text_or(chunk.model, &reply.model, "model_missing", repairs),
            choices,
            usage,
            extra,
        }
    }

    /// What was held back in case it was a tag, as a last chunk. `is_complete`: calls without arguments will get none.
    pub fn flush(
        &mut self,
        reply: &Accumulator,
        is_complete: bool,
        repairs: &mut Repairs,
    ) -> Option<clean::Chunk<'static>> {
        let mut choices = Vec::new();
        for state in &mut self.choices {
            let pieces = state.think.finish();
            let content = Some(pieces.content).filter(|text| !text.is_empty());
            let reasoning = Some(Cow::Owned(pieces.reasoning)).filter(|text: &Cow<'_, str>| !text.is_empty());
            let mut calls = Vec::new();
            state.slots.complete(is_complete, &mut calls, reply.choice(state.index), repairs);
            if content.is_some() || reasoning.is_some() || !calls.is_empty() {
                let index = state.index;
                choices.push(clean::Choice { index, content, reasoning, calls, ..clean::Choice::default() });
            }
        }
        if choices.is_empty() {
            return None;
        }
        let created = if reply.created.is_empty() { "0".to_owned() } else { reply.created.clone() };
        let (id, model) = (reply.id.clone().into(), reply.model.clone().into());
        Some(clean::Chunk { id, created: created.into(), model, choices, ..clean::Chunk::default() })
    }

    fn choice<'a>(&mut self, mut choice: Choice<'a>, reply: &Accumulator, repairs: &mut Repairs) -> clean::Choice<'a> {
        self.form.see(&choice);
        let index = choice.number();
        if choice.own_number().is_none() {
            repairs.note("choice_index_missing");
        }
        let so_far = reply.choice(index);
        let at = self.choices.iter().position(|state| state.index == index).unwrap_or(self.choices.len());
        if at == self.choices.len() {
            self.choices.push(State { index, ..State::default() });
        }
        let seed = self.seed;
        #[allow(clippy::indexing_slicing, reason = "made above where it was missing")]
        let state = &mut self.choices[at];
        let is_plain = choice.delta.is_none();
        let increment = state.messages.read(&mut choice, so_far, repairs);
        let mut clean = clean::Choice { index, extra: choice.extra, ..Default::default() };
        if let Some(raw) = choice.logprobs {
            let content = increment.as_ref().and_then(|increment| increment.delta.content);
            clean.logprobs = logprobs::read(raw, content);
            if clean.logprobs.is_none() && !is_empty(raw) {
                repairs.note("member_kept");
                clean.extra.push(("native_logprobs", raw));
            }
        }
        match increment {
            Some(increment) => state.read(increment, is_plain, so_far, seed, &mut clean, repairs),
            None => {
                repairs.note("delta_missing");
                clean.role = !std::mem::replace(&mut state.has_role, true);
            }
        }
        if !choice.has_finish_reason {
            repairs.note("finish_reason_absent");
        }
        if let Some(raw) = choice.finish_reason.filter(|raw| !is_empty(raw)) {
            self.finish(raw, at, so_far, &mut clean, repairs);
        } else if !clean.calls.is_empty() && so_far.is_some_and(|choice| choice.finish == Some("stop")) {
            clean.finish = Some("tool_calls");
        }
        clean
    }

    /// A finish reason came: OpenAI's word for it, and what was held back. The provider's own word is kept beside it, under
    /// the name that OpenRouter has for it.
    fn finish<'a>(
        &mut self,
        raw: &'a str,
        at: usize,
        so_far: Option<&accumulate::Choice>,
        clean: &mut clean::Choice<'a>,
        repairs: &mut Repairs,
    ) {
        let Some(state) = self.choices.get_mut(at) else { return };
        let reason = reason_of(raw);
        let meant = finish_reason(reason);
        if matches!(meant, Finish::Unsaid) {
            if json::string(raw).is_none() {
                keep_native(raw, clean);
            }
            return repairs.note("finish_reason_renamed");
        }
        let pieces = state.think.finish();
        append(&mut clean.content, pieces.content);
        append(&mut clean.reasoning, Cow::Owned(pieces.reasoning));
        let word = match meant {
            Finish::Unsaid | Finish::Failed => {
                let message = ["The provider ended the reply with finish_reason \"", reason, "\""].concat();
                self.failure = Some(Error::stream(Kind::Server, message, Details::default()));
                return keep_native(raw, clean);
            }
            Finish::Word("stop") if state.slots.len() > 0 => "tool_calls",
            Finish::Word(word) => word,
        };
        if json::string(raw) != Some(word) {
            repairs.note("finish_reason_renamed");
            keep_native(raw, clean);
        }
        if so_far.is_some_and(|choice| choice.finish == Some(word)) {
            return repairs.note("finish_reason_repeated");
        }
        state.slots.complete(true, &mut clean.calls, so_far, repairs);
        clean.finish = Some(word);
    }
}

impl State {
    fn read<'a>(
        &mut self,
        increment: Increment<'a>,
        is_plain: bool,
        so_far: Option<&accumulate::Choice>,
        seed: u64,
        clean: &mut clean::Choice<'a>,
        repairs: &mut Repairs,
    ) {
        let mut delta = increment.delta;
        self.role(delta.role, clean, repairs);
        let content = match increment.content {
            None => content(&delta, repairs),
            text => Content { text, ..Content::default() },
        };
        let mut kept = Vec::new();
        let field = match increment.reasoning {
            None => reasoning(&delta, so_far, &mut self.has_field, &mut kept, repairs),
            text => text,
        };
        let field = field.filter(|text| !text.is_empty());
        let mut extra = std::mem::take(&mut delta.extra);
        extra.append(&mut kept);
        let parts = Some(Cow::Owned(content.reasoning)).filter(|text: &Cow<'_, str>| !text.is_empty());
        if field.is_some() || parts.is_some() {
            self.think.has_field();
        }
        clean.reasoning = field.or(parts);
        // Details that are not meant to be read: an empty field says so to who reads our own stream.
        if clean.reasoning.is_none() && delta.has_reasoning && extra.iter().any(|(key, _)| DETAILS.contains(key)) {
            clean.reasoning = Some(Cow::Borrowed(""));
        }
        clean.content = content.text.map(|text| match text {
            Cow::Borrowed(text) => self.split(text, clean, repairs),
            Cow::Owned(text) => Cow::Owned(self.split(&text, clean, repairs).into_owned()),
        });
        clean.refusal = delta.refusal.and_then(json::string).or(content.refusal);
        self.slots.begin_chunk();
        for call in &delta.tool_calls {
            self.slots.fragment(call, is_plain, so_far, seed, &mut clean.calls, repairs);
        }
        if let Some(mut call) = delta.function_call {
            // There is only ever one, so it is call 0; beside calls it says the same.
            call.index = Some("0");
            if delta.tool_calls.is_empty() {
                self.slots.fragment(&call, false, so_far, seed, &mut clean.calls, &mut Repairs::default());
            }
            if !clean.calls.is_empty() || !delta.tool_calls.is_empty() {
                repairs.note("function_call");
            }
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

    fn split<'t>(&mut self, text: &'t str, clean: &mut clean::Choice<'_>, repairs: &mut Repairs) -> Cow<'t, str> {
        if self.think.is_done() {
            return Cow::Borrowed(text);
        }
        let pieces = self.think.push(text);
        if !pieces.reasoning.is_empty() || pieces.has_tag {
            repairs.note("think_tag");
        }
        if !pieces.reasoning.is_empty() {
            append(&mut clean.reasoning, Cow::Owned(pieces.reasoning));
        }
        pieces.content
    }
}

fn keep_native<'a>(raw: &'a str, clean: &mut clean::Choice<'a>) {
    const NAME: &str = "native_finish_reason";
    if clean.extra.iter().all(|(key, _)| *key != NAME) {
        clean.extra.push((NAME, raw));
    }
}
