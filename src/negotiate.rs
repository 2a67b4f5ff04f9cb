//! A provider refused a parameter: how to ask again. It is answered only where the refusal names the parameter in a known
//! form (`param`, FastAPI's `loc`, a quoted name beside the words of a refusal), and only by what leaves the meaning alone:
//! another name for the same limit or role, or without a preference that the model doesn't know.
//!
//! A refused name and a refused value are two things: what is learnt of `reasoning_effort: "none"` says nothing of "high".
//! What was learnt can turn out wrong (a gateway has many backends), and each refusal of it corrects it: of two names the one
//! that was taken last is kept, and what turns out to be needed is no longer left out.

mod names;

use crate::dialect::{Ids, Rules};
use crate::error::{Error, Kind};
use crate::json;
use crate::scan;
use crate::wire::body::Body;

/// How often one call is asked again because of what its body holds.
const MOST: usize = 8;

/// What may be left out where it is refused: preferences and book-keeping, without which the reply is still the one that was
/// asked for. Nothing else ever is: the refusal is the caller's to read.
const HARMLESS: &str = "temperature/top_p/top_k/min_p/seed/random_seed/presence_penalty/frequency_penalty\
                        /repetition_penalty/store/metadata/user/safety_identifier/prompt_cache_key/prompt_cache_retention\
                        /service_tier/stream_options/verbosity/reasoning_effort";

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
    /// A member left out because of its value: with another one it may be taken.
    DropValue,
    /// A member that was left out is needed after all.
    Keep,
    /// A role of messages under another name.
    Role,
}

/// One difference between what was asked and what the provider takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    how: How,
    name: String,
    /// The other name; of [`How::DropValue`] and [`How::Keep`] the value, raw.
    to: String,
}

/// The changes of one call.
#[derive(Debug, Default)]
pub struct Negotiation(Vec<Change>);

impl Negotiation {
    /// What to change before asking again; `None`: the refusal stands. `fixed`: members that go out as they are. `left_out`:
    /// members that earlier refusals left out of the body.
    pub fn answer(&mut self, error: &Error, body: &Body, fixed: &Body, left_out: &Body) -> Option<&Change> {
        if self.0.len() >= MOST || !matches!(error.status(), Some(400 | 422)) {
            return None;
        }
        let change = role(error.message(), body)
            .or_else(|| missing(error, body, left_out))
            .or_else(|| parameter(&refused(error)?, error, body, fixed))?;
        // Once per parameter, and not back to a name that was refused.
        if self.0.iter().any(|tried| tried.name == change.name || tried.to == change.name) {
            return None;
        }
        self.0.push(change);
        self.0.last()
    }

    /// What was learnt, JSON: `[["rename",name,other],["drop",name,null],["dropValues",name,value],["keep",name,null],
    /// ["roles",role,other]]`. A later entry corrects what an earlier call learnt of the same name.
    pub fn learnt(&self) -> String {
        let mut out = String::from("[");
        for Change { how, name, to } in &self.0 {
            let (how, value) = match how {
                How::Rename => ("rename", quoted(to)),
                How::Drop => ("drop", "null".into()),
                // A long value or one of many parts hardly comes again.
                How::DropValue if to.len() > 100 || scan::begins(to, b"{[") => continue,
                How::DropValue => ("dropValues", to.clone()),
                How::Keep => ("keep", "null".into()),
                How::Role => ("roles", quoted(to)),
            };
            let separator = if out.len() > 1 { "," } else { "" };
            out.push_str(&[separator, "[", &quoted(how), ",", &quoted(name), ",", &value, "]"].concat());
        }
        out.push(']');
        out
    }

    /// True when nothing was.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Change {
    /// Changes the body. `notes`: the codes of its repairs.
    pub fn apply(&self, body: &mut Body, notes: &mut Vec<&'static str>) {
        match self.how {
            How::Rename => {
                body.rename(&self.name, &self.to);
                notes.push("param_renamed");
            }
            How::Drop | How::DropValue => {
                body.remove(&self.name);
                notes.push("param_dropped");
            }
            How::Keep => {
                body.set(&self.name, self.to.clone());
                if let Some(at) = notes.iter().position(|code| *code == "param_dropped") {
                    notes.remove(at);
                }
            }
            How::Role => {
                let to = quoted(&self.to);
                let rules = Rules { roles: vec![(&self.name, &to)], ids: Ids::Any, ..Rules::default() };
                let rewritten = body.get("messages").and_then(|list| rules.rewrite(list, &mut |_| {}));
                if let Some(list) = rewritten {
                    body.set("messages", list);
                }
                notes.push("role_renamed");
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
    Some(Change { how: How::Role, name: refused.to_owned(), to: to.to_owned() })
}

/// A parameter that is needed, and that earlier refusals left out.
fn missing(error: &Error, body: &Body, left_out: &Body) -> Option<Change> {
    let name = named(error).filter(|name| names::is_missing(error.message()) && !body.has(name))?;
    let to = left_out.get(&name)?.to_owned();
    Some(Change { how: How::Keep, name, to })
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
fn parameter(name: &str, error: &Error, body: &Body, fixed: &Body) -> Option<Change> {
    if !body.has(name) || fixed.has(name) {
        return None;
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
