//! Strings between their JSON form and their text.

use crate::scan;
use std::borrow::Cow;

/// True when there is nothing but JSON's blanks in it.
pub fn is_blank(text: &str) -> bool {
    scan::all_bytes(text, &|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t'))
}

/// Appends `text` to `out` as it stands between the quotes of a JSON string.
pub fn escape_into(text: &str, out: &mut String) {
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(text.get(plain..at).unwrap_or(""));
        plain = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => {
                out.push_str("\\u00");
                out.push(hex_digit(byte >> 4));
                out.push(hex_digit(byte & 15));
            }
        }
    }
    out.push_str(text.get(plain..).unwrap_or(""));
}

/// Appends `text` to `out` as a JSON string, quotes included.
pub fn quote_into(text: &str, out: &mut String) {
    out.push('"');
    escape_into(text, out);
    out.push('"');
}

fn hex_digit(value: u8) -> char {
    char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 })
}

/// The text of a raw JSON string (what stands between its quotes). A lone surrogate becomes U+FFFD.
pub fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut unescaper = Unescaper::default();
    unescaper.push(raw, &mut out);
    unescaper.finish(&mut out);
    out
}

/// Unescapes a text that comes in pieces. Servers that cut by UTF-16 unit send an emoji as two lone surrogates in two
/// chunks (aimock does): the first half waits here for the second.
#[derive(Debug, Default, Clone)]
pub struct Unescaper {
    high: Option<u32>,
}

impl Unescaper {
    /// Appends the text of the next raw piece.
    pub fn push(&mut self, raw: &str, out: &mut String) {
        let mut rest = raw;
        loop {
            let at = scan::plain(rest.as_bytes());
            let Some((plain, escaped)) = rest.split_at_checked(at).filter(|(_, escaped)| !escaped.is_empty()) else {
                break;
            };
            self.plain(plain, out);
            let kind = escaped.as_bytes().get(1).copied().unwrap_or(b'\\');
            if kind == b'u' {
                self.unit(unit_of(escaped), out);
                rest = escaped.get(6..).unwrap_or("");
                continue;
            }
            self.finish(out);
            out.push(match kind {
                b'n' => '\n',
                b't' => '\t',
                b'r' => '\r',
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                other => char::from(other),
            });
            rest = escaped.get(2..).unwrap_or("");
        }
        self.plain(rest, out);
    }

    /// The text of the next raw piece, without a copy where there is nothing to unescape.
    pub fn whole<'a>(&mut self, raw: &'a str) -> Cow<'a, str> {
        if self.is_idle() && scan::plain(raw.as_bytes()) == raw.len() {
            return Cow::Borrowed(raw);
        }
        let mut text = String::new();
        self.push(raw, &mut text);
        Cow::Owned(text)
    }

    /// No half of a surrogate pair is waiting.
    pub fn is_idle(&self) -> bool {
        self.high.is_none()
    }

    /// Appends the half that is waiting, as it stood in the raw text.
    pub fn give_back(&mut self, raw: &mut String) {
        let Some(high) = self.high.take() else { return };
        raw.push_str("\\u");
        for shift in [12, 8, 4, 0] {
            raw.push(hex_digit((high >> shift) as u8 & 0xf));
        }
    }

    /// Gives up waiting for the second half of a surrogate pair.
    pub fn finish(&mut self, out: &mut String) {
        if self.high.take().is_some() {
            out.push(char::REPLACEMENT_CHARACTER);
        }
    }

    fn plain(&mut self, text: &str, out: &mut String) {
        if !text.is_empty() {
            self.finish(out);
            out.push_str(text);
        }
    }

    /// One UTF-16 unit, written as `\uXXXX`.
    fn unit(&mut self, unit: u32, out: &mut String) {
        if let (Some(high), 0xDC00..=0xDFFF) = (self.high, unit) {
            self.high = None;
            let point = 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00);
            out.push(char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER));
            return;
        }
        self.finish(out);
        if (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
        } else {
            out.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
}

/// The UTF-16 unit of an escape `\uXXXX`. What is no hexadecimal digit (partial JSON is not checked) is some number.
fn unit_of(escape: &str) -> u32 {
    let digits = escape.as_bytes().get(2..6).unwrap_or(b"fffd");
    digits.iter().fold(0, |unit, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            _ => (digit | 0x20).wrapping_sub(b'a' - 10),
        };
        unit << 4 | u32::from(value)
    })
}

/// A raw JSON value without the blanks between its tokens.
pub fn compact(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((token, after)) = scan::split(rest, "\"") {
        without_blanks_into(token, &mut out);
        let end = string_end(after);
        out.push('"');
        out.push_str(after.get(..end).unwrap_or(""));
        rest = after.get(end..).unwrap_or("");
    }
    without_blanks_into(rest, &mut out);
    out
}

fn without_blanks_into(text: &str, out: &mut String) {
    for letter in text.chars() {
        if !matches!(letter, ' ' | '\n' | '\r' | '\t') {
            out.push(letter);
        }
    }
}

/// Where a string ends whose opening quote was passed, its closing quote included. It may hold control characters.
pub(crate) fn string_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += scan::plain(bytes.get(at..).unwrap_or(&[]));
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            Some(b'"') => return at + 1,
            Some(_) => at += 1,
            None => return text.len(),
        }
    }
}

/// JSON of servers that write what is none: `NaN` and `Infinity` become null, control characters in strings are escaped.
/// `None` where there was nothing of the kind.
pub fn mended(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((outside, after)) = scan::split(rest, "\"") {
        with_nulls_into(outside, &mut out);
        out.push('"');
        let (inside, next) = after.split_at_checked(string_end(after))?;
        plain_into(inside, &mut out);
        rest = next;
    }
    with_nulls_into(rest, &mut out);
    Some(out).filter(|out| out != raw)
}

fn with_nulls_into(raw: &str, out: &mut String) {
    let mut rest = raw;
    while let Some(letter) = rest.chars().next() {
        let after = ["NaN", "Infinity", "-Infinity"].iter().find_map(|word| rest.strip_prefix(word));
        match after {
            Some(_) => out.push_str("null"),
            None => out.push(letter),
        }
        rest = after.or(rest.get(letter.len_utf8()..)).unwrap_or("");
    }
}

/// Appends the inside of a string, its escapes as they are.
fn plain_into(raw: &str, out: &mut String) {
    for letter in raw.chars() {
        match letter {
            '\0'..='\u{1f}' => escape_into(letter.encode_utf8(&mut [0; 4]), out),
            _ => out.push(letter),
        }
    }
}

/// A raw object without the members that are null, at any depth.
pub fn without_nulls(raw: &str) -> String {
    if !scan::begins(raw, b"{") {
        return raw.to_owned();
    }
    let mut out = String::from("{");
    for (key, value) in super::members(raw) {
        match value {
            "null" => {}
            _ if scan::begins(value, b"{") => member_into(key, &without_nulls(value), &mut out),
            _ => member_into(key, value, &mut out),
        }
    }
    out.push('}');
    out
}

/// Appends a member to the object that `out` ends with, all raw.
pub fn member_into(key: &str, value: &str, out: &mut String) {
    if out.as_bytes().last() != Some(&b'{') {
        out.push(',');
    }
    for piece in ["\"", key, "\":", value] {
        out.push_str(piece);
    }
}
