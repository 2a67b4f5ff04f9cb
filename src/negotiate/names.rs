//! Which name a refusal speaks of. Forms of OpenAI, Groq, DeepSeek, Mistral, xAI, Moonshot, Gemini, FastAPI and serde, told
//! by their grammar: a name counts beside the words of a refusal, not wherever it stands in a text.

use crate::json;
use crate::scan;

/// One of these is in every refusal of a parameter, lower case.
const REFUSALS: [&str; 12] = [
    "unsupported",
    "not support",
    "unknown",
    "unrecognized",
    "unrecognised",
    "not permitted",
    "unexpected",
    "not allowed",
    "extra_forbidden",
    "extra fields",
    "cannot find field",
    "allowed for this model",
];

/// The word before a quoted name that makes it the refused one.
const NOUNS: [&str; 12] = [
    "parameter",
    "parameters",
    "param",
    "value",
    "property",
    "field",
    "argument",
    "arguments",
    "name",
    "key",
    "option",
    "input",
];

/// What follows a quoted name that makes it the refused one.
const VERBS: [&str; 8] =
    [" is not ", " is un", " not ", " does not ", " was un", ": extra", ": unsupported", ": unknown"];

/// What stands before a name without quotes.
const BEFORE: [&str; 6] = [
    "argument supplied: ",
    "arguments supplied: ",
    "on this model: ",
    "unknown field ",
    "unknown parameter: ",
    "invalid ",
];
/// What stands behind a name without quotes.
const BEHIND: [&str; 2] = [": extra inputs are not permitted", ": extra fields not permitted"];

/// True where the message says that something is not taken.
pub fn is_refusal(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    REFUSALS.iter().any(|word| scan::position(&message, word).is_some())
}

/// The first step of a path: `stream_options` of "body.stream_options.include_usage" and of "stream_options[0]".
pub fn first_of(path: &str) -> String {
    let path = path.strip_prefix("body.").unwrap_or(path);
    let end = path.bytes().position(|byte| matches!(byte, b'.' | b'[')).unwrap_or(path.len());
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

/// FastAPI: `"loc":["body","stream_options","include_usage"]` speaks of `stream_options`.
pub fn in_loc(body: &str) -> Option<String> {
    let (_, rest) = scan::split(body, "\"loc\":")?;
    let mut steps = json::elements(rest).into_iter().filter_map(json::string);
    let first = steps.next()?;
    let name = if first == "body" { steps.next()? } else { first };
    Some(name.to_owned())
}

/// The refused name in a text.
pub fn in_message(message: &str) -> Option<String> {
    let quotes = quotes(message);
    // What is said of a message or a tool is not said of a parameter.
    if quotes.iter().any(|quote| matches!(first_of(quote.text).as_str(), "messages" | "tools")) {
        return None;
    }
    let is_named = |quote: &&Quote<'_>| NOUNS.contains(&quote.word.as_str()) || quote.is_refused() || quote.after_body;
    if let Some(quote) = quotes.iter().find(is_named) {
        return Some(first_of(quote.text));
    }
    let lower = message.to_ascii_lowercase();
    let before = BEFORE.iter().find_map(|prefix| {
        let at = scan::position(&lower, prefix)? + prefix.len();
        Some(word_at_start(message.get(at..)?))
    });
    let behind = || BEHIND.iter().find_map(|suffix| Some(word_at_end(message.get(..scan::position(&lower, suffix)?)?)));
    before.or_else(behind).filter(|name| !name.is_empty()).map(first_of)
}

/// The role among `roles` that the text refuses.
pub fn role(message: &str, roles: &[&'static str]) -> Option<&'static str> {
    let lower = message.to_ascii_lowercase();
    if !["role", "variant"].iter().any(|word| scan::position(&lower, word).is_some()) {
        return None;
    }
    let refuses = |quote: &&Quote<'_>| {
        matches!(quote.word.as_str(), "variant" | "role" | "support" | "value") || quote.is_refused()
    };
    let quotes = quotes(message);
    let found = quotes.iter().filter(refuses).find_map(|quote| roles.iter().find(|role| **role == quote.text));
    found.copied()
}

/// A quoted name.
struct Quote<'a> {
    text: &'a str,
    /// The word before it, lower case.
    word: String,
    after: &'a str,
    /// `('body', 'store')`: pydantic's `loc` as Python prints it.
    after_body: bool,
}

impl Quote<'_> {
    fn is_refused(&self) -> bool {
        let after = self.after.to_ascii_lowercase();
        VERBS.iter().any(|verb| after.starts_with(verb))
    }
}

fn quotes(message: &str) -> Vec<Quote<'_>> {
    let mut found: Vec<Quote<'_>> = Vec::new();
    let mut at = 0;
    while let Some(start) = next_quote(message, at) {
        let Some(mark) = message.get(start..=start) else { break };
        let Some(length) = message.get(start + 1..).and_then(|rest| scan::position(rest, mark)) else { break };
        let end = start + 1 + length;
        let text = message.get(start + 1..end).unwrap_or("");
        // A name; an apostrophe's "quotes" hold blanks.
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.[]-".contains(&byte)) {
            let word =
                word_at_end(message.get(..start).unwrap_or("").trim_end_matches([' ', ':'])).to_ascii_lowercase();
            let after_body = found.last().is_some_and(|before| before.text == "body")
                && message.get(..start).is_some_and(|before| before.ends_with(", "));
            found.push(Quote { text, word, after: message.get(end + 1..).unwrap_or(""), after_body });
            at = end + 1;
        } else {
            at = start + 1;
        }
    }
    found
}

fn next_quote(message: &str, from: usize) -> Option<usize> {
    let at = message.as_bytes().get(from..)?.iter().position(|byte| matches!(byte, b'\'' | b'"' | b'`'))?;
    Some(from + at)
}

fn is_of_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')
}

fn word_at_start(text: &str) -> &str {
    let end = text.bytes().position(|byte| !is_of_word(&byte)).unwrap_or(text.len());
    text.get(..end).unwrap_or("").trim_end_matches('.')
}

fn word_at_end(text: &str) -> &str {
    let start = text.bytes().rposition(|byte| !is_of_word(&byte)).map_or(0, |at| at + 1);
    text.get(start..).unwrap_or("")
}
