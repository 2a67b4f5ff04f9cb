//! What a member is by its name, and an object by its members. Only the last word of a name counts: `audio_data`, `mimeType`.

use super::extra::is_empty;
use crate::json;
use crate::scan;
use crate::wire::Member;

/// What signs a block, as its end.
pub const SIGNATURE: &str = "signature";
/// Which thing it is: another one is another thing.
const IDENTITIES: &str = "type/id/index";
/// What a piece says of itself beside its text.
const LABELS: &str = "type/id/index/format/role/object/kind/encoding";
/// What a thing is called: it keeps its first value, too.
const TITLES: &str = "name/model/title/source/language/provider/version";
/// How far it is: the last value counts.
const STATES: &str = "status/state/phase/channel/stage/reason";
/// What comes in pieces.
const TEXTS: &str = "text/data/transcript/thinking/thought/reasoning/summary/content/delta/arguments/input/output/chunk/piece/fragment/partial/message/markdown/base64/audio";
/// Types of blocks that come whole.
const WHOLE: &str = "encrypted/redacted";

fn is_one(key: &str, list: &str) -> bool {
    let at = key.bytes().rposition(|byte| matches!(byte, b'_' | b'-' | b'.' | b'A'..=b'Z')).unwrap_or(0);
    let word = key.get(at..).unwrap_or(key);
    let word = word.strip_prefix(['_', '-', '.']).unwrap_or(word);
    scan::words(list).any(|one| one.eq_ignore_ascii_case(word))
}

/// A text that comes in pieces, of which two may be the same.
pub fn may_repeat(key: &str) -> bool {
    is_one(key, TEXTS)
}

/// A text that comes in pieces.
pub fn is_text(key: &str) -> bool {
    is_one(key, SIGNATURE) || may_repeat(key)
}

/// A text that keeps its first value.
pub fn is_label(key: &str) -> bool {
    is_one(key, LABELS) || is_one(key, TITLES)
}

/// A number that tells entries apart, whatever else names them.
pub fn is_identity(key: &str) -> bool {
    is_one(key, IDENTITIES)
}

/// A text of which the last value counts.
pub fn is_replaced(key: &str, known: &str, value: &str) -> bool {
    is_one(key, STATES) || (is_url(known) && is_url(value))
}

/// Two texts that are different say that these are two entries.
pub fn tells_apart(key: &str, known: &str, value: &str) -> bool {
    is_one(key, IDENTITIES) || (!is_text(key) && is_url(known) && is_url(value))
}

/// True where a member's value, said again, changes nothing.
pub fn is_constant(key: &str, value: &str) -> bool {
    match value.as_bytes().first() {
        Some(b'"') => is_label(key) || is_one(key, STATES),
        Some(b'{' | b'[') => false,
        _ => true,
    }
}

/// A text that is a whole URL, and not the next piece of one.
pub fn is_url(raw: &str) -> bool {
    ["\"http", "\"data:", "\"blob:"].into_iter().any(|start| raw.starts_with(start))
}

/// What names an entry of an array: its index or id, raw.
pub fn name<'a>(members: &[Member<'a>]) -> Option<&'a str> {
    scan::words("index/id").find_map(|name| {
        let named = members.iter().find(|(key, value)| *key == name && !is_empty(value));
        named.map(|(_, value)| *value)
    })
}

/// How many texts an object holds that is a piece: texts, and what says of which thing. `None`: it says more than that.
pub fn pieces(members: &[Member<'_>]) -> Option<usize> {
    let mut count = 0;
    for (key, value) in members.iter().filter(|(_, value)| !is_empty(value)) {
        let is_string = scan::begins(value, b"\"");
        if *key == "type" && scan::has_any(value, WHOLE) {
            return None;
        }
        if is_string && is_text(key) {
            count += 1;
        } else if !is_one(key, LABELS) && !is_one(key, STATES) {
            return None;
        }
    }
    Some(count)
}

/// True for what may be the next piece though it is the same: of a text, or a token's number.
pub fn is_piece(raw: &str) -> bool {
    scan::begins(raw, b"-0123456789") || (scan::begins(raw, b"{") && pieces(&json::members(raw)) == Some(1))
}
