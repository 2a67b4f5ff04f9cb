//! JSON as text: a cursor that walks it and hands out raw spans, and the few conversions of strings that
//! the wire needs. Values are never built: what we don't change is passed on byte for byte, so numbers
//! beyond 2^53, lone surrogates and duplicate keys come out as they came in.
//!
//! Grammar: RFC 8259, strictly, because what passes here is later read by the host's `JSON.parse`.

mod cursor;
mod nesting;
pub mod partial;
mod text;

use crate::scan;
pub use cursor::{Cursor, Malformed};
pub use nesting::Nesting;
pub(crate) use text::string_end;
pub use text::{Unescaper, compact, escape_into, is_blank, member_into, mended, quote_into, unescape, without_nulls};

/// True when `text` holds exactly one JSON value and nothing else but blanks.
pub fn is_whole(text: &str) -> bool {
    let mut cursor = Cursor::new(text);
    cursor.value().is_ok() && cursor.rest_is_blank()
}

/// True for a text whose containers nest deeper than this reader goes.
pub fn is_too_deep(text: &str) -> bool {
    let (mut depth, mut in_string, mut is_escaped) = (0usize, false, false);
    text.bytes().any(|byte| {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_string,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > cursor::DEPTH
    })
}

/// The characters between the quotes of a raw JSON string, still escaped; `None` for any other value.
pub fn string(raw: &str) -> Option<&str> {
    raw.strip_prefix("\"")?.strip_suffix("\"")
}

/// As [`string`], but `None` for the empty string too.
pub fn filled(raw: &str) -> Option<&str> {
    string(raw).filter(|text| !text.is_empty())
}

/// A raw JSON integer that fits; `None` for any other value.
pub fn integer(raw: &str) -> Option<i64> {
    match raw.strip_prefix("-") {
        Some(digits) => scan::whole(digits).and_then(|value| i64::try_from(value).ok()).map(|value| -value),
        None => scan::whole(raw).and_then(|value| i64::try_from(value).ok()),
    }
}

/// As [`integer`], also where the number stands in quotes.
pub fn number(raw: &str) -> Option<i64> {
    integer(string(raw).unwrap_or(raw))
}

/// The raw value of the last member called `name` of a raw object.
pub fn member<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    let mut cursor = Cursor::new(object);
    let mut found = None;
    let mut first = true;
    if !cursor.open(b'{') {
        return None;
    }
    while let Ok(Some(key)) = cursor.key(&mut first) {
        let value = cursor.value().ok()?;
        if key == name {
            found = Some(value);
        }
    }
    found
}

/// The members of a raw object, key and value raw; none for any other value.
pub fn members(object: &str) -> Vec<(&str, &str)> {
    let mut cursor = Cursor::new(object);
    let mut found = Vec::new();
    let mut first = true;
    if cursor.open(b'{') {
        while let Ok(Some(key)) = cursor.key(&mut first) {
            match cursor.value() {
                Ok(value) => found.push((key, value)),
                Err(Malformed) => break,
            }
        }
    }
    found
}

/// The raw elements of a raw array; empty for any other value.
pub fn elements(array: &str) -> Vec<&str> {
    let mut cursor = Cursor::new(array);
    let mut found = Vec::new();
    let mut first = true;
    if cursor.open(b'[') {
        while let Ok(true) = cursor.item(&mut first) {
            match cursor.value() {
                Ok(value) => found.push(value),
                Err(Malformed) => break,
            }
        }
    }
    found
}
