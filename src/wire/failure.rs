//! What a provider says when it fails, in any of the shapes that were seen: `{"error":{...}}`, `{"error":"..."}`,
//! `{"detail":...}` (FastAPI), `{"message":{"detail":[...]}}` (Mistral), `[{"error":...}]` (Gemini), `{"errors":[...]}`
//! (Cloudflare), `base_resp` (MiniMax), an error inside the error's text (OpenRouter's `metadata.raw`), an event stream,
//! HTML, plain text, nothing.
//!
//! This is where a provider's words come in: what kind of error they mean is told from the words themselves, and what goes on
//! is made from the words without the secrets that may be in them.

mod cause;
mod wrapped;

use crate::error::{Details, Error, Kind};
use crate::json::{self, Cursor};
use crate::scan;
use crate::secret::Secrets;
use crate::sse;

/// How far into errors within errors to look.
const DEPTH: usize = 12;
/// Bytes of a body without structure, or of a list, that go into a message: a message is no dump.
const EXCERPT: usize = 300;

/// Members that hold what a person should read.
const TEXTS: [&str; 13] = [
    "message",
    "msg",
    "status_msg",
    "errmsg",
    "error_msg",
    "error_message",
    "error_description",
    "faultstring",
    "title",
    "exception",
    "description",
    "reason",
    "text",
];
/// Members that hold another error.
const NESTS: [&str; 7] = ["detail", "errors", "base_resp", "error", "metadata", "raw", "innererror"];

/// What was found in an error body.
#[derive(Debug, Default)]
struct Found {
    message: Option<String>,
    code: Option<String>,
    r#type: Option<String>,
    param: Option<String>,
    /// The class of error that a gateway took it for.
    class: Option<String>,
}

/// The error that a response with status `status` and this body means.
pub fn response(status: u16, body: &str, request_id: Option<String>, secrets: &Secrets) -> Error {
    let kind = read(body).kind(Some(status));
    let body = secrets.struck_out(body);
    let found = read(&body);
    let message = found.message.clone().unwrap_or_else(|| excerpt(status, &body));
    Error::response(kind, status, message, found.details(request_id, body))
}

/// The error that a frame inside a reply means; `raw` is the frame's JSON or text.
pub fn frame(raw: &str, secrets: &Secrets) -> Error {
    let found = read(raw);
    let status = found.code.as_deref().and_then(|code| code.parse().ok()).filter(|code| (400..600).contains(code));
    let kind = found.kind(status);
    let body = secrets.struck_out(raw);
    let found = read(&body);
    let message = found.message.clone().unwrap_or_else(|| match shorten(&body) {
        text if text.is_empty() || scan::begins(&text, b"{[\"") => {
            "The provider reported an error without a message".into()
        }
        text => text,
    });
    Error::stream(kind, message, found.details(None, body))
}

/// The error that a body means which is neither an event stream nor JSON, at a status that promised one.
pub fn not_a_reply(content_type: &str, body: &str, secrets: &Secrets) -> Error {
    let (content_type, body) = (secrets.struck_out(content_type), secrets.struck_out(body));
    let mut message = String::from("Expected an event stream or JSON, got ");
    message.push_str(if content_type.is_empty() { "something else" } else { &content_type });
    let text = if is_html(&body) { title(&body) } else { shorten(&body) };
    if !text.is_empty() {
        message.push_str(": ");
        message.push_str(&text);
    }
    message.push_str(". Check the base URL");
    Error::stream(Kind::Malformed, message, Details { body: Some(body), ..Details::default() })
}

impl Found {
    fn kind(&self, status: Option<u16>) -> Kind {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let words = [&self.code, &self.r#type, &self.class].map(text);
        cause::kind(status, &words, &text(&self.message))
    }

    fn details(self, request_id: Option<String>, body: String) -> Details {
        Details { code: self.code, r#type: self.r#type, param: self.param, request_id, body: Some(body) }
    }
}

fn read(body: &str) -> Found {
    let mut found = Found::default();
    let text = body.strip_prefix('\u{feff}').unwrap_or(body).trim_ascii();
    // Whatever is glued behind the value does not matter.
    if let (true, Ok(value)) = (scan::begins(text, b"{[\""), Cursor::new(text).value()) {
        visit(value, &mut found, DEPTH);
    } else {
        for data in event_data(text) {
            visit(&data, &mut found, DEPTH);
        }
    }
    // A word of the provider's says more than we can.
    let is_word = |word: &&String| word.bytes().any(|byte| byte.is_ascii_alphabetic());
    found.message = found.message.or_else(|| [&found.code, &found.r#type].into_iter().flatten().find(is_word).cloned());
    found
}

/// The data of an error body that is framed as an event stream (DashScope does that), else nothing.
fn event_data(text: &str) -> Vec<String> {
    let mut decoder = sse::Decoder::new(usize::MAX, |_| false);
    let mut input = text.as_bytes();
    let mut data = Vec::new();
    while let Ok(Some(event)) = decoder.next_event(&mut input) {
        data.push(String::from_utf8_lossy(event.data).into_owned());
    }
    if let Some(event) = decoder.finish() {
        data.push(String::from_utf8_lossy(event.data).into_owned());
    }
    data.retain(|text| json::is_whole(text));
    data
}

/// Collects from a value what it says; what lies deeper wins, because gateways wrap the cause in phrases of their own.
fn visit(raw: &str, found: &mut Found, depth: usize) {
    let raw = raw.trim_ascii();
    if depth == 0 {
        return;
    }
    if let Some(text) = json::string(raw) {
        return visit_text(&json::unescape(text), found, depth);
    }
    visit_list(&json::elements(raw), found, depth - 1);
    let mut cursor = Cursor::new(raw);
    if cursor.open(b'{') {
        visit_object(&mut cursor, found, depth);
    }
}

/// All that a list says, be it texts or errors.
fn visit_list(list: &[&str], found: &mut Found, depth: usize) {
    let mut all = String::new();
    for element in list {
        let mut one = Found::default();
        visit(element, &mut one, depth);
        if let Some(message) = one.message.filter(|_| all.len() < EXCERPT) {
            all.push_str(if all.is_empty() { "" } else { "; " });
            all.push_str(&message);
        }
        // The first that names something is the one that is asked about.
        found.code = found.code.take().or(one.code);
        found.r#type = found.r#type.take().or(one.r#type);
        found.param = found.param.take().or(one.param);
        found.class = found.class.take().or(one.class);
    }
    found.message = Some(all).filter(|all| !all.is_empty()).or(found.message.take());
}

/// A text is the message, unless it is JSON that holds a better one, or ends with such JSON, or is a page.
fn visit_text(text: &str, found: &mut Found, depth: usize) {
    let mut text = text.trim_ascii();
    if let Some((words, class)) = wrapped::unwrapped(text) {
        text = words;
        found.class = found.class.take().or_else(|| Some(class.to_owned()));
    }
    let before = found.message.take();
    let (words, inner) = structure(text);
    if let Some(inner) = &inner {
        visit(inner, found, depth - 1);
    }
    // JSON without a message is none, unless there are words before it.
    let words = if words.trim_ascii().is_empty() || found.message.is_some() { words } else { text };
    let words = if is_html(words) { title(words) } else { words.trim_ascii().to_owned() };
    found.message = found.message.take().or(Some(words).filter(|words| !words.is_empty())).or(before);
}

/// The words of a text, and the JSON at its end, be it in Python's clothes.
fn structure(text: &str) -> (&str, Option<String>) {
    let bytes = ["b'", "b\""].iter().any(|start| text.starts_with(start));
    let start = if bytes { Some(0) } else { text.bytes().position(|byte| matches!(byte, b'{' | b'[')) };
    let Some((words, inner)) = start.and_then(|start| text.split_at_checked(start)) else { return (text, None) };
    // A list of mere words ("expected one of ['a', 'b']") is part of the sentence.
    let holds = |inner: &str| bytes || scan::begins(inner.trim_start_matches(['[', ' ', '\n', '\r', '\t']), b"{");
    let json = if json::is_whole(inner) { Some(inner.to_owned()) } else { wrapped::json_of(inner) };
    match json.filter(|_| words.is_empty() || holds(inner)) {
        Some(json) => (words, Some(json)),
        None => (text, None),
    }
}

fn visit_object(cursor: &mut Cursor<'_>, found: &mut Found, depth: usize) {
    let mut members = Vec::new();
    let mut first = true;
    while let Ok(Some(key)) = cursor.key(&mut first) {
        let Ok(value) = cursor.value() else { break };
        members.push((key, value));
    }
    let find = |names: &[&str]| {
        let is = |name: &str, (key, value): &&(&str, &str)| key.eq_ignore_ascii_case(name) && *value != "null";
        names.iter().find_map(|name| members.iter().find(|member| is(name, member)))
    };
    let place = find(&["loc"]).and_then(|(_, loc)| path(loc));
    let own = |names: &[&str]| find(names).and_then(|(_, value)| scalar(value));
    found.code = own(&["code", "status_code", "error_code"]).or(found.code.take());
    found.r#type = own(&["type", "error_type", "status"]).or(found.r#type.take());
    found.param = own(&["param"]).or_else(|| place.clone()).or(found.param.take());
    let said = find(&TEXTS);
    if let Some((_, text)) = said {
        visit(text, found, depth - 1);
    }
    for name in NESTS {
        let Some((_, value)) = find(&[name]) else {
            continue;
        };
        // What lies in it tells the cause; the code is that of the error around it.
        if name == "innererror" {
            let mut inner = Found::default();
            visit(value, &mut inner, depth - 1);
            found.message = inner.message.or(found.message.take());
            found.code = found.code.take().or(inner.code);
            continue;
        }
        // `{"message":"the cause","error":"Bad Request"}`: beside a message, a bare text only repeats the status.
        if said.is_some() && name == "error" && value.starts_with('"') {
            continue;
        }
        visit(value, found, depth - 1);
    }
    // Nothing said where it is usually said: anywhere.
    for (key, value) in &members {
        if found.message.is_none() && scan::begins(value, b"{[") && !NESTS.contains(key) && !TEXTS.contains(key) {
            visit(value, found, depth - 1);
        }
    }
    if let (Some(name), Some(message)) = (place, found.message.as_mut()) {
        *message = [name.as_str(), ": ", message].concat();
    }
}

/// A string or number as text.
fn scalar(raw: &str) -> Option<String> {
    match json::string(raw) {
        // LiteLLM's way of saying null.
        Some("None") => None,
        Some(text) => Some(json::unescape(text)).filter(|text| !text.is_empty()),
        None => {
            Some(raw.to_owned()).filter(|raw| raw.starts_with(|first: char| first == '-' || first.is_ascii_digit()))
        }
    }
}

/// Where FastAPI's `loc` points: "messages[0].content" of `["body","messages",0,"content"]`.
fn path(raw: &str) -> Option<String> {
    let mut out = String::new();
    let steps = json::elements(raw);
    let inside =
        steps.strip_prefix(&["\"body\""]).filter(|steps| steps.first().is_some_and(|step| step.starts_with('"')));
    for step in inside.unwrap_or(&steps) {
        match json::string(step) {
            Some(name) => {
                out.push_str(if out.is_empty() { "" } else { "." });
                out.push_str(&json::unescape(name));
            }
            None => out.push_str(&["[", step, "]"].concat()),
        }
    }
    Some(out).filter(|out| !out.is_empty())
}

/// A message for a body without one: what a person can use of it, and always the status.
fn excerpt(status: u16, body: &str) -> String {
    let mut message = String::from("HTTP ");
    message.push_str(&scan::decimal(status as u64));
    let is_json = json::is_whole(body);
    let text = if is_html(body) { title(body) } else { shorten(body) };
    message.push_str(match text.is_empty() {
        true => " with an empty body",
        false if is_json => " without a message",
        false => ": ",
    });
    message.push_str(if is_json { "" } else { &text });
    message
}

fn is_html(body: &str) -> bool {
    body.trim_ascii_start().starts_with('<')
}

/// The title of a page, or its first words.
fn title(page: &str) -> String {
    let titled = scan::position(&page.to_ascii_lowercase(), "<title").and_then(|at| {
        let (_, title) = scan::split(page.get(at..)?, ">")?;
        scan::split(title, "<").map(|(title, _)| title.trim_ascii())
    });
    match titled {
        Some(title) if !title.is_empty() => title.to_owned(),
        _ => shorten(&without_tags(page)),
    }
}

fn without_tags(page: &str) -> String {
    let mut out = String::new();
    let mut rest = page;
    while let Some((text, tag)) = scan::split(rest, "<") {
        out.push_str(text);
        out.push(' ');
        rest = scan::split(tag, ">").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// The first words, with single blanks between them.
fn shorten(text: &str) -> String {
    let mut out = String::new();
    let mut blank = false;
    for letter in text.trim_ascii().chars() {
        if letter.is_ascii_whitespace() {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank) {
            out.push(' ');
        }
        if out.len() >= EXCERPT {
            out.push('…');
            break;
        }
        out.push(letter);
    }
    out
}
