//! A reply: bytes in; text, chunks, events or clean SSE out; at the end exactly one of complete, truncated, aborted, error.
//!
//! The body may be an event stream, a JSON object, several of them (NDJSON), or nothing of the kind: its first byte that is
//! no blank decides. Each JSON value goes through the same steps: read leniently ([`crate::wire::chunk`]), made what OpenAI
//! would have sent ([`normal`]), accumulated, written in the form that the consumer asked for ([`output`]).
//!
//! Changing this: what comes out may not depend on where the bytes were cut. A new tolerance belongs into `normal` where it
//! shows in a chunk's shape, and here only where it concerns frames and ends.

mod frame;
mod normal;
mod output;
mod repair;
mod think;
mod tools;

pub use frame::Values;
pub use output::Mode;
pub use repair::Repairs;

use crate::accumulate::Accumulator;
use crate::error::{Details, Error, Kind};
use crate::json::{self, Cursor};
use crate::sse;
use crate::wire::{chunk, clean, failure};
use normal::Normalizer;
use output::Output;

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

/// Bytes an event or a body without structure may have.
const LIMIT: usize = 256 << 20;
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
        }
    }

    /// Chooses what comes out from now on.
    pub fn set_mode(&mut self, mode: Mode) {
        self.output = Output::new(mode);
    }

    /// The response's `content-type`, for the message when the body is no reply. It decides nothing: many are wrong.
    pub fn set_content_type(&mut self, content_type: &str) {
        content_type.split(';').next().unwrap_or("").trim().clone_into(&mut self.content_type);
    }

    /// Takes the next bytes of the body.
    pub fn feed(&mut self, bytes: &[u8]) {
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
            Body::Values(values) => values.finish(&mut |value| self.value(value, true)),
            Body::Other(text) => {
                let text = String::from_utf8_lossy(&text);
                self.fail(failure::not_a_reply(&self.content_type, &text));
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
        self.flush_held();
        self.end = Some(match error.kind() {
            Kind::Truncated => End::Truncated,
            Kind::Aborted => End::Aborted,
            _ => End::Error,
        });
        self.output.failure(&error);
        self.failure = Some(error);
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

    /// Decides by the first byte what the body is, and drops what stands before it.
    fn recognize<'a>(&mut self, input: &'a [u8]) -> &'a [u8] {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0xEF | 0xBB | 0xBF);
        let start = input.iter().position(|byte| !is_blank(byte)).unwrap_or(input.len());
        let rest = input.get(start..).unwrap_or(&[]);
        match rest.first() {
            None => {}
            Some(b'{' | b'[') => {
                self.is_plain = true;
                self.body = Body::Values(Values::default());
            }
            Some(b'<') => self.body = Body::Other(Vec::new()),
            Some(_) => self.body = Body::Events(sse::Decoder::new(LIMIT, is_whole)),
        }
        rest
    }

    fn feed_events(&mut self, decoder: &mut sse::Decoder, input: &[u8]) {
        let mut input = input;
        loop {
            match decoder.next_event(&mut input) {
                Ok(Some(event)) => self.event(event, false),
                Ok(None) => return,
                Err(sse::TooLong) => {
                    let message = "An event of the stream is longer than the limit";
                    return self.fail(Error::stream(Kind::Limit, message, Details::default()));
                }
            }
        }
    }

    fn event(&mut self, event: sse::Event<'_>, is_last: bool) {
        let text = String::from_utf8_lossy(event.data);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            self.repairs.note("invalid_utf8");
        }
        if event.name == b"error" && self.end.is_none() {
            let is_chunk = json::member(&text, "choices").is_some();
            if !is_chunk {
                self.repairs.note("error_event");
                return self.fail(failure::frame(&text));
            }
        }
        self.value(&text, is_last);
    }

    /// The data of an event, or one JSON value of a body: usually one value, sometimes several.
    fn value(&mut self, text: &str, is_last: bool) {
        // The last event of a stream that was cut in its middle: half of it is worth nothing.
        if is_last && !is_sequence(text) {
            return self.repairs.note("event_cut");
        }
        let mut cursor = Cursor::new(text);
        let mut count = 0;
        while !cursor.rest_is_blank() {
            if self.end.is_some() {
                return self.repairs.note("data_after_end");
            }
            let rest = cursor.rest();
            if let Some(rest) = rest.strip_prefix("[DONE]") {
                self.done();
                cursor = Cursor::new(rest);
                continue;
            }
            count += 1;
            if count == 2 {
                self.repairs.note("events_joined");
            }
            let Ok(raw) = cursor.value() else {
                // A ping, for example.
                return self.repairs.note("data_not_json");
            };
            self.object(raw);
        }
    }

    fn object(&mut self, raw: &str) {
        let mut cursor = Cursor::new(raw);
        let Ok(chunk) = chunk::Chunk::read(&mut cursor) else {
            // An array with an error in it (Gemini), or a value that says nothing.
            return match json::elements(raw).first() {
                Some(first) if json::member(first, "error").is_some() => self.fail(failure::frame(raw)),
                _ => self.repairs.note("data_ignored"),
            };
        };
        self.values += 1;
        let failed = normal::failure(&chunk, raw);
        let is_whole = chunk.is_completion();
        if chunk.choices.is_some() || failed.is_none() {
            self.chunk(chunk);
        }
        // What the error itself says comes before what a finish reason says of it.
        if let Some(error) = failed.or_else(|| self.normalizer.take_failure()) {
            self.fail(error);
        } else if is_whole && self.values == 1 && self.is_plain && !self.is_finished() {
            // A whole completion is its own end marker; some come without a finish reason.
            self.done();
        }
    }

    fn chunk(&mut self, chunk: chunk::Chunk<'_>) {
        let clean = self.normalizer.normalize(chunk, &self.reply, &mut self.repairs);
        self.put(&clean);
    }

    fn put(&mut self, clean: &clean::Chunk<'_>) {
        self.reply.push(clean);
        self.output.chunk(clean, &self.reply);
    }

    /// `[DONE]`: the end, if there was anything to end.
    fn done(&mut self) {
        if self.end.is_some() {
            return;
        }
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
        self.flush_held();
        self.end = Some(End::Complete);
        self.output.complete(&self.reply);
    }

    fn truncate(&mut self) {
        self.flush_held();
        let message = if self.values == 0 {
            "The response ended without any content"
        } else {
            "The stream ended before the reply was complete: no finish_reason came"
        };
        let error = Error::stream(Kind::Truncated, message, Details::default());
        self.end = Some(End::Truncated);
        self.output.failure(&error);
        self.failure = Some(error);
    }

    fn fail(&mut self, error: Error) {
        if self.end.is_some() {
            return;
        }
        self.flush_held();
        self.end = Some(End::Error);
        self.output.failure(&error);
        self.failure = Some(error);
    }

    /// What was held back because a tag might have begun in it.
    fn flush_held(&mut self) {
        if let Some(clean) = self.normalizer.flush(&self.reply) {
            self.put(&clean);
        }
    }

    /// A body of lines that are no event stream, and nothing else, is not a reply.
    fn check_strangers(&mut self, decoder: &sse::Decoder) {
        if self.values == 0 && decoder.strange_lines() > 0 {
            self.fail(failure::not_a_reply(&self.content_type, ""));
        }
    }
}

fn has_content(choice: &crate::accumulate::Choice) -> bool {
    let is_filled = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    is_filled(&choice.content) || !choice.reasoning.is_empty() || !choice.calls.is_empty()
}

/// True for any number of JSON values and end markers.
fn is_sequence(text: &str) -> bool {
    let mut cursor = Cursor::new(text);
    while !cursor.rest_is_blank() {
        match cursor.rest().strip_prefix("[DONE]") {
            Some(rest) => cursor = Cursor::new(rest),
            None if cursor.value().is_err() => return false,
            None => {}
        }
    }
    true
}

fn is_whole(data: &[u8]) -> bool {
    std::str::from_utf8(data).is_ok_and(json::is_whole)
}
