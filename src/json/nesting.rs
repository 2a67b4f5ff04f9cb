//! Whether a JSON value that comes in raw fragments (the arguments of a tool call, still escaped) has closed: asked after every
//! fragment, so each byte may be looked at only once.

/// How deep a growing value is open.
#[derive(Debug, Default, Clone)]
pub struct Nesting {
    depth: usize,
    in_string: bool,
    /// The last byte was a backslash of the outer string: what follows is an escape.
    outer_escape: bool,
    /// The last character was a backslash of the inner text.
    inner_escape: bool,
    has_closed: bool,
}

impl Nesting {
    /// Reads the next raw fragment.
    pub fn read(&mut self, raw: &str) {
        for byte in raw.bytes() {
            match (self.outer_escape, byte) {
                (false, b'\\') => self.outer_escape = true,
                // `\"` and `\\` are a quote and a backslash of the inner text; other escapes are none of its brackets.
                (true, b'"' | b'\\') => self.step(byte),
                (true, _) => self.step(b'n'),
                (false, _) => self.step(byte),
            }
        }
    }

    /// An object or array was opened and closed.
    pub fn is_whole(&self) -> bool {
        self.has_closed && self.depth == 0
    }

    /// A text was opened and not closed.
    pub fn is_in_string(&self) -> bool {
        self.in_string
    }

    fn step(&mut self, byte: u8) {
        self.outer_escape = false;
        if self.in_string {
            let ends = byte == b'"' && !self.inner_escape;
            self.inner_escape = byte == b'\\' && !self.inner_escape;
            self.in_string = !ends;
            return;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.has_closed = true;
            }
            _ => {}
        }
    }
}
