//! A provider refused a parameter: how to ask again. It is answered only where the refusal names the parameter in a known
//! form (`param`, FastAPI's `loc`, a quoted name beside the words of a refusal), and only by what leaves the meaning alone:
//! another name for the same limit or role, or without a preference that the model doesn't know.

mod names;

use crate::error::{Error, Kind};
use crate::json;
use crate::wire::body::Body;

/// How often one call is asked again because of what its body holds.
const MOST: usize = 3;

/// What the reply would no longer be without: never dropped, the refusal is the caller's to read.
const MEANT: [&str; 20] = [
    "model",
    "messages",
    "tools",
    "tool_choice",
    "functions",
    "function_call",
    "response_format",
    "stream",
    "n",
    "stop",
    "input",
    "modalities",
    "audio",
    "logit_bias",
    "logprobs",
    "top_logprobs",
    "max_tokens",
    "max_completion_tokens",
    "web_search_options",
    "instructions",
];

/// Two names of one limit: OpenAI's newer models refuse the first, most others the second.
const LIMITS: [&str; 2] = ["max_tokens", "max_completion_tokens"];
/// Two names of one role: OpenAI's newer models want the second, most others refuse it.
const ROLES: [&str; 2] = ["system", "developer"];

/// One difference between what was asked and what the provider takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A member of the body under another name.
    Rename(String, &'static str),
    /// A member left out.
    Drop(String),
    /// A role of messages under another name.
    Role(&'static str, &'static str),
}

/// The changes of one call.
#[derive(Debug, Default)]
pub struct Negotiation(Vec<Change>);

impl Negotiation {
    /// What to change before asking again; `None`: the refusal stands. `fixed`: members that go out as they are.
    pub fn answer(&mut self, error: &Error, body: &Body, fixed: &Body) -> Option<&Change> {
        if self.0.len() >= MOST || !matches!(error.status(), Some(400 | 422)) {
            return None;
        }
        let change = match role(error.message(), body) {
            Some(change) => change,
            None => by_name(&refused(error)?, body, fixed)?,
        };
        let is_tried = |tried: &Change| match (tried, &change) {
            (Change::Rename(from, to), Change::Rename(name, _)) => from == name || to == name,
            (Change::Role(..), Change::Role(..)) => true,
            (one, other) => one == other,
        };
        if self.0.iter().any(is_tried) {
            return None;
        }
        self.0.push(change);
        self.0.last()
    }

    /// What was learnt, as members of a dialect: `{"rename":{…},"drop":[…],"roles":{…}}`. `None`: nothing.
    pub fn learnt(&self) -> Option<String> {
        let (mut renamed, mut dropped, mut roles) = (Body::default(), String::new(), Body::default());
        for change in &self.0 {
            match change {
                Change::Rename(from, to) => renamed.set(from, quoted(to)),
                Change::Role(from, to) => roles.set(from, quoted(to)),
                Change::Drop(name) => {
                    dropped.push_str(if dropped.is_empty() { "" } else { "," });
                    dropped.push_str(&quoted(name));
                }
            }
        }
        let (renamed, roles) = (renamed.to_json(), roles.to_json());
        let parts = ["{\"rename\":", &renamed, ",\"drop\":[", &dropped, "],\"roles\":", &roles, "}"];
        (!self.0.is_empty()).then(|| parts.concat())
    }
}

impl Change {
    /// Changes the body. Gives the code of the repair.
    pub fn apply(&self, body: &mut Body) -> &'static str {
        match self {
            Self::Rename(from, to) => {
                body.rename(from, to);
                "param_renamed"
            }
            Self::Drop(name) => {
                body.remove(name);
                "param_dropped"
            }
            Self::Role(from, to) => {
                let messages: Vec<String> = json::elements(body.get("messages").unwrap_or(""))
                    .into_iter()
                    .map(|message| with_role(message, from, to))
                    .collect();
                body.set("messages", ["[", &messages.join(","), "]"].concat());
                "role_renamed"
            }
        }
    }
}

fn with_role(message: &str, from: &str, to: &str) -> String {
    match Body::read(message).filter(|_| role_of(message) == Some(from)) {
        Some(mut body) => {
            body.set("role", quoted(to));
            body.to_json()
        }
        None => message.to_owned(),
    }
}

fn role_of(message: &str) -> Option<&str> {
    json::member(message, "role").and_then(json::string)
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    json::quote_into(text, &mut out);
    out
}

/// A role that is refused by name, and that the conversation has.
fn role(message: &str, body: &Body) -> Option<Change> {
    let refused = names::role(message, &ROLES)?;
    let is_used = |message: &&str| role_of(message) == Some(refused);
    json::elements(body.get("messages")?).iter().find(|message| is_used(message))?;
    let to = ROLES.into_iter().find(|role| *role != refused)?;
    Some(Change::Role(refused, to))
}

/// The name of the refused parameter.
fn refused(error: &Error) -> Option<String> {
    let details = error.details();
    if error.kind() != Kind::UnsupportedParameter && !names::is_refusal(error.message()) {
        return None;
    }
    if let Some(path) = details.body.as_deref().and_then(names::in_loc) {
        return Some(path);
    }
    let named = details.param.as_deref().map(names::first_of).filter(|name| !name.is_empty());
    named.or_else(|| names::in_message(error.message()))
}

fn by_name(name: &str, body: &Body, fixed: &Body) -> Option<Change> {
    if !body.has(name) || fixed.has(name) {
        return None;
    }
    if LIMITS.contains(&name) {
        let other = LIMITS.into_iter().find(|limit| *limit != name && !body.has(limit))?;
        return Some(Change::Rename(name.to_owned(), other));
    }
    // Without it, calls come in parallel where the caller asked for one at a time.
    let is_meant = MEANT.contains(&name) || (name == "parallel_tool_calls" && body.get(name) == Some("false"));
    (!is_meant).then(|| Change::Drop(name.to_owned()))
}
