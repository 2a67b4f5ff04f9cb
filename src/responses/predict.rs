//! The short way for an event that is the one before it but for a text, its number and a padding: it is compared, not parsed.
//!
//! Only an event that went out byte for byte as it came is learnt from, so what is like it goes out as it comes, too.

use super::fields::{Family, Fields};
use super::{Event, Responses, place};
use crate::scan;
use crate::stream::Mode;

/// Digits of a number that is worth a look.
const DIGITS: usize = 15;

/// The last event, if the next one may be like it.
#[derive(Debug)]
pub struct Template {
    family: &'static Family,
    slot: usize,
    at: usize,
    kind: String,
    /// What stands before each value, framing included; and behind the last.
    pieces: Vec<(String, Value)>,
    end: String,
    /// Bytes before the JSON.
    head: usize,
    /// The consumer has it as a pattern, in which this number stands.
    told: Option<u64>,
}

/// What differs between two events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    Delta,
    Number,
    Padding,
}

/// What of an event differs from the one before.
struct Like<'a> {
    json: &'a [u8],
    delta: &'a str,
    padding: Option<&'a str>,
    number: u64,
    rest: &'a [u8],
}

impl Template {
    /// Of an event that was not changed. `name`: as its frame has it.
    pub fn new(event: &Event<'_>, name: &str, family: &'static Family, slot: usize, at: usize) -> Option<Self> {
        let Event { raw, fields, .. } = event;
        let Fields { delta, sequence_number, obfuscation, .. } = *fields;
        // Where each begins and ends, without its quotes.
        let place = |value: &str, quotes: usize| {
            let start = (value.as_ptr() as usize).checked_sub(raw.as_ptr() as usize)?;
            Some((start + quotes, start + value.len() - quotes))
        };
        let mut places = vec![(place(delta, 1)?, Value::Delta), (place(sequence_number, 0)?, Value::Number)];
        if !obfuscation.is_empty() {
            places.push((place(obfuscation, 1)?, Value::Padding));
        }
        places.sort_by_key(|((start, _), _)| *start);
        let mut piece = String::new();
        if !name.is_empty() {
            for part in ["event: ", name, "\n"] {
                piece.push_str(part);
            }
        }
        piece.push_str("data: ");
        let head = piece.len();
        let (mut pieces, mut from) = (Vec::new(), 0);
        for ((start, end), value) in places {
            piece.push_str(raw.get(from..start)?);
            pieces.push((std::mem::take(&mut piece), value));
            from = end;
        }
        let end = [raw.get(from..)?, "\n\n"].concat();
        let kind = event.kind.to_owned();
        let is_line = scan::find_byte(raw, &|byte| matches!(byte, b'\n' | b'\r')).is_none();
        is_line.then_some(Self { family, slot, at, kind, pieces, end, head, told: None })
    }

    fn matches<'a>(&self, input: &'a [u8]) -> Option<Like<'a>> {
        let mut rest = input;
        let (mut delta, mut padding, mut number): (&[u8], _, _) = (&[], None, 0);
        for (piece, value) in &self.pieces {
            rest = scan::after(rest, piece.as_bytes())?;
            let length = if *value == Value::Number { digits(rest) } else { text(rest)? };
            let (found, after) = rest.split_at_checked(length)?;
            rest = after;
            match value {
                Value::Delta => delta = found,
                Value::Padding => padding = Some(found),
                Value::Number => number = scan::whole(std::str::from_utf8(found).ok()?)?,
            }
        }
        rest = scan::after(rest, self.end.as_bytes())?;
        let json = input.get(self.head..input.len() - rest.len() - 2)?;
        let text = |bytes| std::str::from_utf8(bytes).ok();
        let padding = match padding {
            Some(padding) => Some(text(padding)?),
            None => None,
        };
        Some(Like { json, delta: text(delta)?, padding, number, rest })
    }
}

/// Digits at the start; none where they are no number as JSON has it.
fn digits(bytes: &[u8]) -> usize {
    let count = bytes.iter().take(DIGITS + 1).take_while(|byte| byte.is_ascii_digit()).count();
    let is_number = count <= DIGITS && (count == 1 || bytes.first() != Some(&b'0'));
    if is_number { count } else { 0 }
}

/// Bytes before the quote that ends a JSON string; `None` where it is none.
fn text(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += scan::plain(bytes.get(at..)?);
        match (bytes.get(at)?, bytes.get(at + 1)) {
            (b'"', _) => return Some(at),
            (b'\\', Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => at += 2,
            (b'\\', Some(b'u')) if bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit) => at += 6,
            _ => return None,
        }
    }
}

impl Responses {
    /// Takes events that are like the one before off the front of `input`.
    pub(super) fn take_like<'a>(&mut self, input: &'a [u8], most: usize) -> &'a [u8] {
        let Some(mut template) = self.template.take() else { return input };
        let mut rest = input;
        while let Some(like) = template.matches(rest).filter(|like| rest.len() - like.rest.len() <= most) {
            if like.number < self.next || self.grow_like(&template, &like).is_none() {
                break;
            }
            rest = like.rest;
            self.hand_on_like(&mut template, &like);
        }
        self.template = Some(template);
        rest
    }

    fn grow_like(&mut self, template: &Template, like: &Like<'_>) -> Option<()> {
        let Self { items, out, .. } = self;
        let item = items.list.get_mut(template.slot)?;
        let growing = place::growing(item, template.family, template.at)?;
        growing.text.push_str(like.delta);
        growing.has_grown = true;
        self.content += like.delta.len();
        self.steps += 1;
        self.next = like.number + 1;
        out.grow(template.family.face, like.delta, items.list.get(template.slot)?);
        Some(())
    }

    fn hand_on_like(&mut self, template: &mut Template, like: &Like<'_>) {
        let follows = template.told.is_some_and(|told| like.number == told + 1);
        let json = || std::str::from_utf8(like.json).unwrap_or("{}");
        match self.out.mode {
            Mode::Compact if follows => self.out.filling(like.delta, like.padding),
            Mode::Compact => self.out.pattern(json()),
            Mode::Chunks | Mode::Sse => self.out.event(&template.kind, json()),
            Mode::Text | Mode::Events | Mode::Nothing => {}
        }
        template.told = Some(like.number);
    }
}
