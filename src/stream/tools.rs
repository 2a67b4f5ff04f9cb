//! Which tool call a fragment belongs to. OpenAI numbers the calls 0, 1, 2 and sends `id`, `type` and `name` once; others
//! leave the index out, start it at 1 or send 0 for all, leave the id out, send it empty, repeat it with every fragment.

use super::arguments::{self, Arguments};
use super::repair::Repairs;
use crate::accumulate::{Call, Choice, Positions};
use crate::json;
use crate::scan;
use crate::wire::chunk::ToolCall;
use crate::wire::clean;
use std::borrow::Cow;

/// One choice's calls, in our order.
#[derive(Debug, Default, Clone)]
pub struct Slots {
    calls: Vec<Slot>,
    last: usize,
    /// The last call with each id, and with each of the wire's numbers.
    by_id: Positions,
    by_number: Positions,
    /// How many chunks had calls.
    chunk: u32,
}

#[derive(Debug, Default, Clone)]
struct Slot {
    /// As it came.
    id: String,
    name: String,
    /// The name was over before what came of it.
    is_cut: bool,
    arguments: Arguments,
    /// A custom tool's: its input is opaque text, in which nothing is held back, unwrapped or taken for a repetition.
    is_custom: bool,
    /// Its type, if that is none of OpenAI's.
    kind: String,
    /// The last chunk that had a fragment of it, and that named it.
    seen_in: u32,
    named_in: u32,
}

/// What counts of a fragment.
struct Fragment<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    /// What followed the name was cut off.
    is_cut: bool,
    arguments: Cow<'a, str>,
    /// The wire's number.
    number: Option<&'a str>,
    /// It says something else, or is of a type of the provider's own.
    has_more: bool,
}

impl Slots {
    /// How many calls there are.
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// The fragments that follow are another chunk's.
    pub fn begin_chunk(&mut self) {
        self.chunk += 1;
    }

    /// Makes a fragment OpenAI's. `so_far`: the choice as accumulated. `is_whole`: it is an entry of a plain message, and so a
    /// call of its own.
    pub fn fragment<'a>(
        &mut self,
        call: &ToolCall<'a>,
        is_whole: bool,
        so_far: Option<&Choice>,
        seed: u64,
        out: &mut Vec<clean::Call<'a>>,
        repairs: &mut Repairs,
    ) {
        let kind = call.kind.and_then(json::filled).filter(|kind| !scan::is_any(kind, "function/custom"));
        let (name, is_cut) = call.name.and_then(json::filled).map_or((None, false), until_token);
        let fragment = Fragment {
            id: call.id.and_then(label),
            name,
            is_cut,
            arguments: arguments::text(call.arguments, repairs),
            number: call.index.map(|raw| json::string(raw).unwrap_or(raw)),
            has_more: kind.is_some() || !call.extra.is_empty() || !call.inner_extra.is_empty(),
        };
        let at = if is_whole { self.calls.len() } else { self.meant(&fragment, so_far) };
        let is_new = at == self.calls.len();
        if fragment.is_empty() && (is_new || fragment.number.is_none()) {
            return;
        }
        if fragment.number.is_none() && !is_whole {
            repairs.note("tool_index_missing");
        }
        let id = if is_new { Some(self.begin(&fragment, call.index, seed, repairs)) } else { None };
        self.last = at;
        let so_far = so_far.and_then(|choice| choice.calls.get(at));
        let chunk = self.chunk;
        let Some(slot) = self.calls.get_mut(at) else { return };
        slot.is_custom |= call.is_custom();
        let kind = kind.filter(|kind| slot.kind.is_empty() && *kind != slot.kind);
        slot.kind.push_str(kind.unwrap_or(""));
        if std::mem::replace(&mut slot.seen_in, chunk) != chunk {
            slot.arguments.begin_chunk(so_far.map(|call| call.nesting.clone()).unwrap_or_default());
        }
        let name = fragment.name.and_then(|name| slot.rest_of_name(name, fragment.is_cut, chunk, repairs));
        let so_far = so_far.map_or("", |call| &call.arguments);
        let arguments = match slot.is_custom {
            true => fragment.arguments,
            false => slot.arguments.read(fragment.arguments, so_far, repairs),
        };
        slot.arguments.has_any |= !arguments.is_empty();
        let released = std::mem::take(&mut slot.arguments.released);
        if !released.is_empty() {
            out.push(clean::Call { index: at, arguments: Cow::Owned(released), ..Default::default() });
        }
        let (extra, inner_extra) = (call.extra.clone(), call.inner_extra.clone());
        out.push(clean::Call { index: at, id, kind, name, arguments, custom: slot.is_custom, extra, inner_extra });
    }

    /// At the end. Calls without any arguments: OpenAI says `{}`. `all`: the reply is complete; otherwise only what was held
    /// back counts. `calls`: fragments of the same chunk. `so_far`: the choice as accumulated, without them.
    pub fn complete(
        &mut self,
        all: bool,
        calls: &mut Vec<clean::Call<'_>>,
        so_far: Option<&Choice>,
        repairs: &mut Repairs,
    ) {
        let mut last_of = vec![None; self.calls.len()];
        for (at, call) in calls.iter().enumerate() {
            if let Some(last) = last_of.get_mut(call.index) {
                *last = Some(at);
            }
        }
        for ((index, slot), own) in self.calls.iter_mut().enumerate().zip(last_of) {
            if all && slot.name.is_empty() && std::mem::replace(&mut slot.named_in, u32::MAX) != u32::MAX {
                repairs.note("tool_name_missing");
            }
            let known = so_far.and_then(|choice| choice.calls.get(index)).map_or("", |call| &call.arguments);
            let or_bare = all && !slot.is_custom && (slot.kind.is_empty() || !slot.name.is_empty());
            let last = slot.arguments.finish(known, own.is_some(), or_bare, repairs);
            if last.is_empty() {
                continue;
            }
            match own.and_then(|at| calls.get_mut(at)) {
                Some(call) => call.arguments.to_mut().push_str(&last),
                None => calls.push(clean::Call { index, arguments: Cow::Owned(last), ..Default::default() }),
            }
        }
    }

    /// Makes the call that a fragment begins, and notes what is wrong with its number. Its id: no other call's.
    fn begin<'a>(
        &mut self,
        fragment: &Fragment<'a>,
        raw: Option<&str>,
        seed: u64,
        repairs: &mut Repairs,
    ) -> Cow<'a, str> {
        let at = self.calls.len();
        let known = fragment.id.and_then(|id| self.by_id.get(id));
        if let Some(id) = fragment.id {
            self.by_id.set(id, at);
        }
        if let Some(number) = fragment.number {
            self.by_number.set(number, at);
            if json::integer(number) != i64::try_from(at).ok() || raw.is_some_and(|raw| scan::begins(raw, b"\"")) {
                repairs.note("tool_index_wrong");
            }
        }
        self.calls.push(Slot { id: fragment.id.unwrap_or("").to_owned(), ..Slot::default() });
        match fragment.id {
            Some(id) if known.is_none() => return Cow::Borrowed(id),
            Some(_) => repairs.note("tool_id_repeated"),
            None => repairs.note("tool_id_missing"),
        }
        made_up(seed, at)
    }

    /// The call that is meant; one past the last for a new one. In this order:
    ///
    /// | number | id | the fragment | it belongs to |
    /// |---|---|---|---|
    /// | a new one | known | has no name | the call with that id |
    /// | a new one | none | has no name | the call before: nothing begins without id and name |
    /// | a new one | | | a new call |
    /// | | known | begins another: has another name, or no number | a new call |
    /// | | known | | the call with that id, of several the one with that number |
    /// | known | another | has a name, and the call is not half done | a new call: all have number 0 |
    /// | known | none | begins anew what is over | a new call |
    /// | known | | | the call with that number |
    /// | none | another | has a name | a new call |
    /// | none | | follows upon the call before | a new call |
    /// | none | | | the call before |
    fn meant(&self, fragment: &Fragment<'_>, so_far: Option<&Choice>) -> usize {
        let new = self.calls.len();
        let Some(last) = self.known(self.last, so_far) else { return new };
        let by_id = fragment.id.and_then(|id| self.by_id.get(id));
        let by_number = fragment.number.and_then(|number| self.by_number.get(number));
        let (has_id, has_name) = (fragment.id.is_some(), fragment.name.is_some());
        if let (Some(_), None) = (fragment.number, by_number) {
            return match by_id {
                Some(known) if !has_name => known,
                None if !has_id && !has_name => self.last,
                _ => new,
            };
        }
        let numbered = by_number.and_then(|at| Some((at, self.known(at, so_far)?)));
        if let Some(known) = by_id {
            let is_it = |(_, call): &(usize, Known<'_>)| fragment.id == Some(call.slot.id.as_str());
            let at = numbered.filter(is_it).map_or(known, |(at, _)| at);
            let is_another = |call: Known<'_>| {
                let is_told = fragment.number.is_none() || call.slot.named_in == self.chunk;
                call.is_over(fragment) && (is_told || fragment.name != Some(call.slot.name.as_str()))
            };
            return if self.known(at, so_far).is_some_and(is_another) { new } else { at };
        }
        let (at, begins_another) = match numbered {
            Some((at, call)) if has_id => (at, has_name && call.may_be_done()),
            Some((at, call)) => (at, call.is_over(fragment)),
            None => (self.last, (has_id && has_name) || last.is_followed(fragment)),
        };
        if begins_another { new } else { at }
    }

    fn known<'k>(&'k self, at: usize, so_far: Option<&'k Choice>) -> Option<Known<'k>> {
        let slot = self.calls.get(at)?;
        Some(Known { slot, so_far: so_far.and_then(|choice| choice.calls.get(at)), chunk: self.chunk })
    }
}

impl Slot {
    /// What is new of a name. Some send it in pieces; most that send it again send all of it.
    fn rest_of_name<'a>(&mut self, name: &'a str, is_cut: bool, chunk: u32, repairs: &mut Repairs) -> Option<&'a str> {
        self.named_in = chunk;
        let was_cut = self.is_cut;
        self.is_cut |= is_cut || (!self.name.is_empty() && begins_token(name));
        if self.is_cut && !was_cut {
            repairs.note("tool_name_cut");
        }
        if was_cut || (!self.name.is_empty() && (self.arguments.has_begun() || name == self.name || begins_token(name)))
        {
            return None;
        }
        let rest = name.strip_prefix(self.name.as_str()).unwrap_or(name);
        if !self.name.is_empty() {
            repairs.note("tool_name_in_pieces");
        }
        self.name.push_str(rest);
        Some(rest)
    }
}

impl Fragment<'_> {
    fn is_empty(&self) -> bool {
        self.id.is_none() && self.name.is_none() && self.arguments.is_empty() && !self.has_more
    }
}

/// What is known of a call: from earlier in the same chunk, and accumulated.
struct Known<'k> {
    slot: &'k Slot,
    so_far: Option<&'k Call>,
    chunk: u32,
}

impl Known<'_> {
    /// The arguments are a whole JSON value.
    fn is_done(&self) -> bool {
        if self.slot.seen_in == self.chunk {
            return self.slot.arguments.nesting.is_whole();
        }
        self.so_far.is_some_and(|call| call.nesting.is_whole())
    }

    fn may_be_done(&self) -> bool {
        self.slot.is_custom || !self.slot.arguments.has_any || self.is_done()
    }

    /// A fragment with the same number and no id, or with the same id, begins another call: all have number 0, or one id. Two
    /// names in one chunk are two calls'.
    fn is_over(&self, fragment: &Fragment<'_>) -> bool {
        let Some(name) = fragment.name else { return false };
        if name != self.slot.name {
            let is_known = !self.slot.name.is_empty() && !begins_token(name);
            return is_known && (self.slot.arguments.has_begun() || self.slot.named_in == self.chunk);
        }
        let begins = scan::begins(&fragment.arguments, b"{[");
        self.is_done() && begins && (self.slot.named_in == self.chunk || self.differs(&fragment.arguments))
    }

    /// These are other arguments, not the same once more.
    fn differs(&self, arguments: &str) -> bool {
        let so_far = self.so_far.map_or("", |call| call.arguments.as_str());
        // Blanks and escapes make no text eight times as long; and a comparison may only cost what the fragment brought.
        so_far.len() / 8 > arguments.len() || arguments::plain(arguments) != arguments::plain(so_far)
    }

    /// A fragment without number, and without an id and a name together, begins another call.
    fn is_followed(&self, fragment: &Fragment<'_>) -> bool {
        match fragment.name {
            Some(name) if name != self.slot.name && !self.slot.name.is_empty() => true,
            Some(_) => (self.is_done() || self.slot.arguments.are_bare()) && !fragment.arguments.is_empty(),
            None => self.is_done() && fragment.id.is_some(),
        }
    }
}

/// An id as text; some servers count.
fn label(raw: &str) -> Option<&str> {
    json::filled(raw).or(Some(raw).filter(|raw| json::integer(raw).is_some()))
}

/// A name up to where it could not go on, and whether there was more: a token of the model's own (`query<|channel|>commentary`,
/// vLLM).
fn until_token(name: &str) -> (Option<&str>, bool) {
    let end = (1..name.len()).find(|at| name.get(*at..).is_some_and(begins_token));
    (name.get(..end.unwrap_or(name.len())), end.is_some())
}

/// Nothing of a name begins so.
fn begins_token(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first() == Some(&b'<') || bytes.get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"\\u003c"))
}

/// An id for a call that came without one, unlike those of other replies; at most 40 characters, as OpenAI allows.
fn made_up(seed: u64, slot: usize) -> Cow<'static, str> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut state = seed ^ (slot as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut id = String::from("call_");
    for _ in 0..16 {
        state ^= state >> 31;
        state = state.wrapping_mul(0xBF58_476D_1CE4_E5B9).wrapping_add(1);
        let letter = LETTERS.get((state >> 59) as usize).copied().unwrap_or(b'x');
        id.push(char::from(letter));
    }
    Cow::Owned(id)
}
