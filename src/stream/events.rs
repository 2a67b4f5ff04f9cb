//! The events for user interfaces, of choice 0.

use super::media::Media;
use super::output::next_element;
use crate::accumulate::{Accumulator, Call};
use crate::json::partial;
use crate::scan;
use crate::wire::clean::{self, text_member};

/// What a call says that is done and has no name.
const NAMELESS: &str = "the provider gave this call no name";

/// What was told.
#[derive(Debug, Default)]
pub struct Events {
    calls: Vec<CallEvents>,
    media: Media,
    finished: bool,
}

/// What was told of one tool call.
#[derive(Debug, Default)]
struct CallEvents {
    started: bool,
    done: bool,
    /// Bytes of the raw arguments.
    sent: usize,
    value: partial::Growing,
}

impl Events {
    /// What a chunk brought, which is in `reply` already.
    pub fn choice(&mut self, choice: &clean::Choice<'_>, reply: &Accumulator, out: &mut String) {
        self.text("reasoning", choice.reasoning.as_deref(), out);
        self.text("text", choice.content.as_deref(), out);
        self.text("refusal", choice.refusal, out);
        if let Some(so_far) = reply.choice(0) {
            self.media.members(&choice.delta_extra, so_far, out);
        }
        let calls = reply.choice(0).map_or(&[][..], |choice| &choice.calls);
        for fragment in &choice.calls {
            if let Some(call) = calls.get(fragment.index) {
                self.call(fragment.index, call, false, out);
            }
        }
        if let (Some(reason), false) = (choice.finish, self.finished) {
            self.finished = true;
            self.calls_done(reply, out);
            next_element(out);
            text_member("{\"type\":\"finish\",\"reason\":\"", reason, out);
            out.push('}');
        }
    }

    pub fn text(&mut self, name: &str, text: Option<&str>, out: &mut String) {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return };
        next_element(out);
        text_member("{\"type\":\"", name, out);
        text_member(",\"text\":\"", text, out);
        out.push('}');
    }

    /// Tells what is new of a call. It starts when its name is known; `force` starts it all the same.
    pub fn call(&mut self, index: usize, call: &Call, force: bool, out: &mut String) {
        while self.calls.len() <= index {
            self.calls.push(CallEvents::default());
        }
        let Some(known) = self.calls.get_mut(index) else { return };
        if !known.started && (force || !call.name.is_empty()) {
            known.started = true;
            call_head("tool_call.start", index, call, out);
            text_member(",\"id\":\"", &call.id, out);
            text_member(",\"name\":\"", &call.name, out);
            out.push('}');
        }
        let more = call.arguments.get(known.sent..).unwrap_or("");
        if !known.started || more.is_empty() {
            return;
        }
        known.sent = call.arguments.len();
        call_head("tool_call.delta", index, call, out);
        text_member(",\"arguments\":\"", more, out);
        if !call.is_custom() {
            known.value.write_operations(more, out);
        }
        out.push('}');
    }

    /// The reply is complete.
    pub fn complete(&mut self, reply: &Accumulator, out: &mut String) {
        self.calls_done(reply, out);
        if let Some(usage) = &reply.usage {
            next_element(out);
            out.push_str("{\"type\":\"usage\",\"usage\":");
            out.push_str(usage);
            out.push('}');
        }
    }

    fn calls_done(&mut self, reply: &Accumulator, out: &mut String) {
        let calls = reply.choice(0).map_or(&[][..], |choice| &choice.calls);
        for (index, call) in calls.iter().enumerate() {
            self.call(index, call, true, out);
            let Some(known) = self.calls.get_mut(index) else { continue };
            if std::mem::replace(&mut known.done, true) {
                continue;
            }
            call_head("tool_call.done", index, call, out);
            text_member(",\"id\":\"", &call.id, out);
            text_member(",\"name\":\"", &call.name, out);
            text_member(",\"arguments\":\"", &call.arguments, out);
            if call.name.is_empty() {
                text_member(",\"error\":\"", NAMELESS, out);
            }
            out.push('}');
        }
    }
}

fn call_head(name: &str, index: usize, call: &Call, out: &mut String) {
    next_element(out);
    text_member("{\"type\":\"", name, out);
    out.push_str(",\"index\":");
    out.push_str(&scan::decimal(index as u64));
    if call.is_custom() {
        out.push_str(",\"custom\":true");
    }
    if !call.kind.is_empty() {
        text_member(",\"toolType\":\"", &call.kind, out);
    }
}
