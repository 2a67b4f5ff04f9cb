//! A reply without any choice whose usage, or the provider's own words, say that nothing was generated: the prompt was refused,
//! and would be again.

use crate::accumulate::Accumulator;
use crate::error::{Details, Error, Kind};
use crate::json;
use crate::scan;
use crate::secret::Secrets;

/// How deep the provider's words may lie.
const DEPTH: usize = 5;

/// The error that such a reply means; `None` for any other.
pub fn prompt(reply: &Accumulator, secrets: &Secrets) -> Option<Error> {
    let generated = reply.usage.as_deref().and_then(|usage| json::member(usage, "completion_tokens"));
    let mut words = String::new();
    let said = if reply.choices.is_empty() { reply.to_json() } else { String::new() };
    collect("", &said, DEPTH, &mut words);
    if !reply.choices.is_empty() || (generated != Some("0") && words.is_empty()) {
        return None;
    }
    let mut message = String::from("The provider refused the prompt and generated nothing");
    if !words.is_empty() {
        message.push_str(": ");
        message.push_str(&secrets.struck_out(&words));
    }
    let details = Details { body: Some(secrets.struck_out(&said)), ..Details::default() };
    Some(Error::stream(Kind::ContentFilter, message, details))
}

/// Why a prompt was blocked (Gemini's `promptFeedback.blockReason`), and which filters found something (Azure's
/// `prompt_filter_results`).
fn collect(key: &str, value: &str, depth: usize, words: &mut String) {
    let is_reason = scan::without(key, "_").to_ascii_lowercase().starts_with("blockreason");
    let word = match json::string(value) {
        Some(text) if is_reason => json::unescape(text),
        _ if json::member(value, "filtered") == Some("true") => json::unescape(key),
        _ => String::new(),
    };
    if !word.is_empty() {
        words.push_str(if words.is_empty() { "" } else { ", " });
        words.push_str(&word);
    }
    if depth > 0 {
        let elements = json::elements(value).into_iter().map(|element| ("", element));
        for (key, value) in json::members(value).into_iter().chain(elements) {
            collect(key, value, depth - 1, words);
        }
    }
}
