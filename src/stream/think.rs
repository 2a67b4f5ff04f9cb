//! `<think>…</think>`, and other tags that models put around their thinking, at the very start of the text, cut anywhere: what
//! stands between the tags is reasoning, blanks after the closing tag are dropped. An answer that only mentions a tag is left
//! alone: once anything but blanks came before it, the splitter is done. After thinking that came in a field, a closing tag at
//! the start of the text is what was left of it.

use super::plain::SPECIAL;
use crate::json::{Unescaper, escape_into};
use crate::scan;
use std::borrow::Cow;

/// Opening tags: DeepSeek's and most; Amazon Nova's; Gemini's and EXAONE's; Seed's and MiniMax's; Magistral's; Kimi's. The closing ones have a
/// slash behind their first letter.
const TAGS: &str = "<think>/<thinking>/<thought>/<thoughts>/<reasoning>/<seed:think>/<mm:think>/[THINK]/◁think▷";

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing but blanks, or the beginning of the tag.
    #[default]
    Start,
    /// As that, but thinking came in a field, so that only a closing tag is looked for.
    Left,
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
    close: String,
    unescaper: Unescaper,
}

/// What a piece of text turned out to be, raw.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Pieces<'a> {
    /// Belongs to the answer.
    pub content: Cow<'a, str>,
    /// Belongs to the reasoning.
    pub reasoning: String,
    /// A tag was found in it.
    pub has_tag: bool,
}

impl Splitter {
    /// True when the text has no tags to look for any more.
    pub fn is_done(&self) -> bool {
        self.stage == Stage::Answer
    }

    /// Thinking came in a field.
    pub fn has_field(&mut self) {
        if self.stage == Stage::Start && self.held.len() == self.blanks {
            self.stage = Stage::Left;
        }
    }

    /// Splits the next raw piece of text.
    pub fn push<'a>(&mut self, raw: &'a str) -> Pieces<'a> {
        // The usual answer. Nothing was held, nothing is copied.
        let starts_plain = !scan::begins(raw, SPECIAL) && !raw.is_empty();
        if matches!(self.stage, Stage::Start | Stage::Left) && self.held.is_empty() && starts_plain {
            self.stage = Stage::Answer;
        }
        if self.stage == Stage::Answer {
            return Pieces { content: Cow::Borrowed(raw), ..Pieces::default() };
        }
        self.unescaper.push(raw, &mut self.held);
        let mut pieces = Pieces::default();
        if matches!(self.stage, Stage::Start | Stage::Left) {
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
            Stage::Start | Stage::Left | Stage::Answer => escape_into(&self.held, pieces.content.to_mut()),
            Stage::Gap => {}
        }
        self.held.clear();
        self.stage = Stage::Answer;
        pieces
    }

    fn start(&mut self, pieces: &mut Pieces<'_>) {
        let text = self.held.get(self.blanks..).unwrap_or("").trim_ascii_start();
        self.blanks = self.held.len() - text.len();
        let is_left = self.stage == Stage::Left;
        let mut may_follow = false;
        for tag in scan::words(TAGS) {
            let close = closing(tag);
            let wanted = if is_left { close.as_str() } else { tag };
            if let Some(rest) = text.strip_prefix(wanted) {
                self.held = rest.to_owned();
                self.close = close;
                self.stage = if is_left { Stage::Gap } else { Stage::Inside };
                pieces.has_tag = true;
                return;
            }
            may_follow |= wanted.starts_with(text);
        }
        if !may_follow {
            self.answer(pieces);
        }
    }

    fn inside(&mut self, pieces: &mut Pieces<'_>) {
        if let Some((thought, rest)) = scan::split(&self.held, &self.close) {
            escape_into(thought, &mut pieces.reasoning);
            self.held = rest.to_owned();
            self.stage = Stage::Gap;
            return;
        }
        let keep = possible_tag(&self.held, &self.close);
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

/// The tag that closes what this one opens.
fn closing(tag: &str) -> String {
    let first = tag.chars().next().map_or(0, char::len_utf8);
    [tag.get(..first).unwrap_or(""), "/", tag.get(first..).unwrap_or("")].concat()
}

/// How many bytes at the end of `text` may be the beginning of the closing tag.
fn possible_tag(text: &str, close: &str) -> usize {
    (1..close.len()).rev().find(|length| text.ends_with(close.get(..*length).unwrap_or("\0"))).unwrap_or(0)
}
