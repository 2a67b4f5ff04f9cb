//! The reader of replies that are OpenAI's as they stand, in the usual frames: most of them. It repairs nothing: at the first byte
//! that it does not know it stops, and [`super::Decoder`] goes on from there, with what is in [`Decoder::carry`].
//!
//! A fourth of the lenient reader in bytes, which is why the npm package's core has this one alone, and loads the other when it is
//! needed. What comes of a reply is the same, wherever it was handed over (`tests/it/plain.rs`).

mod frames;
mod read;

use super::End;
use super::form::Form;
use super::handover::Carried;
use super::limits::{self, Limits};
use super::output::{Mode, Output};
use super::predict::Template;
use super::repair::Repairs;
use crate::accumulate::Accumulator;
use crate::error::Error;
use frames::{Body, is_blank};
use read::Read;

/// First bytes of a tag of thinking, of an escape and of blanks: of a text that begins so, more has to be known.
pub(super) const SPECIAL: &[u8] = b"<[\xe2\\ \n\r\t";

/// Reads one reply.
#[derive(Debug)]
pub struct Decoder {
    body: Body,
    /// What came of a frame that is not whole, or, once it is strange, all that was not read.
    held: Vec<u8>,
    /// How much of what comes before the reply was passed over.
    passed: usize,
    /// How much of what follows has no line's end.
    searched: usize,
    reply: Accumulator,
    repairs: Repairs,
    form: Form,
    output: Output,
    end: Option<End>,
    failure: Option<Error>,
    is_strange: bool,
    values: usize,
    template: Option<Template>,
    pub(crate) limits: Limits,
    choices: usize,
    fed: usize,
}

impl Decoder {
    /// See [`super::Decoder::new`]; nothing is made up here.
    #[inline(never)]
    pub fn new(mode: Mode, _seed: u64) -> Self {
        Self {
            body: Body::Unknown,
            held: Vec::new(),
            passed: 0,
            searched: 0,
            reply: Accumulator::default(),
            repairs: Repairs::default(),
            form: Form::default(),
            output: Output::new(mode),
            end: None,
            failure: None,
            is_strange: false,
            values: 0,
            template: None,
            limits: Limits::default(),
            choices: 1,
            fed: 0,
        }
    }

    /// Bounds other than the default ones.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How many choices were asked for.
    pub fn with_choices(mut self, choices: usize) -> Self {
        self.choices = choices;
        self
    }

    /// Chooses what comes out from now on; see [`super::Decoder::set_mode`].
    pub fn set_mode(&mut self, mode: Mode) {
        self.template = None;
        self.output.reopen(mode, &self.reply, self.failure.as_ref(), self.end);
    }

    /// Takes the next bytes of the body.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.fed = self.fed.saturating_add(bytes.len());
        if self.is_strange || self.end.is_some() || self.fed > self.limits.response_bytes {
            self.is_strange = self.end.is_none();
            return self.held.extend_from_slice(bytes);
        }
        if self.held.is_empty() {
            let kept = self.read(bytes);
            return self.held.extend_from_slice(bytes.get(bytes.len() - kept..).unwrap_or(&[]));
        }
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(bytes);
        let kept = self.read(&held);
        held.drain(..held.len() - kept);
        self.held = held;
    }

    /// The body has ended. What is no end of OpenAI's is the other reader's to tell.
    pub fn finish(&mut self) {
        if self.end.is_some() || self.is_strange {
            return;
        }
        if !self.held.iter().all(is_blank) || !self.is_finished() {
            self.is_strange = true;
            return;
        }
        if matches!(self.body, Body::Events) {
            self.repairs.note("done_missing");
        }
        self.complete();
    }

    /// The connection broke: what came counts, and the reply is cut unless it had ended.
    pub fn break_off(&mut self, error: Error) {
        if self.end.is_some() {
            return;
        }
        if self.is_finished() {
            return self.complete();
        }
        self.end = Some(End::of(&error));
        self.output.failure(&error);
        self.failure = Some(error);
    }

    /// The caller stopped it.
    pub fn abort(&mut self) {
        self.end.get_or_insert(End::Aborted);
    }

    /// It goes on with what this reader does not know: [`Decoder::carry`].
    pub fn is_strange(&self) -> bool {
        self.is_strange
    }

    /// All that another reader needs to go on; see `handover.rs`. `is_over`: the body has ended.
    pub fn carry(&mut self) -> String {
        let mut so_far = String::new();
        let is_value = matches!(self.body, Body::Value(_));
        // What a message said, another may say once more.
        if is_value && self.values > 0 {
            so_far = self.reply.to_json();
        } else if self.values > 0 {
            self.reply.to_chunk(&self.reply.texts()).write_into(&mut so_far);
        }
        // Before any content nothing is handed out.
        let pending = if self.has_content() { String::new() } else { self.output.give() };
        let carried = Carried {
            mode: self.output.mode(),
            values: self.values,
            fed: self.fed.saturating_sub(self.held.len()),
            is_value,
            reasoning: self.form.reasoning,
            repairs: &self.repairs,
            so_far: &so_far,
            pending: &pending,
            rest: &self.held,
        };
        carried.to_text()
    }

    /// How it ended; `None` while it runs.
    pub fn end(&self) -> Option<End> {
        self.end
    }

    /// Why it did not end well.
    pub fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// Something came that a caller would miss.
    pub fn has_content(&self) -> bool {
        self.reply.has_content()
    }

    /// What comes out.
    pub fn mode(&self) -> Mode {
        self.output.mode()
    }

    /// Counts what was put right before the reply came.
    pub fn note(&mut self, code: &'static str) {
        self.repairs.note(code);
    }

    /// See [`super::Decoder::form`].
    pub fn form(&self) -> String {
        self.form.to_json()
    }

    /// How much came; see [`Accumulator::size`].
    pub fn size(&self) -> usize {
        self.reply.size()
    }

    /// The reply so far, JSON.
    pub fn snapshot(&self) -> String {
        self.reply.to_json()
    }

    /// The reply so far.
    pub fn reply(&self) -> &Accumulator {
        &self.reply
    }

    /// What was noted.
    pub fn repairs(&self) -> &Repairs {
        &self.repairs
    }

    /// Takes what is ready, in the form of the mode.
    pub fn take(&mut self) -> Option<String> {
        self.output.take()
    }

    /// False where the event is none of OpenAI's, or no end though it says so: `rest` follows it.
    fn event(&mut self, data: &[u8], rest: &[u8]) -> bool {
        if data != b"[DONE]" {
            return self.is_predicted(data) || self.take_in(data, false);
        }
        let has_finished = self.has_finished();
        // Calls that have no arguments by then have `{}`.
        let is_called = self.reply.choices.iter().any(|choice| !choice.calls.is_empty());
        if !(has_finished || (self.has_content() && !is_called)) || !rest.iter().all(is_blank) {
            return false;
        }
        if !has_finished {
            self.repairs.note("finish_reason_missing_at_end");
        }
        self.complete();
        true
    }

    /// An event that came in pieces, and is like the one before.
    fn is_predicted(&mut self, data: &[u8]) -> bool {
        let Some(template) = &mut self.template else { return false };
        let is_applied = template.take(data, &mut self.reply, &mut self.output, &mut self.repairs);
        self.values += usize::from(is_applied);
        is_applied
    }

    /// Takes a chunk in, or a completion.
    fn take_in(&mut self, data: &[u8], is_whole: bool) -> bool {
        let Ok(text) = std::str::from_utf8(data) else { return false };
        let Some(Read { chunk, notes, is_renamed, has_reasoning }) = read::chunk(text, is_whole, &self.reply) else {
            return false;
        };
        let has_many = |choice: &crate::wire::clean::Choice<'_>| {
            choice.calls.iter().any(|call| call.index >= self.limits.tool_calls)
        };
        if self.reply.choices.len() + chunk.choices.len() > limits::CHOICES || chunk.choices.iter().any(has_many) {
            return false;
        }
        self.values += 1;
        if is_renamed && !has_reasoning && self.form.reasoning.is_empty() {
            self.form.reasoning = "details";
        }
        let known = self.template.take().filter(|template| template.matches(data).is_some());
        let is_second = known.is_some();
        let template = known.or_else(|| Template::of_plain(&chunk, text));
        self.template = template.and_then(|mut template| template.fits(&chunk, text).then_some(template));
        if let Some(template) = self.template.as_mut().filter(|_| is_second) {
            template.trust(&chunk, notes.iter().map(|code| (*code, 1)).collect());
        }
        for code in notes {
            self.repairs.note(code);
        }
        self.reply.push(&chunk);
        self.output.chunk(&chunk, &self.reply);
        true
    }

    /// All choices that were asked for began, and have their finish reasons.
    fn is_finished(&self) -> bool {
        self.has_finished() && self.reply.choices.len() >= self.choices
    }

    fn has_finished(&self) -> bool {
        !self.reply.choices.is_empty() && self.reply.choices.iter().all(|choice| choice.finish.is_some())
    }

    fn complete(&mut self) {
        self.end = Some(End::Complete);
        self.output.complete(&self.reply);
    }
}
