//! The form in which a consumer gets the reply. One string per network read: the border is crossed once, however many events
//! the read brought.

use super::End;
use super::events::Events;
use super::predict::Growing;
use crate::accumulate::Accumulator;
use crate::error::{Error, Kind};
use crate::json::Unescaper;
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

    /// What is ready, if anything is: of a list, with its end.
    pub(crate) fn taken(self, ready: &mut String) -> Option<String> {
        if ready.is_empty() {
            return None;
        }
        let mut out = std::mem::take(ready);
        if matches!(self, Self::Chunks | Self::Compact | Self::Events) {
            out.push(']');
        }
        Some(out)
    }

    /// That number.
    pub(super) fn number(self) -> u32 {
        match self {
            Self::Text => 0,
            Self::Chunks | Self::Compact => 1,
            Self::Events => 2,
            Self::Sse => 3,
            Self::Nothing => 4,
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
    events: Events,
}

impl Output {
    pub fn new(mode: Mode) -> Self {
        Self { mode, out: String::new(), unescaper: Unescaper::default(), events: Events::default() }
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Another form from now on. Where nothing was asked for until now, that begins with the reply so far.
    pub fn reopen(&mut self, mode: Mode, reply: &Accumulator, failure: Option<&Error>, end: Option<End>) {
        let is_first = self.mode == Mode::Nothing;
        *self = Self::new(mode);
        if !is_first {
            return;
        }
        if !reply.is_new() {
            self.chunk(&reply.to_chunk(&reply.texts()), reply);
        }
        if let Some(error) = failure {
            self.failure(error);
        } else if end == Some(End::Complete) {
            self.complete(reply);
        }
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
            next_element(&mut self.out);
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
        next_element(&mut self.out);
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
        next_element(&mut self.out);
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
            Growing::Content => self.events.text("text", Some(text), &mut self.out),
            Growing::Reasoning => self.events.text("reasoning", Some(text), &mut self.out),
            Growing::Arguments(index) => {
                if let Some(call) = reply.choice(0).and_then(|choice| choice.calls.get(index)) {
                    self.events.call(index, call, false, &mut self.out);
                }
            }
        }
    }

    /// What is ready.
    pub fn take(&mut self) -> Option<String> {
        self.mode.taken(&mut self.out)
    }

    /// What is ready, as it stands: for another's [`Output::go_on`].
    pub fn give(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    /// This and nothing else is ready.
    #[cfg(feature = "lenient")]
    pub fn go_on(&mut self, ready: &str) {
        ready.clone_into(&mut self.out);
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
                next_element(&mut self.out);
                chunk.write_into(&mut self.out);
            }
            Mode::Sse => {
                self.out.push_str("data: ");
                chunk.write_into(&mut self.out);
                self.out.push_str("\n\n");
            }
            Mode::Events => {
                for choice in chunk.choices.iter().filter(|choice| choice.index == 0) {
                    self.events.choice(choice, reply, &mut self.out);
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
            Mode::Events => self.events.complete(reply, &mut self.out),
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
}

/// Opens the array, or separates from the element before.
pub fn next_element(out: &mut String) {
    out.push(if out.is_empty() { '[' } else { ',' });
}
