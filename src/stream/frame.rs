//! Finds where the JSON values of a body end, without reading them: a plain completion, NDJSON, an array of chunks (Gemini
//! without `alt=sse`), pretty-printed or not. Every byte is looked at once.
//!
//! What stands between values (blanks, commas, the brackets of an outer array) is passed over; a line that begins with
//! anything else is handed out as it is. So is a value that cannot become one: what no JSON goes on with ends it.

/// The framer.
#[derive(Debug, Default)]
pub struct Values {
    value: Vec<u8>,
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// A string or a container has just ended: only a comma, a colon or a bracket that closes may follow.
    after_value: bool,
    /// In a line that is no JSON.
    in_line: bool,
    /// Bytes of an end marker that came between values.
    marker: usize,
    passed_over: usize,
}

/// What ends a stream of events ends some streams of lines too.
const MARKER: &[u8] = b"[DONE]";

/// What a byte is.
#[derive(PartialEq, Eq)]
enum Part {
    /// Of nothing.
    Outside,
    Inside,
    /// The last byte of what is handed out.
    Last,
    /// The blank after an end marker.
    AfterMarker,
}

impl Values {
    /// Takes bytes off the front of `input` until a value is whole. `None`: all input is used up.
    pub fn next_value(&mut self, input: &mut &[u8]) -> Option<Vec<u8>> {
        let mut start = 0;
        for (at, byte) in input.iter().enumerate() {
            let part = self.step(*byte);
            if matches!(part, Part::Outside | Part::AfterMarker) {
                start = at + 1;
                self.passed_over += 1;
            }
            if part == Part::AfterMarker {
                *input = input.get(start..).unwrap_or(&[]);
                return Some(MARKER.to_vec());
            }
            if part == Part::Last {
                self.value.extend_from_slice(input.get(start..=at).unwrap_or(&[]));
                *input = input.get(at + 1..).unwrap_or(&[]);
                return Some(std::mem::take(&mut self.value));
            }
        }
        self.value.extend_from_slice(input.get(start..).unwrap_or(&[]));
        *input = &[];
        None
    }

    /// Bytes of a value that is not whole yet.
    pub fn held(&self) -> usize {
        self.value.len()
    }

    /// Bytes so far that are of no value, nor of what may become one.
    pub fn passed_over(&self) -> usize {
        self.passed_over + if self.in_line { self.value.len() } else { 0 }
    }

    /// The end of input: what a cut left, or an end marker.
    pub fn finish(self) -> Vec<u8> {
        if self.marker == MARKER.len() { MARKER.to_vec() } else { self.value }
    }

    fn step(&mut self, byte: u8) -> Part {
        if self.in_line {
            self.in_line = !matches!(byte, b'\n' | b'\r');
            return if self.in_line { Part::Inside } else { Part::Last };
        }
        if self.depth == 0 { self.step_between(byte) } else { self.step_inside(byte) }
    }

    fn step_between(&mut self, byte: u8) -> Part {
        let marker = std::mem::take(&mut self.marker);
        let is_blank = byte <= b' ';
        match byte {
            _ if marker == MARKER.len() && is_blank => return Part::AfterMarker,
            _ if MARKER.get(marker).is_some_and(|next| byte.eq_ignore_ascii_case(next)) => self.marker = marker + 1,
            b'[' => self.marker = 1,
            b'{' => {
                self.depth = 1;
                self.after_value = false;
                return Part::Inside;
            }
            b',' | b']' => {}
            _ if is_blank => {}
            _ => {
                self.in_line = true;
                return Part::Inside;
            }
        }
        Part::Outside
    }

    fn step_inside(&mut self, byte: u8) -> Part {
        if self.in_string {
            let ends = byte == b'"' && !self.escaped;
            self.escaped = byte == b'\\' && !self.escaped;
            self.in_string = !ends;
            self.after_value = ends;
            return Part::Inside;
        }
        if byte <= b' ' {
            return Part::Inside;
        }
        let after_value = std::mem::take(&mut self.after_value);
        match byte {
            b'}' | b']' => {
                self.depth -= 1;
                self.after_value = true;
            }
            b',' | b':' => {}
            // Half a value, and the next one behind it.
            _ if after_value => self.depth = 0,
            b'{' | b'[' => self.depth += 1,
            b'"' => self.in_string = true,
            _ => {}
        }
        if self.depth == 0 { Part::Last } else { Part::Inside }
    }
}
