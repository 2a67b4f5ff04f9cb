//! What the package's JavaScript says of a call, beside its parameters: one JSON text, so that it crosses the border once.

use crate::call::Asking;
use crate::json;
use crate::scan;
use crate::wire::request::Additions;

/// The settings. Texts are unescaped, but for JSON in JSON.
#[derive(Debug, Default)]
pub struct Settings<'a> {
    pub additions: Additions,
    pub asking: Asking<'a>,
    /// The whole endpoint, query included.
    pub url: String,
    /// The origin of the page; `None` outside of pages.
    pub page: Option<String>,
    /// What no error may show.
    pub secrets: Vec<String>,
    /// It is a call of the Responses API.
    pub is_response: bool,
}

impl<'a> Settings<'a> {
    /// Reads them. Members: `url`, `page`, `secrets`, `isResponse`, `model`, `needsModel`, `stream`, `extraBody` (an object), `dialect` (an object), `adapt`, `guessed`,
    /// `retries`, `deadline` (ms since 1970), `maxEventBytes`, `maxResponseBytes`, `maxToolCalls`.
    pub fn read(text: &'a str) -> Self {
        let mut found = Self::default();
        found.asking.adapts = true;
        let limits = &mut found.asking.limits;
        for (name, value) in json::members(text) {
            match name {
                "url" => found.url = words(value).unwrap_or_default(),
                "page" => found.page = words(value),
                "secrets" => found.secrets = json::elements(value).into_iter().filter_map(words).collect(),
                "isResponse" => found.is_response = value == "true",
                "model" => found.additions.model = words(value),
                "needsModel" => found.additions.needs_model = value != "false",
                "guessed" => found.asking.guessed = value,
                "stream" => found.additions.stream = value == "true",
                "extraBody" => found.additions.extra_body = Some(value.to_owned()),
                "dialect" => found.asking.dialect = value,
                "adapt" => found.asking.adapts = value != "false",
                "retries" => found.asking.retries = number(value).unwrap_or(0),
                "deadline" => found.asking.deadline_ms = number(value),
                "maxEventBytes" => set(&mut limits.event_bytes, value),
                "maxResponseBytes" => set(&mut limits.response_bytes, value),
                "maxToolCalls" => set(&mut limits.tool_calls, value),
                _ => {}
            }
        }
        found
    }
}

fn words(raw: &str) -> Option<String> {
    json::string(raw).map(json::unescape)
}

/// A whole number, 0 or above; `None` for null. What is above all that fits is the most that does.
fn number<T: TryFrom<u64>>(raw: &str) -> Option<T> {
    // A power of ten is no whole number here, and as large as one gets.
    let value = scan::whole(scan::before(raw, ".")).filter(|_| !scan::has_any(raw, "e/E")).unwrap_or(u64::MAX);
    if raw == "null" { None } else { T::try_from(value).ok() }
}

fn set(limit: &mut usize, raw: &str) {
    if raw != "null" {
        *limit = number(raw).unwrap_or(usize::MAX);
    }
}
