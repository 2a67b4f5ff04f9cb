//! Members that the client knows nothing of: kept, and passed on.

use super::Positions;
use crate::json;
use crate::scan;
use crate::wire::Member;
use crate::wire::clean::write_members;

/// Members that only make a chunk's length unpredictable: OpenAI's and Mistral's.
pub const PADDINGS: [&str; 2] = ["obfuscation", "p"];
/// Members that only say which part of a reply this is.
const LABELS: &str = "id/index/object/created/model";

/// The members of one object, in order of first sight. The last value of each counts.
#[derive(Debug, Default, Clone)]
pub struct Extra {
    members: Vec<(String, String)>,
    positions: Positions,
}

impl Extra {
    pub fn set(&mut self, key: &str, value: &str) {
        match self.find(key) {
            None => {
                self.positions.set(key, self.members.len());
                self.members.push((key.to_owned(), value.to_owned()));
            }
            // A null doesn't take back what was said.
            Some(old) if value != "null" && old != value => value.clone_into(old),
            Some(_) => {}
        }
    }

    /// As `set`, but an array goes on where the one before it ended (`reasoning_details`, `annotations`).
    pub fn extend(&mut self, key: &str, value: &str) {
        match self.find(key) {
            Some(old) if scan::begins(old, b"[") && scan::begins(value, b"[") => append_elements(old, value),
            _ => self.set(key, value),
        }
    }

    pub fn members(&self) -> Vec<Member<'_>> {
        self.members.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
    }

    pub fn write_into(&self, out: &mut String) {
        write_members(&self.members(), out);
    }

    fn find(&mut self, key: &str) -> Option<&mut String> {
        let at = self.positions.get(key)?;
        self.members.get_mut(at).map(|(_, value)| value)
    }
}

/// True for a member of a delta that a caller would miss.
pub fn holds_data(key: &str, value: &str) -> bool {
    let inner = value.get(1..value.len().max(2) - 1).unwrap_or("");
    let is_empty = match value.as_bytes().first() {
        Some(b'"') => inner.is_empty(),
        Some(b'{' | b'[') => json::is_blank(inner),
        _ => matches!(value, "null" | "false"),
    };
    !is_empty && !PADDINGS.contains(&key) && !scan::is_any(key, LABELS) && !key.ends_with("_id")
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
