//! Which tool call a fragment belongs to. OpenAI numbers the calls 0, 1, 2 and sends `id`, `type` and `name` once; others
//! leave the index out, start it at 1 or send 0 for all, leave the id out, send it empty, repeat it with every fragment.

use super::repair::Repairs;
use crate::accumulate::{Call, Choice};
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
}

#[derive(Debug, Default, Clone)]
struct Slot {
    /// The wire's number.
    wire: Option<i64>,
    /// The arguments began with `{}`. It is held back, for the arguments may follow it (proxies of Anthropic's API).
    is_held: bool,
}

/// What counts of a fragment.
struct Fragment<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    arguments: Cow<'a, str>,
    wire: Option<i64>,
}

impl Slots {
    /// How many calls there are.
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Makes a fragment OpenAI's. `so_far`: the choice as accumulated; `earlier`: fragments of the same chunk.
    pub fn fragment<'a>(
        &mut self,
        call: &ToolCall<'a>,
        so_far: Option<&Choice>,
        earlier: &[clean::Call<'a>],
        seed: u64,
        repairs: &mut Repairs,
    ) -> Option<clean::Call<'a>> {
        let fragment = Fragment {
            id: call.id.and_then(label),
            name: call.name.and_then(json::filled),
            arguments: arguments(call.arguments, repairs),
            wire: call.index.and_then(json::number),
        };
        let slot = self.slot(&fragment, &|slot| self.known(slot, so_far, earlier));
        let is_new = slot == self.calls.len();
        if fragment.is_empty() && (is_new || fragment.wire.is_none()) {
            return None;
        }
        self.number(&fragment, call.index, slot, repairs);
        self.last = slot;
        let known = self.known(slot, so_far, earlier);
        let name = fragment.name.and_then(|name| known.rest_of_name(name, repairs));
        let mut arguments = fragment.arguments;
        arguments = if known.has_arguments {
            without_repetition(arguments, &known, repairs)
        } else {
            unwrap(arguments, repairs)
        };
        if let Some(slot) = self.calls.get_mut(slot) {
            if !known.has_arguments && arguments == "{}" {
                slot.is_held = true;
                arguments = Cow::Borrowed("");
            }
            if slot.is_held && !arguments.is_empty() {
                slot.is_held = false;
                repairs.note("tool_arguments_repeated");
            }
        }
        Some(clean::Call {
            index: slot,
            id: is_new.then(|| fragment.id.map_or_else(|| made_up(seed, slot, repairs), Cow::Borrowed)),
            name,
            arguments,
            custom: call.custom,
            extra: call.extra.clone(),
            inner_extra: call.inner_extra.clone(),
        })
    }

    /// Calls without any arguments: OpenAI says `{}`. `all`: the reply is complete; otherwise only what was held back counts.
    pub fn complete(&self, so_far: Option<&Choice>, all: bool, calls: &mut Vec<clean::Call<'_>>) {
        for (index, slot) in self.calls.iter().enumerate() {
            let before = so_far.and_then(|choice| choice.calls.get(index));
            let has_before = before.is_some_and(|call| !call.arguments.is_empty());
            let mut fragments = calls.iter_mut().filter(|call| call.index == index);
            if !(all || slot.is_held) || has_before || fragments.any(|call| !call.arguments.is_empty()) {
                continue;
            }
            let arguments = Cow::Borrowed("{}");
            match calls.iter_mut().find(|call| call.index == index) {
                Some(fragment) => fragment.arguments = arguments,
                None => {
                    let custom = before.is_some_and(Call::is_custom);
                    calls.push(clean::Call { index, arguments, custom, ..Default::default() });
                }
            }
        }
    }

    fn known<'k>(&self, slot: usize, so_far: Option<&'k Choice>, earlier: &'k [clean::Call<'_>]) -> Known<'k> {
        let is_held = self.calls.get(slot).is_some_and(|slot| slot.is_held);
        Known { is_held, ..Known::of(slot, so_far, earlier) }
    }

    /// Makes the call if it is new, and notes what is wrong with its number.
    fn number(&mut self, fragment: &Fragment<'_>, raw: Option<&str>, slot: usize, repairs: &mut Repairs) {
        if fragment.wire.is_none() {
            repairs.note("tool_index_missing");
        }
        if slot < self.calls.len() {
            return;
        }
        self.calls.push(Slot { wire: fragment.wire, is_held: false });
        let is_wrong = |wire: i64| usize::try_from(wire) != Ok(slot) || raw.is_some_and(|raw| raw.starts_with('"'));
        if fragment.wire.is_some_and(is_wrong) {
            repairs.note("tool_index_wrong");
        }
    }

    /// The position of the call that is meant; one past the last for a new one.
    fn slot<'k>(&self, fragment: &Fragment<'_>, known: &dyn Fn(usize) -> Known<'k>) -> usize {
        let Fragment { id, name, wire, .. } = *fragment;
        let next = self.calls.len();
        let by_id = id.and_then(|id| (0..next).find(|slot| known(*slot).id == id));
        let by_index = wire.and_then(|_| self.calls.iter().rposition(|known| known.wire == wire));
        match (wire, by_index, by_id) {
            // An index of its own: a new call, unless it only continues one that its id names.
            (Some(_), None, Some(slot)) if name.is_none() => slot,
            // Nothing begins without id and name: the call goes on under another number.
            (Some(_), None, None) if id.is_none() && name.is_none() && next > 0 => self.last,
            (Some(_), None, _) => next,
            // An index that was seen, or none: the id tells.
            (_, Some(slot), _) if id.is_some_and(|id| known(slot).id == id) => slot,
            (_, _, Some(slot)) => slot,
            // Index 0 for every call: another id with a name is another call, unless the one so far is half done.
            (_, Some(slot), None) if id.is_some() && name.is_some() && known(slot).may_be_done() => next,
            (_, Some(slot), None) if id.is_none() && known(slot).is_over(fragment) => next,
            (_, Some(slot), None) => slot,
            (None, None, None) if next == 0 => next,
            (None, None, None) if id.is_some() && name.is_some() => next,
            (None, None, None) if known(self.last).is_followed(fragment) => next,
            (None, None, None) => self.last,
        }
    }
}

impl Fragment<'_> {
    fn is_empty(&self) -> bool {
        self.id.is_none() && self.name.is_none() && self.arguments.is_empty()
    }
}

/// What is known of a call: accumulated, and from earlier in the same chunk.
#[derive(Default)]
struct Known<'k> {
    id: &'k str,
    name: &'k str,
    /// Accumulated.
    arguments: &'k str,
    has_arguments: bool,
    /// The arguments are a whole JSON value.
    is_done: bool,
    /// It was named in the same chunk.
    is_in_chunk: bool,
    /// Its `{}` is held back.
    is_held: bool,
}

impl<'k> Known<'k> {
    fn of(slot: usize, so_far: Option<&'k Choice>, earlier: &'k [clean::Call<'_>]) -> Self {
        let before = so_far.and_then(|choice| choice.calls.get(slot));
        let mut known = Self::default();
        if let Some(call) = before {
            (known.id, known.name, known.arguments) = (&call.id, &call.name, &call.arguments);
            known.has_arguments = !call.arguments.is_empty();
            known.is_done = call.nesting.is_whole();
        }
        let mut nesting: Option<Nesting> = None;
        for call in earlier.iter().filter(|call| call.index == slot) {
            known.id = call.id.as_deref().unwrap_or(known.id);
            known.name = call.name.unwrap_or(known.name);
            known.is_in_chunk |= call.name.is_some();
            known.has_arguments |= !call.arguments.is_empty();
            let nesting = nesting.get_or_insert_with(|| before.map(|call| call.nesting.clone()).unwrap_or_default());
            nesting.read(&call.arguments);
            known.is_done = nesting.is_whole();
        }
        known
    }

    fn may_be_done(&self) -> bool {
        !self.has_arguments || self.is_done
    }

    /// A fragment with the same number and no id begins another call: all have number 0.
    fn is_over(&self, fragment: &Fragment<'_>) -> bool {
        let Some(name) = fragment.name else { return false };
        if name != self.name {
            return !self.name.is_empty() && (self.has_arguments || self.is_held);
        }
        let begins = scan::begins(&fragment.arguments, b"{[");
        self.is_done && begins && (self.is_in_chunk || plain(&fragment.arguments) != plain(self.arguments))
    }

    /// A fragment without number, and without an id and a name together, begins another call.
    fn is_followed(&self, fragment: &Fragment<'_>) -> bool {
        match fragment.name {
            Some(name) if name != self.name && !self.name.is_empty() => true,
            Some(_) => (self.is_done || self.is_held) && !fragment.arguments.is_empty(),
            None => self.is_done && fragment.id.is_some(),
        }
    }

    /// What is new of a name. Some send it in pieces; most that send it again send all of it.
    fn rest_of_name<'a>(&self, name: &'a str, repairs: &mut Repairs) -> Option<&'a str> {
        if self.name.is_empty() {
            return Some(name);
        }
        if self.has_arguments || self.is_held || name == self.name {
            return None;
        }
        repairs.note("tool_name_in_pieces");
        Some(name.strip_prefix(self.name).unwrap_or(name))
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
fn without_repetition<'a>(arguments: Cow<'a, str>, known: &Known<'_>, repairs: &mut Repairs) -> Cow<'a, str> {
    if known.is_done && scan::begins(&arguments, b"{[\\") && json::is_whole(&json::unescape(&arguments)) {
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
