//! The arguments of one tool call, in OpenAI's form: text in pieces. Others send the object itself, encode it twice, say all of
//! it once more at the end, or with each piece all that came so far.

use super::repair::Repairs;
use crate::json::{self, Nesting};
use crate::scan;
use std::borrow::Cow;

/// What came of them.
#[derive(Debug, Default, Clone)]
pub struct Arguments {
    /// There are some, those that are held back not counted.
    pub has_any: bool,
    /// They began with `{}`. It is held back, for the arguments may follow it (proxies of Anthropic's API).
    is_bare: bool,
    /// A piece that begins with all that came before it, held back: whether it is all so far, or goes on from there, the next
    /// one tells.
    doubtful: String,
    /// It is not, and goes before the next one, as a piece of its own: who reads our own stream doubts as we did.
    pub released: String,
    /// Each piece is all so far.
    is_cumulative: bool,
    /// As of the chunk that is read: what is accumulated lacks its fragments.
    pub nesting: Nesting,
    /// Those fragments.
    fresh: String,
}

impl Arguments {
    /// A fragment of another chunk comes. `nesting`: of what is accumulated.
    pub fn begin_chunk(&mut self, nesting: Nesting) {
        self.nesting = nesting;
        self.fresh.clear();
    }

    /// Some came, be they held back.
    pub fn has_begun(&self) -> bool {
        self.has_any || self.is_bare || !self.doubtful.is_empty()
    }

    /// Nothing but `{}` came.
    pub fn are_bare(&self) -> bool {
        self.is_bare
    }

    /// What is new in the next piece. `so_far`: as accumulated.
    pub fn read<'a>(&mut self, raw: Cow<'a, str>, so_far: &str, repairs: &mut Repairs) -> Cow<'a, str> {
        let mut arguments =
            if self.has_any { without_repetition(raw, self.nesting.is_whole(), repairs) } else { unwrap(raw, repairs) };
        if !self.has_any && arguments == "{}" {
            self.is_bare = true;
            return Cow::Borrowed("");
        }
        if self.is_bare && !arguments.is_empty() {
            self.is_bare = false;
            repairs.note("tool_arguments_repeated");
        }
        // A comparison may only cost what the fragment brought.
        let length = so_far.len() + self.fresh.len();
        arguments = if !self.doubtful.is_empty() || (length > 0 && length <= arguments.len()) {
            let so_far = [so_far, &self.fresh].concat();
            self.rest_of(arguments, &so_far, repairs)
        } else {
            arguments
        };
        for text in [&self.released, arguments.as_ref()] {
            self.nesting.read(text);
            self.fresh.push_str(text);
        }
        self.has_any |= !arguments.is_empty();
        arguments
    }

    /// A piece that may be all so far: what of it is new. It is that for certain where no JSON could go on so, or where the
    /// one before it was the same and less.
    fn rest_of<'a>(&mut self, piece: Cow<'a, str>, so_far: &str, repairs: &mut Repairs) -> Cow<'a, str> {
        if piece.is_empty() {
            return piece;
        }
        let doubtful = std::mem::take(&mut self.doubtful);
        let is_whole = |pieces: &[&str]| json::is_whole(&json::unescape(&pieces.concat()));
        let goes_on =
            || !piece.starts_with(&doubtful) || (is_whole(&[so_far, &doubtful, &piece]) && !is_whole(&[&piece]));
        if !doubtful.is_empty() && goes_on() {
            self.released = doubtful;
            return piece;
        }
        if !scan::begins(so_far, b"{[") || !piece.starts_with(so_far) {
            return piece;
        }
        if doubtful.is_empty() && !self.is_cumulative && self.may_nest(so_far) {
            self.doubtful = piece.into_owned();
            return Cow::Borrowed("");
        }
        self.is_cumulative = true;
        repairs.note("tool_arguments_cumulative");
        match piece {
            Cow::Borrowed(piece) => Cow::Borrowed(piece.get(so_far.len()..).unwrap_or("")),
            Cow::Owned(piece) => Cow::Owned(piece.get(so_far.len()..).unwrap_or("").to_owned()),
        }
    }

    /// The same object may begin once more, as a part of itself: a value may come here.
    fn may_nest(&self, so_far: &str) -> bool {
        let text = json::unescape(so_far);
        !self.nesting.is_in_string() && matches!(text.trim_ascii_end().as_bytes().last(), Some(b':' | b',' | b'['))
    }

    /// What was held back, at the end. `so_far`: as accumulated, without the fragments of this chunk if it `has_fresh` ones.
    /// `or_bare`: where there are none at all, there is `{}`.
    pub fn finish(&mut self, so_far: &str, has_fresh: bool, or_bare: bool, repairs: &mut Repairs) -> String {
        let mut last = std::mem::take(&mut self.doubtful);
        if !last.is_empty() {
            let so_far = [so_far, if has_fresh { &self.fresh } else { "" }].concat();
            let sum = [so_far.as_str(), &last].concat();
            if json::is_whole(&json::unescape(&last)) && !json::is_whole(&json::unescape(&sum)) {
                repairs.note("tool_arguments_cumulative");
                last = last.get(so_far.len()..).unwrap_or("").to_owned();
            }
        } else if self.is_bare || (or_bare && !self.has_any) {
            last.push_str("{}");
        }
        self.has_any |= !last.is_empty();
        self.is_bare = false;
        last
    }
}

/// Arguments to compare: as text, without blanks.
pub fn plain(raw: &str) -> String {
    json::compact(&json::unescape(raw))
}

/// Arguments as raw text: some servers send the object itself.
pub fn text<'a>(raw: Option<&'a str>, repairs: &mut Repairs) -> Cow<'a, str> {
    let Some(raw) = raw else { return Cow::Borrowed("") };
    if let Some(text) = json::string(raw) {
        return Cow::Borrowed(text);
    }
    repairs.note("tool_arguments_not_string");
    let mut text = String::new();
    json::escape_into(&json::compact(raw), &mut text);
    Cow::Owned(text)
}

/// Arguments that were encoded twice: a JSON string that holds the object.
fn unwrap<'a>(arguments: Cow<'a, str>, repairs: &mut Repairs) -> Cow<'a, str> {
    if !arguments.starts_with("\\\"") {
        return arguments;
    }
    let text = json::unescape(&arguments);
    match json::string(text.trim_ascii()) {
        Some(inner) if json::is_whole(text.trim_ascii()) && scan::begins(inner, b"{[") => {
            repairs.note("tool_arguments_encoded_twice");
            Cow::Owned(inner.to_owned())
        }
        _ => arguments,
    }
}

/// A fragment that says the whole arguments once more (LiteLLM, SGLang) adds nothing: after a whole value nothing can follow.
fn without_repetition<'a>(arguments: Cow<'a, str>, is_done: bool, repairs: &mut Repairs) -> Cow<'a, str> {
    if is_done && scan::begins(&arguments, b"{[\\") && json::is_whole(&json::unescape(&arguments)) {
        repairs.note("tool_arguments_repeated");
        return Cow::Borrowed("");
    }
    arguments
}
