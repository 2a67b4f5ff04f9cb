//! Bodies that are no reply: a refusal, a list of models. They are kept until they are whole, up to a bound.

use super::Call;
use crate::error::{Details, Error, Kind};
use crate::judge::{Case, Place};

/// Bytes that are read of a list of models.
const MODELS_LIMIT: usize = 16 << 20;
/// Bytes that are read of a refusal: what a person or a rule needs of it stands long before.
const REFUSAL_LIMIT: usize = 64 << 10;

impl Call {
    /// Bytes of an error response or of a list of models.
    pub(super) fn collect(&mut self, bytes: &[u8]) {
        let is_refused = self.is_refused();
        let limit = if is_refused { REFUSAL_LIMIT } else { MODELS_LIMIT };
        let room = limit.saturating_sub(self.collected.len());
        self.collected.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        if bytes.len() < room {
            return;
        }
        match is_refused {
            true => self.collected(),
            false => {
                self.fail(Error::stream(Kind::Limit, "The list of models is longer than 16 MiB", Details::default()))
            }
        }
    }

    /// The whole body of an error response or of a list of models is there, or as much of it as is read.
    pub(super) fn collected(&mut self) {
        let bytes = std::mem::take(&mut self.collected);
        let body = String::from_utf8_lossy(&bytes);
        let Some(head) = self.head.as_ref().filter(|head| !head.is_good()) else {
            return self.refer(&Case { place: Place::Models, said: body.into_owned(), ..Case::default() });
        };
        self.refer(&Case {
            place: Place::Refusal,
            status: head.status,
            context: head.location.clone().unwrap_or_default(),
            said: body.into_owned(),
            request_id: head.request_id.clone().unwrap_or_default(),
            asked: self.asked(head.status),
            guessed: self.request.guessed.clone(),
        });
    }
}
