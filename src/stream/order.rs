//! Tool calls that come before one of a lower number wait for it, so that their order is that of their numbers in all that is
//! told. What nothing explains but another order waits: a call whose number skips some, where no text came since the call
//! before. (Anthropic's endpoint numbers blocks of text, too.) What the others never fill is let go at the end of the choice.

use crate::accumulate::Accumulator;
use crate::json;
use crate::scan;
use crate::wire::chunk::{Choice, Chunk, ToolCall};
use crate::wire::clean::text_member;

/// A number beyond this is not waited for.
const LAST: i64 = 128;

/// The calls of a reply that wait.
#[derive(Debug, Default)]
pub struct Order(Vec<Waiting>);

/// Those of one choice.
#[derive(Debug, Default)]
struct Waiting {
    choice: u32,
    /// The number of the call that begins next.
    next: i64,
    /// How much text had come when the last call began.
    text: usize,
    /// By number, ascending: its fragments as they came, with commas between them.
    calls: Vec<(i64, String)>,
}

impl Order {
    /// Takes the calls out of a chunk that have to wait. Gives a chunk of those that need to wait no more, as JSON: it goes
    /// before the rest of this one where a choice ends here, else after it.
    pub fn sort(&mut self, chunk: &mut Chunk<'_>, reply: &mut Accumulator) -> Option<String> {
        let mut ready = String::new();
        for choice in chunk.choices.iter_mut().flatten() {
            let number = choice.number();
            let at = self.0.iter().position(|waiting| waiting.choice == number);
            let has_calls = choice.delta.as_ref().is_some_and(|delta| !delta.tool_calls.is_empty());
            if at.is_none() && !has_calls {
                continue;
            }
            let at = at.unwrap_or_else(|| {
                self.0.push(Waiting { choice: number, ..Waiting::default() });
                self.0.len() - 1
            });
            let Some(waiting) = self.0.get_mut(at) else { continue };
            waiting.read(choice, reply);
            waiting.write_ready(choice.finish_reason.is_some(), &mut ready);
        }
        chunk_of(&ready, reply)
    }

    /// Calls wait.
    pub fn has_waiting(&self) -> bool {
        self.0.iter().any(|waiting| !waiting.calls.is_empty())
    }

    /// All that still waits.
    pub fn flush(&mut self, reply: &Accumulator) -> Option<String> {
        let mut ready = String::new();
        self.0.iter_mut().for_each(|waiting| waiting.write_ready(true, &mut ready));
        chunk_of(&ready, reply)
    }
}

impl Waiting {
    /// Takes the calls over if one of them has to wait.
    fn read(&mut self, choice: &mut Choice<'_>, reply: &mut Accumulator) {
        let Some(delta) = &mut choice.delta else { return };
        let length = |text: &String| text.len();
        let so_far = reply.choice(self.choice);
        let text = so_far.map_or(0, |choice| choice.content.as_ref().map_or(0, length) + choice.reasoning.len());
        if self.calls.is_empty() && delta.tool_calls.iter().all(|call| self.is_next(call, text)) {
            return;
        }
        let mut number = 0;
        for call in delta.tool_calls.drain(..) {
            reply.grew(call.source.len());
            number = call.index.and_then(json::number).unwrap_or(number);
            let at = self.calls.partition_point(|(other, _)| *other < number);
            if self.calls.get(at).is_none_or(|(other, _)| *other != number) {
                self.calls.insert(at, (number, String::new()));
            }
            let Some((_, fragments)) = self.calls.get_mut(at) else { continue };
            fragments.push_str(if fragments.is_empty() { "{" } else { ",{" });
            fragments.push_str(call.source);
        }
    }

    /// True for a call that need not wait.
    fn is_next(&mut self, call: &ToolCall<'_>, text: usize) -> bool {
        let Some(number) = call.index.and_then(json::number) else { return true };
        let begins = [call.id, call.name].into_iter().flatten().any(|raw| json::filled(raw).is_some());
        if number < self.next || !begins {
            return true;
        }
        if number > self.next && number <= LAST && text == self.text {
            return false;
        }
        self.next = number.saturating_add(1);
        self.text = text;
        true
    }

    /// Appends a choice with the calls that need to wait no more; with all of them where the choice ends.
    fn write_ready(&mut self, ends: bool, out: &mut String) {
        let mut next = self.next;
        let is_ready = |(number, _): &&(i64, String)| {
            let is_ready = ends || *number <= next;
            next = next.max(number.saturating_add(1));
            is_ready
        };
        let ready = self.calls.iter().take_while(is_ready).count();
        if ready == 0 {
            return;
        }
        out.push_str(if out.is_empty() { "{\"index\":" } else { ",{\"index\":" });
        out.push_str(&scan::decimal(self.choice.into()));
        out.push_str(",\"delta\":{\"tool_calls\":[");
        for (at, (number, fragments)) in self.calls.drain(..ready).enumerate() {
            out.push_str(if at > 0 { "," } else { "" });
            out.push_str(&fragments);
            self.next = self.next.max(number.saturating_add(1));
        }
        out.push_str("]},\"finish_reason\":null}");
    }
}

/// The chunk with these choices.
fn chunk_of(choices: &str, reply: &Accumulator) -> Option<String> {
    if choices.is_empty() {
        return None;
    }
    let mut out = String::new();
    text_member("{\"id\":\"", &reply.id, &mut out);
    text_member(",\"model\":\"", &reply.model, &mut out);
    out.push_str(",\"object\":\"chat.completion.chunk\",\"created\":");
    out.push_str(if reply.created.is_empty() { "0" } else { &reply.created });
    out.push_str(",\"choices\":[");
    out.push_str(choices);
    out.push_str("]}");
    Some(out)
}
