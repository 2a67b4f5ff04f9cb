//! Objects as OpenAI documents them: what is missing is filled in, what is there stays as it came.

use crate::json;
use crate::scan;

/// Changes to the members of an object: name and new value, raw. None of them is a repair by itself.
pub type Changes = Vec<(&'static str, String)>;

/// An object's members: it is walked once, for it may be long.
pub struct Object<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Object<'a> {
    /// None for anything else.
    pub fn read(raw: &'a str) -> Self {
        Self(json::members(raw))
    }

    /// The raw value of the last member of this name; "" where there is none, or null.
    pub fn get(&self, name: &str) -> &'a str {
        self.raw(name).filter(|value| *value != "null").unwrap_or("")
    }

    /// The same, be it null.
    fn raw(&self, name: &str) -> Option<&'a str> {
        self.0.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    /// A member that is a text, escaped; "" for anything else.
    pub fn text(&self, name: &str) -> &'a str {
        json::string(self.get(name)).unwrap_or("")
    }
}

/// The object with these members, each where it stood, or at the end. An empty value takes one away.
pub fn rewritten(raw: &str, changes: &[(&'static str, String)]) -> String {
    let mut out = String::with_capacity(raw.len() + 64);
    out.push('{');
    let object = Object::read(raw);
    let change = |name: &str| changes.iter().rev().find(|(known, _)| *known == name);
    for (name, value) in &object.0 {
        match change(name) {
            Some((_, new)) if new.is_empty() => {}
            Some((_, new)) => json::member_into(name, new, &mut out),
            None => json::member_into(name, value, &mut out),
        }
    }
    for (at, (name, value)) in changes.iter().enumerate() {
        let is_last = !changes.iter().skip(at + 1).any(|(other, _)| other == name);
        if is_last && !value.is_empty() && object.raw(name).is_none() {
            json::member_into(name, value, &mut out);
        }
    }
    out.push('}');
    out
}

/// As it is where there is nothing to change.
pub fn changed(raw: &str, changes: &[(&'static str, String)]) -> String {
    if changes.is_empty() { raw.to_owned() } else { rewritten(raw, changes) }
}

/// A text between quotes.
pub fn quoted(escaped: &str) -> String {
    ["\"", escaped, "\""].concat()
}

/// A list of raw values.
pub fn list<'a>(values: impl Iterator<Item = &'a String>) -> String {
    let mut out = String::from("[");
    for value in values {
        out.push_str(if out.len() > 1 { "," } else { "" });
        out.push_str(value);
    }
    out.push(']');
    out
}

/// Notes the default of each member that is missing, or null where it may not be.
fn fill(object: &Object<'_>, defaults: &[(&'static str, &str)], changes: &mut Changes) -> bool {
    let before = changes.len();
    for (name, value) in defaults {
        let is_there = object.raw(name).is_some_and(|known| known != "null" || *value == "null");
        if !is_there && !changes.iter().any(|(known, _)| known == name) {
            changes.push((name, (*value).to_owned()));
        }
    }
    changes.len() > before
}

/// A text that is in an object as something else: its JSON is the text.
pub fn text_of(raw: &str) -> (String, bool) {
    match json::string(raw) {
        Some(text) => (text.to_owned(), false),
        None if raw.is_empty() || raw == "null" => (String::new(), false),
        None => {
            let mut out = String::new();
            json::escape_into(raw, &mut out);
            (out, true)
        }
    }
}

/// A part of an item. `kind`: its type, for one that has none. True where something was missing.
pub fn part(raw: &str, kind: &str) -> (String, bool) {
    let mut changes = Changes::new();
    let object = Object::read(raw);
    let given = object.text("type");
    // As Chat Completions calls it.
    let kind = if given.is_empty() || given == "text" { kind } else { given };
    let mut is_filled = kind != given;
    if is_filled {
        changes.push(("type", quoted(kind)));
    }
    let defaults: &[(&'static str, &str)] = match kind {
        "output_text" => &[("text", "\"\""), ("annotations", "[]"), ("logprobs", "[]")],
        "refusal" => &[("refusal", "\"\"")],
        "reasoning_text" | "summary_text" => &[("text", "\"\"")],
        _ => &[],
    };
    is_filled |= fill(&object, defaults, &mut changes);
    let mended: Vec<_> = json::elements(object.get("annotations")).into_iter().map(annotation).collect();
    if mended.iter().any(|(_, is_mended)| *is_mended) {
        changes.push(("annotations", list(mended.iter().map(|(raw, _)| raw))));
    }
    (changed(raw, &changes), is_filled)
}

/// An annotation: xAI's say no place.
pub fn annotation(raw: &str) -> (String, bool) {
    let mut changes = Changes::new();
    let object = Object::read(raw);
    if object.text("type") == "url_citation" {
        fill(&object, &[("start_index", "0"), ("end_index", "0"), ("url", "\"\""), ("title", "\"\"")], &mut changes);
    }
    (changed(raw, &changes), !changes.is_empty())
}

/// What items of a type must have; of these OpenAI itself leaves out what stands behind the first `""`.
fn of_item(kind: &str) -> &'static [(&'static str, &'static str)] {
    match kind {
        "message" => &[("role", "\"assistant\""), ("content", "[]")],
        "reasoning" => &[("summary", "[]")],
        "function_call" => &[("name", "\"\""), ("arguments", "\"\"")],
        "custom_tool_call" => &[("name", "\"\""), ("input", "\"\"")],
        "file_search_call" => &[("queries", "[]")],
        "web_search_call" => &[("", ""), ("action", "{\"type\":\"search\",\"query\":\"\"}")],
        "image_generation_call" => &[("", ""), ("result", "null")],
        "code_interpreter_call" => &[("container_id", "\"\""), ("code", "null"), ("outputs", "null")],
        "computer_call" => &[("pending_safety_checks", "[]")],
        "mcp_call" => &[("server_label", "\"\""), ("name", "\"\""), ("arguments", "\"\"")],
        _ => &[],
    }
}

/// Items that have a call's id.
const CALLS: &str = "function_call/custom_tool_call/computer_call/local_shell_call/shell_call/apply_patch_call";
/// Items that must say how far they are.
const STATUSES: &str = "message/file_search_call/web_search_call/computer_call/image_generation_call/\
                        code_interpreter_call/local_shell_call/shell_call/apply_patch_call/function_call";

/// An item. `id`: the one that it is known by. `status`: of one that says none. True where something was missing.
pub fn item(raw: &str, kind: &str, id: &str, status: &str, mut changes: Changes) -> (String, bool) {
    let mut is_filled = !changes.is_empty();
    let object = Object::read(raw);
    if object.text("id") != id {
        changes.push(("id", quoted(id)));
    }
    if object.text("type").is_empty() {
        changes.push(("type", quoted(kind)));
        is_filled = true;
    }
    let of_item = of_item(kind);
    let (own, silent) = of_item.split_at(of_item.iter().position(|(name, _)| name.is_empty()).unwrap_or(of_item.len()));
    is_filled |= fill(&object, own, &mut changes);
    fill(&object, silent.get(1..).unwrap_or(&[]), &mut changes);
    let has = |name: &str| !matches!(object.get(name), "" | "\"\"");
    if scan::is_any(kind, CALLS) && !has("call_id") {
        changes.push(("call_id", quoted(id)));
        is_filled = true;
    }
    if scan::is_any(kind, STATUSES) && !has("status") {
        changes.push(("status", quoted(status)));
        is_filled |= kind == "message";
    }
    (changed(raw, &changes), is_filled)
}

/// What a response must have.
const RESPONSE: &[(&str, &str)] = &[
    ("object", "\"response\""),
    ("created_at", "0"),
    ("model", "\"\""),
    ("output", "[]"),
    ("error", "null"),
    ("incomplete_details", "null"),
    ("instructions", "null"),
    ("metadata", "null"),
    ("parallel_tool_calls", "true"),
    ("temperature", "null"),
    ("tool_choice", "\"auto\""),
    ("tools", "[]"),
    ("top_p", "null"),
];

/// A response. `id`: of one that has none. True where something was missing.
pub fn response(raw: &str, id: &str, status: &str, mut changes: Changes) -> (String, bool) {
    let before = changes.len();
    let object = Object::read(raw);
    let has = |name: &str| !matches!(object.get(name), "" | "\"\"");
    if !has("id") {
        changes.push(("id", quoted(id)));
    }
    if !has("status") {
        changes.push(("status", quoted(status)));
    }
    fill(&object, RESPONSE, &mut changes);
    let is_filled = changes.len() > before;
    // OpenAI says null where its schema has a text or an object, or nothing.
    for name in ["user", "usage", "text", "prompt_cache_options"] {
        if object.raw(name) == Some("null") {
            changes.push((name, String::new()));
        }
    }
    let format = Object::read(json::member(object.get("text"), "format").unwrap_or(""));
    if format.raw("description") == Some("null") {
        changes.push(("text", json::without_nulls(object.get("text"))));
    }
    // Computed anew for who wants it.
    if object.raw("output_text").is_some() {
        changes.push(("output_text", String::new()));
    }
    if let Some(usage) = usage(object.get("usage")) {
        changes.push(("usage", usage));
    }
    (changed(raw, &changes), is_filled)
}

/// The usage with all that it must have; `None` where it has.
fn usage(raw: &str) -> Option<String> {
    if !scan::begins(raw, b"{") {
        return None;
    }
    let mut changes = Changes::new();
    let object = Object::read(raw);
    let number = |names: [&str; 2]| {
        let found = names.into_iter().map(|name| object.get(name)).find(|value| !value.is_empty());
        found.unwrap_or("0").to_owned()
    };
    let [input, output] = [["input_tokens", "prompt_tokens"], ["output_tokens", "completion_tokens"]].map(number);
    let sum = [&input, &output].into_iter().filter_map(|number| scan::whole(number)).sum();
    let total = scan::decimal(sum);
    fill(&object, &[("input_tokens", &input), ("output_tokens", &output), ("total_tokens", &total)], &mut changes);
    let details: [(&str, &[(&str, &str)]); 2] = [
        ("input_tokens_details", &[("cached_tokens", "0"), ("cache_write_tokens", "0")]),
        ("output_tokens_details", &[("reasoning_tokens", "0")]),
    ];
    for (name, defaults) in details {
        let given = Some(object.get(name)).filter(|value| scan::begins(value, b"{")).unwrap_or("{}");
        let mut inner = Changes::new();
        if fill(&Object::read(given), defaults, &mut inner) {
            changes.push((name, rewritten(given, &inner)));
        }
    }
    (!changes.is_empty()).then(|| rewritten(raw, &changes))
}

/// The same numbers under the names of Chat Completions.
pub fn chat_usage(raw: &str) -> String {
    let number = |object: &str, name: &str| json::member(object, name).unwrap_or("0").to_owned();
    let mut out = String::from("{");
    for (name, from) in
        [("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens"), ("total_tokens", "total_tokens")]
    {
        json::member_into(name, &number(raw, from), &mut out);
    }
    for (name, from, inner) in [
        ("prompt_tokens_details", "input_tokens_details", "cached_tokens"),
        ("completion_tokens_details", "output_tokens_details", "reasoning_tokens"),
    ] {
        let value = number(json::member(raw, from).unwrap_or(""), inner);
        json::member_into(name, &["{\"", inner, "\":", &value, "}"].concat(), &mut out);
    }
    out.push('}');
    out
}
