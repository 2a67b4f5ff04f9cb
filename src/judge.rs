//! What a provider says in place of a reply, and what it means: which error, and how to ask again.
//!
//! Few pages ever need it, so in the npm package it is a module of its own, loaded with the first refusal: there the core is
//! built without the feature `judge`, and a [`Case`] leaves it as one text, for which a [`Verdict`] comes back as another.

pub mod case;
pub mod verdict;

pub use case::{Case, Place};
pub use verdict::Verdict;

use crate::secret::Secrets;

/// The verdict where it can be given at once; `None`: it is another module's to give.
pub fn at_once(case: &Case, secrets: &Secrets) -> Option<Verdict> {
    #[cfg(feature = "judge")]
    return Some(judge(case, secrets));
    #[cfg(not(feature = "judge"))]
    {
        let _ = (case, secrets);
        None
    }
}

/// What a case comes to. `secrets`: struck out of all that the provider said.
#[cfg(feature = "judge")]
pub fn judge(case: &Case, secrets: &Secrets) -> Verdict {
    use crate::negotiate;
    use crate::wire::{failure, models};

    let error = match case.place {
        Place::Refusal => {
            let id = Some(case.request_id.clone()).filter(|id| !id.is_empty());
            let error = failure::response(case.status, &case.said, id, secrets);
            let change = negotiate::answer(&error, &case.asked);
            return Verdict::Failed(error, change);
        }
        Place::Frame => failure::frame(&case.said, secrets),
        Place::Reply => failure::not_a_reply(&case.content_type, &case.said, secrets),
        Place::Models => match models::read(&case.said, secrets) {
            Ok(models) => return Verdict::Models(models),
            Err(error) => error,
        },
    };
    Verdict::Failed(error, None)
}
