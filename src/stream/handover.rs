//! One reader goes on where another stopped: what [`super::plain::Decoder`] knows of a reply, as one text.

use super::output::Mode;
use super::repair::Repairs;
use crate::scan;

/// What stands between the parts: no JSON text holds it.
pub const SEPARATOR: &str = "\u{1e}";

/// A reply so far, and what of its bytes was not read.
pub struct Carried<'a> {
    pub mode: Mode,
    pub values: usize,
    pub fed: usize,
    /// The body is one JSON value, not events.
    pub is_value: bool,
    /// See [`super::form::Form`].
    pub reasoning: &'a str,
    pub repairs: &'a Repairs,
    /// A chunk or completion that says all that came; "" where nothing did.
    pub so_far: &'a str,
    /// What comes out of it and was not taken yet.
    pub pending: &'a str,
    pub rest: &'a [u8],
}

impl Carried<'_> {
    /// As one text. The bytes, which may be no text, are one letter each.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let numbers = [self.mode.number() as usize, self.values, self.fed, usize::from(self.is_value)];
        for number in numbers {
            out.push_str(&scan::decimal(number as u64));
            out.push_str(SEPARATOR);
        }
        for text in [self.reasoning, &self.repairs.to_words(), self.so_far, self.pending] {
            out.push_str(text);
            out.push_str(SEPARATOR);
        }
        out.extend(self.rest.iter().map(|byte| char::from(*byte)));
        out
    }
}

#[cfg(feature = "lenient")]
impl super::Decoder {
    /// Goes on with what a [`super::plain::Decoder`] carried over: the bytes that it had not read are to be fed next.
    pub fn resume(&mut self, carried: &str) -> Vec<u8> {
        let mut rest = carried;
        let mut next = || {
            let (field, after) = scan::split(rest, SEPARATOR).unwrap_or((rest, ""));
            rest = after;
            field
        };
        let mut number = || scan::whole(next()).unwrap_or(0) as usize;
        let (mode, values, fed, is_value) = (number(), number(), number(), number() > 0);
        let (reasoning, repairs, so_far, pending) = (next(), next(), next(), next());
        self.set_mode(Mode::from_number(mode as u32));
        if values > 0 {
            // No limit holds for it: it came in many events.
            self.object(so_far, "", false);
        }
        self.output.go_on(pending);
        self.go_on(values, fed, is_value);
        self.repairs = Repairs::from_words(repairs);
        self.normalizer.form.reasoning = if reasoning.is_empty() { "" } else { "details" };
        rest.chars().map(|letter| letter as u8).collect()
    }
}
