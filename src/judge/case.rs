//! What is to be judged.

use crate::json;
use crate::negotiate::Asked;
use crate::scan;
use crate::secret::Secrets;
use crate::wire::body::Body;

/// Where a provider said it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// The body of a response with an error status.
    #[default]
    Refusal,
    /// An error inside a reply.
    Frame,
    /// A body that is no reply, at a status that promised one.
    Reply,
    /// The body of a list of models.
    Models,
}

/// The places by their numbers in a case's text.
const PLACES: [Place; 4] = [Place::Refusal, Place::Frame, Place::Reply, Place::Models];

/// What a provider said where a reply was expected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Case {
    /// Where.
    pub place: Place,
    /// The response's status.
    pub status: u16,
    /// The response's `content-type`, where that is of use.
    pub content_type: String,
    /// The provider's own words: a body, or a frame's JSON or text.
    pub said: String,
    /// The provider's name for the request.
    pub request_id: Option<String>,
    /// What was asked, where it may be asked otherwise.
    pub asked: Option<Asked>,
}

impl Case {
    /// The case as JSON, with the secrets that the verdict may not show.
    pub fn to_json(&self, secrets: &Secrets) -> String {
        let place = PLACES.iter().position(|place| *place == self.place).unwrap_or(0);
        let mut out = String::from("{");
        json::member_into("place", &scan::decimal(place as u64), &mut out);
        json::member_into("status", &scan::decimal(self.status as u64), &mut out);
        let id = self.request_id.as_deref().unwrap_or("");
        for (name, text) in [("type", self.content_type.as_str()), ("said", &self.said), ("id", id)] {
            json::member_into(name, &quoted(text), &mut out);
        }
        let secrets: Vec<_> = secrets.given().iter().map(|secret| quoted(secret)).collect();
        json::member_into("secrets", &["[", &secrets.join(","), "]"].concat(), &mut out);
        if let Some(Asked { body, fixed, left_out }) = &self.asked {
            let asked = [body, fixed, left_out].map(Body::to_json).join(",");
            json::member_into("asked", &["[", &asked, "]"].concat(), &mut out);
        }
        out.push('}');
        out
    }

    /// The case of such a text, and the secrets.
    pub fn read(text: &str) -> (Self, Secrets) {
        let mut case = Self::default();
        let mut secrets = Vec::new();
        for (name, value) in json::members(text) {
            let words = || json::unescape(json::string(value).unwrap_or(""));
            match name {
                "place" => {
                    let place = json::integer(value).and_then(|at| PLACES.get(usize::try_from(at).ok()?));
                    case.place = place.copied().unwrap_or_default();
                }
                "status" => case.status = scan::whole(value).and_then(|status| status.try_into().ok()).unwrap_or(0),
                "type" => case.content_type = words(),
                "said" => case.said = words(),
                "id" => case.request_id = Some(words()).filter(|id| !id.is_empty()),
                "secrets" => {
                    let read = |text| json::unescape(json::string(text).unwrap_or(""));
                    secrets = json::elements(value).into_iter().map(read).collect();
                }
                "asked" => {
                    let mut bodies = json::elements(value).into_iter().map(|body| Body::read(body).unwrap_or_default());
                    let mut next = || bodies.next().unwrap_or_default();
                    case.asked = Some(Asked { body: next(), fixed: next(), left_out: next() });
                }
                _ => {}
            }
        }
        (case, Secrets::new(secrets))
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    json::quote_into(text, &mut out);
    out
}
