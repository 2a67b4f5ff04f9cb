//! Replies of other shapes than OpenAI's, told by their members.

use super::repair::Repairs;
use crate::json::{self, Cursor};
use crate::scan;
use crate::wire;
use crate::wire::chunk::{Choice, Chunk, Delta};

/// Members that hold the text of Workers AI's and MiniMax's own replies.
const TEXTS: &str = "response/reply";
/// Members in which gateways wrap the reply (Cloudflare, One API, DashScope).
const WRAPPERS: &str = "result/data/response/output";
/// Members that become the choice, beside those.
const READ: &str = "tool_calls/role/thinking/reasoning/reasoning_content";

/// An object that says by one of these members which kind of event it is: those are of other APIs.
fn is_event(chunk: &Chunk<'_>, names: &str) -> bool {
    chunk.extra.iter().any(|(key, value)| scan::is_any(key, names) && value.starts_with('"'))
}

/// The reply, or the error, within an envelope, raw.
pub fn unwrapped<'a>(chunk: &Chunk<'a>) -> Option<&'a str> {
    if chunk.choices.is_some() || chunk.error.is_some() || is_event(chunk, "type") {
        return None;
    }
    let has = |value: &str, name: &str| json::member(value, name).is_some_and(|inner| inner != "null");
    let is_reply = |value: &str| scan::words("choices/response/tool_calls/error").any(|name| has(value, name));
    let is_wrapper = |(name, value): &&(&str, &'a str)| scan::is_any(name, WRAPPERS) && is_reply(value);
    chunk.extra.iter().find(is_wrapper).map(|(_, value)| *value)
}

/// Something of it is a reply's, be it empty. Usage alone is other APIs', too.
pub fn is_reply(chunk: &Chunk<'_>) -> bool {
    chunk.choices.is_some() || chunk.object.is_some_and(|object| object.starts_with("\"chat.completion"))
}

/// Workers AI's `{"response":"…"}`, Ollama's own `{"message":{…},"done":false}` and the like become a choice of a chunk.
/// True for one that does not say whether more comes: alone in a body, it is the whole reply.
pub fn make_choice<'a>(chunk: &mut Chunk<'a>, raw: &'a str, repairs: &mut Repairs) -> bool {
    if chunk.choices.is_some() || is_event(chunk, "type/status") {
        return false;
    }
    let member = |name: &str| chunk.extra.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let message =
        member("message").filter(|message| scan::begins(message, b"{") && json::member(message, "role").is_some());
    let mut cursor = Cursor::new(message.unwrap_or(raw));
    cursor.open(b'{');
    let mut odd = Vec::new();
    let Ok(mut delta) = Delta::read(&mut cursor, &mut odd) else { return false };
    let text = scan::words(TEXTS).find(|name| member(name).is_some_and(|value| value != "null"));
    if message.is_none() {
        delta.content = text.and_then(member);
        delta.extra.clear();
    }
    if message.is_none() && delta.content.is_none() && delta.tool_calls.is_empty() {
        return false;
    }
    repairs.note("foreign_shape");
    let done = member("done").filter(|done| matches!(*done, "true" | "false"));
    let finish_reason = member("done_reason").or((done == Some("true")).then_some("\"stop\""));
    let is_read = |key: &str| match (key, message) {
        ("done", _) => done.is_some(),
        ("done_reason", _) => true,
        ("message", Some(_)) => true,
        (_, Some(_)) => false,
        (_, None) => Some(key) == text || scan::is_any(key, READ),
    };
    wire::keep(&mut chunk.extra, &|key, _| !is_read(key));
    chunk.odd.append(&mut odd);
    let delta = Some(Box::new(delta));
    let choice = Choice { index: Some("0"), delta, finish_reason, has_finish_reason: true, ..Choice::default() };
    chunk.choices = Some(vec![choice]);
    done.is_none()
}
