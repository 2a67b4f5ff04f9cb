//! From bytes to chunks: what the body is, its events, their values, and the predicted way around all of it.

use super::frame::Values;
use super::predict::Template;
use super::{Body, Decoder, foreign, limits, normal};
use crate::json::{self, Cursor};
use crate::scan;
use crate::sse;
use crate::wire::{chunk, failure};
use std::borrow::Cow;

/// Events that only keep the connection open, whatever they say.
const PINGS: [&[u8]; 4] = [b"ping", b"heartbeat", b"keepalive", b"keep-alive"];
/// How often an event's data is searched for another event: each search may go to its end.
const GLUED: usize = 4;

impl Decoder {
    /// Decides by the first byte what the body is, and drops what stands before it.
    pub(super) fn recognize<'a>(&mut self, input: &'a [u8]) -> &'a [u8] {
        // Blanks, a byte order mark, the separator of JSON text sequences.
        let is_blank = |byte: &u8| matches!(byte, 0..=b' ' | 0xEF | 0xBB | 0xBF);
        let start = input.iter().position(|byte| !is_blank(byte)).unwrap_or(input.len());
        let rest = input.get(start..).unwrap_or(&[]);
        match rest.first() {
            None => {}
            Some(b'{' | b'[') => {
                self.is_plain = true;
                self.body = Body::Values(Values::default());
            }
            // The first letters of the fields, and the colon of a comment.
            Some(b'd' | b'e' | b'i' | b'r' | b':') => {
                self.body = Body::Events(sse::Decoder::new(self.limits.event_bytes, is_whole));
            }
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
                    return self.fail(limits::event_exceeded());
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
            if rest.len() - after.len() > self.limits.event_bytes {
                break;
            }
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
                return self.fail(failure::frame(&text, &self.secrets));
            }
        }
        if PINGS.contains(&event.name) {
            return self.repairs.note("data_ignored");
        }
        self.value(&text, is_last);
    }

    /// The data of an event, or one JSON value of a body: usually one value, sometimes several.
    pub(super) fn value(&mut self, text: &str, is_last: bool) {
        if text.len() > self.limits.event_bytes {
            return self.fail(limits::event_exceeded());
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
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
            if let Some(rest) = after_marker(rest) {
                self.done();
                cursor = Cursor::new(rest);
                continue;
            }
            count += 1;
            if count == 2 {
                self.repairs.note("events_joined");
            }
            let Ok(raw) = cursor.value() else {
                if json::is_too_deep(rest) {
                    return self.fail(limits::exceeded("JSON that is nested deeper than 512"));
                }
                if let Some(mended) = json::mended(rest).filter(|mended| is_sequence(mended)) {
                    self.repairs.note("json_mended");
                    return self.value(&mended, false);
                }
                // A ping; or half an event with the next one glued to it (a gateway that lost a line, or framed twice).
                self.repairs.note("data_not_json");
                let Some(next) = glued(rest).filter(|_| count <= GLUED) else { return };
                cursor = Cursor::new(next);
                continue;
            };
            match raw.as_bytes().first() {
                Some(b'{') => self.object(raw, text, false),
                Some(b'[') => self.array(raw),
                Some(b'"') => self.text(raw),
                _ => self.repairs.note("data_ignored"),
            }
        }
    }

    /// Several chunks in an array, or an error in one (Gemini).
    fn array(&mut self, raw: &str) {
        let mut chunks = json::elements(raw);
        chunks.retain(|element| element.starts_with('{'));
        if chunks.is_empty() {
            self.repairs.note("data_ignored");
        }
        for chunk in chunks {
            if self.end.is_none() {
                self.object(chunk, "", false);
            }
        }
    }

    /// A chunk or an end marker that was made a JSON string.
    fn text(&mut self, raw: &str) {
        let text = json::unescape(json::string(raw).unwrap_or(""));
        if scan::begins(text.trim_ascii(), b"{[") {
            self.repairs.note("json_in_text");
            self.value(&text, false);
        } else {
            self.repairs.note("data_ignored");
        }
    }

    /// `text`: the data in which `raw` stands. `is_inner`: it was taken out of an envelope.
    fn object(&mut self, raw: &str, text: &str, is_inner: bool) {
        let mut cursor = Cursor::new(raw);
        let Ok(mut chunk) = chunk::Chunk::read(&mut cursor) else {
            return self.repairs.note("data_ignored");
        };
        if let (Some(inner), false) = (foreign::unwrapped(&chunk), is_inner) {
            self.repairs.note("foreign_shape");
            return self.object(inner, "", true);
        }
        if let Some(error) = self.limits.exceeded_by(&chunk, self.reply.choices.len()) {
            return self.fail(error);
        }
        self.values += 1;
        self.is_foreign = foreign::adopt(&mut chunk, raw, &mut self.repairs);
        let failed = normal::failure(&chunk, raw, &self.secrets);
        // What reports the failure is told by the error, which shows no secret.
        chunk.extra.retain(|_| failed.is_none());
        let is_whole = chunk.is_completion();
        if chunk.choices.is_some() || failed.is_none() {
            // Each choice is read by what came before it. Copilot splits one into several of the same index.
            let twins = chunk.take_twins();
            let text = if twins.is_empty() { text } else { "" };
            for twin in twins {
                self.chunk(twin, raw, text);
            }
            self.chunk(chunk, raw, text);
        }
        // What the error itself says comes before what a finish reason says of it.
        if let Some(error) = failed.or_else(|| self.normalizer.take_failure()) {
            self.fail(error);
        } else if is_whole && self.values == 1 && self.is_plain && !self.is_finished() {
            // A whole completion is its own end marker; some come without a finish reason.
            self.done();
        }
    }

    fn chunk(&mut self, chunk: chunk::Chunk<'_>, raw: &str, text: &str) {
        // What shares its event with others is not learnt from: the next event may be like the whole of it.
        if !self.predicts || self.is_plain || raw.len() != text.trim_ascii().len() {
            self.template = None;
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
            self.fail(failure::not_a_reply(&self.content_type, &line, &self.secrets));
        }
    }
}

/// True for any number of JSON values and end markers.
fn is_sequence(text: &str) -> bool {
    let mut cursor = Cursor::new(text);
    while !cursor.rest_is_blank() {
        match after_marker(cursor.rest()) {
            Some(rest) => cursor = Cursor::new(rest),
            None if cursor.value().is_err() => return false,
            None => {}
        }
    }
    true
}

/// What follows an end marker at the start of `text`.
fn after_marker(text: &str) -> Option<&str> {
    let (start, rest) = text.split_at_checked("[DONE]".len())?;
    start.eq_ignore_ascii_case("[DONE]").then_some(rest)
}

/// The data of the first event that is glued to what stands before it.
fn glued(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some((_, after)) = scan::split(rest, "data:") {
        rest = after.trim_ascii_start();
        if scan::begins(rest, b"{[") {
            return Some(rest);
        }
    }
    None
}

fn is_whole(data: &[u8]) -> bool {
    std::str::from_utf8(data).is_ok_and(json::is_whole)
}
