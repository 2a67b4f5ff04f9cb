//! How a provider differs, as data: what a request must rename, drop or do without, and how reasoning goes back.
//!
//! A dialect is a JSON object, so that it can be stored and given back. Its members, all optional:
//!
//! ```json
//! { "provider": "groq",
//!   "rename": { "max_completion_tokens": "max_tokens" }, "drop": ["store"], "roles": { "developer": "system" },
//!   "usage": false, "reasoning": "drop", "strict": true, "toolId": 9, "nullContent": false,
//!   "models": { "o3": { "rename": { "max_tokens": "max_completion_tokens" }, "drop": ["top_p"], "roles": {},
//!                       "dropValues": { "temperature": [0.2] }, "keep": ["store"] } } }
//! ```
//!
//! `rename`, `drop`: members of the body; `"functions": "tools"` also gives them the form of tools (`dialect/functions.rs`).
//! `dropValues`: members that are left out with these values. `keep`: not left out, whatever the rest says. `roles`: of messages. `usage`: false where `stream_options` is refused. `reasoning`,
//! `strict`, `toolId` (9, "any"), `nullContent`: of messages, told in `dialect/messages.rs`, `reasoning` in `messages/thinking.rs`.
//! `models`: what holds for one model only; it is where refusals are learnt, and in which form thinking (where no row says it) and ids
//! came. The rows of known providers are `dialect/providers.json`; the package's JavaScript finds the row by host, for
//! `client.dialect` must answer before there is any wasm.

mod functions;
mod messages;

use crate::json;
use crate::wire::body::Body;
#[cfg(feature = "lenient")]
pub(crate) use functions::rename;
pub(crate) use messages::{Ids, Rules};

/// The rows of known providers, a JSON object by name.
#[cfg(not(target_arch = "wasm32"))]
pub const PROVIDERS: &str = include_str!("dialect/providers.json");

/// A dialect, as it applies to a model.
#[derive(Debug, Clone, Copy)]
pub struct Dialect<'a> {
    provider: &'a str,
    model: &'a str,
}

impl<'a> Dialect<'a> {
    /// `text`: the JSON object; anything else is a dialect without differences. `model`: as in the body, raw.
    pub fn new(text: &'a str, model: &str) -> Self {
        let name = json::string(model).unwrap_or("");
        let model = json::member(text, "models").and_then(|models| json::member(models, name));
        Self { provider: text, model: model.unwrap_or("") }
    }

    /// What holds whatever API is called: what its refusals taught of the model. The rows speak of Chat Completions.
    #[must_use]
    pub fn of_any_api(self) -> Self {
        Self { provider: "{\"usage\":false}", ..self }
    }

    /// Makes a body what the provider takes; gives what it left out. `fixed`: members that go out as they are. `note`: told of
    /// each repair's code.
    pub fn apply(&self, body: &mut Body, fixed: &Body, note: &mut dyn FnMut(&'static str)) -> Body {
        let mut left_out = Body::default();
        for facts in [self.provider, self.model] {
            for (from, to) in members(facts, "rename") {
                if !fixed.has(from) && functions::rename(body, from, json::string(to).unwrap_or(from)) {
                    note("param_renamed");
                }
            }
            for name in names(facts, "drop") {
                if !names(self.model, "keep").contains(&name) {
                    leave_out(name, body, fixed, &mut left_out, note);
                }
            }
            for (name, values) in members(facts, "dropValues") {
                if body.get(name).is_some_and(|value| json::elements(values).contains(&value)) {
                    leave_out(name, body, fixed, &mut left_out, note);
                }
            }
        }
        if self.wants_usage(body) {
            body.set("stream_options", "{\"include_usage\":true}".into());
        }
        if !fixed.has("messages") {
            self.rewrite_messages(body, note);
        }
        left_out
    }

    /// OpenAI sends the usage of a stream only when it is asked for; whoever says something of it himself is not overruled.
    fn wants_usage(&self, body: &Body) -> bool {
        const NAME: &str = "stream_options";
        let is_kept = names(self.model, "keep").contains(&NAME);
        let is_refused = |facts: &str| {
            json::member(facts, "usage") == Some("false") || (!is_kept && names(facts, "drop").contains(&NAME))
        };
        body.get("stream") == Some("true") && !body.has(NAME) && !is_refused(self.provider) && !is_refused(self.model)
    }

    fn rewrite_messages(&self, body: &mut Body, note: &mut dyn FnMut(&'static str)) {
        let fact = |name: &str| json::member(self.provider, name);
        let mut roles = members(self.provider, "roles");
        roles.extend(members(self.model, "roles"));
        // Of ids what a model showed counts, of thinking what the provider's row says.
        let own = |name: &str| json::member(self.model, name);
        let reasoning = fact("reasoning").or_else(|| own("reasoning")).and_then(json::string).unwrap_or("");
        let rules = Rules {
            roles,
            reasoning: if matches!(reasoning, "drop" | "tool_turns") && messages::asks_for_all(body) {
                "keep"
            } else {
                reasoning
            },
            strict: fact("strict") == Some("true"),
            ids: match own("toolId").or_else(|| fact("toolId")) {
                Some("\"any\"") => Ids::Any,
                Some("9") => Ids::Short,
                _ => Ids::Common,
            },
            filled: fact("nullContent") == Some("false"),
        };
        let rewritten = body.get("messages").and_then(|list| rules.rewrite(list, note));
        if let Some(list) = rewritten {
            body.set("messages", list);
        }
    }
}

/// The members of an object that is a member of `facts`: key and value, raw.
fn members<'a>(facts: &'a str, name: &str) -> Vec<(&'a str, &'a str)> {
    json::members(json::member(facts, name).unwrap_or(""))
}

/// The names in a list that is a member of `facts`.
fn names<'a>(facts: &'a str, name: &str) -> Vec<&'a str> {
    let mut names = json::elements(json::member(facts, name).unwrap_or(""));
    for name in &mut names {
        *name = json::string(name).unwrap_or("");
    }
    names
}

fn leave_out(name: &str, body: &mut Body, fixed: &Body, left_out: &mut Body, note: &mut dyn FnMut(&'static str)) {
    if let Some(value) = if fixed.has(name) { None } else { body.remove(name) } {
        left_out.set(name, value);
        note("param_dropped");
    }
}
