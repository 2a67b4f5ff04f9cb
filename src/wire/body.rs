//! The body of a request: a JSON object's members, each as raw text, in order.

use crate::json::{self, Cursor};

/// The members. What nobody changes goes out byte for byte as it came in.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Body(Vec<(String, String)>);

impl Body {
    /// The members of a raw object; `None` for any other value.
    pub fn read(object: &str) -> Option<Self> {
        Self::of(object.to_owned())
    }

    /// As [`Body::read`], of a text that nobody else needs: its longest member, which may hold images, is not copied.
    pub fn of(mut text: String) -> Option<Self> {
        let mut cursor = Cursor::new(&text);
        let mut first = true;
        let mut members: Vec<(String, String)> = Vec::new();
        // The longest so far, and whose value it is.
        let (mut longest, mut owner) = (0..0, 0);
        if !cursor.open(b'{') {
            return None;
        }
        while let Some(key) = cursor.key(&mut first).ok()? {
            let length = cursor.value().ok()?.len();
            let end = text.len() - cursor.rest().len();
            let (mut place, mut at) = (end - length..end, members.len());
            members.push((key.to_owned(), String::new()));
            if place.len() > longest.len() {
                std::mem::swap(&mut place, &mut longest);
                std::mem::swap(&mut at, &mut owner);
            }
            if let Some((_, value)) = members.get_mut(at) {
                text.get(place).unwrap_or("").clone_into(value);
            }
        }
        if !cursor.rest_is_blank() {
            return None;
        }
        text.truncate(longest.end);
        text.drain(..longest.start);
        if let Some((_, value)) = members.get_mut(owner) {
            *value = text;
        }
        Some(Self(members))
    }

    /// The raw value of a member; `None` where it is null, too.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && value != "null").map(|(_, value)| value.as_str())
    }

    /// True where there is such a member, be it null.
    pub fn has(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(key, _)| key == name)
    }

    /// Replaces a member where it stands, or appends it.
    pub fn set(&mut self, name: &str, value: String) {
        match self.position(name).and_then(|at| self.0.get_mut(at)) {
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

    /// Takes a member away.
    pub fn remove(&mut self, name: &str) -> Option<String> {
        let mut removed = None;
        while let Some(at) = self.position(name) {
            removed = Some(self.0.remove(at).1);
        }
        removed
    }

    /// Keeps the members for which `keep` is true.
    pub fn retain(&mut self, keep: &dyn Fn(&str, &str) -> bool) {
        self.0.retain(|(key, value)| keep(key, value));
    }

    /// Gives a member another name, where it stands. One that has that name already stays, and the renamed one goes.
    pub fn rename(&mut self, from: &str, to: &str) -> bool {
        if self.get(to).is_some() {
            return self.remove(from).is_some();
        }
        if self.has(from) {
            self.remove(to);
        }
        let Some((key, _)) = self.position(from).and_then(|at| self.0.get_mut(at)) else { return false };
        to.clone_into(key);
        true
    }

    /// The members: name and raw value.
    pub fn members(&self) -> &[(String, String)] {
        &self.0
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
