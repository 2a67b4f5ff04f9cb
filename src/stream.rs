//! A reply: bytes in; text, chunks, events or clean SSE out; at the end exactly one of complete, truncated, aborted, error.
//!
//! The body may be an event stream, a JSON object, several of them (NDJSON), or nothing of the kind: its first byte that is
//! no blank decides. Each JSON value goes through the same steps: read leniently ([`crate::wire::chunk`]), made what OpenAI
//! would have sent (`normal`), accumulated, written in the form that the consumer asked for (`output`).
//!
//! Changing this: what comes out may not depend on where the bytes were cut. A new tolerance belongs into `normal` where it
//! shows in a chunk's shape, and here only where it concerns frames and ends.

mod fields;
mod foreign;
mod frame;
mod limits;
mod message;
mod normal;
mod output;
mod predict;
mod reading;
mod repair;
mod think;
mod tools;

pub use frame::Values;
pub use limits::Limits;
pub use output::Mode;
pub use repair::Repairs;

use crate::accumulate::Accumulator;
use crate::error::{Details, Error, Kind};
use crate::scan;
use crate::secret::Secrets;
use crate::sse;
use crate::wire::{clean, failure};
use normal::Normalizer;
use output::Output;
use predict::Template;

/// How a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A finish reason came, or an explicit end marker after some content.
    Complete,
    /// The bytes stopped before that.
    Truncated,
    /// The caller stopped it.
    Aborted,
    /// The provider reported an error, or sent what is no reply.
    Error,
}

impl End {
    /// The word of the public contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Truncated => "truncated",
            Self::Aborted => "aborted",
            Self::Error => "error",
        }
    }
}

/// What the body turned out to be.
#[derive(Debug)]
enum Body {
    /// Only blanks so far.
    Unknown,
    Events(sse::Decoder),
    Values(Values),
    /// Neither: kept for the message, up to a bound.
    Other(Vec<u8>),
}

/// Bytes that are kept of a body that is no reply.
const OTHER_LIMIT: usize = 64 << 10;

/// Decodes one reply.
#[derive(Debug)]
pub struct Decoder {
    body: Body,
    content_type: String,
    normalizer: Normalizer,
    reply: Accumulator,
    repairs: Repairs,
    output: Output,
    end: Option<End>,
    failure: Option<Error>,
    /// How many JSON objects came.
    values: usize,
    /// The body is no event stream.
    is_plain: bool,
    /// The last event, if the next one may be like it.
    template: Option<Template>,
    predicts: bool,
    /// The body ended inside a JSON value.
    cut: bool,
    /// The first value was a whole reply of another shape, should nothing follow.
    is_foreign: bool,
    limits: Limits,
    secrets: Secrets,
    /// Bytes of the body so far.
    fed: usize,
}

impl Decoder {
    /// `seed` makes the ids of tool calls that came without one differ between replies: any number.
    pub fn new(mode: Mode, seed: u64) -> Self {
        Self {
            body: Body::Unknown,
            content_type: String::new(),
            normalizer: Normalizer::new(seed),
            reply: Accumulator::default(),
            repairs: Repairs::default(),
            output: Output::new(mode),
            end: None,
            failure: None,
            values: 0,
            is_plain: false,
            template: None,
            predicts: true,
            cut: false,
            is_foreign: false,
            limits: Limits::default(),
            secrets: Secrets::default(),
            fed: 0,
        }
    }

    /// Bounds other than the default ones.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What no error may show, should the provider echo it.
    pub fn with_secrets(mut self, secrets: Secrets) -> Self {
        self.secrets = secrets;
        self
    }

    /// Chooses what comes out from now on.
    pub fn set_mode(&mut self, mode: Mode) {
        self.output = Output::new(mode);
    }

    /// Sends every event the full way: what tests compare the predicted way with.
    pub fn without_prediction(mut self) -> Self {
        self.predicts = false;
        self
    }

    /// The response's `content-type`, for the message when the body is no reply. It decides nothing: many are wrong.
    pub fn set_content_type(&mut self, content_type: &str) {
        let kind = scan::split(content_type, ";").map_or(content_type, |(kind, _)| kind);
        kind.trim_ascii().clone_into(&mut self.content_type);
    }

    /// Takes the next bytes of the body.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.fed = self.fed.saturating_add(bytes.len());
        if self.fed > self.limits.response_bytes {
            return self.fail(limits::exceeded("more bytes than limits.maxResponseBytes"));
        }
        let mut input = bytes;
        if matches!(self.body, Body::Unknown) {
            input = self.recognize(input);
        }
        // The body is taken out while its parts are handled, and put back.
        match std::mem::replace(&mut self.body, Body::Unknown) {
            Body::Unknown => {}
            Body::Events(mut decoder) => {
                self.feed_events(&mut decoder, input);
                self.body = Body::Events(decoder);
            }
            Body::Values(mut values) => {
                values.feed(input, &mut |value| self.value(value, false));
                if values.held() > self.limits.event_bytes {
                    return self.fail(limits::exceeded("a JSON value of more bytes than limits.maxEventBytes"));
                }
                self.body = Body::Values(values);
            }
            Body::Other(mut text) => {
                let room = OTHER_LIMIT.saturating_sub(text.len());
                text.extend(input.iter().take(room));
                self.body = Body::Other(text);
            }
        }
    }

    /// The body has ended.
    pub fn finish(&mut self) {
        match std::mem::replace(&mut self.body, Body::Unknown) {
            Body::Unknown => {}
            Body::Events(mut decoder) => {
                while let Some(event) = decoder.finish() {
                    self.repairs.note("event_unterminated");
                    self.event(event, true);
                }
                self.check_strangers(&decoder);
                if self.end.is_none() && self.is_finished() {
                    self.repairs.note("done_missing");
                }
            }
            Body::Values(values) => {
                values.finish(&mut |value| self.value(value, true));
                if self.is_foreign && self.values == 1 && !self.cut {
                    self.done();
                }
            }
            Body::Other(text) => {
                let text = String::from_utf8_lossy(&text);
                self.fail(failure::not_a_reply(&self.content_type, &text, &self.secrets));
            }
        }
        self.settle();
    }

    /// The connection broke: what came counts, and the reply is cut unless it had ended.
    pub fn break_off(&mut self, error: Error) {
        if self.end.is_some() {
            return;
        }
        if self.is_finished() {
            return self.settle();
        }
        let end = match error.kind() {
            Kind::Truncated => End::Truncated,
            Kind::Aborted => End::Aborted,
            _ => End::Error,
        };
        self.end_with(end, error);
    }

    /// The caller stopped it.
    pub fn abort(&mut self) {
        if self.end.is_none() {
            self.end = Some(End::Aborted);
        }
    }

    /// How it ended; `None` while it runs.
    pub fn end(&self) -> Option<End> {
        self.end
    }

    /// Why it did not end well.
    pub fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// Something came that a caller would miss: text, thinking, a tool call.
    pub fn has_content(&self) -> bool {
        self.reply.choices.iter().any(has_content)
    }

    /// What comes out.
    pub fn mode(&self) -> Mode {
        self.output.mode()
    }

    /// Counts what was put right before the reply came.
    pub fn note(&mut self, code: &'static str) {
        self.repairs.note(code);
    }

    /// The reply so far.
    pub fn reply(&self) -> &Accumulator {
        &self.reply
    }

    /// What was repaired.
    pub fn repairs(&self) -> &Repairs {
        &self.repairs
    }

    /// Takes what is ready, in the form of the mode; `None` when there is nothing.
    pub fn take(&mut self) -> Option<String> {
        self.output.take()
    }

    fn put(&mut self, clean: &clean::Chunk<'_>) {
        self.reply.push(clean);
        if self.reply.choices.iter().any(|choice| choice.calls.len() > self.limits.tool_calls) {
            return self.fail(self.limits.too_many_calls());
        }
        self.output.chunk(clean, &self.reply);
    }

    /// `[DONE]`: the end, if there was anything to end.
    fn done(&mut self) {
        if self.end.is_some() {
            return;
        }
        self.flush_held(false);
        if self.is_finished() || self.reply.choices.iter().any(has_content) {
            if !self.is_finished() {
                self.repairs.note("finish_reason_missing_at_end");
            }
            self.complete();
        } else {
            self.truncate();
        }
    }

    /// At the end of the body.
    fn settle(&mut self) {
        if self.end.is_some() {
            return;
        }
        if self.is_finished() {
            self.complete();
        } else {
            self.truncate();
        }
    }

    /// Every choice that began has its finish reason.
    fn is_finished(&self) -> bool {
        !self.reply.choices.is_empty() && self.reply.choices.iter().all(|choice| choice.finish.is_some())
    }

    fn complete(&mut self) {
        self.flush_held(true);
        self.end = Some(End::Complete);
        self.output.complete(&self.reply);
    }

    fn truncate(&mut self) {
        let message = if self.cut {
            "The response ended in the middle of its JSON"
        } else if self.values == 0 {
            "The response ended without any content"
        } else {
            "The stream ended before the reply was complete: no finish_reason came"
        };
        self.end_with(End::Truncated, Error::stream(Kind::Truncated, message, Details::default()));
    }

    fn fail(&mut self, error: Error) {
        if self.end.is_none() {
            self.end_with(End::Error, error);
        }
    }

    /// Any end but a complete one.
    fn end_with(&mut self, end: End, error: Error) {
        self.flush_held(false);
        self.end = Some(end);
        self.output.failure(&error);
        self.failure = Some(error);
    }

    /// What was held back because it might have meant something else.
    fn flush_held(&mut self, is_complete: bool) {
        if let Some(clean) = self.normalizer.flush(&self.reply, is_complete) {
            self.put(&clean);
        }
    }
}

fn has_content(choice: &crate::accumulate::Choice) -> bool {
    let is_filled = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    is_filled(&choice.content) || is_filled(&choice.refusal) || !choice.reasoning.is_empty() || !choice.calls.is_empty()
}
