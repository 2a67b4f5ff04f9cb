//! Prediction: in a stream, one event is the one before it but for a text or two. An event with the same bytes around those
//! texts means the same, so it needs no parsing: the texts are taken out and put where those of the event before went.
//!
//! The result is exact. What stands around the texts is compared byte for byte; the texts are checked as JSON strings; an
//! event is only learnt from when nothing about it depends on more than its bytes (see [`Template::of`]), and only trusted
//! when a second one like it has gone the full way. The first byte that differs sends an event the full way.
//!
//! Changing this: whatever makes the full way treat an event by something other than its own bytes must be excluded in
//! `of`. The property tests compare both ways on recorded, mutated and random streams.

use super::Mode;
use super::output::Output;
use super::repair::Repairs;
use crate::accumulate::{Accumulator, PADDINGS, is_constant};
use crate::scan;
#[cfg(feature = "lenient")]
use crate::wire::chunk::{Chunk, Delta};
use crate::wire::{Member, clean};
use std::borrow::Cow;
use std::ops::Range;

/// Which text of a delta grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growing {
    /// `content`
    Content,
    /// `reasoning_content`, under any name
    Reasoning,
    /// `tool_calls[0].function.arguments`, of the call with this index of ours
    Arguments(usize),
}

/// An event of which the next ones are expected to be copies.
#[derive(Debug, Clone)]
pub struct Template {
    /// The bytes before the growing text, in the usual framing: `data: ` stands before them.
    head: Vec<u8>,
    /// The bytes between the text and the padding, if there is one (OpenAI's `obfuscation`, Mistral's `p`).
    middle: Option<Vec<u8>>,
    /// The bytes after all that, and a blank line.
    tail: Vec<u8>,
    growing: Growing,
    choice: u32,
    /// How it came out: the pieces around the text and the padding. `None` until a second event like it came.
    output: Option<[String; 3]>,
    /// The member of the delta and that of the chunk which [`Mode::Compact`] fills in (the second may be ""), if it can.
    keys: Option<[&'static str; 2]>,
    /// The pattern to be filled was handed out.
    is_sent: bool,
    repairs: Vec<(&'static str, u32)>,
}

/// The texts of an event that is like the template.
#[derive(Debug, Clone, Copy)]
pub struct Match<'a> {
    text: &'a str,
    /// There is no escape in the text.
    is_plain: bool,
    padding: &'a str,
}

/// How events are framed by nearly everyone.
const FRAME: (&[u8], &[u8]) = (b"data: ", b"\n\n");

/// Cannot stand in a JSON text: they mark the places of text and padding.
const TEXT_MARK: &str = "\u{1}";
const PADDING_MARK: &str = "\u{2}";

impl Template {
    /// The template of an event, if it is one that may be repeated: a single choice with a single text that grows, nothing
    /// that ends, and nothing that the reply collects piece by piece (log probabilities, other members of the delta).
    #[cfg(feature = "lenient")]
    pub fn of(chunk: &Chunk<'_>, data: &str) -> Option<Self> {
        let is_same = |members: &[Member<'_>]| members.iter().all(|(key, value)| is_constant(key, value));
        let [choice] = chunk.choices.as_deref()? else { return None };
        let delta = choice.delta.as_ref()?;
        let plain = choice.finish_reason.is_none()
            && choice.logprobs.is_none()
            && choice.message.is_none()
            && choice.text.is_none()
            && choice.usage.is_none()
            && choice.error.is_none()
            && chunk.error.is_none()
            && delta.function_call.is_none()
            && delta.refusal.is_none()
            && choice.extra.iter().all(|(_, value)| scan::all_bytes(value, &|byte| byte != b'['))
            && delta.tool_calls.iter().all(|call| is_same(&call.extra) && is_same(&call.inner_extra))
            && is_same(&delta.extra);
        if !plain {
            return None;
        }
        let (growing, text) = growing(delta)?;
        Self::around(growing, text, &chunk.extra, data)
    }

    /// As [`Template::of`], of what was OpenAI's already.
    pub fn of_plain(chunk: &clean::Chunk<'_>, data: &str) -> Option<Self> {
        let is_same = |members: &[Member<'_>]| members.iter().all(|(key, value)| is_constant(key, value));
        let [choice] = chunk.choices.as_slice() else { return None };
        let plain = choice.finish.is_none()
            && choice.logprobs.is_none()
            && choice.refusal.is_none()
            && chunk.usage.is_none()
            && choice.extra.iter().all(|(_, value)| scan::all_bytes(value, &|byte| byte != b'['))
            && is_same(&choice.delta_extra);
        let text = |text: &Option<Cow<'_, str>>| text.as_ref().is_some_and(|text| !text.is_empty());
        let (growing, text) = match choice.calls.as_slice() {
            [] if text(&choice.content) == text(&choice.reasoning) => return None,
            [] if text(&choice.content) => (Growing::Content, choice.content.as_deref()?),
            [] => (Growing::Reasoning, choice.reasoning.as_deref()?),
            [call] if !text(&choice.content) && !text(&choice.reasoning) => {
                (Growing::Arguments(0), call.arguments.as_ref())
            }
            _ => return None,
        };
        if !plain || text.is_empty() {
            return None;
        }
        Self::around(growing, text, &chunk.extra, data)
    }

    /// The template of an event in which this text grows.
    fn around(growing: Growing, text: &str, extra: &[Member<'_>], data: &str) -> Option<Self> {
        // Lines of one event are joined before they are compared; events that follow each other are not.
        if scan::line_end(data.as_bytes()) < data.len() {
            return None;
        }
        let padding = extra.iter().find(|(key, _)| PADDINGS.contains(key));
        let padding = padding.and_then(|(_, raw)| crate::json::string(raw)).map(|raw| range_in(data, raw));
        let text = range_in(data, text);
        // The padding comes last where it is known; elsewhere the event is not worth two orders.
        if padding.as_ref().is_some_and(|padding| padding.start < text.end) {
            return None;
        }
        let bytes = data.as_bytes();
        let last = padding.as_ref().map_or(text.end, |padding| padding.end);
        let head = [FRAME.0, bytes.get(..text.start)?].concat();
        let middle = match &padding {
            Some(padding) => Some(bytes.get(text.end..padding.start)?.to_vec()),
            None => None,
        };
        let tail = [bytes.get(last..)?, FRAME.1].concat();
        Some(Self {
            head,
            middle,
            tail,
            growing,
            choice: 0,
            output: None,
            keys: None,
            is_sent: false,
            repairs: Vec::new(),
        })
    }

    /// True when events like it need no parsing any more.
    pub fn is_trusted(&self) -> bool {
        self.output.is_some()
    }

    /// True when the fragment was like any other of its text: not the first of a call, not held back in case of a tag.
    /// `data`: the event's.
    pub fn fits(&mut self, clean: &clean::Chunk<'_>, data: &str) -> bool {
        let [choice] = clean.choices.as_slice() else { return false };
        let Some(event) = self.matches(data.as_bytes()) else { return false };
        self.choice = choice.index;
        let has_text = |text: &Option<Cow<'_, str>>| text.as_deref() == Some(event.text);
        match self.growing {
            Growing::Content => has_text(&choice.content),
            Growing::Reasoning => has_text(&choice.reasoning),
            Growing::Arguments(_) => {
                let [call] = choice.calls.as_slice() else { return false };
                self.growing = Growing::Arguments(call.index);
                call.id.is_none() && call.name.is_none() && call.arguments == event.text
            }
        }
    }

    /// Trusts the template: `clean` and `repairs` are what an event like it came to, on the full way.
    pub fn trust(&mut self, clean: &clean::Chunk<'_>, repairs: Vec<(&'static str, u32)>) {
        let mut marked = clean.clone();
        let mark = Some(Cow::Borrowed(TEXT_MARK));
        for choice in &mut marked.choices {
            match self.growing {
                Growing::Content => choice.content = mark.clone(),
                Growing::Reasoning => choice.reasoning = mark.clone(),
                Growing::Arguments(_) => {
                    choice.calls.iter_mut().for_each(|call| call.arguments = Cow::Borrowed(TEXT_MARK))
                }
            }
        }
        let mut padding = "";
        if self.middle.is_some() {
            for (key, value) in &mut marked.extra {
                if let Some(known) = PADDINGS.into_iter().find(|known| key == known) {
                    padding = known;
                    *value = PADDING_MARK;
                }
            }
        }
        self.keys = is_flat(&marked)
            .then_some(match self.growing {
                Growing::Content => Some(["content", padding]),
                Growing::Reasoning => Some(["reasoning_content", padding]),
                Growing::Arguments(_) => None,
            })
            .flatten();
        let mut written = String::new();
        marked.write_into(&mut written);
        let Some((before, after)) = scan::split(&written, TEXT_MARK) else { return };
        let (between, after) = match &self.middle {
            Some(_) => match scan::split(after, PADDING_MARK) {
                Some((between, after)) => ([between, "\""].concat(), ["\"", after].concat()),
                None => return,
            },
            None => (after.to_owned(), String::new()),
        };
        self.output = Some([before.to_owned(), between, after]);
        self.repairs = repairs;
    }

    /// Compares an event's data.
    pub fn matches<'a>(&self, data: &'a [u8]) -> Option<Match<'a>> {
        let head = self.head.get(FRAME.0.len()..)?;
        let tail = self.tail.get(..self.tail.len() - FRAME.1.len())?;
        let (event, rest) = self.compare(data, head, tail)?;
        rest.is_empty().then_some(event)
    }

    /// Compares the event, framing included, at the start of `input`; gives what follows it, too.
    pub fn matches_framed<'a>(&self, input: &'a [u8]) -> Option<(Match<'a>, &'a [u8])> {
        self.compare(input, &self.head, &self.tail)
    }

    #[inline(never)]
    fn compare<'a>(&self, input: &'a [u8], head: &[u8], tail: &[u8]) -> Option<(Match<'a>, &'a [u8])> {
        let rest = scan::after(input, head)?;
        let (text, is_plain, rest) = string(rest)?;
        // An empty text may come to something else: a member that is left out.
        if text.is_empty() {
            return None;
        }
        let (padding, rest) = match &self.middle {
            None => ("", rest),
            Some(middle) => {
                let (padding, _, rest) = string(scan::after(rest, middle)?)?;
                (padding, rest)
            }
        };
        Some((Match { text, is_plain, padding }, scan::after(rest, tail)?))
    }

    /// Takes events that are like it off the front of `input`, framing included: how many, and what follows them. `limit`: bytes
    /// an event may have.
    pub fn run<'a>(
        &mut self,
        input: &'a [u8],
        limit: usize,
        reply: &mut Accumulator,
        output: &mut Output,
        repairs: &mut Repairs,
    ) -> (usize, &'a [u8]) {
        let (mut count, mut rest) = (0, input);
        while let Some((event, after)) = self.matches_framed(rest) {
            if rest.len() - after.len() > limit || !self.apply(event, reply, output, repairs) {
                break;
            }
            count += 1;
            rest = after;
        }
        (count, rest)
    }

    /// Puts an event that came in pieces where those before it went, if it is like them.
    pub fn take(&mut self, data: &[u8], reply: &mut Accumulator, output: &mut Output, repairs: &mut Repairs) -> bool {
        self.is_trusted() && self.matches(data).is_some_and(|event| self.apply(event, reply, output, repairs))
    }

    /// Puts a matching event where those before it went. False: it needs the full way after all.
    pub fn apply(
        &mut self,
        event: Match<'_>,
        reply: &mut Accumulator,
        output: &mut Output,
        repairs: &mut Repairs,
    ) -> bool {
        let Some([before, between, after]) = &self.output else { return false };
        let choice = reply.choice_mut(self.choice);
        match self.growing {
            Growing::Content => choice.content.get_or_insert_default().push_str(event.text),
            Growing::Reasoning => choice.reasoning.push_str(event.text),
            Growing::Arguments(index) => {
                let Some(call) = choice.calls.get_mut(index) else { return false };
                // The full way looks here whether a server says everything twice, or all so far.
                if call.nesting.is_whole() || event.text.len() >= call.arguments.len() {
                    return false;
                }
                call.extend(event.text);
            }
        }
        reply.grew(event.text.len());
        for (code, count) in &self.repairs {
            repairs.add(code, *count);
        }
        match output.mode() {
            Mode::Text => output.text(self.choice, self.growing, event.text, event.is_plain),
            Mode::Chunks | Mode::Compact | Mode::Sse => match self.keys.filter(|_| output.mode() == Mode::Compact) {
                Some(keys) => {
                    if !std::mem::replace(&mut self.is_sent, true) {
                        output.pattern([before, between, after], keys);
                    }
                    output.filling(event.text, (keys[1], event.padding));
                }
                None => output.pieces([before, event.text, between, event.padding, after]),
            },
            Mode::Events => output.growth(self.choice, self.growing, event.text, reply),
            Mode::Nothing => {}
        }
        true
    }
}

/// True when all that is not filled in is neither object nor array: chunks may then share it.
fn is_flat(chunk: &clean::Chunk<'_>) -> bool {
    let is_flat = |members: &[Member<'_>]| members.iter().all(|(_, value)| !value.starts_with(['{', '[']));
    chunk.usage.is_none()
        && is_flat(&chunk.extra)
        && chunk.choices.iter().all(|choice| {
            choice.logprobs.is_none()
                && is_flat(&choice.extra)
                && is_flat(&choice.delta_extra)
                && choice.calls.is_empty()
        })
}

/// The one text of a delta that is not empty.
#[cfg(feature = "lenient")]
fn growing<'a>(delta: &Delta<'a>) -> Option<(Growing, &'a str)> {
    let filled = |raw: Option<&'a str>| match raw {
        None => Some(""),
        Some(raw) => crate::json::string(raw),
    };
    let content = filled(delta.content)?;
    let reasoning = filled(delta.reasoning_content)?;
    let renamed = filled(delta.reasoning)?;
    let arguments = match delta.tool_calls.as_slice() {
        [] => "",
        [call] => filled(call.arguments)?,
        _ => return None,
    };
    match (content, reasoning, renamed, arguments) {
        (text, "", "", "") if !text.is_empty() && delta.tool_calls.is_empty() => Some((Growing::Content, text)),
        ("", text, "", "") | ("", "", text, "") if !text.is_empty() && delta.tool_calls.is_empty() => {
            Some((Growing::Reasoning, text))
        }
        ("", "", "", text) if !text.is_empty() => Some((Growing::Arguments(0), text)),
        _ => None,
    }
}

/// Where a part of `data` stands in it.
fn range_in(data: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).wrapping_sub(data.as_ptr() as usize);
    start..start + part.len()
}

/// The raw text of a JSON string whose opening quote was passed, up to its closing quote; whether it has no escape.
#[inline(never)]
fn string(bytes: &[u8]) -> Option<(&str, bool, &[u8])> {
    let first = scan::plain(bytes);
    let mut at = first;
    loop {
        at += match (*bytes.get(at)?, bytes.get(at + 1)) {
            (b'"', _) => break,
            (b'\\', Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => 2,
            (b'\\', Some(b'u')) if bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit) => 6,
            _ => return None,
        };
        at += scan::plain(bytes.get(at..)?);
    }
    let (text, rest) = bytes.split_at_checked(at)?;
    Some((std::str::from_utf8(text).ok()?, at == first, rest))
}
