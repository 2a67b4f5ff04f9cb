//! What a provider says when it fails, in any of the shapes that were seen: `{"error":{...}}`, `{"error":"..."}`,
//! `{"detail":...}` (FastAPI), `{"message":{"detail":[...]}}` (Mistral), `[{"error":...}]` (Gemini), `{"errors":[...]}`
//! (Cloudflare), `base_resp` (MiniMax), an error inside the error's text (OpenRouter's `metadata.raw`), an event stream,
//! HTML, plain text, nothing.
//!
//! This is where a provider's words come in: what kind of error they mean is told from the words themselves, and what goes on
//! is made from the words without the secrets that may be in them.

mod advice;
mod cause;
mod foreign;
mod overflow;
mod place;
mod wrapped;

use crate::error::{Details, Error, KINDS, Kind};
use crate::json::{self, Cursor};
use crate::scan;
use crate::secret::Secrets;
use crate::sse;
use crate::wire::names_failure;
use cause::Meant;
pub use foreign::leads_to_login;
pub use place::{hint, redirect};

/// How far into errors within errors to look.
const DEPTH: usize = 12;
/// Bytes of a body without structure, or of a list, that go into a message: a message is no dump.
const EXCERPT: usize = 300;

/// Members that hold what a person should read.
const TEXTS: &str = "message/msg/status_msg/errmsg/error_msg/error_message/error_description/faultstring/title/exception\
                     /description/reason/text";
/// Members that hold another error.
const NESTS: &str = "detail/errors/base_resp/error/metadata/raw/innererror";

/// What was found in an error body; empty: nothing.
#[derive(Debug, Default)]
struct Found {
    message: String,
    code: String,
    r#type: String,
    param: String,
    /// The class of error that a gateway took it for, or the name of the exception that holds it.
    class: String,
}

/// The error that a response with status `status` and this body means.
pub fn response(status: u16, body: &str, request_id: Option<String>, secrets: &Secrets) -> Error {
    let meant = read(body).meant(Some(status), body);
    let body = secrets.struck_out(body);
    let mut found = read(&body);
    let message = found.take_message().unwrap_or_else(|| excerpt(status, &body));
    Error::response(meant.kind, status, message, found.details(meant, request_id, body))
}

/// The error that a frame inside a reply means; `raw` is the frame's JSON or text.
pub fn frame(raw: &str, secrets: &Secrets) -> Error {
    if let Some(error) = of_other_api(&secrets.struck_out(raw)) {
        return error;
    }
    let found = read(raw);
    let status =
        scan::whole(&found.code).and_then(|code| u16::try_from(code).ok()).filter(|code| (400..600).contains(code));
    let meant = found.meant(status, raw);
    let body = secrets.struck_out(raw);
    let mut found = read(&body);
    let message = found.take_message().unwrap_or_else(|| match shorten(&body) {
        text if text.is_empty() || scan::begins(&text, b"{[\"") => {
            "The provider reported an error without a message".into()
        }
        text => text,
    });
    Error::stream(meant.kind, message, found.details(meant, None, body))
}

/// The error that a body means which is neither an event stream nor JSON, at a status that promised one.
pub fn not_a_reply(content_type: &str, body: &str, secrets: &Secrets) -> Error {
    let (content_type, body) = (secrets.struck_out(content_type), secrets.struck_out(body));
    if let Some(error) = of_other_api(&body) {
        return error;
    }
    let mut message = String::from("Expected an event stream or JSON, got ");
    message.push_str(if content_type.is_empty() { "something else" } else { &content_type });
    let text = if is_html(&body) { title(&body) } else { shorten(&body) };
    if !text.is_empty() {
        message.push_str(": ");
        message.push_str(&text);
    }
    message.push_str(if foreign::is_login(&body) { foreign::ADVICE } else { ". Check the base URL" });
    Error::stream(Kind::Malformed, message, Details { body: Some(body), ..Details::default() })
}

/// What another API's answer says of itself, an object a line; `None`: it is not known to be one's.
fn of_other_api(body: &str) -> Option<Error> {
    let text = body.trim_ascii();
    let values = || text.lines().filter(|line| json::is_whole(line));
    let name = values().find_map(|raw| foreign::api(raw))?;
    let mut message = ["This is ", name].concat();
    // What failed there is said, too.
    let mut errors = values().filter_map(|raw| json::member(json::member(raw, "response").unwrap_or(raw), "error"));
    if let Some(said) = errors.next_back().and_then(|error| read(error).take_message()) {
        message.push_str(". It says: ");
        message.push_str(&said);
    }
    let details = Details { body: Some(body.to_owned()), ..Details::default() };
    Some(Error::stream(Kind::Malformed, message, details))
}

impl Found {
    fn meant(&self, status: Option<u16>, body: &str) -> Meant {
        let mut meant = cause::meant(status, &[&self.code, &self.r#type, &self.class], &self.message, body);
        // Another client of ours hands it on, and says what it found. Of kinds that many have a word for, the rest tells more.
        let is_own = |kind: &Kind| {
            [&self.code, &self.r#type].iter().any(|word| *word == kind.code())
                && !matches!(kind, Kind::BadRequest | Kind::NotFound | Kind::Server | Kind::RateLimit)
                && (*kind != Kind::Limit || status.is_none_or(|status| status > 499))
        };
        if let Some(kind) = KINDS.into_iter().find(is_own) {
            meant.kind = kind;
        }
        meant
    }

    fn take_message(&mut self) -> Option<String> {
        some(std::mem::take(&mut self.message))
    }

    fn details(self, meant: Meant, request_id: Option<String>, body: String) -> Details {
        let [code, r#type, param] = [self.code, self.r#type, self.param].map(some);
        let Meant { retry_after_ms, is_hopeless, .. } = meant;
        Details { code, r#type, param, request_id, body: Some(body), retry_after_ms, is_hopeless }
    }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// What is new counts.
fn replace(known: &mut String, new: String) {
    if !new.is_empty() {
        *known = new;
    }
}

/// What is known counts.
fn fill(known: &mut String, new: String) {
    if known.is_empty() {
        *known = new;
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
    for word in [&found.code, &found.r#type] {
        if found.message.is_empty() && scan::find_byte(word, &|byte| byte.is_ascii_alphabetic()).is_some() {
            found.message = word.clone();
        }
    }
    found
}

/// The data of an error body that is framed as an event stream (DashScope does that), else nothing.
fn event_data(text: &str) -> Vec<String> {
    let mut decoder = sse::Decoder::new(usize::MAX, |_| false);
    let mut input = text.as_bytes();
    let mut data = Vec::new();
    let mut add = |event: sse::Event<'_>| {
        let text = String::from_utf8_lossy(event.data);
        if json::is_whole(&text) {
            data.push(text.into_owned());
        }
    };
    while let Ok(Some(event)) = decoder.next_event(&mut input) {
        add(event);
    }
    if let Some(event) = decoder.finish() {
        add(event);
    }
    data
}

/// Collects from a value what it says; what lies deeper wins, because gateways wrap the cause in phrases of their own.
fn visit(raw: &str, found: &mut Found, depth: usize) {
    let raw = raw.trim_ascii();
    if depth == 0 {
        return;
    }
    match raw.as_bytes().first() {
        Some(b'"') => visit_text(&unquoted(raw), found, depth),
        Some(b'[') => visit_list(&json::elements(raw), found, depth - 1),
        Some(b'{') => visit_object(&json::members(raw), found, depth - 1),
        _ => {}
    }
}

/// All that a list says, be it texts or errors.
fn visit_list(list: &[&str], found: &mut Found, depth: usize) {
    let mut all = String::new();
    for element in list {
        let mut one = Found::default();
        visit(element, &mut one, depth);
        if !one.message.is_empty() && all.len() < EXCERPT {
            all.push_str(if all.is_empty() { "" } else { "; " });
            all.push_str(&one.message);
        }
        // The first that names something is the one that is asked about.
        fill(&mut found.code, one.code);
        fill(&mut found.r#type, one.r#type);
        fill(&mut found.param, one.param);
        fill(&mut found.class, one.class);
    }
    replace(&mut found.message, all);
}

/// A text is the message, unless it is JSON that holds a better one, or ends with such JSON, or is a page.
fn visit_text(text: &str, found: &mut Found, depth: usize) {
    let all = text.trim_ascii();
    let (text, class) = wrapped::unwrapped(all);
    fill(&mut found.class, class.to_owned());
    let before = std::mem::take(&mut found.message);
    // What LiteLLM appends may also stand within the JSON.
    let inside = if text.len() < all.len() { wrapped::without_end(text) } else { text };
    let (words, inner) = structure(text).or_else(|| structure(inside)).unwrap_or((inside, String::new()));
    visit(&inner, found, depth - 1);
    // JSON without a message is none, unless there are words before it.
    let words = if words.trim_ascii().is_empty() || !found.message.is_empty() { words } else { inside };
    if found.message.is_empty() {
        found.message = if is_html(words) { title(words) } else { words.trim_ascii().to_owned() };
    }
    fill(&mut found.message, before);
}

/// The words of a text, and the JSON at its end, be it in Python's clothes.
fn structure(text: &str) -> Option<(&str, String)> {
    let is_bytes = text.starts_with("b'") || text.starts_with("b\"");
    let start = if is_bytes { 0 } else { scan::find_byte(text, &|byte| matches!(byte, b'{' | b'['))? };
    let (words, inner) = text.split_at_checked(start)?;
    // A list of mere words ("expected one of ['a', 'b']") is part of the sentence.
    let start = scan::find_byte(inner, &|byte| !b"[ \n\r\t".contains(&byte)).unwrap_or(0);
    if !words.is_empty() && inner.as_bytes().get(start) != Some(&b'{') {
        return None;
    }
    let json = if json::is_whole(inner) { inner.to_owned() } else { wrapped::json_of(inner)? };
    Some((words, json))
}

/// The first of these members that is there, by the order of the names.
fn first_of<'a>(members: &[(&str, &'a str)], names: &str) -> Option<&'a str> {
    let find = |name| members.iter().find(|(key, value)| key.eq_ignore_ascii_case(name) && *value != "null");
    scan::words(names).find_map(find).map(|(_, value)| *value)
}

fn visit_object(members: &[(&str, &str)], found: &mut Found, depth: usize) {
    let own = |names| first_of(members, names).map(scalar).unwrap_or_default();
    let place = first_of(members, "loc").map(path).unwrap_or_default();
    replace(&mut found.code, own("code/status_code/error_code"));
    replace(&mut found.r#type, own("type/__type/error_type/status"));
    replace(&mut found.param, place.clone());
    replace(&mut found.param, own("param"));
    let said = first_of(members, TEXTS);
    visit(said.unwrap_or(""), found, depth);
    for name in scan::words(NESTS) {
        let value = first_of(members, name).unwrap_or("");
        if name == "innererror" {
            // What lies in it tells the cause; the code is that of the error around it.
            let mut inner = Found::default();
            visit(value, &mut inner, depth);
            replace(&mut found.message, inner.message);
            fill(&mut found.code, inner.code);
        } else if said.is_none() || name != "error" || !value.starts_with('"') {
            // `{"message":"the cause","error":"Bad Request"}`: beside a message, a bare text only repeats the status.
            visit(value, found, depth);
        }
    }
    // Nothing said where it is usually said: anywhere.
    for (key, value) in members {
        if names_failure(key, value) && !scan::is_any(key, NESTS) {
            fill(&mut found.class, (*key).to_owned());
        }
        if found.message.is_empty()
            && (scan::begins(value, b"{[") || names_failure(key, value))
            && !scan::is_any(key, NESTS)
            && !scan::is_any(key, TEXTS)
        {
            visit(value, found, depth);
        }
    }
    if !place.is_empty() && !found.message.is_empty() {
        found.message = [&place, ": ", &found.message].concat();
    }
}

/// A string or number as text.
fn scalar(raw: &str) -> String {
    match raw.as_bytes().first() {
        // LiteLLM's way of saying null.
        _ if raw == "\"None\"" => String::new(),
        Some(b'"') => unquoted(raw),
        Some(b'-' | b'0'..=b'9') => raw.to_owned(),
        _ => String::new(),
    }
}

/// The text of a raw string.
fn unquoted(raw: &str) -> String {
    json::unescape(json::string(raw).unwrap_or(""))
}

/// Where FastAPI's `loc` points: "messages[0].content" of `["body","messages",0,"content"]`.
fn path(raw: &str) -> String {
    let mut out = String::new();
    let steps = json::elements(raw);
    let begins_with_text = |steps: &&[&str]| steps.first().is_some_and(|step| step.starts_with('"'));
    for step in steps.strip_prefix(&["\"body\""]).filter(begins_with_text).unwrap_or(&steps) {
        let is_name = step.starts_with('"');
        out.push_str(match is_name {
            true if out.is_empty() => "",
            true => ".",
            false => "[",
        });
        out.push_str(&if is_name { unquoted(step) } else { [step, "]"].concat() });
    }
    out
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
    if foreign::is_login(body) {
        message.push_str(foreign::ADVICE);
    }
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
    match titled.unwrap_or("") {
        "" => shorten(&without_tags(page)),
        title => title.to_owned(),
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
    let mut is_blank = false;
    for letter in text.trim_ascii().chars() {
        if !letter.is_ascii_whitespace() {
            out.push_str(if is_blank { " " } else { "" });
            if out.len() >= EXCERPT {
                out.push('…');
                break;
            }
            out.push(letter);
        }
        is_blank = letter.is_ascii_whitespace();
    }
    out
}
