//! Looking through bytes eight at a time. WebAssembly's `memcmp` and byte loops go one at a time, and this is where a stream
//! spends its time.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// True for the same bytes.
#[inline(always)]
pub fn equal(one: &[u8], other: &[u8]) -> bool {
    let (mut ones, mut others) = (one, other);
    let mut different = 0;
    while let (Some((one, one_rest)), Some((other, other_rest))) =
        (ones.split_first_chunk(), others.split_first_chunk())
    {
        different |= u64::from_le_bytes(*one) ^ u64::from_le_bytes(*other);
        (ones, others) = (one_rest, other_rest);
    }
    while let (Some((one, one_rest)), Some((other, other_rest))) = (ones.split_first(), others.split_first()) {
        different |= u64::from(one ^ other);
        (ones, others) = (one_rest, other_rest);
    }
    different == 0 && one.len() == other.len()
}

/// What follows `prefix` at the start of `bytes`.
#[inline(always)]
pub fn after<'a>(bytes: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = bytes.split_at_checked(prefix.len())?;
    equal(start, prefix).then_some(rest)
}

/// How many bytes at the start may stand in a JSON string as they are: no quote, no backslash, no control character.
#[inline(always)]
pub fn plain(bytes: &[u8]) -> usize {
    // The borrow of a subtraction runs upwards: bits above the first one that is set may be wrong, only the lowest counts.
    let special = |word: u64| {
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        (zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\'))) | control) & HIGHS
    };
    find(bytes, special, |byte| matches!(byte, b'"' | b'\\' | 0..0x20))
}

/// Where the first CR or LF stands; the length if there is none.
#[inline(always)]
pub fn line_end(bytes: &[u8]) -> usize {
    let ends = |word: u64| (zeros(word ^ (ONES * u64::from(b'\n'))) | zeros(word ^ (ONES * u64::from(b'\r')))) & HIGHS;
    find(bytes, ends, |byte| matches!(byte, b'\n' | b'\r'))
}

/// The high bit of each byte that is zero, up to the first one; the other bits mean nothing.
#[inline(always)]
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word
}

/// Where the first byte stands that is looked for: in words of eight by `in_word`, in what is left by `is_it`.
#[inline(always)]
fn find(bytes: &[u8], in_word: impl Fn(u64) -> u64, is_it: impl Fn(u8) -> bool) -> usize {
    let mut rest = bytes;
    while let Some((word, after)) = rest.split_first_chunk() {
        let found = in_word(u64::from_le_bytes(*word));
        if found != 0 {
            return bytes.len() - rest.len() + found.trailing_zeros() as usize / 8;
        }
        rest = after;
    }
    while let Some((byte, after)) = rest.split_first() {
        if is_it(*byte) {
            break;
        }
        rest = after;
    }
    bytes.len() - rest.len()
}

/// Where `needle` first stands. Straightforward: the standard library's search brings 3 KB of tables and cases along.
pub fn position(text: &str, needle: &str) -> Option<usize> {
    let (bytes, needle) = (text.as_bytes(), needle.as_bytes());
    (0..=bytes.len().checked_sub(needle.len())?)
        .find(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(needle)))
}

/// What stands before and after the first `needle`.
pub fn split<'a>(text: &'a str, needle: &str) -> Option<(&'a str, &'a str)> {
    let at = position(text, needle)?;
    Some((text.get(..at)?, text.get(at + needle.len()..)?))
}

/// Where the first byte stands that is wanted.
pub fn find_byte(text: &str, is_it: &dyn Fn(u8) -> bool) -> Option<usize> {
    text.bytes().position(is_it)
}

/// True when all bytes are so.
pub fn all_bytes(text: &str, are: &dyn Fn(u8) -> bool) -> bool {
    find_byte(text, &|byte| !are(byte)).is_none()
}

/// What stands before the first `needle`; the text where there is none.
pub fn before<'a>(text: &'a str, needle: &str) -> &'a str {
    split(text, needle).map_or(text, |(before, _)| before)
}

/// The text without any `needle`.
pub fn without(text: &str, needle: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = split(rest, needle) {
        out.push_str(before);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The words of a list, "one/two/three": as one text it is a third of what a table of texts is.
pub fn words(list: &str) -> Words<'_> {
    Words(Some(list))
}

/// See [`words`].
pub struct Words<'a>(Option<&'a str>);

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let list = self.0?;
        let (word, rest) = split(list, "/").map_or((list, None), |(word, rest)| (word, Some(rest)));
        self.0 = rest;
        Some(word)
    }
}

/// True when one of these words is in the text.
pub fn has_any(text: &str, list: &str) -> bool {
    words(list).any(|word| position(text, word).is_some())
}

/// True when the text is one of these words.
pub fn is_any(text: &str, list: &str) -> bool {
    words(list).any(|word| word == text)
}

/// True when the first byte is one of these.
pub fn begins(text: &str, with: &[u8]) -> bool {
    text.as_bytes().first().is_some_and(|first| with.contains(first))
}

/// A whole number in decimal, without the machinery of formatting.
pub fn decimal(value: u64) -> String {
    let mut out = if value < 10 { String::new() } else { decimal(value / 10) };
    out.push(char::from(b'0' + (value % 10) as u8));
    out
}

/// A whole number that fits, 0 or above, read as the standard library does.
pub fn whole(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("+").unwrap_or(text);
    let mut value = Some(0u64).filter(|_| !digits.is_empty());
    for byte in digits.bytes() {
        let digit = u64::from(byte.wrapping_sub(b'0'));
        value = value?.checked_mul(10)?.checked_add(digit).filter(|_| digit < 10);
    }
    value
}

/// A decimal number times `factor`, in whole numbers: floating point would bring its parser and printer along, 20 KB.
pub fn scaled(number: &str, factor: u64) -> Option<u64> {
    let (number, decimals) = split(number, ".").unwrap_or((number, ""));
    let whole = whole(number)?.saturating_mul(factor);
    let mut fraction = 0;
    let mut unit = factor;
    for digit in decimals.bytes() {
        if !digit.is_ascii_digit() {
            return None;
        }
        unit /= 10;
        fraction += u64::from(digit - b'0') * unit;
    }
    Some(whole.saturating_add(fraction))
}
