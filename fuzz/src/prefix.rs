//! The partial value of a JSON text that was cut anywhere, by recursion from its start: quadratic, and plain.
//!
//! The policy is that of `tokenwire::json::partial`: strings may be partial, numbers and words only count when they have
//! ended, keys without a value don't show.

use serde_json::{Map, Value};

/// As deep as the reader goes.
const DEPTH: usize = 200;

/// No JSON, or too deep for this reader.
#[derive(Debug, PartialEq)]
pub struct Broken;

/// A value, and whether it has ended; `None` where nothing shows yet.
type Part = (Option<Value>, bool);

struct Reader<'a> {
    rest: &'a str,
}

/// The value that shows of a text, which is JSON or the beginning of it. What follows the value is not looked at.
pub fn value(text: &str) -> Result<Option<Value>, Broken> {
    Reader { rest: text }.value(0).map(|(value, _)| value)
}

impl Reader<'_> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
    }

    /// Takes the next character that is no blank; `None` at the end.
    fn mark(&mut self) -> Option<char> {
        self.blanks();
        self.take()
    }

    fn take(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let character = characters.next();
        self.rest = characters.as_str();
        character
    }

    fn value(&mut self, depth: usize) -> Result<Part, Broken> {
        self.blanks();
        match self.rest.chars().next() {
            None => Ok((None, false)),
            Some(_) if depth > DEPTH => Err(Broken),
            Some('{') => self.object(depth),
            Some('[') => self.array(depth),
            Some('"') => {
                self.take();
                self.string().map(|(text, ended)| (Some(Value::String(text)), ended))
            }
            Some(_) => self.scalar(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Part, Broken> {
        self.take();
        let mut members = Map::new();
        loop {
            match self.mark() {
                None => return Ok((Some(Value::Object(members)), false)),
                Some('}') if members.is_empty() => return Ok((Some(Value::Object(members)), true)),
                Some('"') => {}
                Some(_) => return Err(Broken),
            }
            let (key, ended) = self.string()?;
            match self.mark() {
                Some(':') if ended => {}
                None => return Ok((Some(Value::Object(members)), false)),
                Some(_) => return Err(Broken),
            }
            let (value, ended) = self.value(depth + 1)?;
            members.extend(value.map(|value| (key, value)));
            match self.mark() {
                Some(',') if ended => {}
                Some('}') if ended => return Ok((Some(Value::Object(members)), true)),
                None => return Ok((Some(Value::Object(members)), false)),
                Some(_) => return Err(Broken),
            }
            self.blanks();
            if self.rest.starts_with('}') {
                return Err(Broken);
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Part, Broken> {
        self.take();
        let mut items = Vec::new();
        self.blanks();
        if self.rest.starts_with(']') {
            self.take();
            return Ok((Some(Value::Array(items)), true));
        }
        loop {
            let (value, ended) = self.value(depth + 1)?;
            items.extend(value);
            match self.mark() {
                Some(',') if ended => {}
                Some(']') if ended => return Ok((Some(Value::Array(items)), true)),
                None => return Ok((Some(Value::Array(items)), false)),
                Some(_) => return Err(Broken),
            }
        }
    }

    /// A string whose opening quote was taken, and whether it has ended.
    fn string(&mut self) -> Result<(String, bool), Broken> {
        let mut units = Vec::new();
        let ended = loop {
            match self.take() {
                None => break false,
                Some('"') => break true,
                Some('\\') => match self.escape()? {
                    Some(unit) => units.push(unit),
                    None => break false,
                },
                Some(character) if character < ' ' => return Err(Broken),
                Some(character) => units.extend_from_slice(character.encode_utf16(&mut [0; 2])),
            }
        };
        // The first half of a pair doesn't show before the second.
        if !ended && units.last().is_some_and(|unit| (0xD800..0xDC00).contains(unit)) {
            units.pop();
        }
        Ok((String::from_utf16_lossy(&units), ended))
    }

    /// What follows a backslash; `None` where it is cut.
    fn escape(&mut self) -> Result<Option<u16>, Broken> {
        let Some(letter) = self.take() else { return Ok(None) };
        let character = match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unit(),
            _ => return Err(Broken),
        };
        Ok(Some(character as u16))
    }

    fn unit(&mut self) -> Result<Option<u16>, Broken> {
        let mut unit = 0;
        for _ in 0..4 {
            let Some(letter) = self.take() else { return Ok(None) };
            unit = unit * 16 + letter.to_digit(16).ok_or(Broken)? as u16;
        }
        Ok(Some(unit))
    }

    fn scalar(&mut self) -> Result<Part, Broken> {
        for word in ["true", "false", "null"] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Ok((serde_json::from_str(word).ok(), true));
            }
            if word.starts_with(self.rest) {
                self.rest = "";
                return Ok((None, false));
            }
        }
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.');
        let number = self.rest.find(|letter| !is_part(letter)).map_or(self.rest, |end| &self.rest[..end]);
        self.rest = &self.rest[number.len()..];
        if self.rest.is_empty() {
            return Ok((None, false));
        }
        serde_json::from_str(number).map(|number| (Some(number), true)).map_err(|_| Broken)
    }
}
