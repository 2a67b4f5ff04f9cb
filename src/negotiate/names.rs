//! Which name a refusal speaks of. Forms of OpenAI, Groq, DeepSeek, Mistral, xAI, Moonshot, Gemini, FastAPI and serde, told
//! by their grammar: a name counts beside the words of a refusal, not wherever it stands in a text.

use crate::json;
use crate::scan;

/// One of these is in every refusal of a parameter, lower case.
const REFUSALS: &str = "unsupported/not support/unknown/unrecognized/unrecognised/not permitted/unexpected/not allowed\
                        /extra_forbidden/extra fields/cannot find field/allowed for this model";

/// With one of these, lower case, it is the value that is not taken.
const OF_VALUES: &str = "unsupported_value/unsupported value/invalid_value/invalid value/unexpected value/supported values\
                         /allowed values/valid values/permitted values/possible values/only the default/unknown variant\
                         /is not one of/is allowed";

/// Else, with one of these it is the name.
const OF_NAMES: &str = "unsupported_param/unsupported param/unknown_param/unknown param/unknown field/unknown name/unrecogni\
                        /extra/keyword argument/additional propert";

/// Else, what must be of a value, or who names it, speaks of the value.
const BOUNDS: &str = "must be/should be/at least/at most";

/// The word before a quoted name that makes it the refused one.
const NOUNS: &str = "parameter/parameters/param/value/property/field/argument/arguments/name/key/option/input";

/// What follows a quoted name that makes it the refused one.
const VERBS: &str = " is not / is un/ not / does not / was un/: extra";

/// What stands before a name without quotes.
const BEFORE: &str =
    "argument supplied: /arguments supplied: /on this model: /unknown field /unknown parameter: /invalid ";
/// What stands behind a name without quotes.
const BEHIND: &str = ": extra inputs are not permitted/: extra fields not permitted";

/// True where the message says that something is not taken.
pub fn is_refusal(message: &str) -> bool {
    scan::has_any(&message.to_ascii_lowercase(), REFUSALS)
}

/// True where the message says that something is not there.
pub fn is_missing(message: &str) -> bool {
    scan::has_any(&message.to_ascii_lowercase(), "required/missing/must be set/must be provided")
}

/// True where not the name is refused but the value, raw. `words`: of the error, lower case.
pub fn is_of_value(words: &str, value: &str) -> bool {
    if scan::has_any(words, OF_VALUES) {
        return true;
    }
    !scan::has_any(words, OF_NAMES) && (says(words, value) || scan::has_any(words, BOUNDS))
}

/// True where this value, raw, stands in the words, and is no part of another.
fn says(words: &str, value: &str) -> bool {
    let value = json::string(value).unwrap_or(value).to_ascii_lowercase();
    let is_part =
        |byte: Option<&u8>, marks: &[u8]| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || marks.contains(byte));
    let mut rest = words;
    while let (false, Some((before, after))) = (value.is_empty(), scan::split(rest, &value)) {
        if !is_part(before.as_bytes().last(), b"_-.") && !is_part(after.as_bytes().first(), b"_-") {
            return true;
        }
        rest = after;
    }
    false
}

/// The first step of a path: `stream_options` of "body.stream_options.include_usage" and of "stream_options[0]".
pub fn first_of(path: &str) -> String {
    let path = path.strip_prefix("body.").unwrap_or(path);
    let end = scan::find_byte(path, &|byte| matches!(byte, b'.' | b'[')).unwrap_or(path.len());
    snake(path.get(..end).unwrap_or(""))
}

/// `presence_penalty` of "presencePenalty".
fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// The refused name in a text.
pub fn in_message(message: &str) -> Option<String> {
    for quote in Quotes::of(message) {
        let name = first_of(quote.text);
        // What is said of a message or a tool is not said of a parameter.
        if name == "messages" || name == "tools" {
            return None;
        }
        if scan::is_any(&quote.word, NOUNS) || quote.is_refused() {
            return Some(name);
        }
    }
    let lower = message.to_ascii_lowercase();
    let behind = |prefix: &str| Some(word(message.get(scan::position(&lower, prefix)? + prefix.len()..)?, true));
    let ahead = |suffix: &str| Some(word(message.get(..scan::position(&lower, suffix)?)?, false));
    let name = scan::words(BEFORE).find_map(behind).or_else(|| scan::words(BEHIND).find_map(ahead))?;
    Some(first_of(name)).filter(|name| !name.is_empty())
}

/// The role among `roles` that the text refuses.
pub fn role(message: &str, roles: &[&'static str]) -> Option<&'static str> {
    if !scan::has_any(&message.to_ascii_lowercase(), "role/variant") {
        return None;
    }
    let refuses = |quote: &Quote<'_>| scan::is_any(&quote.word, "variant/role/support/value") || quote.is_refused();
    let named = |quote: Quote<'_>| roles.iter().find(|role| **role == quote.text && refuses(&quote)).copied();
    Quotes::of(message).find_map(named)
}

/// A quoted name.
struct Quote<'a> {
    text: &'a str,
    /// The word before it, lower case.
    word: String,
    after: &'a str,
}

impl Quote<'_> {
    fn is_refused(&self) -> bool {
        let after = self.after.get(..20).unwrap_or(self.after).to_ascii_lowercase();
        scan::words(VERBS).any(|verb| after.starts_with(verb))
    }
}

/// The quoted names of a text, in order.
struct Quotes<'a> {
    message: &'a str,
    at: usize,
}

impl<'a> Quotes<'a> {
    fn of(message: &'a str) -> Self {
        Self { message, at: 0 }
    }
}

impl<'a> Iterator for Quotes<'a> {
    type Item = Quote<'a>;

    fn next(&mut self) -> Option<Quote<'a>> {
        loop {
            let bytes = self.message.as_bytes();
            let start = self.at + bytes.get(self.at..)?.iter().position(|byte| b"'\"`".contains(byte))?;
            self.at = start + 1;
            let mark = bytes.get(start)?;
            let rest = bytes.get(self.at..)?;
            // A name up to the same mark; an apostrophe's "quotes" hold blanks.
            let length = rest.iter().position(|byte| !is_of_name(byte))?;
            if length == 0 || rest.get(length) != Some(mark) {
                continue;
            }
            let (text, after) = self.message.get(self.at..)?.split_at_checked(length)?;
            let before = self.message.get(..start)?.trim_ascii_end();
            let before = before.strip_suffix(':').unwrap_or(before);
            self.at += length + 1;
            return Some(Quote { text, word: word(before, false).to_ascii_lowercase(), after: after.get(1..)? });
        }
    }
}

fn is_of_name(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.[]-".contains(byte)
}

/// The word at one end of a text: at its start, or at its end.
fn word(text: &str, at_start: bool) -> &str {
    let is_end = |byte: &u8| !byte.is_ascii_alphanumeric() && *byte != b'_';
    let bytes = text.as_bytes();
    let found = if at_start {
        text.get(..bytes.iter().position(is_end).unwrap_or(bytes.len()))
    } else {
        text.get(bytes.iter().rposition(is_end).map_or(0, |at| at + 1)..)
    };
    found.unwrap_or("")
}
