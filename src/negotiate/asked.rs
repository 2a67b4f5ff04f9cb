//! What of a request tells how it may be put otherwise.

use crate::json;
use crate::wire::body::Body;

/// Bytes of a value that are looked at: a refusal that quotes a value quotes a short one.
const SHORT: usize = 200;

/// A request in outline; all empty where it may not be put otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// What was sent, JSON: the names of its members, values that are short, and the roles of its messages.
    pub outline: String,
    /// Names of members that go out as they are, with a slash between them.
    pub fixed: String,
    /// Names of members that earlier refusals left out.
    pub left_out: String,
}

impl Asked {
    /// The outline of a request. Images and documents stay where they are.
    pub fn new(body: &Body, fixed: &Body, left_out: &Body) -> Self {
        let mut outline = String::from("{");
        for (name, value) in body.members() {
            let roles;
            let value = match name.as_str() {
                "messages" => {
                    roles = roles_of(value);
                    &roles
                }
                _ if value.len() > SHORT => "{}",
                _ => value,
            };
            json::member_into(name, value, &mut outline);
        }
        outline.push('}');
        Self { outline, fixed: names(fixed), left_out: names(left_out) }
    }
}

fn roles_of(messages: &str) -> String {
    let mut out = String::from("[");
    for message in json::elements(messages) {
        out.push_str(if out.len() > 1 { "," } else { "" });
        out.push_str("{\"role\":");
        out.push_str(json::member(message, "role").unwrap_or("null"));
        out.push('}');
    }
    out.push(']');
    out
}

fn names(body: &Body) -> String {
    let mut out = String::new();
    for (name, _) in body.members() {
        out.push_str(name);
        out.push('/');
    }
    out
}
