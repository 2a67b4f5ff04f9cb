//! Finds where the JSON values of a body end, without reading them: a plain completion, NDJSON, an array of chunks (Gemini
//! without `alt=sse`), pretty-printed or not. Every byte is looked at once.

/// The framer. What stands between values (blanks, commas, the brackets of an outer array) is passed over.
#[derive(Debug, Default)]
pub struct Values {
    value: Vec<u8>,
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// Bytes of an end marker that came between values.
    marker: usize,
}

/// What ends a stream of events ends some streams of lines too.
const MARKER: &[u8] = b"[DONE]";

impl Values {
    /// Calls `found` with each value that becomes whole.
    pub fn feed(&mut self, input: &[u8], found: &mut dyn FnMut(&str)) {
        let mut start = 0;
        for (at, byte) in input.iter().enumerate() {
            if self.depth == 0 {
                start = at;
            }
            if self.step(*byte) {
                self.value.extend_from_slice(input.get(start..=at).unwrap_or(&[]));
                found(&String::from_utf8_lossy(&self.value));
                self.value.clear();
            }
            if self.depth == 0 && self.marker == MARKER.len() {
                self.marker = 0;
                found("[DONE]");
            }
        }
        if self.depth > 0 {
            self.value.extend_from_slice(input.get(start..).unwrap_or(&[]));
        }
    }

    /// Bytes of a value that is not whole yet.
    pub fn held(&self) -> usize {
        self.value.len()
    }

    /// The end of input: calls `found` with what a cut left.
    pub fn finish(self, found: &mut dyn FnMut(&str)) {
        if self.depth > 0 {
            found(&String::from_utf8_lossy(&self.value));
        }
    }

    /// True at the last byte of a value.
    fn step(&mut self, byte: u8) -> bool {
        if self.in_string {
            let ends = byte == b'"' && !self.escaped;
            self.escaped = byte == b'\\' && !self.escaped;
            self.in_string = !ends;
            return false;
        }
        if self.depth == 0 {
            let goes_on = MARKER.get(self.marker).is_some_and(|next| byte.eq_ignore_ascii_case(next));
            self.marker = if goes_on { self.marker + 1 } else { usize::from(byte == b'[') };
        }
        match byte {
            b'{' => self.depth += 1,
            b'[' if self.depth > 0 => self.depth += 1,
            b'"' if self.depth > 0 => self.in_string = true,
            b'}' | b']' if self.depth > 0 => {
                self.depth -= 1;
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }
}
