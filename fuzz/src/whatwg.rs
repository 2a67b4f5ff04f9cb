//! Events by the letter of the WHATWG rules, and the four things that `tokenwire::sse` does beyond them on purpose. All at
//! once and by lines: nothing here is shared with the decoder that it judges.

/// Name and data.
pub type Event = (Vec<u8>, Vec<u8>);

const FIELDS: [&[u8]; 5] = [b"data", b"event", b"error", b"id", b"retry"];

/// What is in a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub events: Vec<Event>,
    /// What the end of the body brings.
    pub at_end: Vec<Event>,
    /// There is a line that is neither field nor comment.
    pub has_unknown_line: bool,
}

struct Reader {
    is_whole: fn(&[u8]) -> bool,
    name: Vec<u8>,
    data: Vec<Vec<u8>>,
    events: Vec<Event>,
    has_unknown_line: bool,
}

pub fn read(bytes: &[u8], is_whole: fn(&[u8]) -> bool) -> Found {
    // "One leading U+FEFF BYTE ORDER MARK character must be ignored if any are present."
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let (lines, last) = lines(bytes);
    let mut reader =
        Reader { is_whole, name: Vec::new(), data: Vec::new(), events: Vec::new(), has_unknown_line: false };
    lines.iter().for_each(|line| reader.line(line));
    let events = std::mem::take(&mut reader.events);
    // Deviation 1: the rules drop an event without its blank line; we hand it out. A cut in a field's name says nothing.
    if !FIELDS.iter().any(|field| field.starts_with(last)) {
        reader.line(last);
    }
    if !reader.data.is_empty() {
        reader.dispatch();
    }
    Found { events, at_end: reader.events, has_unknown_line: reader.has_unknown_line }
}

/// "Lines must be separated by either a U+000D U+000A pair, a single U+000A, or a single U+000D character": those, and what
/// follows the last of them.
fn lines(bytes: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        let (line, after) = rest.split_at(end);
        found.push(line);
        rest = after.strip_prefix(b"\r\n").unwrap_or(&after[1..]);
    }
    (found, rest)
}

impl Reader {
    fn line(&mut self, line: &[u8]) {
        if line.is_empty() {
            return self.dispatch();
        }
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let field = parts.next().unwrap_or(b"");
        let value = parts.next().unwrap_or(b"");
        let value = value.strip_prefix(b" ").unwrap_or(value).to_vec();
        match field {
            b"event" => self.name = value,
            b"data" => self.data_line(value),
            // Deviation 3: an `error` line is an event; of its own at once, or after the one that it follows.
            b"error" => {
                let follows = !self.data.is_empty();
                self.dispatch();
                self.name = b"error".to_vec();
                self.data.push(value);
                if !follows {
                    self.dispatch();
                }
            }
            b"" | b"id" | b"retry" => {}
            // Deviation 4: a line that begins like an object is data whose field was forgotten.
            _ if line.starts_with(b"{") => self.data_line(line.to_vec()),
            _ => {
                self.has_unknown_line = true;
            }
        }
    }

    fn data_line(&mut self, value: Vec<u8>) {
        // Deviation 2: data that is whole in itself is an event, though no blank line follows it.
        if self.data.len() == 1 && (self.is_whole)(&self.data[0]) {
            self.dispatch();
        }
        self.data.push(value);
    }

    /// "If the data buffer is an empty string, set the data buffer and the event type buffer to the empty string": browsers
    /// and the specification's own examples ask whether there was a data line.
    fn dispatch(&mut self) {
        let name = std::mem::take(&mut self.name);
        let data = std::mem::take(&mut self.data);
        if !data.is_empty() {
            self.events.push((name, data.join(&b'\n')));
        }
    }
}
