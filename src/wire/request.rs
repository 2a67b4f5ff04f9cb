//! The request body: checked for what cannot be right, otherwise passed on untouched.
//!
//! Rules: OpenAI's `CreateChatCompletionRequest`. What is refused here no provider would take; what only some providers
//! refuse goes through.

use super::body::Body;
use crate::error::{Error, Kind};
use crate::json::{self, Cursor};
use crate::scan;

/// What the client adds to the caller's parameters.
#[derive(Debug, Clone)]
pub struct Additions {
    /// The model for calls that name none.
    pub model: Option<String>,
    /// Ask for a stream.
    pub stream: bool,
    /// A JSON object whose members replace those of the body.
    pub extra_body: Option<String>,
    /// Someone has to name a model: false where the address does (a deployment), or the server has one loaded (a local one).
    pub needs_model: bool,
}

impl Default for Additions {
    fn default() -> Self {
        Self { model: None, stream: false, extra_body: None, needs_model: true }
    }
}

/// The roles whose messages must say something. Providers have others (control, latest_reminder), with rules of their own.
const SPEAKERS: &str = "developer/system/user/tool";

/// The body to send, as JSON text, for the caller's parameters, also JSON text.
///
/// # Errors
/// As [`build`].
pub fn prepare(params: &str, additions: &Additions) -> Result<String, Error> {
    build(params.to_owned(), additions).map(|body| body.to_json())
}

/// The body to send, for the caller's parameters, JSON text.
///
/// # Errors
/// [`Kind::Config`] with a message that names the place, when the body cannot be right.
pub fn build(params: String, additions: &Additions) -> Result<Body, Error> {
    let body = merged(params, additions)?;
    check_model(&body, additions.needs_model)?;
    check(&body)?;
    Ok(body)
}

/// As [`build`], for the Responses API.
///
/// # Errors
/// As [`build`].
#[cfg(feature = "responses")]
pub fn build_response(params: String, additions: &Additions) -> Result<Body, Error> {
    let body = merged(params, additions)?;
    // A stored prompt names its model.
    check_model(&body, additions.needs_model && body.get("prompt").is_none())?;
    check_input(&body)?;
    Ok(body)
}

/// With what the client adds.
fn merged(params: String, additions: &Additions) -> Result<Body, Error> {
    if !Cursor::new(&params).open(b'{') || !json::is_whole(&params) {
        return Err(config("The request", "must be a JSON object", &params));
    }
    let mut body = Body::of(params).unwrap_or_default();
    if let (Some(model), None) = (&additions.model, body.get("model")) {
        let mut quoted = String::new();
        json::quote_into(model, &mut quoted);
        body.set("model", quoted);
    }
    if additions.stream {
        body.set("stream", "true".into());
    }
    if let Some(extra) = &additions.extra_body {
        body.merge(&Body::read(extra).ok_or_else(|| config("extraBody", "must be an object", extra))?);
    }
    Ok(body)
}

#[cfg(feature = "responses")]
fn check_input(body: &Body) -> Result<(), Error> {
    let is_known = |name: &str| body.get(name).is_some();
    let Some(input) = body.get("input") else {
        let message = match is_known("messages") {
            true => "`messages` is of Chat Completions: respond() takes `input` (toResponsesInput(messages) makes one)",
            false if ["prompt", "previous_response_id", "conversation"].into_iter().any(is_known) => return Ok(()),
            false => "No input: give `input`, a text or a list of items, for example \"Hello\"",
        };
        return Err(Error::new(Kind::Config, message));
    };
    let list = json::elements(input);
    if !input.starts_with('"') && list.is_empty() {
        return Err(config("input", "must be a string or an array with at least one item", input));
    }
    if let Some(at) = list.iter().position(|item| !item.starts_with('{')) {
        return Err(config(&element("input", at), "must be an object", list.get(at).unwrap_or(&"")));
    }
    match body.get("tools").filter(|tools| !tools.starts_with('[')) {
        Some(tools) => Err(config("tools", "must be an array", tools)),
        None => Ok(()),
    }
}

/// "messages[1].role must be …, got …".
fn config(place: &str, expected: &str, got: &str) -> Error {
    let kind = match got.as_bytes().first() {
        None => "nothing",
        Some(b'{') => "an object",
        Some(b'[') if json::elements(got).is_empty() => "an empty array",
        Some(b'[') => "an array",
        Some(b'"') if got.len() <= 60 => got,
        Some(b'"') => "a long string",
        _ => got,
    };
    Error::new(Kind::Config, [place, " ", expected, ", got ", kind].concat())
}

/// OpenRouter takes `models`, of which the first that is there answers.
fn check_model(body: &Body, is_needed: bool) -> Result<(), Error> {
    let is_needed = is_needed && body.get("models").is_none_or(|models| json::elements(models).is_empty());
    match body.get("model") {
        None | Some("\"\"") if !is_needed => Ok(()),
        None => {
            let message = "No model: give `model` in the call or in the client's options, for example \"gpt-4o-mini\"";
            Err(Error::new(Kind::Config, message))
        }
        Some(model) if json::filled(model).is_none() => Err(config("model", "must be a non-empty string", model)),
        Some(_) => Ok(()),
    }
}

fn check(body: &Body) -> Result<(), Error> {
    let Some(messages) = body.get("messages") else {
        let message = "No messages: give `messages`, for example [{ role: \"user\", content: \"Hello\" }]";
        return Err(Error::new(Kind::Config, message));
    };
    let list = json::elements(messages);
    if list.is_empty() {
        return Err(config("messages", "must be an array with at least one message", messages));
    }
    if let Some(tools) = body.get("tools").filter(|tools| !tools.starts_with('[')) {
        return Err(config("tools", "must be an array", tools));
    }
    let mut call_ids = Vec::new();
    for (at, message) in list.iter().enumerate() {
        check_message(message, &element("messages", at), &mut call_ids)?;
    }
    Ok(())
}

/// "messages[1]"
fn element(list: &str, at: usize) -> String {
    [list, "[", &scan::decimal(at as u64), "]"].concat()
}

/// "messages[1].role"
fn member_of(place: &str, name: &str) -> String {
    [place, ".", name].concat()
}

/// The raw string that has to be a member of an object, and not empty.
fn filled<'a>(object: &'a str, place: &str, name: &str, expected: &str) -> Result<&'a str, Error> {
    let raw = json::member(object, name).unwrap_or("");
    match json::filled(raw) {
        Some(_) => Ok(raw),
        None => Err(config(&member_of(place, name), expected, raw)),
    }
}

/// `call_ids`: of the tool calls that assistant messages made so far, raw.
fn check_message<'a>(message: &'a str, place: &str, call_ids: &mut Vec<&'a str>) -> Result<(), Error> {
    if !message.starts_with('{') {
        return Err(config(place, "must be an object with a role", message));
    }
    let role = json::string(filled(message, place, "role", "must be a non-empty string, as \"user\"")?).unwrap_or("");
    check_content(message, role, &member_of(place, "content"))?;
    match role {
        "assistant" => check_calls(message, &member_of(place, "tool_calls"), call_ids),
        "tool" => check_result(message, place, call_ids),
        "function" => filled(message, place, "name", "must name the function").map(|_| ()),
        _ => Ok(()),
    }
}

fn check_content(message: &str, role: &str, place: &str) -> Result<(), Error> {
    let content = json::member(message, "content").unwrap_or("");
    let parts = json::elements(content);
    let fits = match content.as_bytes().first() {
        Some(b'"') => true,
        Some(b'[') => role != "function" && !parts.is_empty(),
        // An assistant's message may hold tool calls instead, a function may have returned nothing.
        None | Some(b'n') => !scan::is_any(role, SPEAKERS),
        _ => false,
    };
    if !fits {
        return Err(config(place, "must be a string or a non-empty array of parts", content));
    }
    for (at, part) in parts.iter().enumerate() {
        if json::member(part, "type").and_then(json::filled).is_none() {
            let expected = "must be an object with a type, as { type: \"text\", text: \"…\" }";
            return Err(config(&element(place, at), expected, part));
        }
    }
    Ok(())
}

fn check_calls<'a>(message: &'a str, place: &str, call_ids: &mut Vec<&'a str>) -> Result<(), Error> {
    let calls = json::member(message, "tool_calls").unwrap_or("null");
    if calls != "null" && !calls.starts_with('[') {
        return Err(config(place, "must be an array", calls));
    }
    for (at, call) in json::elements(calls).iter().enumerate() {
        let place = element(place, at);
        call_ids.push(filled(call, &place, "id", "must be a non-empty string")?);
        check_arguments(call, &place)?;
    }
    Ok(())
}

fn check_arguments(call: &str, place: &str) -> Result<(), Error> {
    // A call of a type of the provider's own goes back as it came.
    let kind = json::member(call, "type").and_then(json::filled);
    if kind.is_some_and(|kind| !scan::is_any(kind, "function/custom")) {
        return Ok(());
    }
    let (holder, name, expected) = match json::member(call, "custom") {
        // Whatever the tool understands: no JSON of ours.
        Some(custom) if custom != "null" => ("custom", "input", "must be a string"),
        _ => ("function", "arguments", "must be a string (JSON text: use JSON.stringify)"),
    };
    let place = member_of(place, holder);
    let inner = json::member(call, holder).unwrap_or("");
    let value = json::member(inner, name).unwrap_or("");
    if json::string(value).is_none() {
        return Err(config(&member_of(&place, name), expected, value));
    }
    filled(inner, &place, "name", "must name the function").map(|_| ())
}

fn check_result(message: &str, place: &str, call_ids: &[&str]) -> Result<(), Error> {
    const NAME: &str = "tool_call_id";
    let id = filled(message, place, NAME, "must name the tool call that this message answers")?;
    // Compared as text: JSON.stringify writes the same string the same way.
    if !call_ids.contains(&id) {
        let expected = "must be the id of a tool call in an earlier assistant message";
        return Err(config(&member_of(place, NAME), expected, id));
    }
    Ok(())
}
