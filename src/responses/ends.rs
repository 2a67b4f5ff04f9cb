//! How items and the response end: the copies that they end with count, and what was never told of them is made.

use super::clean::{self, Changes, quoted};
use super::fields::{self, Family, Place};
use super::items::{Item, Part, begun, image, kind_of};
use super::outcome::Outcome;
use super::{Bounds, Event, Responses};
use crate::json;
use crate::scan;
use crate::stream::Taken;

impl Responses {
    /// The last event of a response.
    pub(super) fn terminal(&mut self, mut event: Event<'_>, outcome: Outcome, bounds: &mut Bounds<'_>) -> Taken {
        self.begin(&event, bounds);
        let given = if scan::begins(event.fields.response, b"{") { event.fields.response } else { "" };
        let base = if given.is_empty() { self.response.clone() } else { given.to_owned() };
        let failure = if self.is_any { None } else { outcome.failure(&base) };
        let output = json::member(&base, "output").unwrap_or("");
        let items = if given.is_empty() { Vec::new() } else { json::elements(output) };
        let output = match self.ended(&items, outcome, failure.is_none(), bounds) {
            Ok(output) => output,
            Err(taken) => return taken,
        };
        let mut changes = Changes::new();
        if json::member(&base, "output") != Some(output.as_str()) {
            changes.push(("output", output));
        }
        if given.is_empty() {
            changes.push(("status", quoted(outcome.status())));
        }
        let (response, is_filled) = clean::response(&base, &self.own_id(), outcome.status(), changes);
        if is_filled {
            bounds.repairs.note("members_missing");
        }
        if response != event.fields.response {
            event.changes.push(("response", response.clone()));
        }
        let kind = ["response.", outcome.status()].concat();
        if event.kind != kind {
            event.changes.push(("type", quoted(&kind)));
            bounds.repairs.note("event_renamed");
        }
        self.keep(response);
        let mut event = Event { kind: &kind, ..event };
        self.emit(&mut event, bounds.repairs);
        if let Some(failure) = failure {
            return failure;
        }
        self.complete(outcome);
        Taken::Complete
    }

    /// The response has all that it needs.
    pub(super) fn complete(&mut self, outcome: Outcome) {
        let details = json::member(&self.response, "incomplete_details").unwrap_or("");
        let reason = match (outcome, json::member(details, "reason")) {
            (Outcome::Incomplete, Some("\"content_filter\"")) => "content_filter",
            (Outcome::Incomplete, _) => "length",
            _ if self.items.list.iter().any(|item| item.call.is_some()) => "tool_calls",
            _ => "stop",
        };
        self.finish = Some(reason);
        for item in self.items.list.iter().filter(|item| item.call.is_some()) {
            self.out.call(item, true);
        }
        let usage = json::member(&self.response, "usage").unwrap_or("");
        self.out.complete(reason, if scan::begins(usage, b"{") { usage } else { "" });
    }

    /// What the response says that it consists of, and what came of items: both together, as a list. `ends`: items that have not
    /// ended do.
    fn ended(
        &mut self,
        items: &[&str],
        outcome: Outcome,
        ends: bool,
        bounds: &mut Bounds<'_>,
    ) -> Result<String, Taken> {
        let status = outcome.status();
        let mut order: Vec<usize> = Vec::new();
        for (at, raw) in items.iter().enumerate() {
            let kind = kind_of(raw);
            let id = json::member(raw, "id").and_then(json::filled).unwrap_or("");
            let list = &self.items.list;
            let is_free = |at: usize, order: &[usize]| !order.contains(&at);
            let by_id = list.iter().position(|item| !id.is_empty() && (item.given == id || item.id == id));
            let by_place = list.get(at).filter(|item| item.kind == kind && !self.is_resumed).map(|_| at);
            let found = by_id.filter(|at| is_free(*at, &order)).or(by_place.filter(|at| is_free(*at, &order)));
            let slot = match found {
                Some(slot) => slot,
                None => self.unannounced(raw, kind, id, None, bounds)?,
            };
            order.push(slot);
            let was_done = self.items.list.get(slot).is_some_and(|item| item.is_done);
            self.absorb(slot, raw, status, bounds)?;
            if !was_done {
                self.end_item(slot, true, bounds);
            }
        }
        let left: Vec<usize> = (0..self.items.list.len()).filter(|slot| !order.contains(slot)).collect();
        if !left.is_empty() && !self.is_resumed {
            bounds.repairs.note("output_missing");
        }
        // Of a response that is read from its middle on, what it says itself is all.
        let left = if self.is_resumed && !items.is_empty() { Vec::new() } else { left };
        for slot in left {
            order.push(slot);
            let Some(item) = self.items.list.get(slot).filter(|item| !item.is_done && ends) else { continue };
            let raw = clean::rewritten(&item.to_json(), &[("status", quoted(status))]);
            let raw = if json::member(&item.raw, "status").is_some() { raw } else { item.to_json() };
            self.absorb(slot, &raw, status, bounds)?;
            self.end_item(slot, true, bounds);
        }
        let raws: Vec<_> = order.iter().filter_map(|slot| self.items.list.get(*slot)).map(Item::to_json).collect();
        Ok(clean::list(raws.iter()))
    }

    /// An item of which nothing was told.
    pub(super) fn unannounced(
        &mut self,
        raw: &str,
        kind: &str,
        id: &str,
        index: Option<usize>,
        bounds: &mut Bounds<'_>,
    ) -> Result<usize, Taken> {
        let begun = begun(raw, kind);
        let slot = self.new_item(&begun, kind, id, index, "in_progress", bounds)?;
        if !self.is_resumed {
            bounds.repairs.note("item_missing");
            self.announce(slot);
        }
        Ok(slot)
    }

    /// Takes in the copy of a whole item.
    pub(super) fn absorb(
        &mut self,
        slot: usize,
        copy: &str,
        status: &str,
        bounds: &mut Bounds<'_>,
    ) -> Result<(), Taken> {
        let mut changes = Changes::new();
        for (name, place) in [("content", Place::Content), ("summary", Place::Summary)] {
            let given = json::member(copy, name).unwrap_or("");
            let parts = self.absorb_parts(slot, place, &json::elements(given), bounds)?;
            if parts != given && parts != "[]" {
                changes.push((name, parts));
            }
        }
        let Some(item) = self.items.list.get(slot) else { return Ok(()) };
        let (kind, id) = (item.kind.clone(), item.id.clone());
        if let Some(family) = fields::family_of_item(&kind) {
            let raw = match family.member {
                "diff" => json::member(json::member(copy, "operation").unwrap_or(""), "diff"),
                member => json::member(copy, member),
            };
            let (told, is_other) = clean::text_of(raw.unwrap_or(""));
            if is_other {
                bounds.repairs.note("text_in_object");
            }
            let whole = self.settled(slot, family, 0, &told, bounds);
            if let Some(text) = whole.or(Some(told).filter(|_| is_other)).filter(|_| family.member != "diff") {
                changes.push((family.member, quoted(&text)));
            }
        }
        let (raw, is_filled) = clean::item(copy, &kind, &id, status, changes);
        if is_filled {
            bounds.repairs.note("members_missing");
        }
        if json::member(copy, "id").and_then(json::string) != Some(id.as_str()) {
            bounds.repairs.note("item_id_repaired");
        }
        if let Some(item) = self.items.list.get_mut(slot) {
            item.raw = raw;
            item.is_done = true;
        }
        Ok(())
    }

    /// The parts of a copy, and those that it lacks; as a list.
    fn absorb_parts(
        &mut self,
        slot: usize,
        place: Place,
        copies: &[&str],
        bounds: &mut Bounds<'_>,
    ) -> Result<String, Taken> {
        for (index, copy) in copies.iter().enumerate() {
            let Some(item) = self.items.list.get_mut(slot) else { break };
            let usual = match (place, item.kind.as_str()) {
                (Place::Summary, _) => "summary_text",
                (_, "reasoning") => "reasoning_text",
                _ => "output_text",
            };
            let (raw, is_filled) = clean::part(copy, usual);
            if is_filled {
                bounds.repairs.note("members_missing");
            }
            let kind = json::member(&raw, "type").and_then(json::string).unwrap_or("").to_owned();
            let known = item.parts(place).iter().position(|part| part.out == index && part.kind == kind);
            let at = match known {
                Some(at) => at,
                None => {
                    let begun = ["{\"type\":\"", &kind, "\"}"].concat();
                    let at = self.new_part(slot, place, &begun, &kind, Some(index), bounds)?;
                    if !self.is_resumed {
                        bounds.repairs.note("part_missing");
                        self.announce_part(slot, place, at);
                    }
                    at
                }
            };
            self.absorb_part(slot, place, at, raw, bounds);
        }
        let parts = self.items.list.get_mut(slot).map(|item| item.parts(place));
        let raws: Vec<_> = parts.map(|parts| parts.iter().map(Part::to_json).collect()).unwrap_or_default();
        Ok(clean::list(raws.iter()))
    }

    /// The copy of a whole part.
    pub(super) fn absorb_part(&mut self, slot: usize, place: Place, at: usize, raw: String, bounds: &mut Bounds<'_>) {
        let kind = json::member(&raw, "type").and_then(json::string).unwrap_or("").to_owned();
        if let Some(family) = fields::family_of_part(&kind) {
            let told = json::member(&raw, family.member).and_then(json::string).unwrap_or("").to_owned();
            self.settled(slot, family, at, &told, bounds);
        }
        let Self { items, out, .. } = self;
        let Some(part) = items.list.get_mut(slot).and_then(|item| item.parts(place).get_mut(at)) else { return };
        let told = json::elements(json::member(&raw, "annotations").unwrap_or(""));
        for annotation in told.iter().skip(part.annotations.len()) {
            out.said("annotation", "annotation", annotation);
        }
        if told.len() >= part.annotations.len() {
            part.annotations = told.iter().map(|raw| (*raw).to_owned()).collect();
        }
        part.raw = raw;
    }

    /// The copy of a whole text. Gives the text where the copy says less than what came.
    pub(super) fn settled(
        &mut self,
        slot: usize,
        family: &'static Family,
        at: usize,
        told: &str,
        bounds: &mut Bounds<'_>,
    ) -> Option<String> {
        let is_resumed = self.is_resumed;
        let growing = super::place::growing(self.items.list.get_mut(slot)?, family, at)?;
        if is_resumed && growing.has_grown && !told.is_empty() {
            // What came before its middle is in the copy alone.
            told.clone_into(&mut growing.text);
            return None;
        }
        let settled = growing.settle(told);
        let whole = settled.is_less.then(|| growing.text.clone());
        if settled.is_less {
            bounds.repairs.note("done_incomplete");
        } else if settled.differs {
            bounds.repairs.note("done_differs");
        }
        self.content += settled.rest.len();
        let item = self.items.list.get(slot)?;
        if family.face == fields::Face::Call {
            self.out.call(item, !item.text_member("name").is_empty());
        } else if !settled.rest.is_empty() {
            self.out.grow(family.face, &settled.rest, item);
        }
        whole
    }

    /// An item has ended: what was never told of it is made. `is_last`: so is the event that tells its end.
    pub(super) fn end_item(&mut self, slot: usize, is_last: bool, bounds: &mut Bounds<'_>) {
        if !self.is_resumed {
            self.finish(slot, bounds);
        }
        let Some(item) = self.items.list.get(slot) else { return };
        self.content += match item.kind.as_str() {
            "message" | "reasoning" => 0,
            _ => item.raw.len(),
        };
        self.out.call(item, true);
        if let Some(image) = image(item) {
            self.out.told("image", "url", &image);
        }
        if is_last && !self.is_resumed {
            bounds.repairs.note("done_event_missing");
            let (index, raw) = (scan::decimal(item.out as u64), item.raw.clone());
            self.make("response.output_item.done", &[("output_index", &index), ("item", &raw)]);
        }
    }

    /// Makes the events that tell of the ends within an item.
    fn finish(&mut self, slot: usize, bounds: &mut Bounds<'_>) {
        for place in [Place::Content, Place::Summary] {
            let count = self.items.list.get_mut(slot).map_or(0, |item| item.parts(place).len());
            for at in 0..count {
                self.finish_part(slot, place, at, false, bounds);
            }
        }
        let Some(item) = self.items.list.get_mut(slot) else { return };
        let (id, index) = (quoted(&item.id), scan::decimal(item.out as u64));
        let name = quoted(item.text_member("name"));
        if let Some(family) = fields::family_of_item(&item.kind) {
            let is_due = item.call.is_some() || item.text.has_grown;
            if is_due && !std::mem::replace(&mut item.text.is_done, true) {
                let text = quoted(&item.text.text);
                let mut members = vec![("item_id", id.as_str()), ("output_index", &index), (family.member, &text)];
                if item.kind == "function_call" {
                    members.push(("name", &name));
                }
                bounds.repairs.note("done_event_missing");
                self.make(&["response.", family.name, ".done"].concat(), &members);
            }
        }
        let Some(item) = self.items.list.get_mut(slot) else { return };
        let mut left = Vec::new();
        for (at, command) in item.commands.iter_mut().enumerate() {
            if !std::mem::replace(&mut command.is_done, true) {
                left.push((scan::decimal(at as u64), quoted(&command.text)));
            }
        }
        for (at, text) in left {
            bounds.repairs.note("done_event_missing");
            let members = [("output_index", index.as_str()), ("command_index", &at), ("command", &text)];
            self.make("response.shell_call_command.done", &members);
        }
    }

    /// The same within a part. `is_told`: that the part ends is told.
    pub(super) fn finish_part(&mut self, slot: usize, place: Place, at: usize, is_told: bool, bounds: &mut Bounds<'_>) {
        let Some(part) = self.items.list.get_mut(slot).and_then(|item| item.parts(place).get_mut(at)) else { return };
        let was_told = std::mem::replace(&mut part.text.is_done, true);
        let was_done = std::mem::replace(&mut part.is_done, true);
        let family = fields::family_of_part(&part.kind);
        if let (Some(family), false) = (family, was_told) {
            bounds.repairs.note("done_event_missing");
            self.make_of_part(slot, place, at, "done", family.member, &|part| quoted(&part.text.text));
        }
        if !is_told && !was_done {
            bounds.repairs.note("done_event_missing");
            self.make_of_part(slot, place, at, "done", "part", &Part::to_json);
        }
    }
}
