//! What the body is (an event stream, a JSON object, several of them, or nothing of the kind), and its events and values, one
//! by one; those that are like the one before take the short way from here.

use super::decoder::Decoder;
use super::frame::Values;
use super::limits;
use crate::json;
use crate::sse;

/// What the body turned out to be.
#[derive(Debug)]
pub enum Body {
    /// Only blanks so far.
    Unknown,
    Events(sse::Decoder),
    Values(Values),
    /// Neither.
    Page,
}

/// Bytes of an event beside its data; its blank line is counted where it is read.
const FRAME: usize = "data: \n".len();

impl Decoder {
    /// What the body is, its beginning apart: one value, or events.
    pub(super) fn begin_as(&mut self, is_value: bool) {
        self.is_plain = is_value;
        self.body = Body::Values(Values::default());
        if !is_value {
            self.body = Body::Unknown;
            // A byte order mark is none by then.
            self.feed_body(b":\n\n");
        }
    }

    pub(super) fn feed_body(&mut self, bytes: &[u8]) {
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
                self.feed_values(&mut values, input);
                self.body = Body::Values(values);
            }
            Body::Page => {
                self.ignored = self.ignored.saturating_add(input.len());
                self.check_opening(0);
                self.body = Body::Page;
            }
        }
    }

    /// The body has ended: what it left.
    pub(super) fn finish_body(&mut self) {
        match std::mem::replace(&mut self.body, Body::Unknown) {
            Body::Unknown => {}
            Body::Events(mut decoder) => {
                while let Some(event) = decoder.finish() {
                    self.repairs.note("event_unterminated");
                    self.event(event, true);
                }
                // A body of lines that are no event stream, and nothing else.
                if self.values == 0 && decoder.has_unknown_line() {
                    self.fail_as_no_reply();
                }
                if self.end.is_none() && self.is_finished() {
                    self.repairs.note("done_missing");
                }
            }
            Body::Values(values) => {
                let rest = values.finish();
                if !rest.is_empty() {
                    self.value(&String::from_utf8_lossy(&rest), true);
                }
                if self.is_foreign && self.values == 1 && !self.cut {
                    self.done();
                }
            }
            Body::Page => self.fail_as_no_reply(),
        }
    }

    /// Decides by the first byte what the body is, and drops what stands before it.
    fn recognize<'a>(&mut self, input: &'a [u8]) -> &'a [u8] {
        // Blanks, a byte order mark, the separator of JSON text sequences.
        let is_blank = |byte: &u8| matches!(byte, 0..=b' ' | 0xEF | 0xBB | 0xBF);
        let start = input.iter().position(|byte| !is_blank(byte)).unwrap_or(input.len());
        self.ignored = self.ignored.saturating_add(start);
        self.check_opening(0);
        let rest = input.get(start..).unwrap_or(&[]);
        self.body = match rest.first() {
            None => Body::Unknown,
            Some(b'{' | b'[') => {
                self.is_plain = true;
                Body::Values(Values::default())
            }
            // A script in a page may have lines that look like an event's.
            Some(b'<') if !self.content_type.eq_ignore_ascii_case("text/event-stream") => Body::Page,
            Some(_) => Body::Events(sse::Decoder::new(self.limits.event_bytes, is_whole)),
        };
        rest
    }

    fn feed_events(&mut self, decoder: &mut sse::Decoder, input: &[u8]) {
        let mut input = input;
        loop {
            if decoder.is_between_events() {
                input = self.predicted(input);
            }
            match decoder.next_event(&mut input) {
                Ok(Some(event)) => {
                    self.check_opening(event.passed_over);
                    let size = event.data.len() + FRAME;
                    self.event(event, false);
                    self.ignored = self.ignored.saturating_add(size);
                }
                Ok(None) => return self.check_opening(decoder.passed_over()),
                Err(sse::TooLong) => return self.fail(limits::event_exceeded()),
            }
        }
    }

    fn feed_values(&mut self, values: &mut Values, input: &[u8]) {
        let mut input = input;
        while let Some(value) = values.next_value(&mut input) {
            self.check_opening(values.passed_over());
            self.value(&String::from_utf8_lossy(&value), false);
            self.ignored = self.ignored.saturating_add(value.len());
        }
        self.check_opening(values.passed_over());
        if values.held() > self.limits.event_bytes {
            self.fail(limits::exceeded("a JSON value of more bytes than limits.maxEventBytes"));
        }
    }

    /// Takes events that are like the one before off the front of `input`, framing included.
    fn predicted<'a>(&mut self, input: &'a [u8]) -> &'a [u8] {
        #[cfg(feature = "responses")]
        if let Some(reader) = &mut self.reader {
            return if self.end.is_some() { input } else { reader.predicted(input, &self.limits) };
        }
        let Some(template) = self.template.as_mut().filter(|template| template.is_trusted()) else { return input };
        let limit = self.limits.event_bytes;
        if self.end.is_some() {
            return input;
        }
        let (count, rest) = template.run(input, limit, &mut self.reply, &mut self.output, &mut self.repairs);
        self.values += count;
        rest
    }

    /// As [`Decoder::predicted`], for an event that came in pieces.
    pub(super) fn is_predicted(&mut self, data: &[u8]) -> bool {
        let Some(template) = &mut self.template else { return false };
        let applied = template.take(data, &mut self.reply, &mut self.output, &mut self.repairs);
        self.values += usize::from(applied);
        applied
    }
}

fn is_whole(data: &[u8]) -> bool {
    std::str::from_utf8(data).is_ok_and(json::is_whole)
}
