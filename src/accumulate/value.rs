//! A value that comes in pieces, and the one rule by which they are joined: texts append, objects merge, arrays go on with the
//! entry that a piece belongs to. What only names a thing keeps its first value, what is said again is not doubled, and
//! nothing takes back what was said. The result depends on the value so far and the piece alone: who begins to read in the
//! middle gets the same.

use super::extra::{Extra, is_empty};
use super::names::{self, is_piece, pieces};
use crate::json;
use crate::scan;
use crate::wire::Member;
use crate::wire::clean::{raw_member, text_member};

/// What becomes of a value that comes once more. Objects always merge.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Arrays go on; otherwise the last one counts.
    lists: bool,
    /// Texts go on; otherwise the last one counts.
    texts: bool,
    /// What comes is no piece: its texts that are known are said again.
    is_whole: bool,
    /// How deep values are joined: each level is read anew.
    depth: u8,
}

impl Rule {
    /// For what a chunk says of itself.
    pub const LAST: Self = Self { lists: false, texts: false, is_whole: false, depth: 8 };
    /// For what it says of a choice: lists of tokens come in pieces.
    pub const LISTED: Self = Self { lists: true, ..Self::LAST };
    /// For a part of the message.
    pub const JOINED: Self = Self { texts: true, ..Self::LISTED };

    fn inner(self) -> Self {
        Self { depth: self.depth.saturating_sub(1), ..self }
    }
}

/// A value so far.
#[derive(Debug, Default, Clone)]
pub struct Value {
    /// Raw JSON; of a container that goes on only the opening bracket.
    raw: String,
    inner: Extra,
}

impl Value {
    pub fn new(raw: &str, rule: Rule) -> Self {
        let mut value = Self::default();
        value.set(raw, rule);
        value
    }

    pub fn is_empty(&self) -> bool {
        self.inner.members.is_empty() && is_empty(&self.raw)
    }

    /// The entries of an array that may go on.
    pub fn as_list(&self) -> Option<&[(String, Self)]> {
        (self.raw == "[").then_some(&self.inner.members)
    }

    /// Takes in what comes under the same name.
    pub fn merge(&mut self, key: &str, value: &str, rule: Rule) {
        if is_empty(value) && !self.is_empty() {
            return;
        }
        match (self.raw.as_bytes().first(), value.as_bytes().first()) {
            (Some(b'{'), Some(b'{')) if rule.depth > 0 => self.merge_members(&json::members(value), rule),
            (Some(b'['), Some(b'[')) if self.as_list().is_some() => self.join(value, rule),
            (Some(b'"'), Some(b'"')) if rule.texts => self.append(key, value, rule.is_whole),
            _ => self.set(value, rule),
        }
    }

    /// The value as raw JSON.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write_into(&mut text);
        text
    }

    /// Appends the value as raw JSON.
    pub fn write_into(&self, out: &mut String) {
        let close = match self.raw.as_str() {
            "{" => '}',
            "[" => ']',
            raw => return raw_member("", raw, out),
        };
        out.push_str(&self.raw);
        for (at, (key, value)) in self.inner.members.iter().enumerate() {
            out.push_str(if at > 0 { "," } else { "" });
            if close == '}' {
                text_member("\"", key, out);
                out.push(':');
            }
            value.write_into(out);
        }
        out.push(close);
    }

    fn set(&mut self, value: &str, rule: Rule) {
        // Perplexity says kilobytes of citations in every chunk.
        if self.raw == value {
            return;
        }
        self.inner = Extra::default();
        self.raw.clear();
        if rule.lists && rule.depth > 0 && scan::begins(value, b"[") {
            self.raw.push('[');
            self.join(value, rule);
        } else {
            self.raw.push_str(value);
        }
    }

    /// A text goes on.
    fn append(&mut self, key: &str, value: &str, is_whole: bool) {
        let is_text = names::is_text(key);
        let is_said_again = self.raw == value && (is_whole || !names::may_repeat(key));
        if self.is_empty() || (!is_text && names::is_replaced(key, &self.raw, value)) {
            value.clone_into(&mut self.raw);
        } else if !is_said_again && !names::is_label(key) {
            self.raw.pop();
            self.raw.push_str(value.get(1..).unwrap_or("\""));
        }
    }

    /// An object goes on.
    fn merge_members(&mut self, members: &[Member<'_>], rule: Rule) {
        self.open(rule);
        let mut inner = rule.inner();
        inner.is_whole = !matches!(pieces(members), Some(0 | 1))
            && members.iter().all(|(key, value)| {
                let known = self.inner.get_mut(key).filter(|known| !known.is_empty());
                !names::is_text(key) || is_empty(value) || known.is_none_or(|known| known.raw == *value)
            });
        for (key, value) in members {
            self.inner.merge(key, value, inner);
        }
    }

    /// Takes an object apart that goes on.
    fn open(&mut self, rule: Rule) {
        if self.raw == "{" {
            return;
        }
        let raw = std::mem::replace(&mut self.raw, String::from("{"));
        for (key, value) in json::members(&raw) {
            self.inner.merge(key, value, rule.inner());
        }
    }

    /// An array goes on: with all it had before, or with pieces and new entries.
    fn join(&mut self, value: &str, rule: Rule) {
        let entries = json::elements(value);
        let known = &self.inner.members;
        let before = known.len();
        let is_said_again = entries.len() >= before
            && (before > 1 || entries.first().is_some_and(|entry| !is_piece(entry)))
            && known.iter().zip(&entries).all(|((_, known), entry)| known.equals(entry));
        for entry in entries.iter().skip(if is_said_again { before } else { 0 }) {
            self.add(entry, before > 0, rule.inner());
        }
    }

    /// Adds a piece to its entry: that of its index or id, or the last. In the first array that came (`goes_on` is false) there
    /// is none to be told but by its index: it may be of a whole reply.
    fn add(&mut self, entry: &str, goes_on: bool, rule: Rule) {
        let members = json::members(entry);
        let name = names::name(&members);
        let at = match name {
            Some(name) => self.inner.positions.get(name),
            None => self.inner.members.len().checked_sub(1),
        };
        let is_index = name.is_some_and(|name| !scan::begins(name, b"\""));
        if let Some((_, known)) = at.and_then(|at| self.inner.members.get_mut(at)) {
            let may = goes_on || (is_index && pieces(&members).is_some());
            if may && known.take(entry, &members, name.is_some(), is_index, rule) {
                return;
            }
        }
        if let Some(name) = name {
            self.inner.positions.set(name, self.inner.members.len());
        }
        self.inner.members.push((String::new(), Self::new(entry, rule)));
    }

    /// Takes in a piece of this entry, or the same once more; false: it is another entry. `is_named`: by index or id.
    fn take(&mut self, entry: &str, members: &[Member<'_>], is_named: bool, is_index: bool, rule: Rule) -> bool {
        if members.is_empty() || !scan::begins(&self.raw, b"{") {
            return false;
        }
        if !is_named && pieces(members).is_none() {
            return self.equals(entry);
        }
        if rule.depth == 0 || self.differs(members, is_index, rule) {
            return false;
        }
        self.merge_members(members, rule);
        true
    }

    /// What comes is of something else: another type, id or URL; another number; or the text of what was signed already.
    fn differs(&mut self, members: &[Member<'_>], is_index: bool, rule: Rule) -> bool {
        self.open(rule);
        let signature = members.iter().find(|(key, _)| *key == names::SIGNATURE).map_or("", |(_, value)| value);
        let signed = self.inner.get_mut(names::SIGNATURE);
        let is_closed = signed.is_some_and(|signed| !signed.is_empty() && signed.raw != signature);
        members.iter().filter(|(_, value)| !is_empty(value)).any(|(key, value)| {
            if is_closed && *key != names::SIGNATURE && names::is_text(key) {
                return true;
            }
            let Some(known) = self.inner.get_mut(key).filter(|known| !known.is_empty()) else { return false };
            match (known.raw.as_bytes().first(), value.as_bytes().first()) {
                (Some(b'{'), Some(b'{')) => {
                    rule.depth > 0 && known.differs(&json::members(value), is_index, rule.inner())
                }
                (_, Some(b'"')) => known.raw != *value && names::tells_apart(key, &known.raw, value),
                (_, Some(b'-' | b'0'..=b'9')) => known.raw != *value && (!is_index || names::is_identity(key)),
                _ => false,
            }
        })
    }

    fn equals(&self, raw: &str) -> bool {
        let parts = match self.raw.as_str() {
            "{" => json::members(raw),
            "[" => json::elements(raw).into_iter().map(|entry| ("", entry)).collect(),
            known => return known == raw,
        };
        let known = &self.inner.members;
        parts.len() == known.len()
            && known.iter().zip(parts).all(|((key, known), (name, value))| key == name && known.equals(value))
    }
}
