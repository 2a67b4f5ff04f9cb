//! What a provider is made to say: the structured input of the target `accumulation`. Read by hand from the front of the bytes,
//! not derived, so that `xtask/src/fuzz/seeds.rs` can write the recorded replies in this form.

use arbitrary::{Arbitrary, Result, Unstructured};

/// A reply to be.
#[derive(Debug)]
pub struct Script {
    pub form: Form,
    /// Where the bytes end, if they are cut.
    pub cut: Option<u16>,
    /// The sizes of reads.
    pub sizes: Vec<u8>,
    pub pieces: Vec<Piece>,
}

/// How it is written: one bit each.
#[derive(Debug, Clone, Copy)]
pub struct Form(u16);

/// One step of the reply.
#[derive(Debug)]
pub struct Piece {
    pub choice: u32,
    /// It stands in the same chunk as the one before, if it can.
    pub joins: bool,
    /// Its text is sent in two chunks, cut in its middle, which may be the middle of a surrogate pair.
    pub halved: bool,
    pub what: What,
}

#[derive(Debug)]
pub enum What {
    Text(String),
    Reasoning(String),
    /// The next `count` units of the arguments of a call; of a new one with these arguments where `slot` is one too many.
    Call {
        slot: u8,
        count: u8,
        arguments: String,
    },
    Finish(u8),
    Usage(u8, u8),
    /// A delta without anything in it.
    Nothing,
}

impl Form {
    const fn has(self, bit: u16) -> bool {
        self.0 >> bit & 1 != 0
    }
    /// The first chunk of a choice says the role.
    pub const fn role(self) -> bool {
        self.has(0)
    }
    /// No character beyond ASCII stands as it is.
    pub const fn escapes(self) -> bool {
        self.has(1)
    }
    /// `[DONE]` comes.
    pub const fn done(self) -> bool {
        self.has(2)
    }
    /// The members of OpenAI's that are null most of the time.
    pub const fn nulls(self) -> bool {
        self.has(4)
    }
    pub const fn finish_reason(self) -> bool {
        self.has(5)
    }
    /// `obfuscation`
    pub const fn padding(self) -> bool {
        self.has(6)
    }
    /// Reasoning is called `reasoning`.
    pub const fn renamed(self) -> bool {
        self.has(7)
    }
    pub const fn line_end(self) -> &'static str {
        match (self.has(8), self.has(9)) {
            (false, _) => "\n",
            (true, false) => "\r\n",
            (true, true) => "\r",
        }
    }
    pub const fn data(self) -> &'static str {
        if self.has(10) { "data:" } else { "data: " }
    }
    /// Every fragment of a call says its id and its name.
    pub const fn repeats(self) -> bool {
        self.has(11)
    }
    /// A comment before each event.
    pub const fn pings(self) -> bool {
        self.has(12)
    }
    /// Which way of reading is also tried with the bytes whole.
    pub const fn mode(self) -> usize {
        (self.0 >> 13) as usize
    }
}

impl<'a> Arbitrary<'a> for Script {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let form = Form(u16::arbitrary(bytes)?);
        let place = u16::arbitrary(bytes)?;
        let count = usize::from(u8::arbitrary(bytes)?) % 16;
        let sizes = bytes.bytes(count.min(bytes.len()))?.to_vec();
        let mut pieces = Vec::new();
        while !bytes.is_empty() && pieces.len() < 200 {
            pieces.push(Piece::arbitrary(bytes)?);
        }
        Ok(Self { form, cut: form.has(3).then_some(place), sizes, pieces })
    }
}

impl<'a> Arbitrary<'a> for Piece {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let head = u8::arbitrary(bytes)?;
        let what = match head & 7 {
            0 | 1 => What::Text(text(bytes)?),
            2 => What::Reasoning(text(bytes)?),
            3 | 6 => What::Call { slot: u8::arbitrary(bytes)?, count: u8::arbitrary(bytes)?, arguments: text(bytes)? },
            4 => What::Finish(u8::arbitrary(bytes)?),
            5 => What::Usage(u8::arbitrary(bytes)?, u8::arbitrary(bytes)?),
            _ => What::Nothing,
        };
        // Choice 0 twice as often: it is the one that texts and events are of.
        let choice = u32::from(head >> 3 & 3) % 3;
        Ok(Self { choice, joins: head >> 5 & 1 != 0, halved: head >> 6 & 1 != 0, what })
    }
}

/// Its length in one byte, and the bytes.
fn text(bytes: &mut Unstructured<'_>) -> Result<String> {
    let length = usize::from(u8::arbitrary(bytes)?).min(bytes.len());
    Ok(String::from_utf8_lossy(bytes.bytes(length)?).into_owned())
}
