//! Which of our kinds an error is: by the provider's own words for it, by what it says in prose, by its status.

use crate::error::Kind;
use crate::scan;

/// By `code`, `type` and the class a gateway took it for, then by the message, then by the status.
pub fn kind(status: Option<u16>, words: &[&str], message: &str) -> Kind {
    by_word(status, words).or_else(|| by_message(status, message)).unwrap_or_else(|| Kind::of_status(status))
}

/// Kinds, each with words that mean it.
type Table = [(Kind, &'static str)];

/// Parts of codes and types; the first that is found counts.
const PARTS: &Table = &[
    (Kind::ContentFilter, "contentfilter/contentpolicy/datainspection/responsibleai/moderation"),
    (Kind::ContextLength, "contextlength/contextsize/contextwindow"),
    // Before quota: DashScope's Throttling.AllocationQuota is per minute.
    (Kind::RateLimit, "throttl"),
    (
        Kind::Quota,
        "insufficientquota/currentquota/allocationquota/billing/insufficientbalance/insufficientcredit/arrear/paymentrequired",
    ),
    (Kind::Overloaded, "overloaded/capacity/busy"),
    (Kind::RateLimit, "ratelimit/toomanyrequests/resourceexhausted"),
    (Kind::Auth, "invalidapikey/authentication/unauthenticated/unauthorized"),
    (Kind::UnsupportedParameter, "extraforbidden"),
    (Kind::Permission, "permission/forbidden"),
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
        for byte in word.bytes().filter(u8::is_ascii_alphanumeric) {
            plain.push(char::from(byte.to_ascii_lowercase()));
        }
        plain.push('|');
    }
    told(PARTS, &plain, &|_| true).or_else(|| told(WITHOUT_STATUS, &plain, &|_| status.is_none()))
}

/// What many providers tell in prose only. It decides nothing but the kind; the first phrase that is found counts.
const PHRASES: &Table = &[
    (
        Kind::ContextLength,
        "context length/context size/context window/prompt is too long/input is too long/input length/input token count\
         /prompt tokens exceed/max_new_tokens must be",
    ),
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
    let is_missing = scan::has_any(&message, "model") && scan::has_any(&message, "not found/not exist");
    told(PHRASES, &message, &fits).or((is_missing && fits(Kind::ModelNotFound)).then_some(Kind::ModelNotFound))
}

/// True for the statuses at which a phrase may mean this kind: the others say enough themselves.
fn fits(kind: Kind, status: Option<u16>) -> bool {
    let Some(status) = status else { return true };
    match kind {
        Kind::ContextLength => matches!(status, 400 | 413 | 422),
        Kind::ContentFilter | Kind::Auth => matches!(status, 400 | 403 | 422),
        Kind::Quota => matches!(status, 400 | 403 | 429),
        Kind::Overloaded => matches!(status, 429 | 500..),
        Kind::RateLimit => matches!(status, 400 | 403 | 500..),
        Kind::ModelNotFound => matches!(status, 400 | 404),
        _ => matches!(status, 400 | 422),
    }
}
