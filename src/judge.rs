//! What a provider says in place of a reply, and what it means: which error, and how to ask again.

use crate::error::Error;
use crate::negotiate::{self, Asked, Change};
use crate::secret::Secrets;
use crate::wire::{failure, models};

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
    /// The response's `content-type`, or where a redirect leads.
    pub context: String,
    /// The provider's own words: a body, or a frame's JSON or text.
    pub said: String,
    /// The provider's name for the request; "" where it gave none.
    pub request_id: String,
    /// What was asked, where it may be asked otherwise.
    pub asked: Asked,
    /// The root of the API, where nobody named it.
    pub guessed: String,
}

/// An error, be it one that another form of the request may not meet; or what was asked for after all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// What the provider's words mean, and how to ask again.
    Failed(Error, Option<Change>),
    /// The list of models, JSON.
    Models(String),
}

/// What a case comes to. `secrets`: struck out of all that the provider said.
pub fn judge(case: &Case, secrets: &Secrets) -> Verdict {
    let error = match case.place {
        Place::Refusal => {
            let id = Some(case.request_id.clone()).filter(|id| !id.is_empty());
            if let Some(error) = failure::redirect(case.status, &case.context, id.clone()) {
                return Verdict::Failed(error, None);
            }
            let error = failure::response(case.status, &case.said, id, secrets);
            let hint = failure::hint(&error, &case.said, &case.guessed);
            let error = error.with_hint(&hint);
            let change = negotiate::answer(&error, &case.asked);
            return Verdict::Failed(error, change);
        }
        Place::Frame => failure::frame(&case.said, secrets),
        Place::Reply => failure::not_a_reply(&case.context, &case.said, secrets),
        Place::Models => match models::read(&case.said, secrets) {
            Ok(models) => return Verdict::Models(models),
            Err(error) => error,
        },
    };
    Verdict::Failed(error, None)
}
