//! Members that the client knows nothing of: kept, joined where they come in pieces, and passed on.

use super::Positions;
use super::value::{Rule, Value};
use crate::json;
use crate::scan;
use crate::wire::Member;
use crate::wire::clean::text_member;

/// Members that only make a chunk's length unpredictable: OpenAI's and Mistral's.
pub const PADDINGS: [&str; 2] = ["obfuscation", "p"];
/// Members that only say which part of a reply this is.
const LABELS: &str = "id/index/object/created/model";

/// The members of one object, in order of first sight, or the entries of one array, whose keys are empty.
#[derive(Debug, Default, Clone)]
pub struct Extra {
    pub members: Vec<(String, Value)>,
    /// Of members by their keys, of entries by what names them.
    pub positions: Positions,
}

impl Extra {
    /// Takes a member in, be it new or go on with what there is.
    pub fn merge(&mut self, key: &str, value: &str, rule: Rule) {
        match self.get_mut(key) {
            Some(known) => known.merge(key, value, rule),
            None => {
                self.positions.set(key, self.members.len());
                self.members.push((key.to_owned(), Value::new(value, rule)));
            }
        }
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let at = self.positions.get(key)?;
        self.members.get_mut(at).map(|(_, value)| value)
    }

    /// Appends the entries behind the first `from` of a member that is an array; a lone value counts as one.
    pub fn entries_into(&self, key: &str, from: usize, texts: &mut Vec<String>) {
        let Some(member) = self.positions.get(key).and_then(|at| self.members.get(at)) else { return };
        let lone = if member.1.is_empty() { &[] } else { std::slice::from_ref(member) };
        let entries = member.1.as_list().unwrap_or(lone);
        texts.extend(entries.iter().skip(from).map(|(_, value)| value.text()));
    }

    /// The members as they are by now, `texts` being those of [`Extra::texts_into`].
    pub fn members<'a>(&'a self, texts: &mut std::slice::Iter<'a, String>) -> Vec<Member<'a>> {
        self.members.iter().zip(texts).map(|((key, _), text)| (key.as_str(), text.as_str())).collect()
    }

    /// Appends the values as raw JSON.
    pub fn texts_into(&self, texts: &mut Vec<String>) {
        texts.extend(self.members.iter().map(|(_, value)| value.text()));
    }

    /// Appends the members, each with a comma before it.
    pub fn write_into(&self, out: &mut String) {
        for (key, value) in &self.members {
            text_member(",\"", key, out);
            out.push(':');
            value.write_into(out);
        }
    }
}

/// True for a raw value that says nothing, `false` and 0 apart.
pub fn is_empty(value: &str) -> bool {
    let inner = value.get(1..value.len().max(2) - 1).unwrap_or("");
    match value.as_bytes().first() {
        Some(b'"') => inner.is_empty(),
        Some(b'{' | b'[') => json::is_blank(inner),
        _ => matches!(value, "null" | ""),
    }
}

/// True for a member of a delta that a caller would miss.
pub fn holds_data(key: &str, value: &str) -> bool {
    !is_empty(value)
        && value != "false"
        && !PADDINGS.contains(&key)
        && !scan::is_any(key, LABELS)
        && !key.ends_with("_id")
}

/// `[a]` and `[b]` become `[a,b]`.
pub fn append_elements(array: &mut String, more: &str) {
    let inner = more.get(1..more.len().max(2) - 1).unwrap_or("");
    if json::is_blank(inner) {
        return;
    }
    array.truncate(array.len().saturating_sub(1));
    if !json::is_blank(array.get(1..).unwrap_or("")) {
        array.push(',');
    }
    array.push_str(inner);
    array.push(']');
}
