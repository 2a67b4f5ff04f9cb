//! Server-sent events: bytes in, events out, by the WHATWG rules
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>), without the reconnection
//! logic (`id`, `retry`), for which a client of `fetch` has no use.
//!
//! Tolerant where providers need it: a last event without its blank line is handed out by [`Decoder::finish`]; a field
//! `error:` (llama.cpp, GPUStack) is an event named `error`; a line that begins with `{` is data without its field; events
//! that only a line end separates are told apart by the judgement of the caller ([`Decoder::new`]).
//!
//! Changing this: no byte may be looked at twice. A line that spans reads is kept in `line` and joined once; what is in
//! `line` is never scanned again.

use crate::scan;

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// The `event:` field; empty when there was none (the specification's `message`).
    pub name: &'a [u8],
    /// The `data:` lines, joined with LF.
    pub data: &'a [u8],
    /// As [`Decoder::passed_over`] when this event was complete.
    pub passed_over: usize,
}

/// The byte order mark.
const MARK: &[u8] = b"\xEF\xBB\xBF";
const FIELDS: [&[u8]; 5] = [b"data", b"event", b"error", b"id", b"retry"];

/// An event grew beyond the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

/// The push parser: give it input until it has no more events, then the next input, at last [`Decoder::finish`].
#[derive(Debug)]
pub struct Decoder {
    limit: usize,
    is_whole: fn(&[u8]) -> bool,
    /// The beginning of a line whose end has not come.
    line: Vec<u8>,
    name: Vec<u8>,
    data: Vec<u8>,
    /// Where the data begins in `data`: a line that came in pieces is taken over whole, field and all.
    start: usize,
    /// How many `data` lines are in `data`.
    lines: usize,
    /// Name and value of the line that began the next event before this one was handed out.
    held: Option<(&'static [u8], Vec<u8>)>,
    /// What was handed out last is still in `name` and `data`.
    handed_out: bool,
    /// The last line ended with CR: an LF that follows belongs to it.
    after_cr: bool,
    /// Nothing was read yet: a byte order mark may come.
    at_start: bool,
    /// There was a line that is neither a field nor a comment.
    has_unknown_line: bool,
    passed_over: usize,
}

impl Decoder {
    /// `limit`: bytes an event may have. `is_whole`: whether data that came so far is complete in itself, so that one more
    /// `data` line begins a new event; `|_| false` for the letter of the specification.
    pub fn new(limit: usize, is_whole: fn(&[u8]) -> bool) -> Self {
        Self {
            limit,
            is_whole,
            line: Vec::new(),
            name: Vec::new(),
            data: Vec::new(),
            start: 0,
            lines: 0,
            held: None,
            handed_out: false,
            after_cr: false,
            at_start: true,
            has_unknown_line: false,
            passed_over: 0,
        }
    }

    /// Takes bytes off the front of `input` until an event is complete. `None`: all input is used up.
    pub fn next_event<'a>(&'a mut self, input: &mut &[u8]) -> Result<Option<Event<'a>>, TooLong> {
        self.begin();
        loop {
            if self.after_cr && !input.is_empty() {
                self.after_cr = false;
                *input = input.strip_prefix(b"\n").unwrap_or(input);
            }
            let end = scan::line_end(input);
            if end == input.len() {
                self.line.extend_from_slice(input);
                *input = &[];
                self.check()?;
                return Ok(None);
            }
            let (line, rest) = input.split_at(end);
            self.after_cr = rest.first() == Some(&b'\r');
            *input = rest.get(1..).unwrap_or(&[]);
            if self.end_line(line) {
                self.handed_out = true;
                return Ok(Some(self.event()));
            }
            self.check()?;
        }
    }

    /// The end of input: what the last event has so far, where its blank line never came. Call until it gives `None`.
    pub fn finish(&mut self) -> Option<Event<'_>> {
        self.begin();
        // A cut in the middle of a field's name makes no unknown line.
        let line = self.line.strip_prefix(MARK).filter(|_| self.at_start).unwrap_or(&self.line);
        if FIELDS.iter().any(|field| field.starts_with(line)) {
            self.line.clear();
        }
        let complete = !self.line.is_empty() && self.end_line(&[]);
        if !complete && self.lines == 0 {
            return None;
        }
        self.handed_out = true;
        Some(self.event())
    }

    /// True between two events: what comes next begins a line of a new event.
    pub fn is_between_events(&self) -> bool {
        self.line.is_empty()
            && !self.at_start
            && self.held.is_none()
            && !self.after_cr
            && (self.handed_out || (self.lines == 0 && self.name.is_empty()))
    }

    /// A line was neither a field nor a comment: a body that is not an event stream has such lines.
    pub fn has_unknown_line(&self) -> bool {
        self.has_unknown_line
    }

    /// Bytes so far of lines that are no data and no comments, the last of which may not have ended.
    pub fn passed_over(&self) -> usize {
        let line = self.line.strip_prefix(MARK).filter(|_| self.at_start).unwrap_or(&self.line);
        let is_field = |field: &&[u8]| {
            let value = line.strip_prefix(*field);
            field.starts_with(line) || value.is_some_and(|value| value.first() == Some(&b':'))
        };
        let counts = matches!(line.first(), None | Some(b'{' | b':')) || FIELDS.iter().any(is_field);
        self.passed_over + if counts { 0 } else { line.len() }
    }

    /// Forgets what was handed out.
    fn begin(&mut self) {
        if !self.handed_out {
            return;
        }
        self.handed_out = false;
        self.name.clear();
        self.data.clear();
        self.start = 0;
        self.lines = 0;
        if let Some((name, value)) = self.held.take() {
            self.name.extend_from_slice(name);
            self.data = value;
            self.lines = 1;
        }
    }

    fn event(&self) -> Event<'_> {
        let data = self.data.get(self.start..).unwrap_or(&[]);
        Event { name: &self.name, data, passed_over: self.passed_over }
    }

    fn check(&self) -> Result<(), TooLong> {
        let size = self.line.len() + self.data.len();
        if size > self.limit { Err(TooLong) } else { Ok(()) }
    }

    /// A line is complete; true when an event is too.
    fn end_line(&mut self, rest: &[u8]) -> bool {
        if self.line.is_empty() {
            return self.process(rest);
        }
        let mut line = std::mem::take(&mut self.line);
        line.extend_from_slice(rest);
        let complete = match self.value_of_first_line(&line) {
            Some(start) => {
                self.at_start = false;
                self.start = start;
                self.lines = 1;
                std::mem::swap(&mut self.data, &mut line);
                false
            }
            None => self.process(&line),
        };
        line.clear();
        self.line = line;
        complete
    }

    /// Where the value begins, if this is the first `data` line of an event: it need not be copied.
    fn value_of_first_line(&self, line: &[u8]) -> Option<usize> {
        let value = line.strip_prefix(b"data:").filter(|_| self.lines == 0)?;
        Some(line.len() - value.strip_prefix(b" ").unwrap_or(value).len())
    }

    fn process(&mut self, line: &[u8]) -> bool {
        let mut line = line;
        if std::mem::take(&mut self.at_start) {
            line = line.strip_prefix(MARK).unwrap_or(line);
        }
        // "If the line is empty: dispatch the event."
        if line.is_empty() {
            let complete = self.lines > 0;
            self.passed_over += 1;
            if !complete {
                self.name.clear();
            }
            return complete;
        }
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (field, value) = line.split_at(colon);
        let value = value.strip_prefix(b":").unwrap_or(value);
        // "If value starts with a U+0020 SPACE character, remove it from value."
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => self.data_line(value),
            b"event" => {
                self.passed_over += line.len() + 1;
                self.name.clear();
                self.name.extend_from_slice(value);
                false
            }
            b"error" => self.error_line(value),
            b"" => false,
            b"id" | b"retry" => {
                self.passed_over += line.len() + 1;
                false
            }
            // A server that forgot the field.
            _ if line.first() == Some(&b'{') => self.data_line(line),
            _ => {
                self.has_unknown_line = true;
                self.passed_over += line.len() + 1;
                false
            }
        }
    }

    fn data_line(&mut self, value: &[u8]) -> bool {
        if self.lines == 1 && (self.is_whole)(self.event().data) {
            self.held = Some((b"", value.to_vec()));
            return true;
        }
        if self.lines > 0 {
            self.data.push(b'\n');
        }
        self.data.extend_from_slice(value);
        self.lines += 1;
        false
    }

    /// `error:` is no field of the specification. What came before it without a blank line is an event of its own.
    fn error_line(&mut self, value: &[u8]) -> bool {
        if self.lines > 0 {
            self.held = Some((b"error", value.to_vec()));
            return true;
        }
        self.name.clear();
        self.name.extend_from_slice(b"error");
        self.data.extend_from_slice(value);
        self.lines = 1;
        true
    }
}
