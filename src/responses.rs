//! One reply of the Responses API: its objects in; text, events, chat's events or clean SSE out.
//!
//! It stands behind the same [`crate::stream::Decoder`] as a chat completion, which knows what the bytes are, what is too much and
//! how a reply ends. Each event is first given its place, by item, output and part index, before anything changes (`items`); what
//! is missing in it is filled in (`clean`); what was never told of an item that ends is made (`ends`); `out` writes it in the form
//! that the consumer asked for. An event that is as it should be goes out byte for byte as it came.
//!
//! Changing this: what comes out may not depend on the face. A text that came in no delta is told to `text` and `events` when it
//! is whole; deltas are not made.

mod clean;
mod ends;
mod events;
mod fields;
mod items;
mod lost;
mod out;
mod outcome;
mod place;
mod predict;
mod told;
mod whole;

use crate::error::Error;
use crate::json;
use crate::scan;
use crate::stream::{Limits, Mode, Reader, Repairs, Taken};
use clean::Changes;
use fields::Fields;
use items::Items;
use out::Out;
use predict::Template;

/// Reads one response.
#[derive(Debug)]
pub struct Responses {
    out: Out,
    items: Items,
    /// The response as it was told last, clean; "" before.
    response: String,
    /// Its id.
    id: String,
    /// The sequence number of the event that comes next.
    next: u64,
    /// Bytes of all that a caller would miss, and how often something else with a meaning came.
    content: usize,
    steps: usize,
    /// Something of a response came.
    has_begun: bool,
    /// It is read from its middle on: what it numbers began before.
    is_resumed: bool,
    /// It has ended, and how: chat's word.
    finish: Option<&'static str>,
    /// It is what was asked for, whatever its status says: a response that was cancelled.
    is_any: bool,
    /// The last event, if the next one may be like it.
    template: Option<Template>,
    /// For ids that have to be made.
    seed: u64,
}

/// An event that is being read.
struct Event<'a> {
    /// Its type.
    kind: &'a str,
    raw: &'a str,
    /// As its frame has it.
    name: &'a str,
    fields: Fields<'a>,
    changes: Changes,
}

/// Where the reading of an event goes.
struct Bounds<'a> {
    limits: &'a Limits,
    repairs: &'a mut Repairs,
}

impl Responses {
    /// `seed`: any number. `is_any`: a response that failed or was cancelled is no error.
    pub fn new(mode: Mode, seed: u64, is_any: bool) -> Self {
        Self {
            out: Out::new(mode),
            items: Items::default(),
            response: String::new(),
            id: String::new(),
            next: 0,
            content: 0,
            steps: 0,
            has_begun: false,
            is_resumed: false,
            finish: None,
            is_any,
            template: None,
            seed,
        }
    }

    /// Hands an event on, with the number that it has.
    fn emit(&mut self, event: &mut Event<'_>, repairs: &mut Repairs) {
        match fields::index(event.fields.sequence_number).map(|number| number as u64) {
            Some(given) if given >= self.next => self.next = given.saturating_add(1),
            given => {
                if given.is_none() {
                    repairs.note("sequence_number_missing");
                }
                event.changes.push(("sequence_number", scan::decimal(self.next)));
                self.next += 1;
            }
        }
        if !self.out.wants_events() {
            return;
        }
        match event.changes.is_empty() {
            true => self.out.event(event.kind, event.raw),
            false => self.out.event(event.kind, &clean::rewritten(event.raw, &event.changes)),
        }
    }

    /// Makes an event that never came. `members`: raw.
    fn make(&mut self, kind: &str, members: &[(&str, &str)]) {
        let number = scan::decimal(self.next);
        self.next += 1;
        if !self.out.wants_events() {
            return;
        }
        let mut raw = String::from("{");
        json::member_into("type", &clean::quoted(kind), &mut raw);
        for (name, value) in members {
            json::member_into(name, value, &mut raw);
        }
        json::member_into("sequence_number", &number, &mut raw);
        raw.push('}');
        self.out.event(kind, &raw);
    }

    /// An id that nobody gave. `prefix`: of its type.
    fn made_id(&self, prefix: &str, at: usize) -> String {
        [prefix, "_", &number(self.seed.wrapping_add(at as u64 + 1))].concat()
    }
}

/// A number that looks like none of a list: for ids.
fn number(seed: u64) -> String {
    scan::decimal(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 8)
}

impl Reader for Responses {
    fn object(&mut self, raw: &str, name: &str, limits: &Limits, repairs: &mut Repairs) -> Taken {
        self.template = None;
        self.read(raw, name, &mut Bounds { limits, repairs })
    }

    fn predicted<'a>(&mut self, input: &'a [u8], limits: &Limits) -> &'a [u8] {
        self.take_like(input, limits.event_bytes)
    }

    fn has_content(&self) -> bool {
        self.content > 0
    }

    fn size(&self) -> usize {
        self.content + self.steps
    }

    fn mode(&self) -> Mode {
        self.out.mode
    }

    fn set_mode(&mut self, mode: Mode) {
        let is_first = self.out.mode == Mode::Nothing;
        self.out = Out::new(mode);
        self.template = None;
        if is_first && self.has_begun {
            self.tell_again();
        }
    }

    fn take(&mut self) -> Option<String> {
        self.out.take()
    }

    fn snapshot(&self) -> String {
        self.to_json()
    }

    fn failure(&mut self, error: &Error) {
        self.out.failure(error, self.next);
    }
}
