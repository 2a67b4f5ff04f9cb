//! What a call came to.

use super::Call;
use crate::error::Error;
use crate::stream::End;

/// What stands between the results of [`Call::results`]: no JSON text holds it.
const SEPARATOR: &str = "\u{1e}";

impl Call {
    /// All that the call came to, for when it is let go: how it ended, [`Call::meta`], [`Call::repairs`], the failure as JSON, the
    /// text of the provider's error, [`Call::snapshot`], [`Call::observed`], each "" where there is none, with U+001E between them.
    pub fn results(&mut self) -> String {
        self.abort();
        let failure = self.failure.as_ref();
        let body = failure.and_then(|failure| failure.details().body.clone());
        let mut out = self.end.map_or("", End::as_str).to_owned();
        for result in [
            self.meta().unwrap_or_default(),
            self.repairs(),
            failure.map(Error::to_json).unwrap_or_default(),
            body.unwrap_or_default(),
            self.snapshot(),
            self.observed(),
        ] {
            out.push_str(SEPARATOR);
            out.push_str(&result);
        }
        out
    }

    /// What the reply showed of its model: `[model, [[name, value], …]]`, members of a dialect, JSON; "": nothing.
    pub fn observed(&self) -> String {
        let form = self.decoder.form();
        if form.is_empty() {
            return form;
        }
        ["[", self.request.body.get("model").unwrap_or("\"\""), ",", &form, "]"].concat()
    }
}
