//! The cursor: one pass, no recursion, no allocation.

use crate::scan;

/// Not JSON, or JSON that stops before it is whole, or nested more than 512 deep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// How deep containers may nest inside one value: a bound, so that hostile input costs no memory.
pub(super) const DEPTH: usize = 512;

/// A place in a JSON text. Raw spans it hands out are exact slices of the text.
#[derive(Clone)]
pub struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// What is left after the cursor.
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// True when only blanks are left.
    pub fn rest_is_blank(&mut self) -> bool {
        self.skip_blanks();
        self.at >= self.text.len()
    }

    /// Enters an object (`{`) or array (`[`); false, without moving, when the next value is something else.
    pub fn open(&mut self, bracket: u8) -> bool {
        self.skip_blanks();
        let opens = self.byte() == bracket;
        self.at += usize::from(opens);
        opens
    }

    /// The next key of the object that was entered, raw, with the cursor at its value; `None` at the `}`, which is
    /// consumed. `first` starts as true and belongs to this object.
    pub fn key(&mut self, first: &mut bool) -> Result<Option<&'a str>, Malformed> {
        if !self.separator(b'}', first)? {
            return Ok(None);
        }
        self.skip_blanks();
        let key = self.string()?;
        self.skip_blanks();
        self.require(b':')?;
        Ok(Some(key))
    }

    /// True with the cursor at the next element of the array that was entered; false at the `]`, which is consumed.
    pub fn item(&mut self, first: &mut bool) -> Result<bool, Malformed> {
        self.separator(b']', first)
    }

    /// Passes over one value, checking it, and gives its raw text.
    pub fn value(&mut self) -> Result<&'a str, Malformed> {
        self.skip_blanks();
        let start = self.at;
        match self.byte() {
            b'"' => {
                self.string()?;
            }
            b'{' | b'[' => self.container()?,
            _ => self.scalar()?,
        }
        self.text.get(start..self.at).ok_or(Malformed)
    }

    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn skip_blanks(&mut self) {
        while matches!(self.byte(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    fn require(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.byte() != byte {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(())
    }

    /// Between two members: true when another one follows, false when the container closed.
    fn separator(&mut self, close: u8, first: &mut bool) -> Result<bool, Malformed> {
        self.skip_blanks();
        if self.byte() == close {
            self.at += 1;
            return Ok(false);
        }
        if !*first {
            self.require(b',')?;
        }
        *first = false;
        self.skip_blanks();
        // `[1,]` and `{"a":1,}` are not JSON.
        if self.byte() == close { Err(Malformed) } else { Ok(true) }
    }

    /// A string; gives what stands between its quotes.
    fn string(&mut self) -> Result<&'a str, Malformed> {
        self.require(b'"')?;
        let start = self.at;
        let bytes = self.text.as_bytes();
        loop {
            self.at += scan::plain(bytes.get(self.at..).unwrap_or(&[]));
            match bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                _ => return Err(Malformed),
            }
        }
        self.at += 1;
        self.text.get(start..self.at - 1).ok_or(Malformed)
    }

    fn escape(&mut self) -> Result<(), Malformed> {
        self.at += 1;
        let hex = match self.byte() {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 0,
            b'u' => 4,
            _ => return Err(Malformed),
        };
        self.at += 1;
        for _ in 0..hex {
            if !self.byte().is_ascii_hexdigit() {
                return Err(Malformed);
            }
            self.at += 1;
        }
        Ok(())
    }

    /// An object or array with all that is in it. A stack of bits says of each open container whether it is an
    /// object, so depth costs no recursion.
    fn container(&mut self) -> Result<(), Malformed> {
        let mut objects = [0u64; DEPTH / 64];
        let mut depth = 0usize;
        let mut first = false;
        loop {
            self.skip_blanks();
            // At a value.
            match self.byte() {
                bracket @ (b'{' | b'[') => {
                    let word = objects.get_mut(depth / 64).ok_or(Malformed)?;
                    let bit = 1u64 << (depth % 64);
                    *word = if bracket == b'{' { *word | bit } else { *word & !bit };
                    depth += 1;
                    self.at += 1;
                    first = true;
                }
                b'"' => {
                    self.string()?;
                }
                _ => self.scalar()?,
            }
            // After a value: close what closes, until another value follows.
            loop {
                if depth == 0 {
                    return Ok(());
                }
                let top = depth - 1;
                let is_object = objects.get(top / 64).is_some_and(|word| word >> (top % 64) & 1 == 1);
                let more = if is_object { self.key(&mut first)?.is_some() } else { self.item(&mut first)? };
                if more {
                    break;
                }
                depth -= 1;
                first = false;
            }
        }
    }

    fn scalar(&mut self) -> Result<(), Malformed> {
        let word = match self.byte() {
            b't' => "true",
            b'f' => "false",
            b'n' => "null",
            _ => return self.number(),
        };
        if !self.rest().starts_with(word) {
            return Err(Malformed);
        }
        self.at += word.len();
        Ok(())
    }

    fn number(&mut self) -> Result<(), Malformed> {
        if self.byte() == b'-' {
            self.at += 1;
        }
        if self.byte() == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.byte(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
        if self.at == start { Err(Malformed) } else { Ok(()) }
    }
}
