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
        let mut found = Vec::new();
        if !cursor.open(b'{') {
            return None;
        }
        while let Some(key) = cursor.key(&mut first).ok()? {
            let length = cursor.value().ok()?.len();
            let end = text.len() - cursor.rest().len();
            found.push((key.to_owned(), end - length..end));
        }
        if !cursor.rest_is_blank() {
            return None;
        }
        let longest = found.iter().map(|(_, place)| place.clone()).max_by_key(|place| place.len()).unwrap_or(0..0);
        let copied = |place: &std::ops::Range<usize>| text.get(place.clone()).unwrap_or("").to_owned();
        let value = |place| if place == longest { String::new() } else { copied(&place) };
        let mut members: Vec<_> = found.into_iter().map(|(key, place)| (key, value(place))).collect();
        text.truncate(longest.end);
        text.drain(..longest.start);
        if let Some((_, value)) = members.iter_mut().find(|(_, value)| value.is_empty()) {
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

    /// Takes a member away.
    pub fn remove(&mut self, name: &str) -> Option<String> {
        let mut removed = None;
        while let Some(at) = self.0.iter().position(|(key, _)| key == name) {
            removed = Some(self.0.remove(at).1);
        }
        removed
    }

    /// Keeps the members for which `keep` is true.
    pub fn retain(&mut self, keep: impl Fn(&str, &str) -> bool) {
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
