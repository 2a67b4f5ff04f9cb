//! serde_json refuses lone surrogates, which JavaScript's strings, and so our JSON, may hold.

use serde_json::Value;

/// JSON text as a value; a lone surrogate is U+FFFD.
pub fn value(json: &str) -> Value {
    let text = without_lone_surrogates(json);
    let mut reader = serde_json::Deserializer::from_str(&text);
    reader.disable_recursion_limit();
    match reader.into_iter().next() {
        Some(Ok(value)) => value,
        other => panic!("what came out is no JSON, {other:?}: {json}"),
    }
}

fn without_lone_surrogates(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let (keep, length) = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xD800..0xDC00), Some(0xDC00..0xE000)) => (true, 12),
            (Some(0xD800..0xE000), _) => (false, 6),
            (Some(_), _) => (true, 6),
            (None, _) => (true, 2),
        };
        let (escape, after) = escape.split_at_checked(length).unwrap_or((escape, ""));
        out.push_str(if keep { escape } else { "\\ufffd" });
        rest = after;
    }
    out + rest
}

/// The UTF-16 unit of an escape `\uXXXX` at the start.
fn unit(escape: &str) -> Option<u32> {
    u32::from_str_radix(escape.strip_prefix("\\u")?.get(..4)?, 16).ok()
}
