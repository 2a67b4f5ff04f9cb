//! What a call came to.

use super::Call;
use crate::error::Error;
use crate::stream::End;

/// What stands between the results of [`Call::results`]: no JSON text holds it.
const SEPARATOR: &str = "\u{1e}";

impl Call {
    /// All that the call came to, for when it is let go: how it ended, [`Call::meta`], [`Call::repairs`], the failure as JSON, the
    /// text of the provider's error, [`Call::snapshot`], each "" where there is none, with U+001E between them.
    pub fn results(&mut self) -> String {
        self.abort();
        let failure = self.failure.as_ref();
        let body = failure.and_then(|failure| failure.details().body.clone());
        let parts = [
            self.end.map_or("", End::as_str),
            &self.meta().unwrap_or_default(),
            &self.repairs(),
            &failure.map(Error::to_json).unwrap_or_default(),
            &body.unwrap_or_default(),
            &self.snapshot(),
        ];
        let mut out = String::new();
        for part in parts {
            out.push_str(if out.is_empty() { "" } else { SEPARATOR });
            out.push_str(part);
        }
        out
    }
}
