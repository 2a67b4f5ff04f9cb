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
    let (total, _) = duration(text, 1000).filter(|(_, rest)| rest.is_empty())?;
    Some(match total {
        0..1_000_000_000_000 => total,
        // A moment in seconds, read as a duration in seconds.
        1_000_000_000_000..1_000_000_000_000_000 => total.saturating_sub(now_ms),
        _ => (total / 1000).saturating_sub(now_ms),
    })
}

/// The milliseconds of a duration at the start of a text, and what follows: `17ms`, `1m30.5s`, "1 minute and 30 seconds"; a bare number
/// is of `unit` milliseconds.
pub fn duration(text: &str, unit: u64) -> Option<(u64, &str)> {
    const UNITS: &[(&str, u64)] = &[
        ("ms/msec/msecs/milli/millis/millisecond/milliseconds", 1),
        ("s/sec/secs/second/seconds", 1000),
        ("m/min/mins/minute/minutes", 60_000),
        ("h/hr/hrs/hour/hours", 3_600_000),
        ("d/day/days", 86_400_000),
    ];
    let mut total = None;
    let mut rest = text;
    loop {
        let next = rest.trim_ascii_start();
        let next = next.strip_prefix("and ").unwrap_or(next);
        let is_of_number = |byte: u8| byte.is_ascii_digit() || byte == b'.';
        let end = scan::find_byte(next, &|byte| !is_of_number(byte)).unwrap_or(next.len());
        let (number, after) = next.split_at_checked(end)?;
        let Some(value) = scan::whole(scan::before(number, ".")) else { break };
        let words = after.trim_ascii_start();
        let length = scan::find_byte(words, &|byte| !byte.is_ascii_alphabetic()).unwrap_or(words.len());
        let (word, behind) = words.split_at_checked(length)?;
        let known = UNITS.iter().find(|(names, _)| scan::is_any(word, names));
        // A second number without a unit is none of the duration's.
        if known.is_none() && total.is_some() {
            break;
        }
        let factor = known.map_or(unit, |(_, factor)| *factor);
        let part = scan::scaled(number.strip_suffix('.').unwrap_or(number), factor);
        total = Some(part.unwrap_or(value.saturating_mul(factor)).saturating_add(total.unwrap_or(0)));
        rest = if known.is_some() { behind } else { after };
        if known.is_none() {
            break;
        }
    }
    Some((total?, rest))
}
