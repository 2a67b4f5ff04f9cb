//! The body of a request: a JSON object's members, each as raw text, in order.

use crate::json::{self, Cursor};

/// The members. What nobody changes goes out byte for byte as it came in.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Body(Vec<(String, String)>);

impl Body {
    /// The members of a raw object; `None` for any other value.
    pub fn read(object: &str) -> Option<Self> {
        let mut cursor = Cursor::new(object);
        let mut first = true;
        let mut found = Vec::new();
        if !cursor.open(b'{') {
            return None;
        }
        while let Some(key) = cursor.key(&mut first).ok()? {
            found.push((key.to_owned(), cursor.value().ok()?.to_owned()));
        }
        cursor.rest_is_blank().then_some(Self(found))
    }

    /// The raw value of a member; `None` where it is null, too.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && value != "null").map(|(_, value)| value.as_str())
    }

    /// True where there is such a member, be it null.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// Replaces a member where it stands, or appends it.
    pub fn set(&mut self, name: &str, value: String) {
        match self.0.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Replaces and appends what another body has.
    pub fn merge(&mut self, other: &Self) {
        for (key, value) in &other.0 {
            self.set(key, value.clone());
        }
    }

    /// Takes a member away; true if there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|(key, _)| key != name);
        self.0.len() < before
    }

    /// Keeps the members for which `keep` is true.
    pub fn retain(&mut self, keep: impl Fn(&str, &str) -> bool) {
        self.0.retain(|(key, value)| keep(key, value));
    }

    /// Gives a member another name, where it stands. One that has that name already stays, and the renamed one goes.
    pub fn rename(&mut self, from: &str, to: &str) -> bool {
        if self.get(to).is_some() {
            return self.remove(from);
        }
        if self.has(from) {
            self.remove(to);
        }
        let Some((key, _)) = self.0.iter_mut().find(|(key, _)| key == from) else { return false };
        *key = to.to_owned();
        true
    }

    /// The object.
    pub fn to_json(&self) -> String {
        let mut out = String::from("{");
        for (key, value) in &self.0 {
            json::member_into(key, value, &mut out);
        }
        out.push('}');
        out
    }
}
