//! Errors that a Python gateway passed on: LiteLLM's and openai's client put phrases around the provider's own, and print what
//! they got as Python does.
//!
//! ```text
//! litellm.BadRequestError: OpenAIException - Error code: 400 - {'error': {'message': "…", 'param': None}}
//! litellm.RateLimitError: RateLimitError: OpenAIException - …. Received Model Group=gpt
//! litellm.NotFoundError: VertexAIException BadRequestError - b'{"error":{"message":"…"}}'
//! ```

use crate::json;
use crate::scan;

/// What LiteLLM appends, from here on.
const BEHIND: &str =
    ". Received Model Group=/Received Model Group=/Available Model Group/LiteLLM Retried:/. Handle with `litellm.";

/// The words inside of such phrases, and the class of error that the first of them names; the text itself, where there are none.
pub fn unwrapped(text: &str) -> (&str, &str) {
    let mut rest = text;
    let mut class = "";
    loop {
        let inner = rest.strip_prefix("litellm.").unwrap_or(rest);
        let is_wrapped = rest.len() < text.len() || inner.len() < rest.len();
        let colon = scan::split(inner, ": ").filter(|(phrase, _)| is_wrapped && is_class(phrase));
        let dash = scan::split(inner, " - ").filter(|(phrase, _)| (is_wrapped && is_class(phrase)) || is_code(phrase));
        let Some((phrase, after)) = colon.or(dash) else { return (rest, class) };
        if class.is_empty() && !is_code(phrase) {
            class = phrase;
        }
        rest = after.trim_ascii_start();
    }
}

/// Without what LiteLLM appends.
pub fn without_end(text: &str) -> &str {
    scan::words(BEHIND).fold(text, scan::before).trim_ascii()
}

/// "RateLimitError", "exceptions.Timeout", "AzureException BadRequestError"
fn is_class(phrase: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let mut rest = phrase;
    loop {
        let (word, after) = scan::split(rest, " ").unwrap_or((rest, ""));
        let has_end = scan::words("Error/Exception/Timeout").any(|end| word.ends_with(end));
        if !has_end || scan::is_any(word, "Error/Exception") || !scan::all_bytes(word, &is_letter) {
            return false;
        }
        if word.len() == rest.len() {
            return true;
        }
        rest = after;
    }
}

/// "Error code: 400"
fn is_code(phrase: &str) -> bool {
    phrase.strip_prefix("Error code: ").is_some_and(|code| scan::all_bytes(code, &|byte| byte.is_ascii_digit()))
}

/// The JSON of what Python prints for a dictionary, a list, a text or bytes; `None` for anything else.
pub fn json_of(python: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = python;
    while let Some(letter) = rest.chars().next() {
        let quote = rest.strip_prefix("b").unwrap_or(rest);
        if scan::begins(quote, b"'\"") {
            rest = text_into(quote, &mut out)?;
            continue;
        }
        let words = [("None", "null"), ("True", "true"), ("False", "false")];
        if let Some((word, value)) = words.into_iter().find(|(word, _)| rest.starts_with(word)) {
            out.push_str(value);
            rest = rest.get(word.len()..)?;
            continue;
        }
        // A tuple of one has a comma behind it.
        if letter == ')' && out.ends_with(',') {
            out.truncate(out.len() - 1);
        }
        out.push(match letter {
            '(' => '[',
            ')' => ']',
            other => other,
        });
        rest = rest.get(letter.len_utf8()..)?;
    }
    Some(out).filter(|out| json::is_whole(out))
}

/// Appends the text that begins with this quote as JSON; gives what follows.
fn text_into<'a>(quoted: &'a str, out: &mut String) -> Option<&'a str> {
    let mut letters = quoted.chars();
    let quote = letters.next()?;
    out.push('"');
    loop {
        match letters.next()? {
            letter if letter == quote => break,
            '\\' => match letters.next()? {
                '\'' => out.push('\''),
                'x' => out.push_str("\\u00"),
                // Beyond 16 bits Python has an escape of its own; it is shown as it is.
                'U' => out.push_str("\\\\U"),
                other => {
                    out.push('\\');
                    out.push(other);
                }
            },
            letter => json::escape_into(letter.encode_utf8(&mut [0; 4]), out),
        }
    }
    out.push('"');
    Some(letters.as_str())
}
