//! What came so far: the output items, their parts, their growing texts.

use super::clean::{self, Changes, quoted};
use super::fields::{self, Family, Fields, Place};
use crate::json;

/// A text as it grows, still escaped.
#[derive(Debug, Default, Clone)]
pub struct Growing {
    pub text: String,
    /// It came in pieces.
    pub has_grown: bool,
    /// It was told whole.
    pub is_done: bool,
}

/// What a copy of the whole text says beyond what came in pieces.
pub struct Settled {
    /// What was not told yet.
    pub rest: String,
    /// The copy says less than what came, and does not count.
    pub is_less: bool,
    /// It says something else.
    pub differs: bool,
}

impl Growing {
    /// Takes in a copy of the whole: it counts, unless it is empty and what came is not.
    pub fn settle(&mut self, told: &str) -> Settled {
        let mut settled = Settled { rest: String::new(), is_less: false, differs: false };
        if told.is_empty() {
            settled.is_less = !self.text.is_empty();
        } else if let Some(rest) = told.strip_prefix(self.text.as_str()) {
            settled.differs = !rest.is_empty() && self.has_grown;
            rest.clone_into(&mut settled.rest);
            self.text.push_str(rest);
        } else {
            settled.differs = json::unescape(told) != json::unescape(&self.text);
            told.clone_into(&mut self.text);
        }
        settled
    }
}

/// A part of an item.
#[derive(Debug, Default)]
pub struct Part {
    /// Its type.
    pub kind: String,
    /// As it was told last, clean.
    pub raw: String,
    /// The index by which the provider means it, and the one that it is handed out with.
    pub index: Option<usize>,
    pub out: usize,
    pub text: Growing,
    pub is_done: bool,
    /// Of a text, as they came.
    pub annotations: Vec<String>,
}

impl Part {
    /// As it is now.
    pub fn to_json(&self) -> String {
        let mut changes = Changes::new();
        let member = fields::family_of_part(&self.kind).map_or("", |family| family.member);
        if !member.is_empty() && !self.text.text.is_empty() {
            changes.push((member, quoted(&self.text.text)));
        }
        let told = json::elements(json::member(&self.raw, "annotations").unwrap_or("")).len();
        if self.annotations.len() > told {
            changes.push(("annotations", clean::list(self.annotations.iter())));
        }
        clean::changed(&self.raw, &changes)
    }
}

/// An output item.
#[derive(Debug, Default)]
pub struct Item {
    /// Its type.
    pub kind: String,
    /// The id that the provider gave it first, and the one that it is handed out with.
    pub given: String,
    pub id: String,
    /// The index by which the provider means it, and the one that it is handed out with.
    pub index: Option<usize>,
    pub out: usize,
    /// As it was told last, clean.
    pub raw: String,
    pub content: Vec<Part>,
    pub summary: Vec<Part>,
    /// Arguments, input, code.
    pub text: Growing,
    pub commands: Vec<Growing>,
    pub is_done: bool,
    /// Its number among the tool calls.
    pub call: Option<usize>,
}

impl Item {
    /// The parts of a place.
    pub fn parts(&mut self, place: Place) -> &mut Vec<Part> {
        if place == Place::Summary { &mut self.summary } else { &mut self.content }
    }

    /// A member that is a text, escaped.
    pub fn text_member(&self, name: &str) -> &str {
        json::member(&self.raw, name).and_then(json::string).unwrap_or("")
    }

    /// As it is now.
    pub fn to_json(&self) -> String {
        let mut changes = Changes::new();
        if !self.is_done {
            self.grown_into(&mut changes);
        }
        clean::changed(&self.raw, &changes)
    }

    /// What grew since it was told.
    pub fn grown_into(&self, changes: &mut Changes) {
        for (name, parts) in [("content", &self.content), ("summary", &self.summary)] {
            if !parts.is_empty() {
                let parts: Vec<_> = parts.iter().map(Part::to_json).collect();
                changes.push((name, clean::list(parts.iter())));
            }
        }
        let family = fields::family_of_item(&self.kind);
        if let Some(family) = family.filter(|_| !self.text.text.is_empty()) {
            changes.push(match family.member {
                "diff" => ("operation", self.with_inner("operation", "diff", quoted(&self.text.text))),
                member => (member, quoted(&self.text.text)),
            });
        }
        if !self.commands.is_empty() {
            let commands: Vec<_> = self.commands.iter().map(|command| quoted(&command.text)).collect();
            changes.push(("action", self.with_inner("action", "commands", clean::list(commands.iter()))));
        }
    }

    fn with_inner(&self, outer: &str, name: &'static str, value: String) -> String {
        clean::rewritten(json::member(&self.raw, outer).unwrap_or("{}"), &[(name, value)])
    }
}

/// All of them, in the order in which they came.
#[derive(Debug, Default)]
pub struct Items {
    pub list: Vec<Item>,
    /// The one that was meant last.
    last: usize,
}

impl Items {
    /// The item that an event of items of this type ("": any) means, if it is known. The id says more than the index; but some
    /// providers give an item another id with each event.
    pub fn find(&mut self, event: &Fields<'_>, kind: &str) -> Option<usize> {
        let id = json::filled(event.item_id);
        let index = fields::index(event.output_index);
        let is_meant = |item: &Item| id == Some(item.given.as_str()) && index.is_some() && index == item.index;
        if self.list.get(self.last).is_some_and(|item| is_meant(item) && fits(item, kind)) {
            return Some(self.last);
        }
        let of_id = |item: &Item| id.is_some_and(|id| item.given == id || item.id == id);
        let both = self.last_with(&|item| of_id(item) && item.index == index, kind);
        let by_id = both.or_else(|| self.last_with(&of_id, kind));
        let by_index = || index.and_then(|index| self.last_with(&|item| item.index == Some(index), kind));
        let is_lost = index.is_none() || (id.is_none() && by_index().is_none());
        let open = || if is_lost { self.last_with(&|item| !item.is_done, kind) } else { None };
        let found = by_id.or_else(by_index).or_else(open)?;
        self.last = found;
        Some(found)
    }

    fn last_with(&self, is_it: &dyn Fn(&Item) -> bool, kind: &str) -> Option<usize> {
        self.list.iter().rposition(|item| fits(item, kind) && is_it(item))
    }

    /// The index of a new item that is meant by this one.
    pub fn next_index(&self, index: Option<usize>, is_resumed: bool) -> usize {
        match index {
            // What came before it is not told again.
            Some(index) if is_resumed && !self.list.iter().any(|item| item.out == index) => index,
            _ => self.list.iter().map(|item| item.out + 1).max().unwrap_or(0),
        }
    }

    /// Takes an item in.
    pub fn push(&mut self, mut item: Item) -> usize {
        if matches!(item.kind.as_str(), "function_call" | "custom_tool_call") {
            item.call = Some(self.list.iter().filter(|item| item.call.is_some()).count());
        }
        self.list.push(item);
        self.last = self.list.len() - 1;
        self.last
    }
}

fn fits(item: &Item, kind: &str) -> bool {
    kind.is_empty() || item.kind == kind
}

/// Finds the part that an event of a family means, among those of its place.
pub fn find_part(parts: &[Part], event: &Fields<'_>, family: &Family) -> Option<usize> {
    let fits = |part: &Part| part.kind == family.part;
    match fields::index(event.part_index) {
        Some(index) => parts.iter().rposition(|part| part.index == Some(index) && fits(part)),
        None => parts.iter().rposition(|part| fits(part) && !part.is_done),
    }
}

/// The type of an item; one that says none and has a role or content is a message.
pub fn kind_of(raw: &str) -> &str {
    let has = |name: &str| json::member(raw, name).is_some();
    match json::member(raw, "type").and_then(json::filled) {
        Some(kind) => kind,
        None if has("summary") => "reasoning",
        None if has("arguments") => "function_call",
        None => "message",
    }
}

/// An item as it was at its beginning.
pub fn begun(raw: &str, kind: &str) -> String {
    let mut changes = Changes::new();
    let family = fields::family_of_item(kind).map_or("", |family| family.member);
    for (name, value) in [("status", "\"in_progress\""), ("content", "[]"), ("summary", "[]"), (family, "\"\"")] {
        if json::member(raw, name).is_some_and(|known| known != value) {
            let is_same = name == "status" && kind == "reasoning";
            changes.push((static_name(name), if is_same { String::new() } else { value.to_owned() }));
        }
    }
    clean::changed(raw, &changes)
}

fn static_name(name: &str) -> &'static str {
    ["status", "content", "summary", "arguments", "input", "code", "diff"]
        .into_iter()
        .find(|known| *known == name)
        .unwrap_or("")
}

/// The image that an item is, as an address, escaped.
pub fn image(item: &Item) -> Option<String> {
    let result = json::member(&item.raw, "result").and_then(json::filled)?;
    if item.kind != "image_generation_call" {
        return None;
    }
    let format = json::member(&item.raw, "output_format").and_then(json::filled).unwrap_or("png");
    Some(["data:image/", format, ";base64,", result].concat())
}
