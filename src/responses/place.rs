//! Where an event belongs: its item and its part, found or made, before anything changes.

use super::clean::{self, Changes, quoted};
use super::fields::{self, Family, Place};
use super::items::{self, Growing, Item, Part};
use super::{Bounds, Event, Responses};
use crate::json;
use crate::scan;
use crate::stream::Taken;

/// The text of a family in an item. `at`: of its part or command.
pub fn growing<'a>(item: &'a mut Item, family: &Family, at: usize) -> Option<&'a mut Growing> {
    match family.place {
        Place::Item => Some(&mut item.text),
        Place::Command => item.commands.get_mut(at),
        place => item.parts(place).get_mut(at).map(|part| &mut part.text),
    }
}

/// How the ids of items begin.
fn prefix(kind: &str) -> &'static str {
    match kind {
        "message" => "msg",
        "reasoning" => "rs",
        "function_call" => "fc",
        "custom_tool_call" => "ctc",
        _ => "item",
    }
}

impl Responses {
    /// The item that an event of a text means.
    pub(super) fn placed(
        &mut self,
        event: &mut Event<'_>,
        family: &Family,
        bounds: &mut Bounds<'_>,
    ) -> Result<usize, Taken> {
        let slot = match self.items.find(&event.fields, family.item) {
            Some(slot) => slot,
            None => {
                if !self.is_resumed {
                    bounds.repairs.note("item_missing");
                }
                let id = json::filled(event.fields.item_id).unwrap_or("").to_owned();
                let raw = ["{\"type\":\"", family.item, "\"}"].concat();
                let name = [("name", event.fields.name.to_owned())];
                let name = if event.fields.name.is_empty() { &[][..] } else { &name };
                let raw = clean::changed(&raw, name);
                let index = fields::index(event.fields.output_index);
                let slot = self.new_item(&raw, family.item, &id, index, "in_progress", bounds)?;
                if !self.is_resumed {
                    self.announce(slot);
                }
                slot
            }
        };
        self.named(slot, event, bounds);
        Ok(slot)
    }

    /// Gives an event the id and the index of its item.
    pub(super) fn named(&mut self, slot: usize, event: &mut Event<'_>, bounds: &mut Bounds<'_>) {
        let Some(item) = self.items.list.get(slot) else { return };
        // Of commands OpenAI says no id.
        let is_bare = item.kind == "shell_call" && event.fields.item_id.is_empty();
        if json::string(event.fields.item_id) != Some(item.id.as_str()) && !is_bare {
            event.changes.push(("item_id", quoted(&item.id)));
            bounds.repairs.note("item_id_repaired");
        }
        if fields::index(event.fields.output_index) != Some(item.out) {
            event.changes.push(("output_index", scan::decimal(item.out as u64)));
            bounds.repairs.note("output_index_repaired");
        }
    }

    /// Takes a new item in. `id`: as given; "" where it has none.
    pub(super) fn new_item(
        &mut self,
        raw: &str,
        kind: &str,
        id: &str,
        index: Option<usize>,
        status: &str,
        bounds: &mut Bounds<'_>,
    ) -> Result<usize, Taken> {
        if self.items.list.len() >= bounds.limits.tool_calls {
            return Err(Taken::Failed(bounds.limits.too_many_calls()));
        }
        let is_taken = self.items.list.iter().any(|item| item.id == id);
        let made = self.made_id(prefix(kind), self.items.list.len());
        let own = if id.is_empty() || is_taken { made.as_str() } else { id };
        // One of which nothing but its type is known is made.
        let is_made = json::members(raw).len() < 2;
        let (raw, is_filled) = clean::item(raw, kind, own, status, Changes::new());
        if is_filled && !is_made {
            bounds.repairs.note("members_missing");
        }
        let out = self.items.next_index(index, self.is_resumed);
        let mut item = Item {
            kind: kind.to_owned(),
            given: id.to_owned(),
            id: own.to_owned(),
            index: index.or(Some(out)),
            out,
            raw,
            ..Item::default()
        };
        // What it has at its beginning was announced with it.
        for (name, place, kind) in [
            ("content", Place::Content, if kind == "reasoning" { "reasoning_text" } else { "output_text" }),
            ("summary", Place::Summary, "summary_text"),
        ] {
            let parts = json::elements(json::member(&item.raw, name).unwrap_or(""));
            let parts: Vec<_> = parts.into_iter().map(|raw| clean::part(raw, kind)).collect();
            for (raw, is_filled) in parts.into_iter().take(bounds.limits.tool_calls) {
                if is_filled {
                    bounds.repairs.note("members_missing");
                }
                let at = item.parts(place).len();
                item.parts(place).push(new_part(raw, Some(at), at));
            }
            if !item.parts(place).is_empty() {
                let raws: Vec<_> = item.parts(place).iter().map(|part| part.raw.clone()).collect();
                item.raw = clean::rewritten(&item.raw, &[(name, clean::list(raws.iter()))]);
            }
        }
        Ok(self.items.push(item))
    }

    /// Makes the event that begins an item.
    pub(super) fn announce(&mut self, slot: usize) {
        let Some(item) = self.items.list.get(slot) else { return };
        let (index, raw) = (scan::decimal(item.out as u64), item.raw.clone());
        self.make("response.output_item.added", &[("output_index", &index), ("item", &raw)]);
    }

    /// The part or command that an event of a text means; made where it was not announced.
    pub(super) fn part_of(
        &mut self,
        slot: usize,
        event: &mut Event<'_>,
        family: &Family,
        bounds: &mut Bounds<'_>,
    ) -> Result<usize, Taken> {
        let Some(item) = self.items.list.get_mut(slot) else { return Err(Taken::Part) };
        let name = match family.place {
            Place::Item => return Ok(0),
            Place::Command => {
                let last = item.commands.len().saturating_sub(1);
                let at = fields::index(event.fields.part_index).unwrap_or(last);
                let at = at.min(item.commands.len());
                if item.commands.len() >= bounds.limits.tool_calls {
                    return Err(Taken::Failed(bounds.limits.too_many_calls()));
                }
                if at == item.commands.len() {
                    item.commands.push(Growing::default());
                }
                if fields::index(event.fields.part_index) != Some(at) {
                    event.changes.push(("command_index", scan::decimal(at as u64)));
                    bounds.repairs.note("content_index_repaired");
                }
                return Ok(at);
            }
            Place::Content => "content_index",
            Place::Summary => "summary_index",
        };
        let at = match items::find_part(item.parts(family.place), &event.fields, family) {
            Some(at) => at,
            None => {
                let index = fields::index(event.fields.part_index);
                if !self.is_resumed {
                    bounds.repairs.note("part_missing");
                }
                let at = self.new_part(slot, family.place, "{}", family.part, index, bounds)?;
                if !self.is_resumed {
                    self.announce_part(slot, family.place, at);
                }
                at
            }
        };
        let out = self.items.list.get_mut(slot).and_then(|item| item.parts(family.place).get(at)).map(|part| part.out);
        if fields::index(event.fields.part_index) != out {
            event.changes.push((name, scan::decimal(out.unwrap_or(0) as u64)));
            bounds.repairs.note("content_index_repaired");
        }
        Ok(at)
    }

    /// Takes a new part in.
    pub(super) fn new_part(
        &mut self,
        slot: usize,
        place: Place,
        raw: &str,
        kind: &str,
        index: Option<usize>,
        bounds: &mut Bounds<'_>,
    ) -> Result<usize, Taken> {
        let is_resumed = self.is_resumed;
        let Some(item) = self.items.list.get_mut(slot) else { return Err(Taken::Part) };
        let parts = item.parts(place);
        if parts.len() >= bounds.limits.tool_calls {
            return Err(Taken::Failed(bounds.limits.too_many_calls()));
        }
        // One of which nothing is known yet.
        let is_bare = json::members(raw).len() < 2;
        let (raw, is_filled) = clean::part(raw, kind);
        if is_filled && !is_bare {
            bounds.repairs.note("members_missing");
        }
        let next = parts.iter().map(|part| part.out + 1).max().unwrap_or(0);
        let out = match index {
            Some(index) if is_resumed && !parts.iter().any(|part| part.out == index) => index,
            _ => next,
        };
        parts.push(new_part(raw, index.or(Some(out)), out));
        Ok(parts.len() - 1)
    }

    /// Makes the event that begins a part.
    pub(super) fn announce_part(&mut self, slot: usize, place: Place, at: usize) {
        self.make_of_part(slot, place, at, "added", "part", &|part| part.raw.clone());
    }

    /// Makes an event of a part: `content_part.added` and its like.
    pub(super) fn make_of_part(
        &mut self,
        slot: usize,
        place: Place,
        at: usize,
        step: &str,
        member: &str,
        value: &dyn Fn(&Part) -> String,
    ) {
        let Some(item) = self.items.list.get_mut(slot) else { return };
        let (id, index) = (quoted(&item.id), scan::decimal(item.out as u64));
        let Some(part) = item.parts(place).get(at) else { return };
        let (number, value) = (scan::decimal(part.out as u64), value(part));
        let family = fields::family_of_part(&part.kind);
        let name = match (member, place, family) {
            ("part", Place::Summary, _) => "reasoning_summary_part",
            ("part", ..) | (_, _, None) => "content_part",
            (.., Some(family)) => family.name,
        };
        let kind = ["response.", name, ".", step].concat();
        let of_part = if place == Place::Summary { "summary_index" } else { "content_index" };
        let mut members = vec![
            ("item_id", id.as_str()),
            ("output_index", index.as_str()),
            (of_part, number.as_str()),
            (member, value.as_str()),
        ];
        if name == "output_text" {
            members.push(("logprobs", "[]"));
        }
        self.make(&kind, &members);
    }
}

/// A part as it is at its beginning.
pub fn new_part(raw: String, index: Option<usize>, out: usize) -> Part {
    let kind = json::member(&raw, "type").and_then(json::string).unwrap_or("").to_owned();
    Part { kind, raw, index, out, ..Part::default() }
}
