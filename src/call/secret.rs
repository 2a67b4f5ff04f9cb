//! The key, struck out of what providers echo.

use crate::error::Error;
use crate::scan;

/// A shorter key is a placeholder ("none", "ollama"), and may well stand in an innocent message.
const LENGTH: usize = 8;

/// A key that no error may show.
#[derive(Default)]
pub struct Secret(Option<String>);

impl Secret {
    pub fn new(key: Option<String>) -> Self {
        Self(key.filter(|key| key.len() >= LENGTH))
    }

    /// The text with the key struck out.
    pub fn struck_out(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = self.0.as_deref().and_then(|key| scan::split(rest, key)) {
            out.push_str(before);
            out.push_str("***");
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// The error, its message without the key.
    pub fn redact(&self, error: Error) -> Error {
        let message = self.struck_out(error.message());
        error.with_message(message)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("***")
    }
}
