//! What no error may show: keys, secret headers, secret parts of addresses. Struck out where a provider's words come in
//! (`wire/failure.rs`, a connection's cause, a redirect), so that nothing that goes out has to look for them.
//!
//! A secret is found however it is written: the strings of JSON are decoded first, and in any text a letter may stand as it
//! is, behind backslashes (`\/`, also of JSON in JSON), as `\u002B`, `\x2B` or `%2B`. Names of members stay, for a key that is
//! a word ("message") would otherwise break the error that it stands in.

use crate::json;
use crate::scan;
use std::rc::Rc;

/// A shorter text is none: it stands in too many words.
const LEAST: usize = 3;
/// Below this it is a placeholder ("ollama", "none") and counts as a whole word only.
const LONG: usize = 8;
const STRUCK: &str = "***";

/// All secrets of a call. A copy costs nothing.
#[derive(Clone, Default)]
pub struct Secrets(Rc<Known>);

#[derive(Default)]
struct Known {
    given: Vec<String>,
    secrets: Vec<Secret>,
}

struct Secret {
    /// Without backslashes: a text may have any number of them before each letter.
    text: String,
    is_long: bool,
    /// It may be the name of a member.
    is_word: bool,
}

impl Secrets {
    /// Of each text also what stands between its quotes, behind its scheme ("Bearer …") and in its percent escapes.
    pub fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let given: Vec<String> = texts.into_iter().collect();
        let mut secrets = Vec::new();
        for text in &given {
            add(text, &mut secrets);
        }
        Self(Rc::new(Known { given, secrets }))
    }

    /// The texts themselves.
    pub fn given(&self) -> &[String] {
        &self.0.given
    }

    /// The text without any of them. JSON stays JSON, its names and its structure what they are.
    pub fn struck_out(&self, text: &str) -> String {
        if !self.0.secrets.is_empty() && scan::begins(text.trim_ascii_start(), b"{[\"") && json::is_whole(text) {
            return self.in_json(text);
        }
        self.in_text(text, &|_| true)
    }

    /// As [`Secrets::struck_out`], but a host may be called as a placeholder is.
    pub fn struck_out_of_address(&self, address: &str) -> String {
        self.in_text(address, &|secret| secret.is_long)
    }

    fn in_json(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((outside, after)) = scan::split(rest, "\"") {
            self.numbers_into(outside, &mut out);
            let (inside, next) = after.split_at_checked(json::string_end(after)).unwrap_or((after, ""));
            let raw = inside.strip_suffix("\"").unwrap_or(inside);
            let decoded = json::unescape(raw);
            let struck = match scan::begins(next.trim_ascii_start(), b":") {
                true => self.in_text(&decoded, &|secret| secret.is_long && !secret.is_word),
                false => self.struck_out(&decoded),
            };
            out.push('"');
            match struck == decoded {
                true => out.push_str(raw),
                false => json::escape_into(&struck, &mut out),
            }
            out.push('"');
            rest = next;
        }
        self.numbers_into(rest, &mut out);
        out
    }

    /// What stands between strings: a number may be a secret, too.
    fn numbers_into(&self, text: &str, out: &mut String) {
        let is_of_number = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        let mut rest = text;
        while let Some(start) = scan::find_byte(rest, &is_of_number) {
            let (before, from) = rest.split_at(start);
            let (number, after) =
                from.split_at(scan::find_byte(from, &|byte| !is_of_number(byte)).unwrap_or(from.len()));
            out.push_str(before);
            match self.struck_out_of_address(number) == number {
                true => out.push_str(number),
                false => json::quote_into(STRUCK, out),
            }
            rest = after;
        }
        out.push_str(rest);
    }

    fn in_text(&self, text: &str, counts: &dyn Fn(&Secret) -> bool) -> String {
        let mut out = String::new();
        let mut rest = text;
        let mut is_in_word = false;
        while let Some(letter) = bare(rest).chars().next() {
            let before = text.get(..text.len() - rest.len()).unwrap_or("");
            let found = |secret: &Secret| {
                let after = matched(rest, &secret.text).filter(|_| counts(secret))?;
                let is_whole = !is_in_word && !after.chars().next().is_some_and(is_of_word);
                let is_it = (secret.is_long || is_whole) && !(secret.is_word && is_name(before, after));
                is_it.then_some(after)
            };
            if let Some(after) = self.0.secrets.iter().find_map(found) {
                out.push_str(STRUCK);
                (rest, is_in_word) = (after, false);
                continue;
            }
            let bare = bare(rest);
            // The letter of an escape belongs to no word.
            is_in_word = bare.len() == rest.len() && is_of_word(letter);
            let (unit, after) = rest.split_at(rest.len() - bare.len() + letter.len_utf8());
            out.push_str(unit);
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// Adds a secret in its forms, the longest first: what is part of another must not spoil it.
fn add(text: &str, known: &mut Vec<Secret>) {
    let text = text.trim_ascii();
    let bare = scan::without(text, "\\");
    if bare.len() < LEAST || known.iter().any(|secret| secret.text == bare) {
        return;
    }
    let is_long = bare.len() >= LONG;
    let is_word = !is_long || scan::all_bytes(&bare, &|byte| byte.is_ascii_lowercase() || byte == b'_');
    let at = known.iter().position(|secret| secret.text.len() < bare.len()).unwrap_or(known.len());
    known.insert(at, Secret { text: bare, is_long, is_word });
    add(unquoted(text), known);
    let is_scheme = |text: &str| scan::all_bytes(text, &|byte| byte.is_ascii_alphabetic() || byte == b'-');
    if let Some((_, credentials)) = scan::split(text, " ").filter(|(scheme, _)| is_scheme(scheme)) {
        add(credentials, known);
    }
    add(&percent_decoded(text), known);
}

/// Without the quotes at its ends.
fn unquoted(text: &str) -> &str {
    let is_text = |byte: &u8| !b"\"'`".contains(byte);
    let bytes = text.as_bytes();
    let (start, end) = (bytes.iter().position(is_text), bytes.iter().rposition(is_text));
    text.get(start.unwrap_or(0)..end.map_or(0, |end| end + 1)).unwrap_or("")
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = scan::split(rest, "%") {
        bytes.extend_from_slice(before.as_bytes());
        let (value, after) = code(after, 2).unwrap_or((u32::from(b'%'), after));
        bytes.push(value as u8);
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).unwrap_or_default()
}

/// What follows `secret` at the start of `text`.
fn matched<'a>(text: &'a str, secret: &str) -> Option<&'a str> {
    secret.chars().try_fold(text, |rest, letter| {
        let bare = bare(rest);
        let escape = bare.chars().next()?;
        if escape == letter {
            return bare.get(letter.len_utf8()..);
        }
        let digits = match escape {
            '%' => 2,
            'x' if bare.len() < rest.len() => 2,
            'u' if bare.len() < rest.len() => 4,
            _ => return None,
        };
        let (value, after) = code(bare.get(1..)?, digits)?;
        (value == u32::from(letter)).then_some(after)
    })
}

/// The text behind its backslashes.
fn bare(text: &str) -> &str {
    text.get(scan::find_byte(text, &|byte| byte != b'\\').unwrap_or(text.len())..).unwrap_or("")
}

/// A number of so many hexadecimal digits, and what follows.
fn code(text: &str, digits: usize) -> Option<(u32, &str)> {
    let (number, after) = text.split_at_checked(digits)?;
    let value = number.chars().try_fold(0, |value, digit| Some(value << 4 | digit.to_digit(16)?))?;
    Some((value, after))
}

fn is_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')
}

/// True between the quotes of a name: `"message": `, also of JSON in a text and of Python.
fn is_name(before: &str, after: &str) -> bool {
    let after = bare(after);
    let is_quoted = matches!(before.as_bytes().last(), Some(b'"' | b'\'')) && scan::begins(after, b"\"'");
    is_quoted && scan::begins(after.get(1..).unwrap_or("").trim_ascii_start(), b":")
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(STRUCK)
    }
}
