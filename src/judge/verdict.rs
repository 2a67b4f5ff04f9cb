//! What a case came to.

use super::Case;
use super::case::Place;
use crate::error::{Details, Error, Kind};
use crate::json;

/// An error, be it one that another form of the request may not meet; or what was asked for after all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What the provider's words mean.
    pub error: Option<Error>,
    /// How to ask again, see [`crate::negotiate::Change::to_json`].
    pub change: Option<String>,
    /// The list of models, JSON.
    pub models: Option<String>,
}

impl Verdict {
    /// As JSON.
    pub fn to_json(&self) -> String {
        let mut out = String::from("{");
        if let Some(error) = &self.error {
            json::member_into("error", &error.to_json(), &mut out);
            if let Some(body) = &error.details().body {
                let mut quoted = String::new();
                json::quote_into(body, &mut quoted);
                json::member_into("body", &quoted, &mut out);
            }
        }
        for (name, value) in [("change", &self.change), ("models", &self.models)] {
            if let Some(value) = value {
                json::member_into(name, value, &mut out);
            }
        }
        out.push('}');
        out
    }

    /// The verdict of such a text; `None` for any other.
    pub fn read(text: &str) -> Option<Self> {
        let mut verdict = Self::default();
        let mut body = None;
        for (name, value) in json::members(text) {
            match name {
                "error" => verdict.error = Some(Error::read(value)),
                "body" => body = json::string(value).map(json::unescape),
                "change" => verdict.change = Some(value.to_owned()),
                "models" => verdict.models = Some(value.to_owned()),
                _ => {}
            }
        }
        verdict.error = verdict.error.map(|error| error.with_body(body));
        (verdict != Self::default()).then_some(verdict)
    }

    /// Where nobody could judge: the status alone tells, and the words are in the error's body.
    pub fn unread(case: &Case, body: String) -> Self {
        let message = "The provider refused or failed; what it said could not be read, for a part of tokenwire could not be loaded";
        let details = Details { request_id: case.request_id.clone(), body: Some(body), ..Details::default() };
        let error = match case.place {
            Place::Refusal => Error::response(Kind::of_status(Some(case.status)), case.status, message.into(), details),
            _ => Error::stream(Kind::Server, message, details),
        };
        Self { error: Some(error), ..Self::default() }
    }
}
