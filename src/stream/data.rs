//! The data of an event, or a JSON value of the body: the chunks in it. What cannot be read and may have held content is a
//! loss, and the reply ends there: nobody may take the rest for a whole one.

use super::decoder::Decoder;
use super::predict::Template;
use super::{foreign, limits, normal};
use crate::error::{Details, Error, Kind};
use crate::json::{self, Cursor};
use crate::scan;
use crate::sse;
use crate::wire::chunk;
use std::borrow::Cow;

/// Events that only keep the connection open, whatever they say.
const PINGS: [&[u8]; 4] = [b"ping", b"heartbeat", b"keepalive", b"keep-alive"];
/// How often an event's data is searched for another event: each search may go to its end.
const GLUED: usize = 4;
/// Bytes of what cannot be read that are shown, and kept.
const EXCERPT: usize = 100;
const KEPT: usize = 2000;

impl Decoder {
    pub(super) fn event(&mut self, event: sse::Event<'_>, is_last: bool) {
        #[cfg(feature = "responses")]
        if self.reader.is_some() && self.end.is_some() {
            return;
        }
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
        #[cfg(feature = "responses")]
        if self.reader.is_some() && self.end.is_none() {
            // An error that is no object has no other place.
            if event.name == b"error" && !scan::begins(text.trim_ascii(), b"{") {
                return self.fail_as_reported(&text);
            }
            if self.is_named(event.name) {
                self.value(&text, is_last);
            }
            return;
        }
        if event.name == b"error" && self.end.is_none() {
            let is_chunk = json::member(&text, "choices").is_some();
            if !is_chunk {
                self.repairs.note("error_event");
                return self.fail_as_reported(&text);
            }
        }
        if PINGS.contains(&event.name) {
            return self.repairs.note("data_ignored");
        }
        self.value(&text, is_last);
    }

    /// Usually one value, sometimes several.
    pub(super) fn value(&mut self, text: &str, is_last: bool) {
        if text.len() > self.limits.event_bytes {
            return self.fail(limits::event_exceeded());
        }
        let text = text.strip_prefix("\u{feff}").unwrap_or(text);
        // The last event of a stream that was cut in its middle: half of it is worth nothing.
        if is_last && may_hold_content(text) && !has_another_line(text) && !is_sequence(text) {
            self.cut = true;
            return self.repairs.note("event_cut");
        }
        let mut cursor = Cursor::new(text);
        let (mut count, mut is_marked) = (0, false);
        while !cursor.rest_is_blank() {
            if self.end.is_some() {
                #[cfg(feature = "responses")]
                if self.reader.is_some() {
                    return;
                }
                return self.repairs.note("data_after_end");
            }
            let rest = cursor.rest();
            if let Some(after) = after_marker(rest) {
                // It ends the reply where it stands alone, or last behind chunks.
                match json::is_blank(after) && !is_marked {
                    true => self.done(),
                    false => self.repairs.note("data_ignored"),
                }
                is_marked = true;
                cursor = Cursor::new(after);
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
                match after_words(rest).filter(|_| count <= GLUED) {
                    Some(next) => cursor = Cursor::new(next),
                    None => return self.lose(rest),
                }
                self.repairs.note("data_not_json");
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

    /// A part of the reply is missing. Where an error is glued to what cannot be read, that says more.
    fn lose(&mut self, text: &str) {
        let mut rest = text;
        for _ in 0..GLUED {
            let Some((_, after)) = scan::split(rest, "data:") else { break };
            let mut cursor = Cursor::new(after);
            let raw = cursor.value().unwrap_or("");
            let report = chunk::Chunk::read(&mut Cursor::new(raw)).ok().and_then(|chunk| normal::report(&chunk, raw));
            if let Some(report) = report {
                return self.fail_as_reported(report);
            }
            rest = after;
        }
        self.fail(unreadable(&self.secrets.struck_out(text)));
    }

    /// Several chunks in an array, or an error in one (Gemini).
    fn array(&mut self, raw: &str) {
        let mut is_ignored = true;
        for chunk in json::elements(raw) {
            if !scan::begins(chunk, b"{") {
                continue;
            }
            is_ignored = false;
            if self.end.is_none() {
                self.object(chunk, "", false);
            }
        }
        if is_ignored {
            self.repairs.note("data_ignored");
        }
    }

    /// A chunk or an end marker that was made a JSON string.
    fn text(&mut self, raw: &str) {
        let text = json::unescape(json::string(raw).unwrap_or(""));
        if scan::begins(text.trim_ascii(), b"{[<") {
            self.repairs.note("json_in_text");
            self.value(&text, false);
        } else {
            self.repairs.note("data_ignored");
        }
    }

    /// `text`: the data in which `raw` stands. `is_inner`: it was taken out of an envelope.
    pub(super) fn object(&mut self, raw: &str, text: &str, is_inner: bool) {
        #[cfg(feature = "responses")]
        if self.is_read(raw) {
            return;
        }
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
        self.is_foreign = foreign::make_choice(&mut chunk, raw, &mut self.repairs);
        let report = normal::report(&chunk, raw);
        if !self.has_begun && !foreign::is_reply(&chunk) {
            self.keep_strange(raw);
        } else {
            self.has_begun = true;
            self.opening = Vec::new();
        }
        // What reports the failure is told by the error, which shows no secret.
        if report.is_some() {
            chunk.extra.clear();
        }
        let is_whole = chunk.is_completion();
        if chunk.choices.is_some() || report.is_none() {
            // Each choice is read by what came before it. Copilot splits one into several of the same index.
            let parts = chunk.take_repeated();
            let text = if parts.is_empty() { text } else { "" };
            for part in parts {
                self.chunk(part, raw, text);
            }
            self.chunk(chunk, raw, text);
        }
        // What the error itself says comes before what a finish reason says of it.
        if let Some(report) = report {
            self.fail_as_reported(report);
        } else if let Some(error) = self.normalizer.take_failure() {
            self.fail(error);
        } else if is_whole && self.values == 1 && self.is_plain && !self.is_finished() {
            // A whole completion is its own end marker; some come without a finish reason.
            self.done();
        }
    }

    fn chunk(&mut self, mut chunk: chunk::Chunk<'_>, raw: &str, text: &str) {
        let ends = chunk.choices.iter().flatten().any(|choice| choice.finish_reason.is_some());
        let ordered = self.order.sort(&mut chunk, &mut self.reply);
        // What shares its event with others is not learnt from: the next event may be like the whole of it. Nor is what lacks
        // calls that wait.
        let is_whole = ordered.is_none() && !self.order.has_waiting();
        let learns = self.predicts && !self.is_plain && is_whole && raw.len() == text.trim_ascii().len();
        let (before, after) = if ends { (ordered, None) } else { (None, ordered) };
        self.ordered(before);
        self.read(chunk, learns.then_some(text));
        self.ordered(after);
    }

    /// A chunk of calls that waited for those before them.
    pub(super) fn ordered(&mut self, text: Option<String>) {
        let Some(text) = text else { return };
        if let Ok(chunk) = chunk::Chunk::read(&mut Cursor::new(&text)) {
            self.read(chunk, None);
        }
    }

    /// The full way. `text`: the event, if the next one may be like it.
    fn read(&mut self, chunk: chunk::Chunk<'_>, text: Option<&str>) {
        let before = self.template.take();
        let is_alike = |template: &Template| text.is_some_and(|text| template.matches(text.as_bytes()).is_some());
        let known = before.filter(is_alike);
        // A second event of the same form: how it comes out is how those after it will.
        let before = known.is_some().then(|| self.repairs.clone());
        let template = known.or_else(|| Template::of(&chunk, text?));
        let clean = self.normalizer.normalize(chunk, &self.reply, &mut self.repairs);
        if let (Some(mut template), Some(text)) = (template, text) {
            let fits = template.fits(&clean, text);
            if let (true, Some(before)) = (fits, before) {
                template.trust(&clean, self.repairs.since(&before));
            }
            self.template = fits.then_some(template);
        }
        self.put(&clean);
    }
}

/// True for what looks like JSON, a part of it, or a page. Words (`ping`, `[keepalive]`, `OK`) and numbers hold nothing.
fn may_hold_content(text: &str) -> bool {
    scan::find_byte(text, &|byte| matches!(byte, b'{' | b'}' | b'"' | b'<')).is_some()
}

/// What follows words at the start of `text`: nothing, or the data of an event that is glued to them.
fn after_words(text: &str) -> Option<&str> {
    let (words, rest) = scan::split(text, "data:").unwrap_or((text, ""));
    (!may_hold_content(words)).then_some(rest)
}

/// Data of an event that is not whole, and others on lines of their own behind it.
fn has_another_line(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = scan::split(rest, "\n") {
        rest = after;
        let line = scan::split(rest, "\n").map_or(rest, |(line, _)| line);
        if after_marker(line).is_some() || (line.starts_with("{\"") && json::is_whole(line)) {
            return true;
        }
    }
    false
}

/// The error of a reply of which this could not be read.
fn unreadable(text: &str) -> Error {
    let mut message = String::from("A part of the reply could not be read: ");
    for letter in beginning(text.trim_ascii(), EXCERPT).chars() {
        message.push(if letter.is_control() { ' ' } else { letter });
    }
    let details = Details { body: Some(beginning(text, KEPT).to_owned()), ..Details::default() };
    Error::stream(Kind::Malformed, message, details)
}

/// At most so many bytes, in whole letters.
fn beginning(text: &str, bytes: usize) -> &str {
    (0..=bytes.min(text.len())).rev().find_map(|end| text.get(..end)).unwrap_or("")
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
