//! `<think>…</think>` (or `<thinking>…</thinking>`, Amazon's Nova) at the very start of the text, cut anywhere: what stands
//! between the tags is reasoning, blanks after the closing tag are dropped. An answer that only mentions the tag is left alone: once anything but blanks came before it,
//! the splitter is done.

use crate::json::{Unescaper, escape_into};
use crate::scan;
use std::borrow::Cow;

const TAGS: [(&str, &str); 2] = [("<think>", "</think>"), ("<thinking>", "</thinking>")];

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing but blanks, or the beginning of the tag.
    #[default]
    Start,
    /// Between the tags.
    Inside,
    /// After the closing tag, before the answer.
    Gap,
    /// In the answer.
    Answer,
}

/// One choice's splitter. Texts are raw; they are unescaped only while a tag may be near.
#[derive(Debug, Default, Clone)]
pub struct Splitter {
    stage: Stage,
    /// What may be a tag, or part of one, unescaped.
    held: String,
    /// How much of what is held is known to be blank.
    blanks: usize,
    /// The tag that closes the block.
    close: &'static str,
    unescaper: Unescaper,
}

/// What a piece of text turned out to be, raw.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Pieces<'a> {
    /// Belongs to the answer.
    pub content: Cow<'a, str>,
    /// Belongs to the reasoning.
    pub reasoning: String,
}

impl Splitter {
    /// True when the text has no tags to look for any more.
    pub fn is_done(&self) -> bool {
        self.stage == Stage::Answer
    }

    /// True when a tag was found.
    pub fn is_inside(&self) -> bool {
        self.stage == Stage::Inside
    }

    /// Stops looking for the tag: the provider sends its reasoning in a field.
    pub fn disable(&mut self) {
        if self.stage == Stage::Start && self.held.is_empty() {
            self.stage = Stage::Answer;
        }
    }

    /// Splits the next raw piece of text.
    pub fn push<'a>(&mut self, raw: &'a str) -> Pieces<'a> {
        // The usual answer: no blank, no `<`, no escape at its start. Nothing was held, nothing is copied.
        let starts_plain = !scan::begins(raw, b"<\\ \n\r\t") && !raw.is_empty();
        if self.stage == Stage::Start && self.held.is_empty() && starts_plain {
            self.stage = Stage::Answer;
        }
        if self.stage == Stage::Answer {
            return Pieces { content: Cow::Borrowed(raw), reasoning: String::new() };
        }
        self.unescaper.push(raw, &mut self.held);
        let mut pieces = Pieces::default();
        if self.stage == Stage::Start {
            self.start(&mut pieces);
        }
        if self.stage == Stage::Inside {
            self.inside(&mut pieces);
        }
        if self.stage == Stage::Gap {
            self.gap(&mut pieces);
        }
        pieces
    }

    /// The end of the text: what is still held is what it looks like.
    pub fn finish(&mut self) -> Pieces<'static> {
        self.unescaper.finish(&mut self.held);
        let mut pieces = Pieces::default();
        match self.stage {
            Stage::Inside => escape_into(&self.held, &mut pieces.reasoning),
            Stage::Start | Stage::Answer => escape_into(&self.held, pieces.content.to_mut()),
            Stage::Gap => {}
        }
        self.held.clear();
        self.stage = Stage::Answer;
        pieces
    }

    fn start(&mut self, pieces: &mut Pieces<'_>) {
        let text = self.held.get(self.blanks..).unwrap_or("").trim_ascii_start();
        self.blanks = self.held.len() - text.len();
        let opened = TAGS.iter().find_map(|(open, close)| Some((text.strip_prefix(open)?, *close)));
        if let Some((rest, close)) = opened {
            self.held = rest.to_owned();
            self.close = close;
            self.stage = Stage::Inside;
        } else if !TAGS.iter().any(|(open, _)| open.starts_with(text)) {
            self.answer(pieces);
        }
    }

    fn inside(&mut self, pieces: &mut Pieces<'_>) {
        if let Some((thought, rest)) = scan::split(&self.held, self.close) {
            escape_into(thought, &mut pieces.reasoning);
            self.held = rest.to_owned();
            self.stage = Stage::Gap;
            return;
        }
        let keep = possible_tag(&self.held, self.close);
        let thought = self.held.len() - keep;
        escape_into(self.held.get(..thought).unwrap_or(""), &mut pieces.reasoning);
        self.held = self.held.get(thought..).unwrap_or("").to_owned();
    }

    fn gap(&mut self, pieces: &mut Pieces<'_>) {
        self.held = self.held.trim_ascii_start().to_owned();
        if !self.held.is_empty() {
            self.answer(pieces);
        }
    }

    /// What is held belongs to the answer, as does all that follows.
    fn answer(&mut self, pieces: &mut Pieces<'_>) {
        escape_into(&self.held, pieces.content.to_mut());
        // Half of a surrogate pair goes out as it came: the other half may be the next thing that comes.
        self.unescaper.give_back(pieces.content.to_mut());
        self.held = String::new();
        self.stage = Stage::Answer;
    }
}

/// How many bytes at the end of `text` may be the beginning of the closing tag.
fn possible_tag(text: &str, close: &str) -> usize {
    (1..close.len()).rev().find(|length| text.ends_with(close.get(..*length).unwrap_or("\0"))).unwrap_or(0)
}
