//! The form in which a consumer gets the response.

use super::clean;
use super::fields::Face;
use super::items::Item;
use crate::error::{Error, Kind};
use crate::json::{self, Unescaper, partial};
use crate::scan;
use crate::stream::Mode;

/// The consumer's side of a response.
#[derive(Debug)]
pub struct Out {
    pub mode: Mode,
    out: String,
    unescaper: Unescaper,
    calls: Vec<CallEvents>,
    is_finished: bool,
}

/// What was told of one tool call.
#[derive(Debug, Default)]
struct CallEvents {
    has_started: bool,
    is_done: bool,
    /// Bytes of the raw arguments.
    sent: usize,
    value: partial::Growing,
}

impl Out {
    pub fn new(mode: Mode) -> Self {
        Self { mode, out: String::new(), unescaper: Unescaper::default(), calls: Vec::new(), is_finished: false }
    }

    /// What is ready.
    pub fn take(&mut self) -> Option<String> {
        self.mode.taken(&mut self.out)
    }

    /// Events as OpenAI documents them are wanted.
    pub fn wants_events(&self) -> bool {
        matches!(self.mode, Mode::Chunks | Mode::Compact | Mode::Sse)
    }

    /// Such an event. `kind`: its type, raw.
    pub fn event(&mut self, kind: &str, raw: &str) {
        match self.mode {
            Mode::Chunks | Mode::Compact => {
                self.next_element();
                self.out.push_str(raw);
            }
            Mode::Sse => {
                for piece in ["event: ", kind, "\ndata: "] {
                    self.out.push_str(piece);
                }
                // A line break may stand between its tokens.
                match scan::find_byte(raw, &|byte| matches!(byte, b'\n' | b'\r')) {
                    Some(_) => self.out.push_str(&json::compact(raw)),
                    None => self.out.push_str(raw),
                }
                self.out.push_str("\n\n");
            }
            _ => {}
        }
    }

    /// An event that those after it are filled into: each a text, and a padding where it has one.
    pub fn pattern(&mut self, raw: &str) {
        self.next_element();
        for piece in ["[", raw, "]"] {
            self.out.push_str(piece);
        }
    }

    /// An event that is the one before it but for these, and one further.
    pub fn filling(&mut self, text: &str, padding: Option<&str>) {
        for text in [Some(text), padding].into_iter().flatten() {
            self.next_element();
            self.out.push('"');
            self.out.push_str(text);
            self.out.push('"');
        }
    }

    /// A text of the response grew; that of a call is in `item` already.
    pub fn grow(&mut self, face: Face, text: &str, item: &Item) {
        match (self.mode, face) {
            (_, Face::None) => {}
            (Mode::Text, Face::Text) => self.unescaper.push(text, &mut self.out),
            (Mode::Events, Face::Call) => self.call(item, false),
            (Mode::Events, _) => {
                let name = match face {
                    Face::Text => "text",
                    Face::Reasoning => "reasoning",
                    _ => "refusal",
                };
                self.told(name, "text", text);
            }
            _ => {}
        }
    }

    /// An event for user interfaces that says one text; none where that is empty.
    pub fn told(&mut self, name: &str, member: &str, text: &str) {
        if !text.is_empty() && self.mode == Mode::Events {
            self.said(name, member, &clean::quoted(text));
        }
    }

    /// An event for user interfaces with one member, raw.
    pub fn said(&mut self, name: &str, member: &str, raw: &str) {
        if self.mode == Mode::Events {
            self.next_element();
            for piece in ["{\"type\":\"", name, "\",\"", member, "\":", raw, "}"] {
                self.out.push_str(piece);
            }
        }
    }

    /// Tells what is new of a tool call. It starts when its name is known, or when all of it is.
    pub fn call(&mut self, item: &Item, is_done: bool) {
        let (Some(number), Mode::Events) = (item.call, self.mode) else { return };
        while self.calls.len() <= number {
            self.calls.push(CallEvents::default());
        }
        let Self { calls, out, .. } = self;
        let Some(known) = calls.get_mut(number) else { return };
        let is_custom = item.kind == "custom_tool_call";
        let member = if is_custom { "input" } else { "arguments" };
        let head = |name: &str, out: &mut String| {
            out.push(if out.is_empty() { '[' } else { ',' });
            for piece in ["{\"type\":\"tool_call.", name, "\",\"index\":", &scan::decimal(number as u64)] {
                out.push_str(piece);
            }
            out.push_str(if is_custom { ",\"custom\":true" } else { "" });
        };
        let text = |name: &str, text: &str, out: &mut String| json::member_into(name, &clean::quoted(text), out);
        let name = item.text_member("name");
        if !known.has_started && (is_done || !name.is_empty()) {
            known.has_started = true;
            head("start", out);
            text("id", item.text_member("call_id"), out);
            text("name", name, out);
            out.push('}');
        }
        let whole = match item.text.text.as_str() {
            "" => item.text_member(member),
            grown => grown,
        };
        let more = whole.get(known.sent..).unwrap_or("");
        if known.has_started && !more.is_empty() && (is_done || item.text.has_grown) && !known.is_done {
            known.sent = whole.len();
            head("delta", out);
            text("arguments", more, out);
            if !is_custom {
                known.value.write_operations(more, out);
            }
            out.push('}');
        }
        if is_done && !std::mem::replace(&mut known.is_done, true) {
            head("done", out);
            text("id", item.text_member("call_id"), out);
            text("name", name, out);
            text("arguments", whole, out);
            if name.is_empty() {
                text("error", "the provider gave this call no name", out);
            }
            out.push('}');
        }
    }

    /// The response is complete. `usage`: raw; "" where none came.
    pub fn complete(&mut self, reason: &str, usage: &str) {
        if self.mode == Mode::Text {
            self.unescaper.finish(&mut self.out);
        }
        if !std::mem::replace(&mut self.is_finished, true) {
            self.told("finish", "reason", reason);
            if !usage.is_empty() {
                self.said("usage", "usage", &clean::chat_usage(usage));
            }
        }
    }

    /// It ended otherwise; clean SSE says so, too.
    pub fn failure(&mut self, error: &Error, number: u64) {
        if self.mode == Mode::Text {
            self.unescaper.finish(&mut self.out);
        }
        if self.mode == Mode::Sse && error.kind() != Kind::Aborted {
            let details = error.details();
            let quoted = |text: &Option<String>| match text {
                Some(text) => {
                    let mut out = String::new();
                    json::quote_into(text, &mut out);
                    out
                }
                None => "null".to_owned(),
            };
            let code = Some(details.code.clone().unwrap_or_else(|| error.kind().code().into()));
            let mut event = String::from("{\"type\":\"error\"");
            json::member_into("code", &quoted(&code), &mut event);
            json::member_into("message", &quoted(&Some(error.message().into())), &mut event);
            json::member_into("param", &quoted(&details.param), &mut event);
            json::member_into("sequence_number", &scan::decimal(number), &mut event);
            event.push('}');
            self.event("error", &event);
        }
    }

    fn next_element(&mut self) {
        self.out.push(if self.out.is_empty() { '[' } else { ',' });
    }
}
