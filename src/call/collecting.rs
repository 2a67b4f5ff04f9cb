//! Bodies that are no reply: a refusal, a list of models. They are kept until they are whole, up to a bound.

use super::asking::Request;
use super::{Call, State};
use crate::error::{Details, Error, Kind};
use crate::json;
use crate::stream::End;
use crate::wire::{failure, models};

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
        if let Some(head) = self.head.as_ref().filter(|head| !head.is_good()) {
            if let Some(message) = head.redirect() {
                let details = Details { request_id: head.request_id.clone(), ..Details::default() };
                return self.fail(Error::response(Kind::Config, head.status, message, details));
            }
            let error = failure::response(head.status, &body, head.request_id.clone(), &self.secrets);
            let hint = self.hint(&error, &body);
            return self.refused(error.with_hint(&hint));
        }
        match models::read(&body, &self.secrets) {
            Ok(models) => {
                self.models = Some(models);
                self.state = State::Ended;
                self.end = Some(End::Complete);
            }
            Err(error) => self.fail(error),
        }
    }

    /// Where a root that nobody named is not one: a 404 that no API of this kind gives, for these say `{"error":{…}}`.
    fn hint(&self, error: &Error, body: &str) -> String {
        let root = &self.request.guessed;
        let is_answer = json::member(body, "error").is_some_and(|error| error.starts_with('{'));
        if root.is_empty() || is_answer || error.kind() != Kind::NotFound && error.status() != Some(405) {
            return String::new();
        }
        let host = root.strip_suffix("/v1").unwrap_or(root);
        [
            ". The root ",
            root,
            " was guessed, for the base URL has no path: give the API's whole root as baseURL (",
            host,
            "/api/v1, …), or ",
            host,
            "/chat/completions where it has no path",
        ]
        .concat()
    }

    /// The provider refused: the request is put otherwise, where the refusal says how, or the call has failed.
    fn refused(&mut self, error: Error) {
        let Request { body, fixed, left_out, adapts, negotiation, notes, .. } = &mut self.request;
        let change = if *adapts { negotiation.answer(&error, body, fixed, left_out) } else { None };
        match change {
            Some(change) => {
                change.apply(body, notes);
                self.state = State::Ready;
            }
            None => self.fail_or_sleep(error),
        }
    }
}
