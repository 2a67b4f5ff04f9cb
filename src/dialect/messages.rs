//! The conversation on its way to a provider. What replies brought in the form of this package goes back in the form that
//! the provider knows, or not at all where it refuses it.

use crate::json;
use crate::scan;
use crate::wire::body::Body;

/// What an assistant's message may hold where a provider refuses everything else (Groq: "property 'x' is unsupported",
/// Mistral: `extra_forbidden`). Reasoning that got so far is wanted.
const KNOWN: &str = "role/content/name/tool_calls/function_call/prefix/reasoning_content/reasoning";
const KNOWN_OF_CALLS: &str = "id/type/function/custom";

/// What a dialect says of messages.
#[derive(Default)]
pub struct Rules<'a> {
    /// Names of roles, raw: the one that is refused and what stands for it, with its quotes.
    pub roles: Vec<(&'a str, &'a str)>,
    /// How the assistant's reasoning goes back: "drop", "keep" (as `reasoning_content`), "tool_turns" (the same, beside tool
    /// calls only), "rename" (as `reasoning`), "details" (`reasoning_details` as they came); "": as the caller has it.
    pub reasoning: &'a str,
    /// Members that OpenAI doesn't know are refused, and null is no absence.
    pub strict: bool,
    /// Ids of tool calls have 9 letters or digits (Mistral).
    pub short_ids: bool,
    /// The content may not be null (Workers AI).
    pub filled: bool,
}

impl Rules<'_> {
    /// The raw array of messages, changed; `None` where nothing has to be.
    pub fn rewrite(&self, list: &str, note: &mut dyn FnMut(&'static str)) -> Option<String> {
        let is_plain = self.roles.is_empty() && self.reasoning.is_empty();
        if is_plain && !self.strict && !self.short_ids && !self.filled {
            return None;
        }
        let mut out = String::from("[");
        let mut is_changed = false;
        for message in json::elements(list) {
            if out.len() > 1 {
                out.push(',');
            }
            let changed = self.message(message, note);
            is_changed |= changed.is_some();
            out.push_str(changed.as_deref().unwrap_or(message));
        }
        out.push(']');
        is_changed.then_some(out)
    }

    fn message(&self, message: &str, note: &mut dyn FnMut(&'static str)) -> Option<String> {
        let role = json::member(message, "role")?;
        let rename = |role, (from, to): &(&str, _)| if json::string(role) == Some(from) { *to } else { role };
        // In order: what a model's facts say is said of what the provider's made of it.
        let renamed = Some(self.roles.iter().fold(role, rename)).filter(|to| *to != role);
        let is_reply = role == "\"assistant\"";
        let has_id = self.short_ids && role == "\"tool\"";
        if renamed.is_none() && !is_reply && !has_id {
            return None;
        }
        let before = Body::read(message)?;
        let mut body = before.clone();
        if let Some(to) = renamed {
            body.set("role", to.to_owned());
            note("role_renamed");
        }
        if is_reply {
            self.reply(&mut body, note);
        }
        if let (true, Some(id)) = (has_id, body.get("tool_call_id").and_then(short_id)) {
            body.set("tool_call_id", id);
        }
        (body != before).then(|| body.to_json())
    }

    /// A message of the assistant's.
    fn reply(&self, body: &mut Body, note: &mut dyn FnMut(&'static str)) {
        self.give_back_reasoning(body);
        if self.filled && body.has("content") && body.get("content").is_none() {
            body.set("content", "\"\"".into());
        }
        let calls = body.get("tool_calls").map(json::elements).filter(|_| self.strict || self.short_ids);
        if let Some(calls) = calls {
            let mut list = String::from("[");
            for call in calls {
                list.push_str(if list.len() > 1 { "," } else { "" });
                list.push_str(&self.call(call, note));
            }
            list.push(']');
            body.set("tool_calls", list);
        }
        if self.strict {
            body.retain(&|key, value| scan::is_any(key, KNOWN) && (value != "null" || key == "content"));
        }
    }

    fn give_back_reasoning(&self, body: &mut Body) {
        let has_calls = body.get("tool_calls").is_some_and(|calls| !json::elements(calls).is_empty());
        let has_details = body.get("reasoning_details").is_some();
        match (self.reasoning, has_calls, has_details) {
            ("", ..) => {}
            ("keep", ..) | ("tool_turns", true, _) => {
                body.rename("reasoning", "reasoning_content");
                body.remove("reasoning_details");
            }
            ("rename", ..) | ("details", _, false) => {
                body.rename("reasoning_content", "reasoning");
            }
            ("details", _, true) => {
                body.retain(&|key, _| key != "reasoning_content" && key != "reasoning");
            }
            _ => body.retain(&|key, _| !scan::is_any(key, "reasoning_content/reasoning/reasoning_details")),
        }
    }

    fn call(&self, call: &str, note: &mut dyn FnMut(&'static str)) -> String {
        let Some(mut body) = Body::read(call) else { return call.to_owned() };
        if let (true, Some(id)) = (self.short_ids, body.get("id").and_then(short_id)) {
            body.set("id", id);
            note("tool_id_shortened");
        }
        if self.strict {
            body.retain(&|key, _| scan::is_any(key, KNOWN_OF_CALLS));
        }
        body.to_json()
    }
}

/// An id of 9 letters and digits for a longer one, with its quotes: the same for the call and for its result. `None`: it is
/// as short already.
fn short_id(raw: &str) -> Option<String> {
    const LENGTH: usize = 9;
    let id = json::string(raw)?;
    if id.len() == LENGTH && scan::all_bytes(id, &|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    // FNV-1a
    let mut hash =
        id.bytes().fold(0xCBF2_9CE4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3));
    let mut short = String::from("\"");
    for _ in 0..LENGTH {
        let digit = (hash % 36) as u8;
        short.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
        hash /= 36;
    }
    short.push('"');
    Some(short)
}
