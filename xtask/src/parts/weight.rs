//! What a page has to load may not grow unseen.

use super::ran::Ran;
use crate::setup::{Lack, Need};
use crate::summary::Counts;
use crate::{place, size, tools};

pub fn size() -> Need<Ran> {
    tools::ensure_node_modules(&place::benches()).map_err(|error| Lack::missing(&error))?;
    let output = size::check().map_or_else(|error| format!("{error:#}"), |()| String::new());
    let success = output.is_empty();
    Ok(Ran { success, counts: Counts::of_check(success), output })
}
