//! Rate limits, as the headers of a response tell them: `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` (OpenAI
//! and most), `…-req-minute` and `…-tokens-minute` (Mistral), no suffix (OpenRouter).

use crate::json;
use crate::scan;
use std::borrow::Cow;

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
    let spent = |window: &&str| json::member(window, "remaining") == Some("0");
    let windows = ["requests", "tokens"].into_iter().filter_map(|name| json::member(windows, name));
    windows.filter(spent).filter_map(|window| scan::whole(json::member(window, "resetMs")?)).max()
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
    let seconds = if text.bytes().last().is_some_and(|last| last.is_ascii_digit()) {
        Cow::Owned([text, "s"].concat())
    } else {
        Cow::Borrowed(text)
    };
    let total = duration_ms(&seconds)?;
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
        let digits = scan::find_byte(rest, &|byte| !byte.is_ascii_digit() && byte != b'.')?;
        let (number, unit) = (rest.get(..digits)?, rest.get(digits..)?);
        let units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
        let (name, factor) = units.into_iter().find(|(name, _)| unit.starts_with(name))?;
        total = total.saturating_add(scan::scaled(number, factor)?);
        rest = unit.strip_prefix(name)?;
    }
    Some(total)
}
