//! From bytes to chunks: what the body is, its events, their values, and the predicted way around all of it.

use super::frame::Values;
use super::predict::Template;
use super::{Body, Decoder, LIMIT, fields, normal};
use crate::error::{Details, Error, Kind};
use crate::json::{self, Cursor};
use crate::scan;
use crate::sse;
use crate::wire::{chunk, failure};
use std::borrow::Cow;

/// How often an event's data is searched for another event: each search may go to its end.
const GLUED: usize = 4;

impl Decoder {
    /// Decides by the first byte what the body is, and drops what stands before it.
    pub(super) fn recognize<'a>(&mut self, input: &'a [u8]) -> &'a [u8] {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0xEF | 0xBB | 0xBF);
        let start = input.iter().position(|byte| !is_blank(byte)).unwrap_or(input.len());
        let rest = input.get(start..).unwrap_or(&[]);
        match rest.first() {
            None => {}
            Some(b'{' | b'[') => {
                self.is_plain = true;
                self.body = Body::Values(Values::default());
            }
            // The first letters of the fields, and the colon of a comment.
            Some(b'd' | b'e' | b'i' | b'r' | b':') => self.body = Body::Events(sse::Decoder::new(LIMIT, is_whole)),
            Some(_) => self.body = Body::Other(Vec::new()),
        }
        rest
    }

    pub(super) fn feed_events(&mut self, decoder: &mut sse::Decoder, input: &[u8]) {
        let mut input = input;
        loop {
            if decoder.is_between_events() {
                input = self.predicted(input);
            }
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

    /// Takes events that are like the one before off the front of `input`, framing included.
    fn predicted<'a>(&mut self, input: &'a [u8]) -> &'a [u8] {
        let Some(template) = self.template.as_mut().filter(|template| template.is_trusted()) else { return input };
        let mut rest = input;
        while self.end.is_none() {
            let Some((event, after)) = template.matches_framed(rest) else { break };
            if !template.apply(event, &mut self.reply, &mut self.output, &mut self.repairs) {
                break;
            }
            self.values += 1;
            rest = after;
        }
        rest
    }

    /// As [`Decoder::predicted`], for an event that came in pieces.
    fn is_predicted(&mut self, data: &[u8]) -> bool {
        let Some(template) = self.template.as_mut().filter(|template| template.is_trusted()) else { return false };
        let Some(event) = template.matches(data) else { return false };
        let applied = template.apply(event, &mut self.reply, &mut self.output, &mut self.repairs);
        self.values += usize::from(applied);
        applied
    }

    pub(super) fn event(&mut self, event: sse::Event<'_>, is_last: bool) {
        if self.end.is_none() && event.name.is_empty() && self.is_predicted(event.data) {
            return;
        }
        let text = match std::str::from_utf8(event.data) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => {
                self.repairs.note("invalid_utf8");
                String::from_utf8_lossy(event.data)
            }
        };
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
    pub(super) fn value(&mut self, text: &str, is_last: bool) {
        // The last event of a stream that was cut in its middle: half of it is worth nothing.
        if is_last && !is_sequence(text) {
            self.cut = true;
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
                // A ping; or half an event with the next one glued to it (a gateway that lost a line).
                self.repairs.note("data_not_json");
                let Some(next) = scan::position(rest, "data: {").filter(|_| count <= GLUED) else { return };
                cursor = Cursor::new(rest.get(next + "data: ".len()..).unwrap_or(""));
                continue;
            };
            self.object(raw, text);
        }
    }

    /// `text`: the data in which `raw` stands.
    fn object(&mut self, raw: &str, text: &str) {
        let mut cursor = Cursor::new(raw);
        let Ok(mut chunk) = chunk::Chunk::read(&mut cursor) else {
            // An array with an error in it (Gemini), or a value that says nothing.
            return match json::elements(raw).first() {
                Some(first) if json::member(first, "error").is_some() => self.fail(failure::frame(raw)),
                _ => self.repairs.note("data_ignored"),
            };
        };
        self.values += 1;
        fields::adopt(&mut chunk, &mut self.repairs);
        let failed = normal::failure(&chunk, raw);
        let is_whole = chunk.is_completion();
        if chunk.choices.is_some() || failed.is_none() {
            self.chunk(chunk, text);
        }
        // What the error itself says comes before what a finish reason says of it.
        if let Some(error) = failed.or_else(|| self.normalizer.take_failure()) {
            self.fail(error);
        } else if is_whole && self.values == 1 && self.is_plain && !self.is_finished() {
            // A whole completion is its own end marker; some come without a finish reason.
            self.done();
        }
    }

    fn chunk(&mut self, chunk: chunk::Chunk<'_>, text: &str) {
        if !self.predicts || self.is_plain {
            let clean = self.normalizer.normalize(chunk, &self.reply, &mut self.repairs);
            return self.put(&clean);
        }
        let is_alike = |template: &Template| template.matches(text.as_bytes()).is_some();
        let known = self.template.take().filter(is_alike);
        // A second event of the same form: how it comes out is how those after it will.
        let before = known.is_some().then(|| self.repairs.clone());
        let template = known.or_else(|| Template::of(&chunk, text));
        let clean = self.normalizer.normalize(chunk, &self.reply, &mut self.repairs);
        self.template = template.and_then(|mut template| {
            let fits = template.fits(&clean, text);
            if let (true, Some(before)) = (fits, before) {
                template.trust(&clean, self.repairs.since(&before));
            }
            fits.then_some(template)
        });
        self.put(&clean);
    }

    /// A body of lines that are no event stream, and nothing else, is not a reply.
    pub(super) fn check_strangers(&mut self, decoder: &sse::Decoder) {
        if let (0, Some(line)) = (self.values, decoder.strange_line()) {
            let line = String::from_utf8_lossy(line);
            self.fail(failure::not_a_reply(&self.content_type, &line));
        }
    }
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
