//! The form in which a consumer gets the reply. One string per network read: the border is crossed once, however many events
//! the read brought.

use super::predict::Growing;
use crate::accumulate::{Accumulator, Call};
use crate::error::{Error, Kind};
use crate::json::{Unescaper, partial};
use crate::scan;
use crate::wire::clean::{self, text_member};

/// What comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The text of choice 0.
    Text,
    /// A JSON array of chunks.
    Chunks,
    /// The same in fewer bytes, for who builds objects faster than JSON is parsed. An element that is an array of a pattern (a
    /// chunk), the name of a member of its delta and that of one of its own, or "", says that each string which follows, or
    /// each two of them, is the pattern with these texts in these members. In a pattern, other members hold no objects.
    Compact,
    /// A JSON array of events for user interfaces, of choice 0.
    Events,
    /// Clean server-sent events.
    Sse,
    /// Nothing: the reply is only accumulated.
    Nothing,
}

impl Mode {
    /// The mode with this number at the border.
    pub fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Text,
            1 => Self::Compact,
            2 => Self::Events,
            3 => Self::Sse,
            _ => Self::Nothing,
        }
    }
}

/// The consumer's side of a reply.
#[derive(Debug)]
pub struct Output {
    mode: Mode,
    out: String,
    /// Of the text of choice 0.
    unescaper: Unescaper,
    calls: Vec<CallEvents>,
    finished: bool,
}

/// What the events told of one tool call.
#[derive(Debug, Default)]
struct CallEvents {
    started: bool,
    done: bool,
    /// Bytes of the raw arguments that were told.
    told: usize,
    unescaper: Unescaper,
    parser: partial::Parser,
}

impl Output {
    pub fn new(mode: Mode) -> Self {
        Self { mode, out: String::new(), unescaper: Unescaper::default(), calls: Vec::new(), finished: false }
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// A predicted text of a choice.
    pub fn text(&mut self, choice: u32, growing: Growing, text: &str, is_plain: bool) {
        if choice != 0 || growing != Growing::Content {
            return;
        }
        if is_plain {
            self.unescaper.finish(&mut self.out);
            self.out.push_str(text);
        } else {
            self.unescaper.push(text, &mut self.out);
        }
    }

    /// A predicted chunk, in pieces.
    pub fn pieces(&mut self, pieces: [&str; 5]) {
        if self.mode == Mode::Sse {
            self.out.push_str("data: ");
        } else {
            self.next_element();
        }
        for piece in pieces {
            self.out.push_str(piece);
        }
        if self.mode == Mode::Sse {
            self.out.push_str("\n\n");
        }
    }

    /// What the texts after it are filled into. `pieces`: of a chunk, around its texts.
    pub fn pattern(&mut self, pieces: [&str; 3], keys: [&str; 2]) {
        self.next_element();
        self.out.push('[');
        for piece in pieces {
            self.out.push_str(piece);
        }
        for key in keys {
            text_member(",\"", key, &mut self.out);
        }
        self.out.push(']');
    }

    /// A predicted chunk, of the pattern before it. `padding`: with its name.
    pub fn filling(&mut self, text: &str, padding: (&str, &str)) {
        self.next_element();
        text_member("\"", text, &mut self.out);
        if !padding.0.is_empty() {
            text_member(",\"", padding.1, &mut self.out);
        }
    }

    /// A predicted growth, which is in `reply` already.
    pub fn growth(&mut self, choice: u32, growing: Growing, text: &str, reply: &Accumulator) {
        if choice != 0 {
            return;
        }
        match growing {
            Growing::Content => self.text_event("text", Some(text)),
            Growing::Reasoning => self.text_event("reasoning", Some(text)),
            Growing::Arguments(index) => {
                if let Some(call) = reply.choice(0).and_then(|choice| choice.calls.get(index)) {
                    self.call_event(index, call, false);
                }
            }
        }
    }

    /// What is ready.
    pub fn take(&mut self) -> Option<String> {
        if self.out.is_empty() {
            return None;
        }
        let mut out = std::mem::take(&mut self.out);
        if matches!(self.mode, Mode::Chunks | Mode::Compact | Mode::Events) {
            out.push(']');
        }
        Some(out)
    }

    /// A chunk came, and is in `reply` already.
    pub fn chunk(&mut self, chunk: &clean::Chunk<'_>, reply: &Accumulator) {
        match self.mode {
            Mode::Text => {
                for choice in chunk.choices.iter().filter(|choice| choice.index == 0) {
                    self.unescaper.push(choice.content.as_deref().unwrap_or(""), &mut self.out);
                }
            }
            Mode::Chunks | Mode::Compact => {
                self.next_element();
                chunk.write_into(&mut self.out);
            }
            Mode::Sse => {
                let mut data = String::new();
                chunk.write_into(&mut data);
                // Raw values of a pretty-printed body are of several lines; an event's data is one.
                if data.bytes().any(|byte| matches!(byte, b'\n' | b'\r')) {
                    data =
                        data.chars().map(|letter| if matches!(letter, '\n' | '\r') { ' ' } else { letter }).collect();
                }
                self.out.push_str("data: ");
                self.out.push_str(&data);
                self.out.push_str("\n\n");
            }
            Mode::Events => {
                for choice in chunk.choices.iter().filter(|choice| choice.index == 0) {
                    self.events(choice, reply);
                }
            }
            Mode::Nothing => {}
        }
    }

    /// The reply is complete.
    pub fn complete(&mut self, reply: &Accumulator) {
        match self.mode {
            Mode::Text => self.unescaper.finish(&mut self.out),
            Mode::Sse => self.out.push_str("data: [DONE]\n\n"),
            Mode::Events => {
                self.calls_done(reply);
                if let Some(usage) = &reply.usage {
                    self.next_element();
                    self.out.push_str("{\"type\":\"usage\",\"usage\":");
                    self.out.push_str(usage);
                    self.out.push('}');
                }
            }
            Mode::Chunks | Mode::Compact | Mode::Nothing => {}
        }
    }

    /// The reply ended otherwise. Clean SSE says so too: nobody downstream may take it for a finished answer.
    pub fn failure(&mut self, error: &Error) {
        self.unescaper.finish(&mut self.out);
        if self.mode == Mode::Sse && error.kind() != Kind::Aborted {
            self.out.push_str("data: ");
            self.out.push_str(&error.to_frame());
            self.out.push_str("\n\n");
        }
    }

    /// Opens the array, or separates from the element before.
    fn next_element(&mut self) {
        self.out.push(if self.out.is_empty() { '[' } else { ',' });
    }

    fn events(&mut self, choice: &clean::Choice<'_>, reply: &Accumulator) {
        self.text_event("reasoning", choice.reasoning.as_deref());
        self.text_event("text", choice.content.as_deref());
        self.text_event("refusal", choice.refusal);
        let calls = reply.choice(0).map_or(&[][..], |choice| &choice.calls);
        for fragment in &choice.calls {
            if let Some(call) = calls.get(fragment.index) {
                self.call_event(fragment.index, call, false);
            }
        }
        if let (Some(reason), false) = (choice.finish, self.finished) {
            self.finished = true;
            self.calls_done(reply);
            self.next_element();
            text_member("{\"type\":\"finish\",\"reason\":\"", reason, &mut self.out);
            self.out.push('}');
        }
    }

    fn text_event(&mut self, name: &str, text: Option<&str>) {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return };
        self.next_element();
        text_member("{\"type\":\"", name, &mut self.out);
        text_member(",\"text\":\"", text, &mut self.out);
        self.out.push('}');
    }

    /// Tells what is new of a call. It starts when its name is known; `force` starts it all the same.
    fn call_event(&mut self, index: usize, call: &Call, force: bool) {
        while self.calls.len() <= index {
            self.calls.push(CallEvents::default());
        }
        let Some(mut told) = self.calls.get_mut(index).map(std::mem::take) else { return };
        if !told.started && (force || !call.name.is_empty()) {
            told.started = true;
            self.call_head("tool_call.start", index);
            text_member(",\"id\":\"", &call.id, &mut self.out);
            text_member(",\"name\":\"", &call.name, &mut self.out);
            self.out.push('}');
        }
        let news = call.arguments.get(told.told..).unwrap_or("");
        if told.started && !news.is_empty() {
            told.told = call.arguments.len();
            let text = told.unescaper.whole(news);
            self.call_head("tool_call.delta", index);
            text_member(",\"arguments\":\"", news, &mut self.out);
            if text != news || !told.parser.only_grows(&text) {
                self.out.push_str(",\"ops\":");
                told.parser.feed(&text, &mut self.out);
            }
            self.out.push('}');
        }
        if let Some(place) = self.calls.get_mut(index) {
            *place = told;
        }
    }

    fn call_head(&mut self, name: &str, index: usize) {
        self.next_element();
        text_member("{\"type\":\"", name, &mut self.out);
        self.out.push_str(",\"index\":");
        self.out.push_str(&scan::decimal(index as u64));
    }

    fn calls_done(&mut self, reply: &Accumulator) {
        let calls = reply.choice(0).map_or(&[][..], |choice| &choice.calls);
        for (index, call) in calls.iter().enumerate() {
            self.call_event(index, call, true);
            let Some(told) = self.calls.get_mut(index) else { continue };
            if std::mem::replace(&mut told.done, true) {
                continue;
            }
            self.call_head("tool_call.done", index);
            text_member(",\"id\":\"", &call.id, &mut self.out);
            text_member(",\"name\":\"", &call.name, &mut self.out);
            text_member(",\"arguments\":\"", &call.arguments, &mut self.out);
            self.out.push('}');
        }
    }
}
