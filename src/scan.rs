//! Looking through bytes eight at a time. WebAssembly's `memcmp` and byte loops go one at a time, and this is where a stream
//! spends its time.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// True for the same bytes.
#[inline]
pub fn equal(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let (ones, one_rest) = one.as_chunks::<8>();
    let (others, other_rest) = other.as_chunks::<8>();
    let mut different = 0;
    for (one, other) in ones.iter().zip(others) {
        different |= u64::from_le_bytes(*one) ^ u64::from_le_bytes(*other);
    }
    for (one, other) in one_rest.iter().zip(other_rest) {
        different |= u64::from(one ^ other);
    }
    different == 0
}

/// What follows `prefix` at the start of `bytes`.
#[inline]
pub fn after<'a>(bytes: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = bytes.split_at_checked(prefix.len())?;
    equal(start, prefix).then_some(rest)
}

/// How many bytes at the start may stand in a JSON string as they are: no quote, no backslash, no control character.
#[inline]
pub fn plain(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let found = special(u64::from_le_bytes(*word));
        if found != 0 {
            return at * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    words.len() * 8 + rest.iter().position(is_special).unwrap_or(rest.len())
}

/// The high bit of each byte that is a quote, a backslash or a control character. Bits above the first one that is set may
/// be wrong (a borrow runs upwards); only the lowest counts.
fn special(word: u64) -> u64 {
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
    zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\'))) | control
}

/// Where the first CR or LF stands.
#[inline]
pub fn line_end(bytes: &[u8]) -> Option<usize> {
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = zeros(word ^ (ONES * u64::from(b'\n'))) | zeros(word ^ (ONES * u64::from(b'\r')));
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).map(|at| words.len() * 8 + at)
}
