//! The reply as a whole: what is known of it, and how it ends.

use super::End;
use super::body::Body;
use super::limits::{self, Limits};
use super::normal::Normalizer;
use super::order::Order;
use super::output::{Mode, Output};
use super::predict::Template;
use super::refused;
use super::repair::Repairs;
use crate::accumulate::Accumulator;
use crate::error::{Details, Error, Kind};
use crate::judge::{self, Case, Place, Verdict};
use crate::scan;
use crate::secret::Secrets;
use crate::wire::clean;

/// Bytes of what is no reply that are read, and kept for the message.
const OPENING: usize = 64 << 10;

/// Decodes one reply.
#[derive(Debug)]
pub struct Decoder {
    pub(super) body: Body,
    pub(super) content_type: String,
    pub(super) normalizer: Normalizer,
    pub(super) order: Order,
    pub(super) reply: Accumulator,
    pub(super) repairs: Repairs,
    pub(super) output: Output,
    pub(super) end: Option<End>,
    pub(super) failure: Option<Error>,
    /// How many JSON objects came.
    pub(super) values: usize,
    /// Something of a reply came, be it empty.
    pub(super) has_begun: bool,
    /// What came before that: its first bytes, and how many bytes meant nothing.
    pub(super) opening: Vec<u8>,
    pub(super) ignored: usize,
    /// The body is no event stream.
    pub(super) is_plain: bool,
    /// The last event, if the next one may be like it.
    pub(super) template: Option<Template>,
    pub(super) predicts: bool,
    /// The body ended inside a JSON value.
    pub(super) cut: bool,
    /// The first value was a whole reply of another shape, should nothing follow.
    pub(super) is_foreign: bool,
    pub(crate) limits: Limits,
    pub(super) secrets: Secrets,
    /// Of another API.
    #[cfg(feature = "responses")]
    pub(super) reader: Option<Box<dyn super::Reader>>,
    #[cfg(feature = "responses")]
    pub(super) event_name: String,
    /// How many choices were asked for.
    choices: usize,
    /// Bytes of the body so far.
    fed: usize,
}

impl Decoder {
    /// `seed` makes the ids of tool calls that came without one differ between replies: any number.
    #[inline(never)]
    pub fn new(mode: Mode, seed: u64) -> Self {
        Self {
            body: Body::Unknown,
            content_type: String::new(),
            normalizer: Normalizer::new(seed),
            order: Order::default(),
            reply: Accumulator::default(),
            repairs: Repairs::default(),
            output: Output::new(mode),
            end: None,
            failure: None,
            values: 0,
            has_begun: false,
            opening: Vec::new(),
            ignored: 0,
            is_plain: false,
            template: None,
            predicts: true,
            cut: false,
            is_foreign: false,
            limits: Limits::default(),
            secrets: Secrets::default(),
            #[cfg(feature = "responses")]
            reader: None,
            #[cfg(feature = "responses")]
            event_name: String::new(),
            choices: 1,
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

    /// How many choices were asked for (`n`), if more than one: the body may not end before all of them did.
    pub fn with_choices(mut self, choices: usize) -> Self {
        self.choices = choices;
        self
    }

    /// Sends every event the full way: what tests compare the predicted way with.
    pub fn without_prediction(mut self) -> Self {
        self.predicts = false;
        self
    }

    /// The response's `content-type`. Many are wrong: it decides what a body is only where its first bytes do not.
    pub fn set_content_type(&mut self, content_type: &str) {
        let kind = scan::split(content_type, ";").map_or(content_type, |(kind, _)| kind);
        kind.trim_ascii().clone_into(&mut self.content_type);
    }

    /// What another reader had read; see `handover.rs`.
    pub(super) fn go_on(&mut self, values: usize, fed: usize, is_value: bool) {
        (self.values, self.fed) = (values, fed);
        self.template = None;
        self.has_begun = values > 0;
        // Of a body whose kind is not known, all bytes are still to come.
        if values > 0 {
            self.begin_as(is_value);
        }
    }

    /// Takes the next bytes of the body.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.fed = self.fed.saturating_add(bytes.len());
        if self.fed > self.limits.response_bytes {
            return self.fail(limits::exceeded("more bytes than limits.maxResponseBytes"));
        }
        if !self.has_begun && self.values == 0 {
            let room = OPENING.saturating_sub(self.opening.len());
            self.opening.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        }
        self.feed_body(bytes);
    }

    /// The body has ended.
    pub fn finish(&mut self) {
        self.finish_body();
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
        self.end_with(End::of(&error), error);
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

    /// Counts what was put right before the reply came.
    pub fn note(&mut self, code: &'static str) {
        self.repairs.note(code);
    }

    /// In which form thinking and ids of calls came, where not in OpenAI's; see `form.rs`.
    pub fn form(&self) -> String {
        self.normalizer.form.to_json()
    }

    /// What was repaired.
    pub fn repairs(&self) -> &Repairs {
        &self.repairs
    }

    /// Takes a chunk in and hands it out.
    pub(super) fn put(&mut self, clean: &clean::Chunk<'_>) {
        self.reply.push(clean);
        if self.reply.choices.iter().any(|choice| choice.calls.len() > self.limits.tool_calls) {
            return self.fail(self.limits.too_many_calls());
        }
        self.output.chunk(clean, &self.reply);
    }

    /// Too much came that means nothing: this is no reply, and need not be read to its end. `more`: such bytes beside those
    /// that were counted. How many they are may not depend on where the bytes were cut.
    pub(super) fn check_opening(&mut self, more: usize) {
        if !self.has_begun && self.ignored.saturating_add(more) > OPENING {
            self.fail_as_no_reply();
        }
    }

    /// An object of which nothing is a reply's: kept, to be named should no reply follow.
    pub(super) fn keep_strange(&mut self, raw: &str) {
        if self.values == 1 {
            self.opening.clear();
        }
        let room = OPENING.saturating_sub(self.opening.len());
        self.opening.extend_from_slice(raw.as_bytes().get(..room).unwrap_or(raw.as_bytes()));
        self.opening.push(b'\n');
    }

    /// The body is something else.
    pub(super) fn fail_as_no_reply(&mut self) {
        let said = String::from_utf8_lossy(&self.opening).into_owned();
        self.refer(Case { place: Place::Reply, context: self.content_type.clone(), said, ..Case::default() });
    }

    /// The provider says that it failed, in this JSON or text.
    pub(super) fn fail_as_reported(&mut self, report: &str) {
        self.refer(Case { place: Place::Frame, said: report.to_owned(), ..Case::default() });
    }

    /// Ends it with what the case comes to.
    fn refer(&mut self, case: Case) {
        if self.end.is_some() {
            return;
        }
        if let Verdict::Failed(error, _) = judge::judge(&case, &self.secrets) {
            self.end_with(End::Error, error);
        }
    }

    /// `[DONE]`: the end, if there was anything to end.
    pub(super) fn done(&mut self) {
        if self.end.is_some() {
            return;
        }
        #[cfg(feature = "responses")]
        if self.reader.is_some() {
            // It is no end of theirs.
            return self.truncate();
        }
        self.flush_held(false);
        if self.has_finished() || self.has_content() {
            if !self.has_finished() {
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

    /// All choices that were asked for began, and have their finish reasons.
    pub(super) fn is_finished(&self) -> bool {
        self.has_finished() && self.reply.choices.len() >= self.choices
    }

    /// Every choice that began has its finish reason.
    fn has_finished(&self) -> bool {
        !self.reply.choices.is_empty() && self.reply.choices.iter().all(|choice| choice.finish.is_some())
    }

    fn complete(&mut self) {
        self.flush_held(true);
        self.end = Some(End::Complete);
        self.output.complete(&self.reply);
    }

    fn truncate(&mut self) {
        if let Some(error) = refused::prompt(&self.reply, &self.secrets).filter(|_| !self.cut) {
            return self.fail(error);
        }
        // JSON of which nothing is a reply's.
        if !self.cut && !self.has_begun && self.values > 0 {
            return self.fail_as_no_reply();
        }
        let message = if self.cut {
            "The response ended in the middle of its JSON"
        } else if self.values == 0 {
            "The response ended without any content"
        } else if self.is_other() {
            "The stream ended before the response was complete: no response.completed came"
        } else if self.has_finished() {
            "The stream ended before all the choices that were asked for came"
        } else {
            "The stream ended before the reply was complete: no finish_reason came"
        };
        self.end_with(End::Truncated, Error::stream(Kind::Truncated, message, Details::default()));
    }

    pub(super) fn fail(&mut self, error: Error) {
        if self.end.is_none() {
            self.end_with(End::Error, error);
        }
    }

    /// Any end but a complete one.
    fn end_with(&mut self, end: End, error: Error) {
        self.flush_held(false);
        self.end = Some(end);
        self.tell_failure(&error);
        self.failure = Some(error);
    }

    /// What was held back because it might have meant something else.
    fn flush_held(&mut self, is_complete: bool) {
        let ordered = self.order.flush(&self.reply);
        self.ordered(ordered);
        if let Some(clean) = self.normalizer.flush(&self.reply, is_complete, &mut self.repairs) {
            self.put(&clean);
        }
    }
}
