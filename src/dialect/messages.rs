//! The conversation on its way to a provider. What replies brought in the form of this package goes back in the form that
//! the provider knows, or not at all where it refuses it.

mod ids;
mod thinking;

use crate::json;
use crate::scan;
use crate::wire::body::Body;
pub(super) use thinking::asks_for_all;

/// What an assistant's message may hold where a provider refuses everything else (Groq: "property 'x' is unsupported",
/// Mistral: `extra_forbidden`). Reasoning that got so far is wanted.
const KNOWN: &str = "role/content/name/tool_calls/function_call/prefix/reasoning_content/reasoning";
const KNOWN_OF_CALLS: &str = "id/type/function/custom";

/// Which ids of tool calls are taken.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// Those that all take: up to 40 letters, digits, `_` and `-`.
    #[default]
    Common,
    /// Of 9 letters and digits (Mistral).
    Short,
    /// Any, and they are not to be changed: they mean something there (Kimi's `functions.f:0`).
    Any,
}

/// What a dialect says of messages.
#[derive(Default)]
pub struct Rules<'a> {
    /// Names of roles, raw: the one that is refused and what stands for it, with its quotes.
    pub roles: Vec<(&'a str, &'a str)>,
    /// How the assistant's reasoning goes back; see `thinking.rs`. "": as the caller has it.
    pub reasoning: &'a str,
    /// Members that OpenAI doesn't know are refused, and null is no absence.
    pub strict: bool,
    /// Which ids of tool calls the provider takes.
    pub ids: Ids,
    /// The content may not be null (Workers AI).
    pub filled: bool,
}

impl Rules<'_> {
    /// The raw array of messages, changed; `None` where nothing has to be.
    pub fn rewrite(&self, list: &str, note: &mut dyn FnMut(&'static str)) -> Option<String> {
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
        let has_id = role == "\"tool\"";
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
        if let (true, Some(id)) = (has_id, body.get("tool_call_id").and_then(|id| self.ids.mended(id))) {
            body.set("tool_call_id", id);
        }
        (body != before).then(|| body.to_json())
    }

    /// A message of the assistant's.
    fn reply(&self, body: &mut Body, note: &mut dyn FnMut(&'static str)) {
        thinking::give_back(self.reasoning, body);
        if self.filled && body.has("content") && body.get("content").is_none() {
            body.set("content", "\"\"".into());
        }
        let calls = body.get("tool_calls").map(json::elements).unwrap_or_default();
        if !calls.is_empty() && (self.strict || calls.iter().any(|call| self.id_for(call).is_some())) {
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

    /// Another id for a call whose own is not taken.
    fn id_for(&self, call: &str) -> Option<String> {
        self.ids.mended(json::member(call, "id")?)
    }

    fn call(&self, call: &str, note: &mut dyn FnMut(&'static str)) -> String {
        let Some(mut body) = Body::read(call) else { return call.to_owned() };
        if let Some(id) = self.id_for(call) {
            body.set("id", id);
            note("tool_id_shortened");
        }
        if self.strict {
            body.retain(&|key, _| scan::is_any(key, KNOWN_OF_CALLS));
        }
        body.to_json()
    }
}
