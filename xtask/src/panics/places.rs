//! Takes out of the module's data what only panics print: where in which source each would have happened, and core's words for
//! what went wrong. Nobody reads them once panics trap at once; the linker kept them for code that is gone. They become zeros,
//! which are next to nothing when compressed.

use std::ops::Range;

use walrus::ir::Value;
use walrus::{ConstExpr, DataKind, Module};

/// A `core::panic::Location`: the address and length of a file's name, line and column.
const PLACE: usize = 16;

/// What core and alloc say of their panics: the fixed parts of it, as long as no text of ours has them.
const WORDS: &[&str] = &[
    "begin > end (",
    ") when slicing `",
    "start byte index ",
    "end byte index ",
    " is out of bounds of `",
    " is not a char boundary; it is inside ",
    " (bytes ",
    "slice index starts at ",
    " but ends at ",
    "index out of bounds: the len is ",
    " but the index is ",
    "range start index ",
    "range end index ",
    " out of range for slice of length ",
    "copy_from_slice: source slice length (",
    ") does not match destination slice length (",
    "insertion index (is ",
    "removal index (is ",
    ") should be <= len (is ",
    ") should be < len (is ",
    "assertion failed: self.is_char_boundary(new_len)",
    "assertion failed: self.is_char_boundary(start)",
    "assertion failed: self.is_char_boundary(end)",
    "attempt to join into collection with len > usize::MAX",
    "internal error: entered unreachable code",
    "capacity overflow",
    "mid > len",
];

/// Zeros in place of all of these.
pub fn blank(module: &mut Module) {
    let segments: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    for segment in segments {
        let data = module.data.get_mut(segment);
        let DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } = data.kind else { continue };
        for place in places(&data.value, start as usize) {
            data.value[place].fill(0);
        }
        for word in WORDS {
            blank_word(&mut data.value, word.as_bytes());
        }
    }
}

/// Where the places stand in a segment, and the names of their files. `start`: the segment's address.
fn places(segment: &[u8], start: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let first = start.next_multiple_of(4) - start;
    for at in (first..(segment.len() + 1).saturating_sub(PLACE)).step_by(4) {
        let number = |index: usize| {
            let bytes = &segment[at + 4 * index..at + 4 * index + 4];
            bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
        };
        let Some(name) = number(0).checked_sub(start) else { continue };
        let name = name..name + number(1);
        let is_file = segment.get(name.clone()).is_some_and(|name| name.ends_with(b".rs"));
        if is_file && (1..100_000).contains(&number(2)) && (1..1_000).contains(&number(3)) {
            found.extend([at..at + PLACE, name]);
        }
    }
    found
}

fn blank_word(segment: &mut [u8], word: &[u8]) {
    let mut from = 0;
    while let Some(at) = segment[from..].windows(word.len()).position(|window| window == word) {
        from += at + word.len();
        segment[from - word.len()..from].fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_by_its_file() {
        let mut segment = b"src/a.rs".to_vec();
        for number in [1024u32, 8, 7, 5] {
            segment.extend(number.to_le_bytes());
        }
        assert_eq!(places(&segment, 1024), [8..24, 0..8]);
        segment[7] = b't';
        assert!(places(&segment, 1024).is_empty());
    }

    #[test]
    fn each_occurrence_of_a_word_goes() {
        let mut segment = b"a mid > len b mid > len".to_vec();
        blank_word(&mut segment, b"mid > len");
        assert_eq!(segment, b"a \0\0\0\0\0\0\0\0\0 b \0\0\0\0\0\0\0\0\0");
    }
}
