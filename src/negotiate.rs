//! A provider refused a parameter: how to ask again. It is answered only where the refusal names the parameter in a known
//! form (`param`, FastAPI's `loc`, a quoted name beside the words of a refusal), and only by what leaves the meaning alone:
//! another name for the same limit or role, or without a preference that the model doesn't know.

mod names;

use crate::dialect::Rules;
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

/// What kind of difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A member of the body under another name.
    Rename,
    /// A member left out.
    Drop,
    /// A role of messages under another name.
    Role,
}

/// One difference between what was asked and what the provider takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    how: How,
    name: String,
    /// The other name, if there is one.
    to: &'static str,
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
        let change = role(error.message(), body).or_else(|| parameter(&refused(error)?, body, fixed))?;
        // Once per parameter, and not back to a name that was refused.
        if self.0.iter().any(|tried| tried.name == change.name || tried.to == change.name) {
            return None;
        }
        self.0.push(change);
        self.0.last()
    }

    /// What was learnt, JSON: `[["rename","max_tokens","max_completion_tokens"],["drop","store",""],["roles",…]]`.
    pub fn learnt(&self) -> String {
        let mut out = String::from("[");
        for Change { how, name, to } in &self.0 {
            out.push_str(match how {
                How::Rename => "[\"rename\",",
                How::Drop => "[\"drop\",",
                How::Role => "[\"roles\",",
            });
            json::quote_into(name, &mut out);
            out.push(',');
            json::quote_into(to, &mut out);
            out.push_str("],");
        }
        out.pop();
        out.push(']');
        out
    }

    /// True when nothing was.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Change {
    /// Changes the body. Gives the code of the repair.
    pub fn apply(&self, body: &mut Body) -> &'static str {
        match self.how {
            How::Rename => {
                body.rename(&self.name, self.to);
                "param_renamed"
            }
            How::Drop => {
                body.remove(&self.name);
                "param_dropped"
            }
            How::Role => {
                let to = quoted(self.to);
                let rules = Rules { roles: vec![(&self.name, &to)], ..Rules::default() };
                let rewritten = body.get("messages").and_then(|list| rules.rewrite(list, &mut |_| {}));
                if let Some(list) = rewritten {
                    body.set("messages", list);
                }
                "role_renamed"
            }
        }
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
    Some(Change { how: How::Role, name: refused.to_owned(), to })
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

/// How to do without a parameter of this name.
fn parameter(name: &str, body: &Body, fixed: &Body) -> Option<Change> {
    if !body.has(name) || fixed.has(name) {
        return None;
    }
    let name = name.to_owned();
    if LIMITS.contains(&name.as_str()) {
        let to = LIMITS.into_iter().find(|limit| *limit != name && !body.has(limit))?;
        return Some(Change { how: How::Rename, name, to });
    }
    // Without it, calls come in parallel where the caller asked for one at a time.
    let is_meant =
        MEANT.contains(&name.as_str()) || (name == "parallel_tool_calls" && body.get(&name) == Some("false"));
    (!is_meant).then_some(Change { how: How::Drop, name, to: "" })
}
