//! What the bytes are, and where an event or an object ends: in the usual frames only.

use super::Decoder;
use crate::scan;

/// Blanks and comments before the reply begins that are read here.
const OPENING: usize = 4 << 10;
/// What begins an event.
const FIELD: &[u8] = b"data:";

/// What the body is.
#[derive(Debug)]
pub enum Body {
    Unknown,
    Events,
    /// One JSON object.
    Value(Depth),
}

/// What stands at the beginning of some bytes.
enum Frame<'a> {
    /// Something that was read: what follows it.
    Read(&'a [u8]),
    /// What is not whole yet.
    Open,
    Strange,
}

/// How deep an object is open.
#[derive(Debug, Default)]
pub struct Depth {
    open: usize,
    in_string: bool,
    is_escaped: bool,
    /// It was read.
    is_read: bool,
}

impl Decoder {
    /// It stops here: what is left is not read.
    fn give_up(&mut self, rest: &[u8]) -> usize {
        self.is_strange = self.end.is_none();
        rest.len()
    }

    /// Reads on; how many bytes at the end are to be kept.
    pub(super) fn read(&mut self, input: &[u8]) -> usize {
        if matches!(self.body, Body::Unknown) {
            self.body = match input.iter().find(|byte| !is_blank(byte)) {
                None => Body::Unknown,
                Some(b'{') => Body::Value(Depth::default()),
                Some(_) => Body::Events,
            };
        }
        match self.body {
            Body::Unknown if input.len() > OPENING => self.give_up(input),
            Body::Unknown => input.len(),
            Body::Events => self.read_events(input),
            Body::Value(_) => self.read_value(input),
        }
    }

    fn read_value(&mut self, input: &[u8]) -> usize {
        let Body::Value(depth) = &mut self.body else { return 0 };
        if depth.is_read {
            return if input.iter().all(is_blank) { 0 } else { self.give_up(input) };
        }
        let searched = std::mem::replace(&mut self.searched, input.len());
        let end = depth.end(input.get(searched..).unwrap_or(&[]));
        depth.is_read = end.is_some();
        if input.len() > self.limits.event_bytes {
            return self.give_up(input);
        }
        let Some((value, rest)) = end.and_then(|end| input.split_at_checked(searched + end)) else {
            return input.len();
        };
        if !rest.iter().all(is_blank) || !self.take_in(value, true) {
            return self.give_up(input);
        }
        // A whole completion is its own end, also where it has fewer choices than were asked for.
        if !self.is_finished() {
            self.complete();
        }
        0
    }

    fn read_events(&mut self, input: &[u8]) -> usize {
        let mut rest = input.get(std::mem::take(&mut self.passed)..).unwrap_or(&[]);
        while !rest.is_empty() && self.end.is_none() {
            let searched = std::mem::take(&mut self.searched);
            if let (0, Some(template)) = (searched, self.template.as_mut().filter(|template| template.is_trusted())) {
                let limit = self.limits.event_bytes;
                let (count, after) = template.run(rest, limit, &mut self.reply, &mut self.output, &mut self.repairs);
                self.values += count;
                rest = after;
            }
            match self.frame(rest, searched) {
                Frame::Read(after) => rest = after,
                Frame::Open if self.values > 0 => return rest.len(),
                // What comes before a reply is kept: it may be a page, or one long silence.
                Frame::Open if input.len() - rest.len() < OPENING => {
                    self.passed = input.len() - rest.len();
                    return input.len();
                }
                _ => return self.give_up(if self.values > 0 { rest } else { input }),
            }
        }
        match self.values {
            0 if input.len() > OPENING => self.give_up(input),
            0 => {
                self.passed = input.len();
                input.len()
            }
            _ => 0,
        }
    }

    /// The next event, comment or blank line. `searched`: so much of it has no line's end.
    fn frame<'a>(&mut self, input: &'a [u8], searched: usize) -> Frame<'a> {
        let end = searched + scan::line_end(input.get(searched..).unwrap_or(&[]));
        let (line, rest) = input.split_at_checked(end).unwrap_or((input, &[]));
        let is_nothing = line.is_empty() || line.first() == Some(&b':');
        let is_data = line.iter().zip(FIELD).all(|(one, other)| one == other);
        // A line may end with CR alone, too, but seldom does.
        let has_end = after_line(rest);
        if !(is_nothing || is_data) || line.len() > self.limits.event_bytes || (has_end.is_none() && rest.len() > 1) {
            return Frame::Strange;
        }
        self.searched = line.len();
        let Some(rest) = has_end else { return Frame::Open };
        let Some(data) = line.strip_prefix(FIELD) else {
            self.searched = 0;
            return if is_nothing { Frame::Read(rest) } else { Frame::Strange };
        };
        // An event ends with a blank line.
        let Some(next) = after_line(rest) else {
            return if matches!(rest, [] | [b'\r']) { Frame::Open } else { Frame::Strange };
        };
        self.searched = 0;
        let is_read = self.event(data.strip_prefix(b" ").unwrap_or(data), next);
        if is_read { Frame::Read(next) } else { Frame::Strange }
    }
}

impl Depth {
    /// How many of these bytes are the object's, where it closes.
    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                _ if std::mem::take(&mut self.is_escaped) => {}
                b'\\' => self.is_escaped = self.in_string,
                b'"' => self.in_string = !self.in_string,
                b'{' | b'[' if !self.in_string => self.open += 1,
                b'}' | b']' if !self.in_string => {
                    self.open = self.open.saturating_sub(1);
                    if self.open == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

pub fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// What follows the end of a line; `None` where there is none yet.
fn after_line(bytes: &[u8]) -> Option<&[u8]> {
    bytes.strip_prefix(b"\n").or_else(|| bytes.strip_prefix(b"\r\n"))
}
