//! The form in which a model's thinking and the ids of its calls came: what is sent back to it goes back in the same.

#[cfg(feature = "lenient")]
use super::fields::DETAILS;
#[cfg(feature = "lenient")]
use crate::json;
#[cfg(feature = "lenient")]
use crate::scan;
#[cfg(feature = "lenient")]
use crate::wire::chunk::{Choice, Delta};

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// As a dialect has it in `reasoning`; "": as `reasoning_content`, or none came.
    pub reasoning: &'static str,
    /// An id of a call is of other characters than all providers take, or longer.
    pub has_odd_id: bool,
}

impl Form {
    /// Looks at a choice as it came.
    #[cfg(feature = "lenient")]
    pub fn see(&mut self, choice: &Choice<'_>) {
        for delta in [&choice.delta, &choice.message].into_iter().flatten() {
            self.has_odd_id |= delta.tool_calls.iter().filter_map(|call| call.id.and_then(json::string)).any(is_odd);
            if self.reasoning.is_empty() {
                self.reasoning = reasoning(delta);
            }
        }
    }

    /// Members of a dialect, JSON: `[["reasoning","parts"],["toolId","any"]]`; "" where there are none.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        for (name, value) in [("reasoning", self.reasoning), ("toolId", if self.has_odd_id { "any" } else { "" })] {
            if !value.is_empty() {
                let opening = if out.is_empty() { "[[\"" } else { ",[\"" };
                out.push_str(&[opening, name, "\",\"", value, "\"]"].concat());
            }
        }
        out.push_str(if out.is_empty() { "" } else { "]" });
        out
    }
}

/// Details that came beside a `reasoning` go back, in whichever chunk they come; see `dialect/messages/thinking.rs`.
#[cfg(feature = "lenient")]
fn reasoning(delta: &Delta<'_>) -> &'static str {
    let is_thinking =
        |part: &&str| json::member(part, "type").is_some_and(|kind| scan::has_any(kind, "thinking/reasoning"));
    let parts = delta.content.filter(|content| content.starts_with('[')).map(json::elements).unwrap_or_default();
    if parts.iter().any(is_thinking) {
        return "parts";
    }
    if delta.reasoning_content.and_then(json::filled).is_some() {
        return "";
    }
    if delta.extra.iter().any(|(key, _)| *key == DETAILS[0]) {
        return "details";
    }
    match delta.reasoning.and_then(json::filled) {
        None => "",
        Some(_) if delta.reasoning_name == "reasoning_text" => "reasoning_text",
        Some(_) => "details",
    }
}

#[cfg(feature = "lenient")]
fn is_odd(id: &str) -> bool {
    id.len() > 40 || !scan::all_bytes(id, &|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}
