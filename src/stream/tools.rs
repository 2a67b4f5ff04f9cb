//! Which tool call a fragment belongs to. OpenAI numbers the calls 0, 1, 2 and sends `id`, `type` and `name` once; others
//! leave the index out, start it at 1 or send 0 for all, leave the id out, send it empty, repeat it with every fragment.

use super::repair::Repairs;
use crate::accumulate::{Call, Choice, Positions};
use crate::json::{self, Nesting};
use crate::scan;
use crate::wire::chunk::ToolCall;
use crate::wire::clean;
use std::borrow::Cow;

/// One choice's calls, in our order.
#[derive(Debug, Default, Clone)]
pub struct Slots {
    calls: Vec<Slot>,
    last: usize,
    /// The first call with each id, and the last with each of the wire's numbers.
    by_id: Positions,
    by_number: Positions,
    /// How many chunks had calls.
    chunk: u32,
}

#[derive(Debug, Default, Clone)]
struct Slot {
    id: String,
    name: String,
    /// It has arguments, `{}` that is held back not counted.
    has_arguments: bool,
    /// The arguments began with `{}`. It is held back, for the arguments may follow it (proxies of Anthropic's API).
    is_held: bool,
    /// A custom tool's: its input is opaque text, in which nothing is held back, unwrapped or taken for a repetition.
    is_custom: bool,
    /// The last chunk that had a fragment of it, and that named it.
    seen_in: u32,
    named_in: u32,
    /// As of that chunk: what is accumulated lacks its fragments.
    nesting: Nesting,
}

/// What counts of a fragment.
struct Fragment<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    arguments: Cow<'a, str>,
    /// The wire's number.
    number: Option<&'a str>,
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

    /// Makes a fragment OpenAI's. `so_far`: the choice as accumulated.
    pub fn fragment<'a>(
        &mut self,
        call: &ToolCall<'a>,
        so_far: Option<&Choice>,
        seed: u64,
        repairs: &mut Repairs,
    ) -> Option<clean::Call<'a>> {
        let fragment = Fragment {
            id: call.id.and_then(label),
            name: call.name.and_then(json::filled),
            arguments: arguments(call.arguments, repairs),
            number: call.index.filter(|raw| json::number(raw).is_some()).map(|raw| json::string(raw).unwrap_or(raw)),
        };
        let at = self.meant(&fragment, so_far);
        let is_new = at == self.calls.len();
        if fragment.is_empty() && (is_new || fragment.number.is_none()) {
            return None;
        }
        if fragment.number.is_none() {
            repairs.note("tool_index_missing");
        }
        if is_new {
            self.begin(&fragment, call.index, repairs);
        }
        self.last = at;
        let so_far = so_far.and_then(|choice| choice.calls.get(at));
        let chunk = self.chunk;
        let slot = self.calls.get_mut(at)?;
        slot.is_custom |= call.custom;
        if std::mem::replace(&mut slot.seen_in, chunk) != chunk {
            slot.nesting = so_far.map(|call| call.nesting.clone()).unwrap_or_default();
        }
        let id = is_new.then(|| fragment.id.map_or_else(|| made_up(seed, at, repairs), Cow::Borrowed));
        let name = fragment.name.and_then(|name| slot.rest_of_name(name, chunk, repairs));
        let arguments = slot.rest_of_arguments(fragment.arguments, repairs);
        let (extra, inner_extra) = (call.extra.clone(), call.inner_extra.clone());
        Some(clean::Call { index: at, id, name, arguments, custom: slot.is_custom, extra, inner_extra })
    }

    /// At the end. Calls without any arguments: OpenAI says `{}`. `all`: the reply is complete; otherwise only what was held
    /// back counts. `calls`: fragments of the same chunk.
    pub fn complete(&mut self, all: bool, calls: &mut Vec<clean::Call<'_>>, repairs: &mut Repairs) {
        let is_bare = |slot: &Slot| slot.is_held || (all && !slot.has_arguments && !slot.is_custom);
        for call in calls.iter_mut() {
            let Some(slot) = self.calls.get_mut(call.index).filter(|slot| is_bare(slot)) else { continue };
            slot.fill();
            call.arguments = Cow::Borrowed("{}");
        }
        for (index, slot) in self.calls.iter_mut().enumerate() {
            if all && slot.name.is_empty() && std::mem::replace(&mut slot.named_in, u32::MAX) != u32::MAX {
                repairs.note("tool_name_missing");
            }
            if is_bare(slot) {
                slot.fill();
                calls.push(clean::Call { index, arguments: Cow::Borrowed("{}"), ..Default::default() });
            }
        }
    }

    /// Makes the call that a fragment begins, and notes what is wrong with its number.
    fn begin(&mut self, fragment: &Fragment<'_>, raw: Option<&str>, repairs: &mut Repairs) {
        let at = self.calls.len();
        let id = fragment.id.unwrap_or("");
        if !id.is_empty() && self.by_id.get(id).is_none() {
            self.by_id.set(id, at);
        }
        if let Some(number) = fragment.number {
            self.by_number.set(number, at);
            if json::integer(number) != i64::try_from(at).ok() || raw.is_some_and(|raw| scan::begins(raw, b"\"")) {
                repairs.note("tool_index_wrong");
            }
        }
        self.calls.push(Slot { id: id.to_owned(), ..Slot::default() });
    }

    /// The call that is meant; one past the last for a new one. In this order:
    ///
    /// | number | id | the fragment | it belongs to |
    /// |---|---|---|---|
    /// | a new one | known | has no name | the call with that id |
    /// | a new one | none | has no name | the call before: nothing begins without id and name |
    /// | a new one | | | a new call |
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
            return numbered.filter(is_it).map_or(known, |(at, _)| at);
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
    /// Its arguments are `{}`.
    fn fill(&mut self) {
        (self.has_arguments, self.is_held) = (true, false);
    }

    /// What is new of a name. Some send it in pieces; most that send it again send all of it.
    fn rest_of_name<'a>(&mut self, name: &'a str, chunk: u32, repairs: &mut Repairs) -> Option<&'a str> {
        self.named_in = chunk;
        if !self.name.is_empty() && (self.has_arguments || self.is_held || name == self.name) {
            return None;
        }
        let rest = name.strip_prefix(self.name.as_str()).unwrap_or(name);
        if !self.name.is_empty() {
            repairs.note("tool_name_in_pieces");
        }
        self.name.push_str(rest);
        Some(rest)
    }

    /// What is new of the arguments.
    fn rest_of_arguments<'a>(&mut self, raw: Cow<'a, str>, repairs: &mut Repairs) -> Cow<'a, str> {
        let mut arguments = raw;
        if !self.is_custom {
            arguments = if self.has_arguments {
                without_repetition(arguments, self.nesting.is_whole(), repairs)
            } else {
                unwrap(arguments, repairs)
            };
            if !self.has_arguments && arguments == "{}" {
                self.is_held = true;
                arguments = Cow::Borrowed("");
            }
            if self.is_held && !arguments.is_empty() {
                self.is_held = false;
                repairs.note("tool_arguments_repeated");
            }
            self.nesting.read(&arguments);
        }
        self.has_arguments |= !arguments.is_empty();
        arguments
    }
}

impl Fragment<'_> {
    fn is_empty(&self) -> bool {
        self.id.is_none() && self.name.is_none() && self.arguments.is_empty()
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
            return self.slot.nesting.is_whole();
        }
        self.so_far.is_some_and(|call| call.nesting.is_whole())
    }

    fn may_be_done(&self) -> bool {
        self.slot.is_custom || !self.slot.has_arguments || self.is_done()
    }

    /// A fragment with the same number and no id begins another call: all have number 0.
    fn is_over(&self, fragment: &Fragment<'_>) -> bool {
        let Some(name) = fragment.name else { return false };
        if name != self.slot.name {
            return !self.slot.name.is_empty() && (self.slot.has_arguments || self.slot.is_held);
        }
        let begins = scan::begins(&fragment.arguments, b"{[");
        self.is_done() && begins && (self.slot.named_in == self.chunk || self.differs(&fragment.arguments))
    }

    /// These are other arguments, not the same once more.
    fn differs(&self, arguments: &str) -> bool {
        let so_far = self.so_far.map_or("", |call| call.arguments.as_str());
        // Blanks and escapes make no text eight times as long; and a comparison may only cost what the fragment brought.
        so_far.len() / 8 > arguments.len() || plain(arguments) != plain(so_far)
    }

    /// A fragment without number, and without an id and a name together, begins another call.
    fn is_followed(&self, fragment: &Fragment<'_>) -> bool {
        match fragment.name {
            Some(name) if name != self.slot.name && !self.slot.name.is_empty() => true,
            Some(_) => (self.is_done() || self.slot.is_held) && !fragment.arguments.is_empty(),
            None => self.is_done() && fragment.id.is_some(),
        }
    }
}

/// An id as text; some servers count.
fn label(raw: &str) -> Option<&str> {
    json::filled(raw).or(Some(raw).filter(|raw| json::integer(raw).is_some()))
}

/// Arguments to compare: as text, without blanks.
fn plain(raw: &str) -> String {
    json::compact(&json::unescape(raw))
}

/// Arguments as raw text: some servers send the object itself.
fn arguments<'a>(raw: Option<&'a str>, repairs: &mut Repairs) -> Cow<'a, str> {
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

/// An id for a call that came without one, unlike those of other replies; at most 40 characters, as OpenAI allows.
fn made_up(seed: u64, slot: usize, repairs: &mut Repairs) -> Cow<'static, str> {
    repairs.note("tool_id_missing");
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
