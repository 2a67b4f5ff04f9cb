//! Rate limits, as the headers of a response tell them: `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` (OpenAI
//! and most), `…-req-minute` and `…-tokens-minute` (Mistral), no suffix (OpenRouter).

use crate::json;
use crate::scan;

/// The windows of requests and tokens as JSON (`{"requests":{"limit":…,"remaining":…,"resetMs":…},"tokens":{…}}`); `None`
/// where no header tells of any. `now_ms`: the time since 1970, for servers that name the moment of the reset.
pub fn read(header: &dyn Fn(&str) -> Option<String>, now_ms: u64) -> Option<String> {
    let mut out = String::from("{");
    // The bare name is the last that is looked for.
    for (name, suffixes) in [("requests", "-requests/-req-minute/"), ("tokens", "-tokens/-tokens-minute")] {
        let window = window(header, suffixes, now_ms);
        if window.len() > "{}".len() {
            json::member_into(name, &window, &mut out);
        }
    }
    out.push('}');
    Some(out).filter(|out| out.len() > "{}".len())
}

/// In how many milliseconds the windows that are used up are whole again, of what [`read`] gave.
pub fn spent_ms(windows: &str) -> Option<u64> {
    let mut longest = None;
    for name in ["requests", "tokens"] {
        let window = json::member(windows, name).unwrap_or("");
        if json::member(window, "remaining") == Some("0") {
            longest = longest.max(json::member(window, "resetMs").and_then(scan::whole));
        }
    }
    longest
}

/// One window: the limit, what is left of it, in how many milliseconds it is whole again.
fn window(header: &dyn Fn(&str) -> Option<String>, suffixes: &str, now_ms: u64) -> String {
    let mut out = String::from("{");
    for (what, name) in [("limit", "limit"), ("remaining", "remaining"), ("reset", "resetMs")] {
        let told = scan::words(suffixes).find_map(|suffix| header(&["x-ratelimit-", what, suffix].concat()));
        let Some(text) = told.as_deref().map(str::trim_ascii).filter(|text| !text.is_empty()) else { continue };
        let value = if what == "reset" { reset_ms(text, now_ms) } else { scan::whole(text) };
        if let Some(value) = value {
            json::member_into(name, &scan::decimal(value), &mut out);
        }
    }
    out.push('}');
    out
}

/// `17ms`, `6s`, `1m30.5s`, a bare number of seconds, or a moment in seconds or milliseconds since 1970.
fn reset_ms(text: &str, now_ms: u64) -> Option<u64> {
    let total = duration_ms(text)?;
    Some(match total {
        0..1_000_000_000_000 => total,
        // A moment in seconds, read as a duration in seconds.
        1_000_000_000_000..1_000_000_000_000_000 => total.saturating_sub(now_ms),
        _ => (total / 1000).saturating_sub(now_ms),
    })
}

fn duration_ms(text: &str) -> Option<u64> {
    let mut total = 0u64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().position(|byte| !byte.is_ascii_digit() && byte != b'.').unwrap_or(rest.len());
        let (number, unit) = rest.split_at_checked(digits)?;
        let (length, factor) = match unit.as_bytes() {
            [] => (0, 1000),
            [b'm', b's', ..] => (2, 1),
            [b's', ..] => (1, 1000),
            [b'm', ..] => (1, 60_000),
            [b'h', ..] => (1, 3_600_000),
            [b'd', ..] => (1, 86_400_000),
            _ => return None,
        };
        total = total.saturating_add(scan::scaled(number, factor)?);
        rest = unit.get(length..)?;
    }
    Some(total)
}
