//! What is on the wire, leniently: every field optional, unknown members kept, no value judged here.

pub mod body;
#[cfg(feature = "lenient")]
pub mod chunk;
pub mod clean;
#[cfg(feature = "lenient")]
pub mod failure;
#[cfg(feature = "lenient")]
pub mod models;
pub mod rate;
pub mod request;

#[cfg(feature = "lenient")]
use crate::json::{Cursor, Malformed};
use crate::scan;

/// A member of an object: key (between its quotes) and value, both raw.
pub type Member<'a> = (&'a str, &'a str);

/// Keeps the members for which `is_kept` is true.
pub fn keep(members: &mut Vec<Member<'_>>, is_kept: &dyn Fn(&str, &str) -> bool) {
    members.retain(|(key, value)| is_kept(key, value));
}

/// Reads one value; JSON's null is as good as absent.
#[cfg(feature = "lenient")]
fn optional<'a>(cursor: &mut Cursor<'a>) -> Result<Option<&'a str>, Malformed> {
    Ok(Some(cursor.value()?).filter(|raw| *raw != "null"))
}

/// True for a member that tells of a failure by its name alone: `{"modelStreamErrorException":{…}}`, `{"Error":"…"}`.
pub fn names_failure(key: &str, value: &str) -> bool {
    let key = key.to_ascii_lowercase();
    scan::words("exception/error/fault").any(|end| key.ends_with(end))
        && !key.ends_with("default")
        && scan::begins(value, b"{[\"")
        && !scan::is_any(value, "{}/[]/\"\"")
}
