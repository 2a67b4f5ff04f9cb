//! The input of the targets that take bytes: options, how to cut, and the bytes themselves. `xtask/src/fuzz/seeds.rs` writes it.

/// One input.
pub struct Input<'a> {
    pub options: u8,
    pub sizes: &'a [u8],
    pub bytes: &'a [u8],
}

impl<'a> Input<'a> {
    /// A byte of options, the number of sizes, the sizes, the rest.
    pub fn read(data: &'a [u8]) -> Option<Self> {
        let (options, rest) = data.split_first()?;
        let (count, rest) = rest.split_first()?;
        let (sizes, bytes) = rest.split_at_checked(usize::from(*count) % 16)?;
        Some(Self { options: *options, sizes, bytes })
    }
}

/// The sizes of reads, used in turn; byte by byte where there are none. Small sizes are exact, for they cut where it hurts.
pub fn reads<'a>(bytes: &'a [u8], sizes: &[u8]) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    let mut sizes = sizes.iter().cycle();
    let mut rest = bytes;
    while !rest.is_empty() {
        let size = sizes.next().map_or(1, |size| usize::from(*size));
        let size = if size < 128 { size + 1 } else { (size - 127) * 32 };
        let (read, after) = rest.split_at(size.min(rest.len()));
        found.push(read);
        rest = after;
    }
    found
}

/// As [`reads`], between characters.
pub fn fragments<'a>(text: &'a str, sizes: &[u8]) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut sizes = sizes.iter().cycle();
    let mut rest = text;
    while !rest.is_empty() {
        let size = sizes.next().map_or(0, |size| usize::from(*size));
        let end = rest.char_indices().nth(size + 1).map_or(rest.len(), |(at, _)| at);
        let (fragment, after) = rest.split_at(end);
        found.push(fragment);
        rest = after;
    }
    found
}
