//! A provider refused a parameter: how to ask again. It is answered only where the refusal names the parameter in a known
//! form (`param`, FastAPI's `loc`, a quoted name beside the words of a refusal), and only by what leaves the meaning alone:
//! another name for the same limit or role, or without a preference that the model doesn't know.
//!
//! A refused name and a refused value are two things: what is learnt of `reasoning_effort: "none"` says nothing of "high".
//! What was learnt can turn out wrong (a gateway has many backends), and each refusal of it corrects it: of two names the one
//! that was taken last is kept, and what turns out to be needed is no longer left out.

mod answer;
mod asked;
mod names;

use crate::dialect::{Ids, Rules, rename};
use crate::json;
use crate::scan;
use crate::wire::body::Body;
pub use answer::answer;
pub use asked::Asked;

/// How often one call is asked again because of what its body holds.
const MOST: usize = 8;

/// Kinds of difference, by the words with which they are learnt.
const WORDS: [(How, &str); 5] = [
    (How::Rename, "rename"),
    (How::Drop, "drop"),
    (How::DropValue, "dropValues"),
    (How::Keep, "keep"),
    (How::Role, "roles"),
];

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
    /// The other name; of [`How::DropValue`] the value, raw.
    to: String,
}

/// The changes of one call.
#[derive(Debug, Default)]
pub struct Negotiation(Vec<Change>);

impl Negotiation {
    /// True as long as refusals are answered.
    pub fn is_open(&self) -> bool {
        self.0.len() < MOST
    }

    /// What the refusal asks for; `None`: it stands. Once per parameter, and not back to a name that was refused.
    pub fn take(&mut self, change: Change) -> Option<&Change> {
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
        for change in &self.0 {
            // A long value or one of many parts hardly comes again.
            if change.how == How::DropValue && (change.to.len() > 100 || scan::begins(&change.to, b"{[")) {
                continue;
            }
            out.push_str(if out.len() > 1 { "," } else { "" });
            out.push_str(&change.to_json());
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
    /// `["rename",name,other]`, see [`Negotiation::learnt`].
    pub fn to_json(&self) -> String {
        let word = WORDS.iter().find(|(how, _)| *how == self.how).map_or("", |(_, word)| word);
        let value = match self.how {
            How::Rename | How::Role => quoted(&self.to),
            How::DropValue => self.to.clone(),
            How::Drop | How::Keep => "null".into(),
        };
        ["[\"", word, "\",", &quoted(&self.name), ",", &value, "]"].concat()
    }

    /// Changes the body. `left_out`: where the value is of what is needed after all. `notes`: the codes of the body's repairs.
    pub fn apply(&self, body: &mut Body, left_out: &Body, notes: &mut Vec<&'static str>) {
        match self.how {
            How::Rename => {
                rename(body, &self.name, &self.to);
                notes.push("param_renamed");
            }
            How::Drop | How::DropValue => {
                body.remove(&self.name);
                notes.push("param_dropped");
            }
            How::Keep => {
                if let Some(value) = left_out.get(&self.name) {
                    body.set(&self.name, value.to_owned());
                }
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

fn quoted(text: &str) -> String {
    let mut out = String::new();
    json::quote_into(text, &mut out);
    out
}
