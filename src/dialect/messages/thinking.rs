//! How the thinking of an assistant's message goes back.
//!
//! | | |
//! |---|---|
//! | "drop" | not at all |
//! | "keep" | as `reasoning_content` |
//! | "tool_turns" | the same, beside tool calls only |
//! | "rename" | as `reasoning` |
//! | "details" | as the `reasoning_details` that came, else as `reasoning` |
//! | "parts" | as the first part of `content`, of type `thinking` (Mistral) |
//! | any other | as the member of that name (Copilot's `reasoning_text`) |

use crate::json;
use crate::scan;
use crate::wire::body::Body;
use crate::wire::clean::text_member;

/// Members that hold it, in any form.
const ALL: &str =
    "reasoning_content/reasoning/reasoning_text/reasoning_details/reasoning_opaque/thinking_blocks/thinking";
/// Those of them that hold its text.
const TEXTS: &str = "reasoning_content/reasoning/reasoning_text";
/// How deep in a part its text may lie.
const DEPTH: usize = 4;

/// Puts it into the form that is wanted.
pub fn give_back(form: &str, body: &mut Body) {
    if form.is_empty() {
        return;
    }
    if form == "parts" {
        return into_parts(body);
    }
    out_of_parts(body);
    let has_calls = body.get("tool_calls").is_some_and(|calls| !json::elements(calls).is_empty());
    let name = match form {
        "keep" => "reasoning_content",
        "tool_turns" if has_calls => "reasoning_content",
        "details" if body.get("reasoning_details").is_some() => {
            return body.retain(&|key, _| !scan::is_any(key, TEXTS));
        }
        "rename" | "details" => "reasoning",
        "drop" | "tool_turns" => return body.retain(&|key, _| !scan::is_any(key, ALL)),
        other => other,
    };
    for text in scan::words(TEXTS).filter(|text| *text != name) {
        body.rename(text, name);
    }
    if name == "reasoning_content" {
        body.remove("reasoning_details");
    }
}

/// True where the caller asks the provider to heed all of it (GLM's `clear_thinking`, Kimi's `keep`, Qwen's `preserve_thinking`),
/// wherever in the body.
pub fn asks_for_all(body: &Body) -> bool {
    let asks = |name: &str, value: &str| match name {
        "clear_thinking" => value == "false",
        "preserve_thinking" => value == "true",
        _ => false,
    };
    let is_kept = |thinking: &str| {
        json::member(thinking, "keep").is_some_and(|keep| json::filled(keep).is_some() || keep == "true")
    };
    body.has_any(&|name, value| {
        asks(name, value)
            || (name == "thinking" && is_kept(value))
            || (scan::is_any(name, "thinking/reasoning/chat_template_kwargs/extra_body")
                && json::members(value)
                    .iter()
                    .any(|(name, value)| asks(name, value) || (*name == "thinking" && is_kept(value))))
    })
}

/// True for a part of `content` that is thinking.
fn is_thinking(part: &str) -> bool {
    json::member(part, "type").is_some_and(|kind| scan::has_any(kind, "thinking/reasoning"))
}

/// Takes it out of `content`; where there is no other, it becomes `reasoning_content`.
fn out_of_parts(body: &mut Body) {
    let parts = body.get("content").map(json::elements).unwrap_or_default();
    if !parts.iter().any(|part| is_thinking(part)) {
        return;
    }
    let (mut text, mut rest) = (String::from("\""), String::from("["));
    for part in parts {
        if is_thinking(part) {
            gather(part, DEPTH, &mut text);
            continue;
        }
        rest.push_str(if rest.len() > 1 { "," } else { "" });
        rest.push_str(part);
    }
    text.push('"');
    rest.push(']');
    let is_empty = rest.len() == "[]".len();
    body.set("content", if is_empty { "null".to_owned() } else { rest });
    if text.len() > 2 && scan::words(TEXTS).all(|name| body.get(name).is_none()) {
        body.set("reasoning_content", text);
    }
}

/// Puts it into `content`, in front.
fn into_parts(body: &mut Body) {
    let content = body.get("content").unwrap_or("");
    let parts = json::elements(content);
    let text = scan::words(TEXTS).find_map(|name| body.get(name).and_then(json::filled));
    if let (Some(text), false) = (text, parts.iter().any(|part| is_thinking(part))) {
        let mut list = String::from("[");
        text_member("{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"", text, &mut list);
        list.push_str("}]}");
        if json::filled(content).is_some() {
            list.push_str(&[",{\"type\":\"text\",\"text\":", content, "}"].concat());
        }
        for part in parts {
            list.push(',');
            list.push_str(part);
        }
        list.push(']');
        body.set("content", list);
    }
    body.retain(&|key, _| !scan::is_any(key, ALL));
}

/// Appends the text in a part, raw.
fn gather(raw: &str, depth: usize, out: &mut String) {
    if let Some(text) = json::string(raw) {
        return out.push_str(text);
    }
    if depth == 0 {
        return;
    }
    for element in json::elements(raw) {
        gather(element, depth - 1, out);
    }
    let value = scan::words("thinking/text/summary/reasoning/content").find_map(|name| json::member(raw, name));
    gather(value.unwrap_or(""), depth - 1, out);
}
