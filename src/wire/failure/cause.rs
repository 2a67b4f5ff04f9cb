//! Which of our kinds an error is: by the provider's own words for it, by what it says in prose, by its status.

use crate::error::Kind;
use crate::scan;

/// By `code`, `type` and the class a gateway took it for, then by the message, then by the status.
pub fn kind(status: Option<u16>, words: &[String], message: &str) -> Kind {
    let words: Vec<String> = words.iter().map(|word| plain(word)).collect();
    by_word(status, &words).or_else(|| by_message(status, message)).unwrap_or_else(|| by_status(status))
}

/// Letters and digits alone, in lower case: `data_inspection_failed` is `DataInspectionFailed`.
fn plain(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Parts of codes and types; the first that is found counts.
const PARTS: [(&str, Kind); 40] = [
    ("contentfilter", Kind::ContentFilter),
    ("contentpolicy", Kind::ContentFilter),
    ("datainspection", Kind::ContentFilter),
    ("responsibleai", Kind::ContentFilter),
    ("moderation", Kind::ContentFilter),
    ("contextlength", Kind::ContextLength),
    ("contextsize", Kind::ContextLength),
    ("contextwindow", Kind::ContextLength),
    // Before quota: DashScope's Throttling.AllocationQuota is per minute.
    ("throttl", Kind::RateLimit),
    ("insufficientquota", Kind::Quota),
    ("currentquota", Kind::Quota),
    ("allocationquota", Kind::Quota),
    ("billing", Kind::Quota),
    ("insufficientbalance", Kind::Quota),
    ("insufficientcredit", Kind::Quota),
    ("arrear", Kind::Quota),
    ("paymentrequired", Kind::Quota),
    ("overloaded", Kind::Overloaded),
    ("capacity", Kind::Overloaded),
    ("busy", Kind::Overloaded),
    ("ratelimit", Kind::RateLimit),
    ("toomanyrequests", Kind::RateLimit),
    ("resourceexhausted", Kind::RateLimit),
    ("invalidapikey", Kind::Auth),
    ("authentication", Kind::Auth),
    ("unauthenticated", Kind::Auth),
    ("unauthorized", Kind::Auth),
    ("extraforbidden", Kind::UnsupportedParameter),
    ("permission", Kind::Permission),
    ("forbidden", Kind::Permission),
    ("modelnotfound", Kind::ModelNotFound),
    ("modelnotexist", Kind::ModelNotFound),
    ("modelnotsupported", Kind::ModelNotFound),
    ("invalidmodel", Kind::ModelNotFound),
    ("unknownmodel", Kind::ModelNotFound),
    ("deploymentnotfound", Kind::ModelNotFound),
    ("decommissioned", Kind::ModelNotFound),
    ("unsupportedparam", Kind::UnsupportedParameter),
    ("unsupportedvalue", Kind::UnsupportedParameter),
    ("unknownparam", Kind::UnsupportedParameter),
];

/// Zhipu's numbers.
const NUMBERS: [(&str, Kind); 6] = [
    ("1113", Kind::Quota),
    ("1211", Kind::ModelNotFound),
    ("1261", Kind::ContextLength),
    ("1301", Kind::ContentFilter),
    ("1302", Kind::RateLimit),
    ("1305", Kind::RateLimit),
];

/// What stands in for a status where there is none: an error inside a reply.
const WITHOUT_STATUS: [(&str, Kind); 5] = [
    ("invalid", Kind::BadRequest),
    ("badrequest", Kind::BadRequest),
    ("validation", Kind::BadRequest),
    ("notfound", Kind::NotFound),
    ("timeout", Kind::Timeout),
];

fn by_word(status: Option<u16>, words: &[String]) -> Option<Kind> {
    let has = |part: &str| words.iter().any(|word| scan::position(word, part).is_some());
    let found = PARTS.iter().find(|(part, _)| has(part));
    let found = found.or_else(|| NUMBERS.iter().find(|(number, _)| words.iter().any(|word| word == number)));
    let is_known = status.is_some();
    found.or_else(|| WITHOUT_STATUS.iter().find(|(part, _)| !is_known && has(part))).map(|(_, kind)| *kind)
}

/// What many providers tell in prose only. It decides nothing but the kind; the first phrase that is found counts.
const PHRASES: [(&str, Kind); 44] = [
    ("context length", Kind::ContextLength),
    ("context size", Kind::ContextLength),
    ("context window", Kind::ContextLength),
    ("prompt is too long", Kind::ContextLength),
    ("input is too long", Kind::ContextLength),
    ("input length", Kind::ContextLength),
    ("input token count", Kind::ContextLength),
    ("prompt tokens exceed", Kind::ContextLength),
    ("max_new_tokens must be", Kind::ContextLength),
    ("content management policy", Kind::ContentFilter),
    ("content filter", Kind::ContentFilter),
    ("content policy", Kind::ContentFilter),
    ("content exists risk", Kind::ContentFilter),
    ("inappropriate content", Kind::ContentFilter),
    ("safety system", Kind::ContentFilter),
    ("flagged", Kind::ContentFilter),
    ("insufficient balance", Kind::Quota),
    ("insufficient credit", Kind::Quota),
    ("credit balance", Kind::Quota),
    ("current quota", Kind::Quota),
    ("out of credits", Kind::Quota),
    ("more credits", Kind::Quota),
    ("overloaded", Kind::Overloaded),
    ("too busy", Kind::Overloaded),
    ("at capacity", Kind::Overloaded),
    ("rate limit", Kind::RateLimit),
    ("too many requests", Kind::RateLimit),
    ("api key not valid", Kind::Auth),
    ("invalid api key", Kind::Auth),
    ("invalid api-key", Kind::Auth),
    ("incorrect api key", Kind::Auth),
    ("unknown model", Kind::ModelNotFound),
    ("invalid model", Kind::ModelNotFound),
    ("not a valid model", Kind::ModelNotFound),
    ("not supported by any provider", Kind::ModelNotFound),
    ("is unsupported", Kind::UnsupportedParameter),
    ("unsupported parameter", Kind::UnsupportedParameter),
    ("unsupported value", Kind::UnsupportedParameter),
    ("unrecognized request argument", Kind::UnsupportedParameter),
    ("unknown parameter", Kind::UnsupportedParameter),
    ("unknown name", Kind::UnsupportedParameter),
    ("extra inputs are not permitted", Kind::UnsupportedParameter),
    ("not supported on this model", Kind::UnsupportedParameter),
    ("not support parameter", Kind::UnsupportedParameter),
];

fn by_message(status: Option<u16>, message: &str) -> Option<Kind> {
    let message = message.to_ascii_lowercase();
    let says = |phrase: &str| scan::position(&message, phrase).is_some();
    let told = PHRASES.iter().find(|(phrase, kind)| fits(*kind, status) && says(phrase)).map(|(_, kind)| *kind);
    let is_missing = says("model") && (says("not found") || says("not exist"));
    told.or((is_missing && fits(Kind::ModelNotFound, status)).then_some(Kind::ModelNotFound))
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

fn by_status(status: Option<u16>) -> Kind {
    match status {
        Some(401) => Kind::Auth,
        Some(402) => Kind::Quota,
        Some(403) => Kind::Permission,
        Some(404) => Kind::NotFound,
        Some(408) => Kind::Timeout,
        Some(429) => Kind::RateLimit,
        Some(503 | 529) => Kind::Overloaded,
        Some(400..500) => Kind::BadRequest,
        _ => Kind::Server,
    }
}
