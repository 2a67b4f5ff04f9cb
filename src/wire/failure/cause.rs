//! Which of our kinds an error is: by the provider's own words for it, by what it says in prose, by its status.

use super::advice;
use super::overflow;
use crate::error::Kind;
use crate::scan;

/// A quota that is whole again by then is a limit that passes.
const SOON_MS: u64 = 60_000;

/// What a failure means.
pub struct Meant {
    pub kind: Kind,
    /// When to come back.
    pub retry_after_ms: Option<u64>,
    /// The same request never passes, whatever the kind says.
    pub is_hopeless: bool,
}

/// By `code`, `type` and the class a gateway took it for, then by the message, then by the status. What the body says of trying again
/// tells limits that pass soon from quotas that do not.
pub fn meant(status: Option<u16>, words: &[&str], message: &str, body: &str) -> Meant {
    let by_word = by_word(status, words);
    let mut kind = by_word.or_else(|| by_message(status, message)).unwrap_or_else(|| Kind::of_status(status));
    let mut is_hopeless = false;
    let told = advice::read(body, message);
    if matches!(kind, Kind::RateLimit | Kind::Quota) {
        is_hopeless = told.is_too_large;
        // "You exceeded your current quota" is also what Gemini says of one that is whole again in seconds.
        let passes = by_word.is_none() && told.after_ms.is_some_and(|wait| wait <= SOON_MS);
        kind = match kind {
            _ if told.is_long => Kind::Quota,
            Kind::Quota if passes => Kind::RateLimit,
            other => other,
        };
    }
    Meant { kind, retry_after_ms: told.after_ms, is_hopeless }
}

/// Kinds, each with words that mean it.
type Table = [(Kind, &'static str)];

/// Parts of codes and types; the first that is found counts.
const PARTS: &Table = &[
    (Kind::ContentFilter, "contentfilter/contentpolicy/datainspection/responsibleai/moderation"),
    // Before quota: DashScope's Throttling.AllocationQuota is per minute.
    (Kind::RateLimit, "throttl"),
    (
        Kind::Quota,
        "insufficientquota/currentquota/allocationquota/billing/insufficientbalance/insufficientcredit/arrear/paymentrequired",
    ),
    (Kind::Overloaded, "overloaded/capacity/busy/serviceunavailable"),
    (Kind::RateLimit, "ratelimit/toomanyrequests/resourceexhausted"),
    (Kind::Auth, "invalidapikey/authentication/unauthenticated/unauthorized"),
    (Kind::UnsupportedParameter, "extraforbidden"),
    (Kind::Permission, "permission/forbidden/accessdenied"),
    (
        Kind::ModelNotFound,
        "modelnotfound/modelnotexist/modelnotsupported/invalidmodel/unknownmodel/deploymentnotfound/decommissioned",
    ),
    (Kind::UnsupportedParameter, "unsupportedparam/unsupportedvalue/unknownparam"),
    // Zhipu's numbers, whole words.
    (Kind::Quota, "|1113|"),
    (Kind::ModelNotFound, "|1211|"),
    (Kind::ContextLength, "|1261|"),
    (Kind::ContentFilter, "|1301|"),
    (Kind::RateLimit, "|1302|/|1305|"),
];

/// What stands in for a status where there is none: an error inside a reply.
const WITHOUT_STATUS: &Table =
    &[(Kind::BadRequest, "invalid/badrequest/validation"), (Kind::NotFound, "notfound"), (Kind::Timeout, "timeout")];

/// The kind of the first row that fits and of which a word is in the text.
fn told(table: &Table, text: &str, fits: &dyn Fn(Kind) -> bool) -> Option<Kind> {
    table.iter().find(|(kind, words)| fits(*kind) && scan::has_any(text, words)).map(|(kind, _)| *kind)
}

/// Of the words letters and digits count alone, in lower case: `data_inspection_failed` is `DataInspectionFailed`.
fn by_word(status: Option<u16>, words: &[&str]) -> Option<Kind> {
    let mut plain = String::from("|");
    for word in words {
        let start = plain.len();
        for byte in word.bytes().filter(u8::is_ascii_alphanumeric) {
            plain.push(char::from(byte.to_ascii_lowercase()));
        }
        if plain.get(start..).is_some_and(overflow::is_code) {
            return Some(Kind::ContextLength);
        }
        plain.push('|');
    }
    told(PARTS, &plain, &|_| true).or_else(|| told(WITHOUT_STATUS, &plain, &|_| status.is_none()))
}

/// What many providers tell in prose only. It decides nothing but the kind; the first phrase that is found counts.
const PHRASES: &Table = &[
    (
        Kind::ContentFilter,
        "content management policy/content filter/content policy/content exists risk/inappropriate content/safety system\
         /flagged",
    ),
    (Kind::Quota, "insufficient balance/insufficient credit/credit balance/current quota/out of credits/more credits"),
    (Kind::Overloaded, "overloaded/too busy/at capacity"),
    (Kind::RateLimit, "rate limit/too many requests"),
    (Kind::Auth, "api key not valid/invalid api key/invalid api-key/incorrect api key"),
    (Kind::ModelNotFound, "unknown model/invalid model/not a valid model/not supported by any provider"),
    (
        Kind::UnsupportedParameter,
        "is unsupported/unsupported parameter/unsupported value/unrecognized request argument/unknown parameter/unknown name\
         /extra inputs are not permitted/not supported on this model/not support parameter",
    ),
];

fn by_message(status: Option<u16>, message: &str) -> Option<Kind> {
    let message = message.to_ascii_lowercase();
    let fits = |kind| fits(kind, status);
    if fits(Kind::ContextLength) && overflow::is_message(&message) {
        return Some(Kind::ContextLength);
    }
    let is_missing = scan::has_any(&message, "model") && scan::has_any(&message, "not found/not exist");
    told(PHRASES, &message, &fits).or((is_missing && fits(Kind::ModelNotFound)).then_some(Kind::ModelNotFound))
}

/// True for the statuses at which a phrase may mean this kind: the others say enough themselves.
fn fits(kind: Kind, status: Option<u16>) -> bool {
    let Some(status) = status else { return true };
    match kind {
        Kind::ContextLength => matches!(status, 400 | 413 | 422 | 500..),
        Kind::ContentFilter | Kind::Auth => matches!(status, 400 | 403 | 422),
        Kind::Quota => matches!(status, 400 | 403 | 429 | 500..),
        Kind::Overloaded => matches!(status, 429 | 500..),
        Kind::RateLimit => matches!(status, 400 | 403 | 500..),
        Kind::ModelNotFound => matches!(status, 400 | 404),
        _ => matches!(status, 400 | 422),
    }
}
