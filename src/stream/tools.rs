//! Which tool call a fragment belongs to. OpenAI numbers the calls 0, 1, 2 and sends `id`, `type` and `name` once; others
//! leave the index out, start it at 1 or send 0 for all, leave the id out, send it empty, repeat it with every fragment.

use super::repair::Repairs;
use crate::accumulate::{Call, Choice};
use crate::json::{self, Nesting};
use crate::scan;
use crate::wire::chunk::ToolCall;
use crate::wire::clean;
use std::borrow::Cow;

/// The wire's numbers of one choice's calls; the position is ours.
#[derive(Debug, Default, Clone)]
pub struct Slots {
    wire: Vec<Option<i64>>,
    last: usize,
}

impl Slots {
    /// How many calls there are.
    pub fn len(&self) -> usize {
        self.wire.len()
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
        let id = call.id.and_then(json::filled);
        let name = call.name.and_then(json::filled);
        let arguments = arguments(call.arguments, repairs);
        if id.is_none() && name.is_none() && arguments.is_empty() && call.index.is_none() {
            return None;
        }
        let known = |slot: usize| Known::of(slot, so_far, earlier);
        let wire = call.index.and_then(json::integer);
        if wire.is_none() {
            repairs.note("tool_index_missing");
        }
        let slot = self.slot(wire, id, name, &known);
        let is_new = slot == self.wire.len();
        if is_new {
            self.wire.push(wire);
            if wire.is_some_and(|wire| usize::try_from(wire) != Ok(slot)) {
                repairs.note("tool_index_wrong");
            }
        }
        self.last = slot;
        let known = known(slot);
        let arguments =
            if is_new { unwrap(arguments, repairs) } else { without_repetition(arguments, &known, repairs) };
        Some(clean::Call {
            index: slot,
            id: if is_new { Some(id.map_or_else(|| made_up(seed, slot, repairs), Cow::Borrowed)) } else { None },
            name: if known.name.is_empty() { name } else { None },
            arguments,
            custom: call.custom,
            extra: call.extra.clone(),
        })
    }

    /// The position of the call that is meant; one past the last for a new one.
    fn slot<'k>(
        &self,
        wire: Option<i64>,
        id: Option<&str>,
        name: Option<&str>,
        known: &dyn Fn(usize) -> Known<'k>,
    ) -> usize {
        let next = self.wire.len();
        let by_id = id.and_then(|id| (0..next).find(|slot| known(*slot).id == id));
        let by_index = wire.and_then(|_| self.wire.iter().rposition(|known| *known == wire));
        match (wire, by_index, by_id) {
            // An index of its own: a new call, unless it only continues one that its id names.
            (Some(_), None, Some(slot)) if name.is_none() => slot,
            (Some(_), None, _) => next,
            // An index that was seen, or none: the id tells.
            (_, Some(slot), _) if id.is_some_and(|id| known(slot).id == id) => slot,
            (_, _, Some(slot)) => slot,
            // Index 0 for every call: another id with a name is another call, unless the one so far is half done.
            (_, Some(slot), None) if id.is_some() && name.is_some() && known(slot).may_be_done() => next,
            (_, Some(slot), None) => slot,
            (None, None, None) if next == 0 => next,
            (None, None, None) if id.is_some() && name.is_some() => next,
            (None, None, None) if (id.is_some() || name.is_some()) && known(self.last).is_done => next,
            (None, None, None) => self.last,
        }
    }
}

/// What is known of a call: accumulated, and from earlier in the same chunk.
struct Known<'k> {
    id: &'k str,
    name: &'k str,
    has_arguments: bool,
    /// The arguments are a whole JSON value.
    is_done: bool,
}

impl<'k> Known<'k> {
    fn of(slot: usize, so_far: Option<&'k Choice>, earlier: &'k [clean::Call<'_>]) -> Self {
        let before = so_far.and_then(|choice| choice.calls.get(slot));
        let empty = Self { id: "", name: "", has_arguments: false, is_done: false };
        let mut known = before.map_or(empty, |call: &Call| Self {
            id: &call.id,
            name: &call.name,
            has_arguments: !call.arguments.is_empty(),
            is_done: call.nesting.is_whole(),
        });
        let mut nesting: Option<Nesting> = None;
        for call in earlier.iter().filter(|call| call.index == slot) {
            known.id = call.id.as_deref().unwrap_or(known.id);
            known.name = call.name.unwrap_or(known.name);
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
