//! Which change a refusal asks for.

use super::names;
use super::{Asked, Change, How};
use crate::error::{Error, Kind};
use crate::json;
use crate::scan;
use crate::wire::body::Body;

/// What may be left out where it is refused: preferences and book-keeping, without which the reply is still the one that was
/// asked for. Nothing else ever is: the refusal is the caller's to read.
const HARMLESS: &str = "temperature/top_p/top_k/min_p/seed/random_seed/presence_penalty/frequency_penalty\
                        /repetition_penalty/store/metadata/user/safety_identifier/prompt_cache_key/prompt_cache_retention\
                        /service_tier/stream_options/verbosity/reasoning_effort";

/// Two names of one limit: OpenAI's newer models refuse the first, most others the second.
const LIMITS: [&str; 2] = ["max_tokens", "max_completion_tokens"];
/// Two names of one role: OpenAI's newer models want the second, most others refuse it.
const ROLES: [&str; 2] = ["system", "developer"];

/// What to change before asking again; `None`: the refusal stands.
pub fn answer(error: &Error, asked: &Asked) -> Option<Change> {
    let Asked { outline, fixed, left_out } = asked;
    let body = &Body::read(outline)?;
    role(error.message(), body)
        .or_else(|| missing(error, body, left_out))
        .or_else(|| parameter(&refused(error)?, error, body, fixed))
}

/// A role that is refused by name, and that the conversation has.
fn role(message: &str, body: &Body) -> Option<Change> {
    let refused = names::role(message, &ROLES)?;
    let is_used = |message: &&str| role_of(message) == Some(refused);
    json::elements(body.get("messages")?).iter().find(|message| is_used(message))?;
    let to = ROLES.into_iter().find(|role| *role != refused)?;
    Some(Change { how: How::Role, name: refused.to_owned(), to: to.to_owned() })
}

/// A parameter that is needed, and that earlier refusals left out.
fn missing(error: &Error, body: &Body, left_out: &str) -> Option<Change> {
    let name = named(error).filter(|name| names::is_missing(error.message()) && !body.has(name))?;
    scan::is_any(&name, left_out).then(|| Change { how: How::Keep, name, to: String::new() })
}

/// The name of the refused parameter.
fn refused(error: &Error) -> Option<String> {
    if error.kind() != Kind::UnsupportedParameter && !names::is_refusal(error.message()) {
        return None;
    }
    named(error)
}

/// The name of the parameter that an error speaks of.
fn named(error: &Error) -> Option<String> {
    let param = error.details().param.as_deref().map(names::first_of).filter(|name| !name.is_empty());
    param.or_else(|| names::in_message(error.message()))
}

/// How to do without a parameter of this name.
fn parameter(name: &str, error: &Error, body: &Body, fixed: &str) -> Option<Change> {
    if !body.has(name) || scan::is_any(name, fixed) {
        return None;
    }
    // Where there are none, there are tools.
    if scan::is_any(name, "functions/function_call") {
        let is_theirs = body.has("functions") && !scan::is_any("functions", fixed);
        return is_theirs.then(|| Change { how: How::Rename, name: "functions".into(), to: "tools".into() });
    }
    let value = body.get(name).unwrap_or("null");
    let name = name.to_owned();
    if let Some(limit) = LIMITS.iter().find(|limit| **limit == name) {
        let other = LIMITS.into_iter().find(|other| other != limit && !body.has(other))?;
        let is_name = !names::is_of_value(&words(error), "");
        return is_name.then(|| Change { how: How::Rename, name, to: other.to_owned() });
    }
    // Without a false one, calls come in parallel where the caller asked for one at a time.
    let is_harmless = scan::is_any(&name, HARMLESS) || (name == "parallel_tool_calls" && value == "true");
    let is_of_value = names::is_of_value(&words(error), value);
    let (how, to) = if is_of_value { (How::DropValue, value.to_owned()) } else { (How::Drop, String::new()) };
    is_harmless.then_some(Change { how, name, to })
}

/// All that an error says of its kind, lower case.
fn words(error: &Error) -> String {
    let details = error.details();
    let [code, kind] = [&details.code, &details.r#type].map(|text| text.as_deref().unwrap_or(""));
    [code, " ", kind, " ", error.message()].concat().to_ascii_lowercase()
}

fn role_of(message: &str) -> Option<&str> {
    json::member(message, "role").and_then(json::string)
}
