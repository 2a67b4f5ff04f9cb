//! A response that came whole, and one that is told from its beginning to who begins to read late.

use super::clean::{self, Changes, quoted};
use super::fields::{self, Face, Fields, Place};
use super::items::{self, Part};
use super::out::Out;
use super::outcome::Outcome;
use super::{Bounds, Event, Responses};
use crate::json;
use crate::scan;
use crate::stream::{Mode, Repairs, Taken};

impl Responses {
    /// A response by itself: all of the reply, or the last of it.
    pub(super) fn whole(&mut self, raw: &str, bounds: &mut Bounds<'_>) -> Taken {
        let outcome = Outcome::of_status(raw);
        if std::mem::replace(&mut self.has_begun, true) {
            let fields = Fields { response: raw, ..Fields::default() };
            let event = Event { kind: "", raw: "{}", name: "", fields, changes: Changes::new() };
            return self.terminal(event, outcome.unwrap_or(Outcome::Completed), bounds);
        }
        // Some say no status.
        let is_open = json::member(raw, "status").and_then(json::filled).is_some() && outcome.is_none();
        let outcome = outcome.unwrap_or(Outcome::Completed);
        let out = std::mem::replace(&mut self.out, Out::new(Mode::Nothing));
        let mut quiet = Repairs::default();
        let taken = self.take_items(raw, outcome, &mut Bounds { limits: bounds.limits, repairs: &mut quiet });
        self.out = out;
        if let Err(taken) = taken {
            return taken;
        }
        for (code, count) in quiet.iter().filter(|(code, _)| matches!(*code, "members_missing" | "text_in_object")) {
            bounds.repairs.add(code, count);
        }
        self.steps += 1;
        self.content += raw.len();
        let failure = if is_open || self.is_any { None } else { outcome.failure(raw) };
        if let Some(failure) = failure {
            self.tell_again();
            return failure;
        }
        if !is_open {
            self.complete_quietly(outcome);
        }
        self.tell_again();
        Taken::Complete
    }

    fn complete_quietly(&mut self, outcome: Outcome) {
        let out = std::mem::replace(&mut self.out, Out::new(Mode::Nothing));
        self.complete(outcome);
        self.out = out;
    }

    fn take_items(&mut self, raw: &str, outcome: Outcome, bounds: &mut Bounds<'_>) -> Result<(), Taken> {
        for (at, item) in json::elements(json::member(raw, "output").unwrap_or("")).into_iter().enumerate() {
            let id = json::member(item, "id").and_then(json::filled).unwrap_or("");
            let slot = self.unannounced(item, items::kind_of(item), id, Some(at), bounds)?;
            self.absorb(slot, item, outcome.status(), bounds)?;
            self.end_item(slot, true, bounds);
        }
        let raws: Vec<_> = self.items.list.iter().map(|item| item.raw.clone()).collect();
        let output = clean::list(raws.iter());
        let mut changes = Changes::new();
        if json::member(raw, "output") != Some(output.as_str()) {
            changes.push(("output", output));
        }
        let (response, is_filled) = clean::response(raw, &self.own_id(), outcome.status(), changes);
        if is_filled {
            bounds.repairs.note("members_missing");
        }
        self.keep(response);
        Ok(())
    }

    /// Tells what came so far from its beginning.
    pub(super) fn tell_again(&mut self) {
        self.next = 0;
        if self.out.wants_events() {
            let begun = [("status", quoted("in_progress")), ("output", "[]".to_owned()), ("usage", String::new())];
            let response = match self.response.as_str() {
                "" => clean::response("{}", &self.own_id(), "in_progress", Changes::new()).0,
                told => clean::rewritten(told, &begun),
            };
            self.make("response.created", &[("response", &response)]);
        }
        for slot in 0..self.items.list.len() {
            self.tell_item(slot);
        }
        let Some(reason) = self.finish else { return };
        let response = self.response.clone();
        if self.out.wants_events() {
            let kind = if reason == "length" || reason == "content_filter" { "incomplete" } else { "completed" };
            self.make(&["response.", kind].concat(), &[("response", &response)]);
        }
        let usage = json::member(&response, "usage").unwrap_or("");
        self.out.complete(reason, if scan::begins(usage, b"{") { usage } else { "" });
    }

    fn tell_item(&mut self, slot: usize) {
        let Some(item) = self.items.list.get(slot) else { return };
        let (index, begun, raw) =
            (scan::decimal(item.out as u64), items::begun(&item.raw, &item.kind), item.raw.clone());
        let (id, is_done) = (quoted(&item.id), item.is_done);
        let (kind, text) = (item.kind.clone(), item.text.clone());
        self.make("response.output_item.added", &[("output_index", &index), ("item", &begun)]);
        for place in [Place::Summary, Place::Content] {
            let count = self.items.list.get_mut(slot).map_or(0, |item| item.parts(place).len());
            for at in 0..count {
                self.tell_part(slot, place, at);
            }
        }
        if let Some(family) = fields::family_of_item(&kind).filter(|_| !text.text.is_empty()) {
            let text = quoted(&text.text);
            let of_item =
                |member| vec![("item_id", id.as_str()), ("output_index", index.as_str()), (member, text.as_str())];
            self.make(&["response.", family.name, ".delta"].concat(), &of_item("delta"));
            let name = quoted(self.items.list.get(slot).map_or("", |item| item.text_member("name")));
            if is_done {
                let mut members = of_item(family.member);
                if kind == "function_call" {
                    members.push(("name", &name));
                }
                self.make(&["response.", family.name, ".done"].concat(), &members);
            }
        }
        if let Some(item) = self.items.list.get(slot) {
            self.out.call(item, is_done);
            if let Some(image) = items::image(item).filter(|_| is_done) {
                self.out.told("image", "url", &image);
            }
        }
        if is_done {
            self.make("response.output_item.done", &[("output_index", &index), ("item", &raw)]);
        }
    }

    fn tell_part(&mut self, slot: usize, place: Place, at: usize) {
        let begun = |part: &Part| {
            let mut changes = Changes::new();
            if let Some(family) = fields::family_of_part(&part.kind) {
                changes.push((family.member, quoted("")));
            }
            if json::member(&part.raw, "annotations").is_some() {
                changes.push(("annotations", "[]".into()));
            }
            clean::rewritten(&part.raw, &changes)
        };
        self.make_of_part(slot, place, at, "added", "part", &begun);
        let Some(item) = self.items.list.get_mut(slot) else { return };
        let Some(part) = item.parts(place).get(at) else { return };
        let (text, annotations, is_done) = (part.text.clone(), part.annotations.clone(), part.is_done);
        let family = fields::family_of_part(&part.kind);
        if let Some(family) = family.filter(|_| !text.text.is_empty()) {
            self.make_of_part(slot, place, at, "delta", "delta", &|part| quoted(&part.text.text));
            if let Some(item) = self.items.list.get(slot) {
                self.out.grow(family.face, &text.text, item);
            }
        }
        for (number, annotation) in annotations.iter().enumerate() {
            self.out.said("annotation", "annotation", annotation);
            let Some(item) =
                self.items.list.get(slot).filter(|_| family.is_some_and(|family| family.face == Face::Text))
            else {
                continue;
            };
            let (id, index) = (quoted(&item.id), scan::decimal(item.out as u64));
            let [at, number] = [at, number].map(|number| scan::decimal(number as u64));
            let members = [
                ("item_id", id.as_str()),
                ("output_index", &index),
                ("content_index", &at),
                ("annotation_index", &number),
                ("annotation", annotation),
            ];
            self.make("response.output_text.annotation.added", &members);
        }
        if let Some(family) = family.filter(|_| text.is_done || is_done) {
            self.make_of_part(slot, place, at, "done", family.member, &|part| quoted(&part.text.text));
        }
        if is_done {
            self.make_of_part(slot, place, at, "done", "part", &Part::to_json);
        }
    }

    /// The response's id, made where it has none.
    pub(super) fn own_id(&self) -> String {
        if self.id.is_empty() { self.made_id("resp", 0) } else { self.id.clone() }
    }

    /// The response so far.
    pub(super) fn to_json(&self) -> String {
        let mut changes = Changes::new();
        if self.finish.is_none() && !self.items.list.is_empty() {
            let raws: Vec<_> = self.items.list.iter().map(|item| item.to_json()).collect();
            changes.push(("output", clean::list(raws.iter())));
        }
        changes.push(("output_text", quoted(&self.output_text())));
        match self.response.as_str() {
            "" => clean::rewritten(&clean::response("{}", &self.id, "in_progress", Changes::new()).0, &changes),
            told => clean::rewritten(told, &changes),
        }
    }

    /// All of its text, escaped.
    fn output_text(&self) -> String {
        let mut out = String::new();
        if self.finish.is_some() {
            let items = json::elements(json::member(&self.response, "output").unwrap_or(""));
            for item in items.into_iter().filter(|item| items::kind_of(item) == "message") {
                for part in json::elements(json::member(item, "content").unwrap_or("")) {
                    let text = json::member(part, "text").and_then(json::string).unwrap_or("");
                    out.push_str(if json::member(part, "type") == Some("\"output_text\"") { text } else { "" });
                }
            }
            return out;
        }
        for item in self.items.list.iter().filter(|item| item.kind == "message") {
            for part in item.content.iter().filter(|part| part.kind == "output_text") {
                out.push_str(&part.text.text);
            }
        }
        out
    }
}
