//! What is no event of a response: another API's reply, an envelope, a failure.

use super::fields::Fields;
use crate::error::{Details, Error, Kind};
use crate::json;

/// The failure that an object tells of, as JSON; "" where it tells of none.
pub fn report<'a>(fields: &Fields<'a>, kind: &str, raw: &'a str) -> &'a str {
    let is_event = kind == "error";
    match fields.error {
        // Flat, as OpenAI documents it.
        "" if is_event => raw,
        "" => "",
        _ if kind.starts_with("response.") || !fields.output.is_empty() || !fields.object.is_empty() => "",
        error => error,
    }
}

/// The words of a failure without those that are the event's.
pub fn without_frame(report: &str) -> String {
    let mut out = String::from("{");
    for (name, value) in json::members(report) {
        if !matches!((name, value), ("type", "\"error\"") | ("sequence_number", _)) {
            json::member_into(name, value, &mut out);
        }
    }
    out.push('}');
    out
}

/// The error where Chat Completions came.
pub fn chat() -> Error {
    let message = "This is Chat Completions, not the Responses API: the provider answers /responses with it, or the base URL leads \
                   elsewhere. Ask it with chat(), or check the base URL";
    Error::stream(Kind::Malformed, message, Details::default())
}

/// True for a chunk or a completion.
pub fn is_chat(fields: &Fields<'_>, kind: &str) -> bool {
    kind.is_empty() && (!fields.choices.is_empty() || fields.object.starts_with("\"chat.completion"))
}

/// True for a response by itself, be it that it came in an event.
pub fn is_response(fields: &Fields<'_>, kind: &str) -> bool {
    kind.is_empty() && (fields.object == "\"response\"" || fields.output.starts_with('['))
}
