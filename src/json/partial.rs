//! Partial JSON, linearly: arguments of a tool call come in fragments, and a user interface wants the value so far after
//! each. A parser that starts anew for every fragment is quadratic (16,000 deltas took others 1.5 s); this one never looks
//! back. It doesn't build the value either: it says how to build on, in operations that the border applies to a value
//! that grows in place.
//!
//! Policy (as `openai`'s): strings may be partial, numbers and words only count when they have ended, keys without a
//! value don't show yet. What is no JSON ends the building; what was built stays.

use super::text::{Unescaper, quote_into};
use crate::scan;

/// Where the parser stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Value,
    /// Before a key or, when the object is still empty, its end.
    Key,
    Colon,
    /// After a value: a comma or the end of the container.
    After,
    Text {
        is_key: bool,
    },
    /// A number or a word.
    Scalar,
    End,
    Broken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    Object,
    Array,
}

/// The state of one growing value.
#[derive(Debug, Clone)]
pub struct Parser {
    stage: Stage,
    open: Vec<Container>,
    /// What is not decided yet: the beginning of a key, of a scalar.
    pending: String,
    /// An escape sequence that is not whole yet, with its backslash.
    escape: String,
    unescaper: Unescaper,
    /// The text of a string value since the last operation.
    piece: String,
    /// The current string value has begun in an operation.
    begun: bool,
    ops: String,
}

/// A value whose text comes in raw pieces, as between the quotes of a JSON string.
#[derive(Debug, Default)]
pub struct Growing {
    unescaper: Unescaper,
    parser: Parser,
}

impl Growing {
    /// Appends a member `ops`: how a value that grows in place is built on. Nothing where a string only gets longer.
    pub fn write_operations(&mut self, more: &str, out: &mut String) {
        let text = self.unescaper.whole(more);
        if text != more || !self.parser.only_grows(&text) {
            out.push_str(",\"ops\":");
            self.parser.feed(&text, out);
        }
    }
}

impl Default for Parser {
    fn default() -> Self {
        Self {
            stage: Stage::Value,
            open: Vec::new(),
            pending: String::new(),
            escape: String::new(),
            unescaper: Unescaper::default(),
            piece: String::new(),
            begun: false,
            ops: String::new(),
        }
    }
}

impl Parser {
    /// Reads the next fragment and appends the operations it brings to `out`, as a JSON array: `["{"]`, `["["]`, `["k",name]`,
    /// `["s",text]` (a string begins), `["+",text]` (it goes on), `["v",value]`, `["}"]` (the innermost container ends).
    pub fn feed(&mut self, fragment: &str, out: &mut String) {
        for character in fragment.chars() {
            self.step(character);
        }
        if let Stage::Text { is_key: false } = self.stage {
            self.flush();
        }
        out.push('[');
        out.push_str(&self.ops);
        out.push(']');
        self.ops.clear();
    }

    /// True when the fragment only goes on with the string that is being written: its one operation would be to append it.
    /// The parser then stands where it stood, so there is nothing to feed.
    pub fn only_grows(&self, fragment: &str) -> bool {
        self.stage == Stage::Text { is_key: false }
            && self.begun
            && self.escape.is_empty()
            && self.unescaper.is_idle()
            && !fragment.is_empty()
            && scan::plain(fragment.as_bytes()) == fragment.len()
    }

    fn step(&mut self, character: char) {
        match self.stage {
            Stage::Text { is_key } => self.text(character, is_key),
            Stage::Scalar => self.scalar(character),
            Stage::End | Stage::Broken => {}
            _ if matches!(character, ' ' | '\n' | '\r' | '\t') => {}
            Stage::Value => self.value(character),
            Stage::Key => self.key(character),
            Stage::Colon => self.stage = if character == ':' { Stage::Value } else { Stage::Broken },
            Stage::After => self.after(character),
        }
    }

    fn value(&mut self, character: char) {
        match character {
            '{' => self.enter(Container::Object, "[\"{\"]", Stage::Key),
            '[' => self.enter(Container::Array, "[\"[\"]", Stage::Value),
            '"' => {
                self.begun = false;
                self.stage = Stage::Text { is_key: false };
            }
            // An empty array; `[1,]` gets through here too and does no harm.
            ']' if self.open.last() == Some(&Container::Array) => self.leave(),
            '-' | '0'..='9' | 't' | 'f' | 'n' => {
                self.pending.push(character);
                self.stage = Stage::Scalar;
                self.word();
            }
            _ => self.stage = Stage::Broken,
        }
    }

    fn key(&mut self, character: char) {
        self.stage = match character {
            '"' => Stage::Text { is_key: true },
            '}' => return self.leave(),
            _ => Stage::Broken,
        };
    }

    fn after(&mut self, character: char) {
        match (character, self.open.last()) {
            (',', Some(Container::Object)) => self.stage = Stage::Key,
            (',', Some(Container::Array)) => self.stage = Stage::Value,
            ('}', Some(Container::Object)) | (']', Some(Container::Array)) => self.leave(),
            _ => self.stage = Stage::Broken,
        }
    }

    fn enter(&mut self, container: Container, op: &str, stage: Stage) {
        self.open.push(container);
        self.op(op);
        self.stage = stage;
    }

    fn leave(&mut self) {
        self.open.pop();
        self.op("[\"}\"]");
        self.value_ended();
    }

    fn value_ended(&mut self) {
        self.stage = if self.open.is_empty() { Stage::End } else { Stage::After };
    }

    fn text(&mut self, character: char, is_key: bool) {
        if !self.escape.is_empty() {
            return self.escaped(character);
        }
        match character {
            '\\' => self.escape.push(character),
            '"' => self.text_ended(is_key),
            _ => {
                self.unescaper.finish(&mut self.piece);
                self.piece.push(character);
            }
        }
    }

    fn escaped(&mut self, character: char) {
        self.escape.push(character);
        let needed = if self.escape.starts_with("\\u") { 6 } else { 2 };
        if self.escape.len() >= needed {
            self.unescaper.push(&self.escape, &mut self.piece);
            self.escape.clear();
        }
    }

    fn text_ended(&mut self, is_key: bool) {
        self.unescaper.finish(&mut self.piece);
        if !is_key {
            self.flush();
            return self.value_ended();
        }
        self.text_op("[\"k\",");
        self.stage = Stage::Colon;
    }

    /// Makes an operation of the string's text so far. The first one is made even for an empty text: the value exists.
    fn flush(&mut self) {
        if self.begun && self.piece.is_empty() {
            return;
        }
        self.text_op(if self.begun { "[\"+\"," } else { "[\"s\"," });
        self.begun = true;
    }

    fn scalar(&mut self, character: char) {
        if character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.') {
            self.pending.push(character);
            return self.word();
        }
        if super::is_whole(&self.pending) {
            self.scalar_ended();
            self.step(character);
        } else {
            self.stage = Stage::Broken;
        }
    }

    /// A word counts at its last letter, a number only when something else follows.
    fn word(&mut self) {
        if matches!(self.pending.as_str(), "true" | "false" | "null") {
            self.scalar_ended();
        }
    }

    fn scalar_ended(&mut self) {
        self.op("[\"v\",");
        self.ops.push_str(&self.pending);
        self.ops.push(']');
        self.pending.clear();
        self.value_ended();
    }

    /// An operation with the text so far; `op`: its beginning.
    fn text_op(&mut self, op: &str) {
        self.op(op);
        quote_into(&self.piece, &mut self.ops);
        self.ops.push(']');
        self.piece.clear();
    }

    fn op(&mut self, op: &str) {
        if !self.ops.is_empty() {
            self.ops.push(',');
        }
        self.ops.push_str(op);
    }
}
