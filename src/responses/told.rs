//! Events that tell the beginning or the end of an item or a part.

use super::clean::{self, quoted};
use super::fields::{self, Place};
use super::items::Item;
use super::{Bounds, Event, Responses, items};
use crate::json;
use crate::scan;
use crate::stream::Taken;

impl Responses {
    /// `response.output_item.added`
    pub(super) fn item_added(&mut self, event: &mut Event<'_>, bounds: &mut Bounds<'_>) -> Option<Taken> {
        let raw = event.fields.item;
        if !scan::begins(raw, b"{") {
            return Some(Taken::Strange);
        }
        let kind = items::kind_of(raw);
        let id = json::member(raw, "id").and_then(json::filled).unwrap_or("");
        let list = &self.items.list;
        let index = fields::index(event.fields.output_index);
        let is_same = |item: &Item| !id.is_empty() && item.given == id && (index.is_none() || item.index == index);
        let again = list.iter().rposition(|item| !item.is_done && item.kind == kind && is_same(item));
        let slot = match again {
            Some(slot) => {
                bounds.repairs.note("item_repeated");
                slot
            }
            None => match self.new_item(raw, kind, id, fields::index(event.fields.output_index), "in_progress", bounds)
            {
                Ok(slot) => slot,
                Err(taken) => return Some(taken),
            },
        };
        let item = self.items.list.get(slot)?;
        if item.id != id {
            bounds.repairs.note("item_id_repaired");
        }
        self.content += match (kind, json::member(raw, "encrypted_content").and_then(json::filled)) {
            ("message", _) | ("reasoning", None) => 0,
            _ => raw.len(),
        };
        if again.is_some() {
            return Some(Taken::Part);
        }
        if item.raw != raw {
            event.changes.push(("item", item.raw.clone()));
        }
        self.out.call(item, false);
        self.indexed(slot, event, bounds);
        None
    }

    /// `response.output_item.done`
    pub(super) fn item_done(&mut self, event: &mut Event<'_>, bounds: &mut Bounds<'_>) -> Option<Taken> {
        let raw = event.fields.item;
        if !scan::begins(raw, b"{") {
            return Some(Taken::Strange);
        }
        let kind = items::kind_of(raw);
        let id = json::member(raw, "id").unwrap_or("");
        let place = fields::Fields { item_id: id, ..event.fields };
        let id = json::filled(id).unwrap_or("");
        let found = self.items.find(&place, kind);
        // Where all have the same index, another id is another item; and where all have the same id, another index.
        let index = fields::index(event.fields.output_index);
        let is_other = |slot: &usize| {
            let is_same = |item: &Item| (item.given == id || item.id == id) && (index.is_none() || item.index == index);
            self.items.list.get(*slot).is_some_and(|item| item.is_done && !is_same(item))
        };
        let slot = match found.filter(|slot| !is_other(slot)) {
            Some(slot) => slot,
            None => match self.unannounced(raw, kind, id, fields::index(event.fields.output_index), bounds) {
                Ok(slot) => slot,
                Err(taken) => return Some(taken),
            },
        };
        if self.items.list.get(slot).is_some_and(|item| item.is_done) {
            bounds.repairs.note("item_repeated");
        }
        if let Err(taken) = self.absorb(slot, raw, "completed", bounds) {
            return Some(taken);
        }
        self.end_item(slot, false, bounds);
        let item = self.items.list.get(slot)?;
        if item.raw != raw {
            event.changes.push(("item", item.raw.clone()));
        }
        self.indexed(slot, event, bounds);
        None
    }

    fn indexed(&mut self, slot: usize, event: &mut Event<'_>, bounds: &mut Bounds<'_>) {
        let out = self.items.list.get(slot).map(|item| item.out);
        if fields::index(event.fields.output_index) != out {
            event.changes.push(("output_index", scan::decimal(out.unwrap_or(0) as u64)));
            bounds.repairs.note("output_index_repaired");
        }
    }

    /// Which parts are meant, and the item of an event that tells of one.
    fn part_item(
        &mut self,
        event: &mut Event<'_>,
        kind: &str,
        bounds: &mut Bounds<'_>,
    ) -> Result<(usize, Place, &'static str), Taken> {
        let given = json::member(event.fields.part, "type").and_then(json::string).unwrap_or("");
        let (place, usual) = match kind.starts_with("content_part") {
            true => (Place::Content, "output_text"),
            false => (Place::Summary, "summary_text"),
        };
        let family = fields::family_of_part(given).or(fields::family_of_part(usual));
        let Some(family) = family else { return Err(Taken::Strange) };
        // A part that nobody knows is of whatever item it says.
        let slot = match self.items.find(&event.fields, "").filter(|_| fields::family_of_part(given).is_none()) {
            Some(slot) => {
                self.named(slot, event, bounds);
                slot
            }
            None => self.placed(event, family, bounds)?,
        };
        Ok((slot, place, usual))
    }

    /// `response.content_part.added`, `response.reasoning_summary_part.added`
    pub(super) fn part_added(&mut self, event: &mut Event<'_>, kind: &str, bounds: &mut Bounds<'_>) -> Option<Taken> {
        let (slot, place, usual) = match self.part_item(event, kind, bounds) {
            Ok(found) => found,
            Err(taken) => return Some(taken),
        };
        let usual = if self.items.list.get(slot)?.kind == "reasoning" && place == Place::Content {
            "reasoning_text"
        } else {
            usual
        };
        let given = event.fields.part;
        let (raw, _) = clean::part(if given.is_empty() { "{}" } else { given }, usual);
        let index = fields::index(event.fields.part_index);
        let kind = json::member(&raw, "type").and_then(json::string).unwrap_or("").to_owned();
        let parts = self.items.list.get_mut(slot)?.parts(place);
        let again =
            parts.iter().rposition(|part| !part.is_done && part.index == index && index.is_some() && part.kind == kind);
        let at = match again {
            // Told with its item, too.
            Some(at) => at,
            None => match self.new_part(slot, place, &raw, usual, index, bounds) {
                Ok(at) => at,
                Err(taken) => return Some(taken),
            },
        };
        self.part_changed(slot, place, at, event, bounds);
        None
    }

    /// What of the event is not as it should be.
    fn part_changed(&mut self, slot: usize, place: Place, at: usize, event: &mut Event<'_>, bounds: &mut Bounds<'_>) {
        let Some(part) = self.items.list.get_mut(slot).and_then(|item| item.parts(place).get(at)) else { return };
        let raw = if part.is_done { part.to_json() } else { part.raw.clone() };
        if raw != event.fields.part {
            event.changes.push(("part", raw));
            bounds.repairs.note("members_missing");
        }
        if fields::index(event.fields.part_index) != Some(part.out) {
            let name = if place == Place::Summary { "summary_index" } else { "content_index" };
            event.changes.push((name, scan::decimal(part.out as u64)));
            bounds.repairs.note("content_index_repaired");
        }
    }

    /// `response.content_part.done`, `response.reasoning_summary_part.done`
    pub(super) fn part_done(&mut self, event: &mut Event<'_>, kind: &str, bounds: &mut Bounds<'_>) -> Option<Taken> {
        let (slot, place, usual) = match self.part_item(event, kind, bounds) {
            Ok(found) => found,
            Err(taken) => return Some(taken),
        };
        let given = event.fields.part;
        let (raw, _) = clean::part(if given.is_empty() { "{}" } else { given }, usual);
        let kind = json::member(&raw, "type").and_then(json::string).unwrap_or("").to_owned();
        let parts = self.items.list.get_mut(slot)?.parts(place);
        let index = fields::index(event.fields.part_index);
        let known = match fields::family_of_part(&kind) {
            Some(family) => items::find_part(parts, &event.fields, family),
            None => parts.iter().rposition(|part| part.index == index),
        };
        let at = match known {
            Some(at) => at,
            None => {
                let begun = ["{\"type\":", &quoted(&kind), "}"].concat();
                match self.new_part(slot, place, &begun, usual, index, bounds) {
                    Ok(at) => {
                        if !self.is_resumed {
                            bounds.repairs.note("part_missing");
                            self.announce_part(slot, place, at);
                        }
                        at
                    }
                    Err(taken) => return Some(taken),
                }
            }
        };
        self.absorb_part(slot, place, at, raw, bounds);
        if !self.is_resumed {
            self.finish_part(slot, place, at, true, bounds);
        }
        self.part_changed(slot, place, at, event, bounds);
        None
    }
}
