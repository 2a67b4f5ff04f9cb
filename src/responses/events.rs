//! Events as they come: which they are, and what becomes of each.

use super::clean::{self, Changes, quoted};
use super::fields::{self, Face, Family, Fields, Stage};
use super::outcome::Outcome;
use super::predict::Template;
use super::{Bounds, Event, Responses, lost};
use crate::json;
use crate::scan;
use crate::stream::Taken;

/// Types that only keep the connection open.
const PINGS: &str = "keepalive/ping/heartbeat/keep-alive";

impl Responses {
    /// Reads an object. `name`: of its event.
    pub(super) fn read(&mut self, raw: &str, name: &str, bounds: &mut Bounds<'_>) -> Taken {
        let Some(fields) = Fields::read(raw) else { return Taken::Strange };
        let mut changes = Changes::new();
        let is_named = name == "error" || name.starts_with("response.");
        let kind = match fields.kind {
            // Some say it in the event's name alone.
            "" if is_named => {
                changes.push(("type", quoted(name)));
                bounds.repairs.note("type_missing");
                name
            }
            kind => kind,
        };
        let report = lost::report(&fields, kind, raw);
        if !report.is_empty() {
            return Taken::Reported(lost::without_frame(report));
        }
        if lost::is_chat(&fields, kind) {
            return Taken::Failed(lost::chat());
        }
        if lost::is_response(&fields, kind) {
            return self.whole(raw, bounds);
        }
        // One around it, as of Cloudflare's gateway.
        let inner = if fields.inner.is_empty() { fields.response } else { fields.inner };
        if kind.is_empty() && scan::begins(inner, b"{") && !self.has_begun {
            // What came of an event without its type is whole only where it has ended.
            let is_whole = !fields.inner.is_empty() || Outcome::of_status(inner).is_some();
            let taken = Fields::read(inner).filter(|fields| is_whole && lost::is_response(fields, fields.kind));
            if taken.is_some() {
                bounds.repairs.note("foreign_shape");
                return self.whole(inner, bounds);
            }
        }
        if !kind.starts_with("response.") && scan::is_any(kind, PINGS) {
            return Taken::Part;
        }
        // What another API says before anything of a response came is none.
        if kind.is_empty() || !self.has_begun && scan::position(kind, ".").is_none() {
            return Taken::Strange;
        }
        self.event(Event { kind, raw, name, fields, changes }, bounds)
    }

    fn event(&mut self, mut event: Event<'_>, bounds: &mut Bounds<'_>) -> Taken {
        let kind = event.kind.strip_prefix("response.").unwrap_or("");
        self.steps += 1;
        if let Some(outcome) = Outcome::of(kind, &event.fields) {
            return self.terminal(event, outcome, bounds);
        }
        let is_state = matches!(kind, "created" | "in_progress" | "queued");
        if is_state {
            self.has_begun = true;
            self.state(&mut event, kind, bounds);
            return Taken::Part;
        }
        self.begin(&event, bounds);
        let failed = match kind {
            "output_item.added" => self.item_added(&mut event, bounds),
            "output_item.done" => self.item_done(&mut event, bounds),
            "content_part.added" | "reasoning_summary_part.added" => self.part_added(&mut event, kind, bounds),
            "content_part.done" | "reasoning_summary_part.done" => self.part_done(&mut event, kind, bounds),
            "output_text.annotation.added" => self.annotated(&mut event, bounds),
            _ => match fields::family_of(kind) {
                Some((family, stage)) => self.grown(&mut event, family, stage, bounds),
                None => self.told(&mut event, kind, bounds),
            },
        };
        match failed {
            Some(taken) => taken,
            None => {
                self.emit(&mut event, bounds.repairs);
                if !event.changes.is_empty() {
                    self.template = None;
                }
                Taken::Part
            }
        }
    }

    /// `response.created` and its like.
    fn state(&mut self, event: &mut Event<'_>, kind: &str, bounds: &mut Bounds<'_>) {
        let status = if kind == "queued" { "queued" } else { "in_progress" };
        let given = if scan::begins(event.fields.response, b"{") { event.fields.response } else { "{}" };
        // What is missing in a later one was said before.
        let base = if given == "{}" && !self.response.is_empty() { self.response.clone() } else { given.to_owned() };
        let (response, is_filled) = clean::response(&base, &self.own_id(), status, Changes::new());
        if is_filled || given == "{}" {
            bounds.repairs.note("members_missing");
        }
        if response != event.fields.response {
            event.changes.push(("response", response.clone()));
        }
        // A response in the background goes on without us: its id is worth something.
        if json::member(&response, "background") == Some("true") {
            self.content += 1;
        }
        self.keep(response);
        self.emit(event, bounds.repairs);
    }

    /// Keeps the response as it was told.
    pub(super) fn keep(&mut self, response: String) {
        if let Some(id) = json::member(&response, "id").and_then(json::filled) {
            id.clone_into(&mut self.id);
        }
        self.response = response;
    }

    /// Before the first event of an item: a response must have begun.
    pub(super) fn begin(&mut self, event: &Event<'_>, bounds: &mut Bounds<'_>) {
        if std::mem::replace(&mut self.has_begun, true) {
            return;
        }
        let number = fields::index(event.fields.sequence_number);
        self.is_resumed = number.is_some_and(|number| number > 1);
        if !self.is_resumed && event.kind.starts_with("response.") {
            bounds.repairs.note("created_missing");
            self.create();
        }
    }

    /// Makes `response.created`.
    pub(super) fn create(&mut self) {
        let (response, _) = clean::response("{}", &self.own_id(), "in_progress", Changes::new());
        self.make("response.created", &[("response", &response)]);
        self.keep(response);
    }

    /// An event of a text: it is told to those who want that.
    fn grown(
        &mut self,
        event: &mut Event<'_>,
        family: &'static Family,
        stage: Stage,
        bounds: &mut Bounds<'_>,
    ) -> Option<Taken> {
        let slot = match self.placed(event, family, bounds) {
            Ok(slot) => slot,
            Err(taken) => return Some(taken),
        };
        let told = if stage == Stage::Delta { event.fields.delta } else { event.fields.text };
        let (owned, is_other);
        let text = match json::string(told) {
            Some(text) => text,
            None => {
                (owned, is_other) = clean::text_of(told);
                let member = if stage == Stage::Delta { "delta" } else { family.member };
                event.changes.push((member, quoted(&owned)));
                bounds.repairs.note(if is_other { "text_in_object" } else { "members_missing" });
                &owned
            }
        };
        if family.face == Face::Text && event.fields.logprobs.is_empty() {
            event.changes.push(("logprobs", "[]".into()));
            bounds.repairs.note("members_missing");
        }
        self.content += text.len();
        let at = match self.part_of(slot, event, family, bounds) {
            Ok(at) => at,
            Err(taken) => return Some(taken),
        };
        let item = self.items.list.get_mut(slot)?;
        let growing = super::place::growing(item, family, at)?;
        match stage {
            Stage::Delta => {
                growing.text.push_str(text);
                growing.has_grown = true;
                let item = self.items.list.get(slot)?;
                self.out.grow(family.face, text, item);
                if event.changes.is_empty() {
                    self.template = Template::new(event, event.name, family, slot, at);
                }
            }
            Stage::Added => text.clone_into(&mut growing.text),
            Stage::Done => {
                growing.is_done = true;
                let text = text.to_owned();
                self.settle(slot, family, at, &text, event, bounds);
                if family.name == "function_call_arguments" && event.fields.name.is_empty() {
                    let name = self.items.list.get(slot)?.text_member("name").to_owned();
                    event.changes.push(("name", quoted(&name)));
                }
            }
        }
        None
    }

    /// The copy of a whole text, in the event that tells it.
    fn settle(
        &mut self,
        slot: usize,
        family: &'static Family,
        at: usize,
        text: &str,
        event: &mut Event<'_>,
        bounds: &mut Bounds<'_>,
    ) {
        let Some(whole) = self.settled(slot, family, at, text, bounds) else { return };
        event.changes.push((family.member, quoted(&whole)));
    }

    /// An annotation of a text.
    fn annotated(&mut self, event: &mut Event<'_>, bounds: &mut Bounds<'_>) -> Option<Taken> {
        let family = fields::family_of_part("output_text")?;
        let slot = match self.placed(event, family, bounds) {
            Ok(slot) => slot,
            Err(taken) => return Some(taken),
        };
        let at = match self.part_of(slot, event, family, bounds) {
            Ok(at) => at,
            Err(taken) => return Some(taken),
        };
        let (annotation, is_mended) = clean::annotation(event.fields.annotation);
        if is_mended {
            event.changes.push(("annotation", annotation.clone()));
            bounds.repairs.note("members_missing");
        }
        self.content += annotation.len();
        let part = self.items.list.get_mut(slot)?.content.get_mut(at)?;
        if json::member(event.raw, "annotation_index").is_none_or(|index| fields::index(index).is_none()) {
            event.changes.push(("annotation_index", scan::decimal(part.annotations.len() as u64)));
            bounds.repairs.note("members_missing");
        }
        part.annotations.push(annotation.clone());
        self.out.said("annotation", "annotation", &annotation);
        None
    }

    /// An event that says where an item stands, a piece of sound, or what nobody knows.
    fn told(&mut self, event: &mut Event<'_>, kind: &str, bounds: &mut Bounds<'_>) -> Option<Taken> {
        if kind.starts_with("audio.") {
            return self.sounds(event, kind);
        }
        let (item, _) = scan::split(kind, ".")?;
        let is_known = item.ends_with("_call") || scan::is_any(item, "mcp_list_tools/shell_call_output_content");
        if !is_known {
            // An older word for thinking.
            if item.starts_with("reasoning") && kind.ends_with(".delta") {
                let text = json::string(event.fields.delta).unwrap_or("");
                self.content += text.len();
                self.out.told("reasoning", "text", text);
            }
            return None;
        }
        self.content += event.raw.len();
        let item = if item == "shell_call_output_content" { "shell_call_output" } else { item };
        match self.items.find(&event.fields, item) {
            Some(slot) => self.named(slot, event, bounds),
            None => {
                for (name, default, is_there) in [
                    ("item_id", "\"\"", !event.fields.item_id.is_empty()),
                    ("output_index", "0", fields::index(event.fields.output_index).is_some()),
                ] {
                    if !is_there {
                        event.changes.push((name, default.to_owned()));
                        bounds.repairs.note("members_missing");
                    }
                }
            }
        }
        None
    }

    fn sounds(&mut self, event: &mut Event<'_>, kind: &str) -> Option<Taken> {
        if event.fields.response_id.is_empty() && kind != "audio.delta" {
            event.changes.push(("response_id", quoted(&self.id)));
        }
        let text = json::string(event.fields.delta).unwrap_or("");
        self.content += text.len();
        let member = if kind.starts_with("audio.transcript") { "transcript" } else { "data" };
        self.out.told("audio", member, text);
        None
    }
}
