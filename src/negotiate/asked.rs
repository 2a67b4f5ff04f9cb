//! What of a request tells how it may be put otherwise.

use crate::json;
use crate::wire::body::Body;

/// Bytes of a member of a request that a judge reads: a refusal that quotes a value quotes a short one.
const SHORT: usize = 200;

/// The outlines of a request: see [`Body::outline`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// What was sent.
    pub body: Body,
    /// Members that go out as they are: the caller's extra body.
    pub fixed: Body,
    /// Members that earlier refusals left out.
    pub left_out: Body,
}

impl Body {
    /// What a judge needs of it: the names of its members, values that are short, and the roles of its messages. Images and
    /// documents stay where they are.
    pub fn outline(&self) -> Self {
        self.mapped(&|name, value| match name {
            "messages" => {
                let role = |message: &&str| ["{\"role\":", json::member(message, "role").unwrap_or("null"), "}"].concat();
                let roles: Vec<_> = json::elements(value).iter().map(role).collect();
                ["[", &roles.join(","), "]"].concat()
            }
            _ if value.len() > SHORT => "{}".to_owned(),
            _ => value.to_owned(),
        })
    }
}
