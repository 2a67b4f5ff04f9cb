//! What a failure says of trying again, in its body as others say it in headers: when, or that it never passes.
//!
//! ```text
//! "details": [{"@type": "…/google.rpc.RetryInfo", "retryDelay": "1.4s"}]
//! Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s.
//! Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 36278.
//! Rate limit exceeded: free-models-per-day
//! ```

use super::super::rate;
use crate::scan;

/// Members and words before a time to wait, lower case.
const BEFORE: &str = "retrydelay/retry_delay/retry_after_ms/retryafterms/retry_after/retryafter/retry-after/try again in\
                      /try again after/retry in/retry after/estimated_time/retry your request in/retry your request after/please wait\
                      /wait for/resets in/reset in/available in";
/// How far behind them it may stand: "approximately", `": "`, `":{"seconds":`.
const NEAR: usize = 20;

/// Quotas of a day or more, and those that are whole again soon. What is said first is what is exceeded: an offer of more may follow.
const LONG: &str = "per day/per-day/per_day/perday/daily/(tpd)/(rpd)/per week/weekly/per month/per-month/monthly";
const SHORT: &str = "per min/per-min/per_min/permin/(tpm)/(rpm)/per sec/per-sec/per hour/concurren";
/// Google's names of quotas: they stand beside a message that names none.
const LONG_IDS: &str = "perday/permonth";

/// What a failure says.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told {
    /// When to come back.
    pub after_ms: Option<u64>,
    /// A quota of a day or more is used up.
    pub is_long: bool,
    /// The request alone is more than the limit.
    pub is_too_large: bool,
}

/// Reads it from the text of a body, and from the message in it.
pub fn read(body: &str, message: &str) -> Told {
    let (body, message) = (body.to_ascii_lowercase(), message.to_ascii_lowercase());
    let first = |list| scan::words(list).filter_map(|words| scan::position(&message, words)).min();
    let (long, short) = (first(LONG), first(SHORT));
    let is_long = long.is_some_and(|long| short.is_none_or(|short| long < short));
    let most = number_behind(&message, "limit");
    let least = number_behind(&message, "requested").unwrap_or(1);
    Told {
        after_ms: scan::words(BEFORE).find_map(|words| wait_behind(&body, words)),
        // Of a limit of nothing (Gemini's free tier) nothing is ever left.
        is_long: is_long || most == Some(0) || scan::has_any(&body, LONG_IDS),
        is_too_large: most.is_some_and(|most| least > most) || scan::has_any(&message, "request too large"),
    }
}

/// The time behind these words, wherever they stand first with one.
fn wait_behind(text: &str, words: &str) -> Option<u64> {
    let mut rest = text;
    while let Some((_, after)) = scan::split(rest, words) {
        rest = after;
        let Some(digits) = digits(after) else { continue };
        // Without a unit it is in that of its name.
        let unit = if words.ends_with("ms") { 1 } else { 1000 };
        if let Some((wait, _)) = rate::duration(digits, unit) {
            return Some(wait);
        }
    }
    None
}

/// "Limit 30,000": the number behind a word.
fn number_behind(text: &str, word: &str) -> Option<u64> {
    let mut rest = text;
    while let Some((_, after)) = scan::split(rest, word) {
        rest = after;
        // "rate limit reached for gpt-4o": no number of it.
        let between = scan::find_byte(after, &|byte| !b" :=isof`'\"".contains(&byte))?;
        let digits = after.get(between..)?;
        let end = scan::find_byte(digits, &|byte| !byte.is_ascii_digit() && byte != b',').unwrap_or(digits.len());
        if let Some(number) = scan::whole(&scan::without(digits.get(..end)?, ",")) {
            return Some(number);
        }
    }
    None
}

/// From the first digit on, if it is near and nothing ends before it.
fn digits(text: &str) -> Option<&str> {
    let is_stop = |byte: u8| byte.is_ascii_digit() || b",;}.".contains(&byte);
    let at = scan::find_byte(text, &is_stop).filter(|at| *at <= NEAR)?;
    text.get(at..).filter(|digits| digits.as_bytes().first().is_some_and(u8::is_ascii_digit))
}
