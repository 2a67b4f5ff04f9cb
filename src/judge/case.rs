//! What is to be judged.

use crate::negotiate::Asked;
use crate::scan;
use crate::secret::Secrets;

/// What stands between the fields of a case's and a verdict's text.
pub const SEPARATOR: &str = "\u{1e}";
/// What stands between secrets.
const BETWEEN: &str = "\u{1f}";

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
    /// The provider's name for the request; "" where it gave none.
    pub request_id: String,
    /// What was asked, where it may be asked otherwise.
    pub asked: Asked,
}

impl Case {
    /// The case as one text, with the secrets that the verdict may not show.
    pub fn to_text(&self, secrets: &Secrets) -> String {
        let Asked { outline, fixed, left_out } = &self.asked;
        let [place, status] = [self.place as u64, self.status as u64].map(scan::decimal);
        let secrets = secrets.given().join(BETWEEN);
        // What may hold a separator comes last.
        [&place, &status, &self.content_type, &self.request_id, &secrets, fixed, left_out, outline, &self.said]
            .map(String::as_str)
            .join(SEPARATOR)
    }
}

/// The case of such a text, and the secrets.
#[cfg(feature = "judge")]
pub fn read(text: &str) -> (Case, Secrets) {
    let mut rest = text;
    let mut next = || {
        let (field, after) = scan::split(rest, SEPARATOR).unwrap_or((rest, ""));
        rest = after;
        field
    };
    let place = match next() {
        "1" => Place::Frame,
        "2" => Place::Reply,
        "3" => Place::Models,
        _ => Place::Refusal,
    };
    let status = scan::whole(next()).and_then(|status| status.try_into().ok()).unwrap_or(0);
    let [content_type, request_id] = [next(), next()].map(str::to_owned);
    let secrets = next().split(BETWEEN).filter(|secret| !secret.is_empty()).map(str::to_owned);
    let secrets = Secrets::new(secrets.collect::<Vec<_>>());
    let [fixed, left_out, outline] = [next(), next(), next()].map(str::to_owned);
    let said = rest.to_owned();
    let asked = Asked { outline, fixed, left_out };
    (Case { place, status, content_type, said, request_id, asked }, secrets)
}
