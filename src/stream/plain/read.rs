//! A chunk or completion that is OpenAI's as it stands: what it says, or that it is another's. Nothing is repaired here; where the
//! lenient reader would change anything, or need to know more than the reply so far, this one gives up.

use super::SPECIAL;
use crate::accumulate::{self, Accumulator};
use crate::json::{self, Cursor};
use crate::scan;
use crate::wire::clean::{Call, Choice, Chunk};
use std::borrow::Cow;

/// What such a chunk came to.
#[derive(Default)]
pub struct Read<'a> {
    pub chunk: Chunk<'a>,
    /// What it lacks that the lenient reader notes too.
    pub notes: Vec<&'static str>,
    /// Its thinking came as `reasoning`.
    pub is_renamed: bool,
    /// Its thinking came as `reasoning_content`.
    pub has_reasoning: bool,
}

/// Finish reasons.
const REASONS: [&str; 4] = ["stop", "length", "tool_calls", "content_filter"];
/// Members by which a chunk may report a failure, or is another API's.
const REPORTS: &str = "base_resp/success/type";
/// Members of a choice or delta that say something else than OpenAI's.
const STRANGE: &str = "text/usage/error/finishReason/finish_reason/function_call/reasoning_text/thinking\
                       /reasoning_details/thinking_blocks";
/// The service tiers of OpenAI.
const TIERS: &str = "auto/default/flex/scale/priority/fast";

/// Reads a chunk, or (`is_whole`) a completion.
pub fn chunk<'a>(raw: &'a str, is_whole: bool, reply: &Accumulator) -> Option<Read<'a>> {
    let mut read = Read::default();
    let mut cursor = Cursor::new(raw);
    let (mut first, mut has_object, mut tier) = (true, false, None);
    let (mut id, mut model, mut has_choices) = (None, None, false);
    if !cursor.open(b'{') {
        return None;
    }
    while let Some(key) = cursor.key(&mut first).ok()? {
        if key == "choices" && !has_choices {
            has_choices = true;
            let mut first = true;
            if !cursor.open(b'[') {
                return None;
            }
            while cursor.item(&mut first).ok()? {
                read.choice(&mut cursor, is_whole, reply)?;
            }
            continue;
        }
        let value = cursor.value().ok()?;
        match key {
            "id" => id = Some(json::string(value)?),
            "model" => model = Some(json::string(value)?),
            "object" => {
                has_object = value == if is_whole { "\"chat.completion\"" } else { "\"chat.completion.chunk\"" }
            }
            "created" if json::integer(value)? >= 0 => read.chunk.created = Cow::Borrowed(value),
            "usage" | "service_tier" | "system_fingerprint" | "error" if value == "null" => {}
            "usage" => read.chunk.usage = Some(Cow::Borrowed(usage(value, reply.usage.is_some())?)),
            "service_tier" => tier = Some(json::string(value).filter(|tier| scan::is_any(tier, TIERS)).map(|_| value)?),
            "choices" | "error" | "created" => return None,
            _ if scan::words(REPORTS).any(|name| key.eq_ignore_ascii_case(name)) => return None,
            _ => read.chunk.extra.push((key, value)),
        }
    }
    read.chunk.id = read.known_or(id, &reply.id, "id_missing");
    read.chunk.model = read.known_or(model, &reply.model, "model_missing");
    read.chunk.extra.extend(tier.map(|tier| ("service_tier", tier)));
    // Counts may stand elsewhere.
    let may_count = |(key, value): &(&str, &str)| [key, value].iter().any(|text| scan::has_any(text, "oken/ount"));
    let is_complete = has_object && !read.chunk.created.is_empty() && cursor.rest_is_blank();
    let is_counted = read.chunk.usage.is_some() || !read.chunk.extra.iter().any(may_count);
    let is_reply = has_choices && (!read.chunk.choices.is_empty() || !is_whole);
    (is_complete && is_counted && is_reply).then_some(read)
}

impl<'a> Read<'a> {
    /// A text; where it is empty (Azure's first chunk) or missing, what is known of it by now.
    fn known_or(&mut self, text: Option<&'a str>, known: &str, note: &'static str) -> Cow<'a, str> {
        if text.is_none() {
            self.notes.push(note);
        }
        match text.filter(|text| !text.is_empty()) {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(known.to_owned()),
        }
    }

    fn choice(&mut self, cursor: &mut Cursor<'a>, is_whole: bool, reply: &Accumulator) -> Option<()> {
        let mut choice = Choice::default();
        let (mut number, mut delta, mut has_reason, mut first) = (None, None, false, true);
        if !cursor.open(b'{') {
            return None;
        }
        while let Some(key) = cursor.key(&mut first).ok()? {
            let value = cursor.value().ok()?;
            match key {
                "index" => number = json::integer(value),
                "delta" if !is_whole => delta = Some(value),
                "message" if is_whole => delta = Some(value),
                "finish_reason" => {
                    has_reason = true;
                    if value != "null" {
                        let word = json::string(value)?;
                        choice.finish = Some(REASONS.into_iter().find(|known| *known == word)?);
                    }
                }
                "logprobs" if value == "null" => {}
                "logprobs" => {
                    json::member(value, "content").filter(|list| list.starts_with('['))?;
                    choice.logprobs = Some(Cow::Borrowed(value));
                }
                _ if scan::is_any(key, STRANGE) => {
                    if value != "null" {
                        return None;
                    }
                }
                "delta" | "message" => return None,
                _ => choice.extra.push((key, value)),
            }
        }
        choice.index = u32::try_from(number?).ok()?;
        let is_repeated = self.chunk.choices.iter().any(|other| other.index == choice.index);
        if is_repeated || (is_whole && choice.finish.is_none()) {
            return None;
        }
        let so_far = reply.choice(choice.index);
        self.delta(delta?, is_whole, so_far, &mut choice)?;
        if !has_reason {
            self.notes.push("finish_reason_absent");
        }
        may_end(&choice, so_far)?;
        self.chunk.choices.push(choice);
        Some(())
    }

    fn delta(
        &mut self,
        raw: &'a str,
        is_whole: bool,
        so_far: Option<&accumulate::Choice>,
        choice: &mut Choice<'a>,
    ) -> Option<()> {
        let mut cursor = Cursor::new(raw);
        let (mut first, mut reasoning) = (true, [None; 2]);
        if !cursor.open(b'{') {
            return None;
        }
        while let Some(key) = cursor.key(&mut first).ok()? {
            let value = cursor.value().ok()?;
            let text = || match value {
                "null" => Some(None),
                text => Some(Some(json::string(text)?)),
            };
            match key {
                "role" => match text()? {
                    Some("assistant") => choice.role = true,
                    None | Some("") => {}
                    _ => return None,
                },
                "content" => choice.content = text()?.map(Cow::Borrowed),
                "refusal" => choice.refusal = text()?,
                "reasoning_content" => reasoning[0] = text()?,
                "reasoning" => reasoning[1] = text()?,
                "tool_calls" if value != "null" => calls(value, is_whole, so_far, choice)?,
                _ if value != "null" && scan::is_any(key, STRANGE) => return None,
                "tool_calls" | "function_call" => {}
                _ if scan::is_any(key, STRANGE) && !key.starts_with("reasoning_d") => {}
                _ => choice.delta_extra.push((key, value)),
            }
        }
        if so_far.is_none() && !choice.role {
            self.notes.push("role_missing");
            choice.role = true;
        }
        let [own, other] = reasoning.map(|text| text.filter(|text| !text.is_empty()));
        if own.is_some() && other.is_some() {
            return None;
        }
        self.has_reasoning |= own.is_some();
        if other.is_some() {
            self.is_renamed = true;
            self.notes.push("reasoning_renamed");
        }
        choice.reasoning = own.or(other).map(Cow::Borrowed);
        let has_answered = |choice: &accumulate::Choice| choice.content.as_ref().is_some_and(|text| !text.is_empty());
        let text = choice.content.as_deref().unwrap_or("");
        // A tag may begin here; text after a call tells what the call's number means.
        let is_odd = scan::begins(text, SPECIAL) && !so_far.is_some_and(has_answered);
        let has_calls = so_far.is_some_and(|choice| !choice.calls.is_empty());
        (!is_odd && (text.is_empty() || !has_calls)).then_some(())
    }
}

/// Usage that has all three counts and no null; zeros once more say nothing.
fn usage(raw: &str, is_known: bool) -> Option<&str> {
    let mut sum = 0;
    for name in scan::words("prompt_tokens/completion_tokens/total_tokens") {
        sum |= scan::whole(json::member(raw, name)?)?;
    }
    (scan::position(raw, "null").is_none() && (sum > 0 || !is_known)).then_some(raw)
}

/// A reason to end comes once; a call has arguments by then, and none follows.
fn may_end(choice: &Choice<'_>, so_far: Option<&accumulate::Choice>) -> Option<()> {
    let known = so_far.map_or(&[][..], |so_far| &so_far.calls);
    let has_ended = so_far.is_some_and(|so_far| so_far.finish.is_some());
    if has_ended && (choice.finish.is_some() || !choice.calls.is_empty()) {
        return None;
    }
    let Some(reason) = choice.finish else { return Some(()) };
    let is_new = |index: usize| choice.calls.iter().any(|call| call.index == index && !call.arguments.is_empty());
    let has_arguments = known.iter().enumerate().all(|(at, call)| !call.arguments.is_empty() || is_new(at))
        && choice.calls.iter().all(|call| call.index < known.len() || is_new(call.index));
    let is_called = !known.is_empty() || !choice.calls.is_empty();
    (has_arguments && !(is_called && reason == "stop")).then_some(())
}

/// Calls that begin in their order, each with id and name, and go on with nothing but arguments.
fn calls<'a>(raw: &'a str, is_whole: bool, so_far: Option<&accumulate::Choice>, choice: &mut Choice<'a>) -> Option<()> {
    let known = so_far.map_or(&[][..], |choice| &choice.calls);
    let entries = json::elements(raw);
    if entries.is_empty() || (entries.len() > 1 && !is_whole) {
        return None;
    }
    for entry in entries {
        let mut call = Call::default();
        let (mut number, mut function) = (None, None);
        for (key, value) in json::members(entry) {
            match key {
                "index" if !is_whole => number = Some(json::integer(value)?),
                "id" if value == "null" => {}
                "id" => call.id = json::filled(value).map(Cow::Borrowed),
                "type" if matches!(value, "null" | "\"function\"") => {}
                "function" => function = Some(value),
                _ => return None,
            }
        }
        for (key, value) in json::members(function?) {
            match key {
                "name" if value == "null" => {}
                "name" => call.name = json::filled(value),
                "arguments" if value == "null" => {}
                "arguments" => call.arguments = Cow::Borrowed(json::string(value)?),
                _ => return None,
            }
        }
        let next = known.len() + choice.calls.len();
        call.index = if is_whole { next } else { usize::try_from(number?).ok()? };
        match known.get(call.index) {
            Some(so_far) if call.index + 1 == known.len() => goes_on(&call, so_far)?,
            None if call.index == next => begins(&call, known, choice)?,
            _ => return None,
        }
        choice.calls.push(call);
    }
    Some(())
}

fn begins(call: &Call<'_>, known: &[accumulate::Call], choice: &Choice<'_>) -> Option<()> {
    let is_word =
        |text: &str| scan::all_bytes(text, &|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let id = call.id.as_deref().filter(|id| id.len() <= 40 && is_word(id) && scan::position(id, ".").is_none())?;
    let is_new =
        known.iter().all(|call| call.id != id) && choice.calls.iter().all(|call| call.id.as_deref() != Some(id));
    (is_new && is_word(call.name?) && may_begin(&call.arguments)).then_some(())
}

/// `{}` alone may be what others begin with; a quote is an object that was encoded twice.
fn may_begin(arguments: &str) -> bool {
    arguments.is_empty() || (arguments.starts_with('{') && arguments != "{}")
}

/// What is like all that came so far may be the same once more.
fn goes_on(call: &Call<'_>, so_far: &accumulate::Call) -> Option<()> {
    let more = &call.arguments;
    let is_fit = match so_far.arguments.as_str() {
        "" => may_begin(more),
        known => !more.starts_with(known) && !so_far.nesting.is_whole(),
    };
    (call.id.is_none() && call.name.is_none() && (more.is_empty() || is_fit)).then_some(())
}
