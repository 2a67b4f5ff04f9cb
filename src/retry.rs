//! Whether to try again, and when. Only before the first content: what was handed out cannot be taken back.

use crate::error::{Error, Kind};
use crate::scan;

/// The longest wait that a provider may ask for: a call that would have to wait longer fails, and says that it may be
/// retried.
const LONGEST_MS: u64 = 60_000;
/// Where the provider asks for none: at random up to this, doubled with each try.
const FIRST_MS: u64 = 500;
const CAP_MS: u64 = 8_000;

/// What the headers of a response say of trying again. In a page they are mostly invisible.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Advice {
    should_retry: Option<bool>,
    after_ms: Option<u64>,
    /// Until when no request is left.
    spent_ms: Option<u64>,
}

impl Advice {
    /// `header` looks a header up by its lower-case name; `retry-after` must be in seconds, where it was a date.
    /// `spent_ms`: in how many milliseconds a rate limit that is used up is whole again.
    pub fn read(header: &dyn Fn(&str) -> Option<String>, spent_ms: Option<u64>) -> Self {
        let should_retry = match header("x-should-retry").as_deref() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        };
        let number = |name: &str, factor: u64| scan::scaled(header(name)?.trim_ascii(), factor);
        Self { should_retry, after_ms: number("retry-after-ms", 1).or_else(|| number("retry-after", 1000)), spent_ms }
    }

    /// In how many ms to come back after a refusal: the headers' own word, the body's, or when the limit is whole again.
    pub fn after_ms(&self, error: &Error) -> Option<u64> {
        let spent = self.spent_ms.filter(|_| error.status() == Some(429));
        self.after_ms.or(error.details().retry_after_ms).or(spent)
    }

    /// For how many ms the provider wants no request, whether this one is tried again or not. No timer goes beyond.
    pub fn pause_ms(&self) -> Option<u64> {
        self.after_ms.or(self.spent_ms).map(|wait| wait.min(i32::MAX as u64))
    }
}

/// How long to wait before the next try, in ms; `None`: the failure stands. `tried`: tries so far. `random`: any number.
pub fn delay(error: &Error, advice: Advice, tried: u32, random: u64) -> Option<u64> {
    if error.details().is_hopeless || !advice.should_retry.unwrap_or_else(|| is_worth_it(error)) {
        return None;
    }
    // A window that opens soon is worth the wait; a day's is not told to be the one that is meant.
    let spent = advice.spent_ms.filter(|wait| error.status() == Some(429) && *wait <= LONGEST_MS);
    match advice.after_ms.or(error.details().retry_after_ms) {
        Some(wait) => Some(wait).filter(|wait| *wait <= LONGEST_MS),
        None => spent.or(Some(random % span(tried))),
    }
}

/// Out of which the wait is chosen: full jitter, so that those who failed together don't come back together.
fn span(tried: u32) -> u64 {
    (FIRST_MS << tried.saturating_sub(1).min(10)).min(CAP_MS)
}

/// True for what may pass by itself. A quota or a wrong key does not.
fn is_worth_it(error: &Error) -> bool {
    match error.status() {
        Some(_) if error.kind() == Kind::Quota => false,
        Some(status) => matches!(status, 408 | 409 | 429 | 500..),
        None => error.is_retryable() && error.kind() != Kind::Timeout,
    }
}
