//! Writes a [`Script`] as OpenAI would send it, and keeps what each event said.

use crate::script::{Form, Piece, Script, What};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The stream.
pub struct Stream {
    pub bytes: Vec<u8>,
    pub events: Vec<Event>,
}

/// An event of it.
pub struct Event {
    /// Where its data ends: bytes cut before that have not said it.
    pub end: usize,
    pub said: Said,
}

/// What an event said.
pub enum Said {
    Chunk(Chunk),
    Done,
}

#[derive(Default)]
pub struct Chunk {
    pub choices: BTreeMap<u32, Delta>,
    pub usage: Option<Value>,
}

/// Texts in UTF-16 units, for they may be cut between any two.
#[derive(Default)]
pub struct Delta {
    pub role: bool,
    pub text: Option<Vec<u16>>,
    pub reasoning: Option<Vec<u16>>,
    pub calls: Vec<Fragment>,
    pub finish: Option<&'static str>,
}

pub struct Fragment {
    pub slot: usize,
    pub is_first: bool,
    pub arguments: Vec<u16>,
}

const REASONS: [&str; 4] = ["stop", "length", "tool_calls", "content_filter"];
const CALLS: usize = 4;

#[derive(Default)]
struct Choice {
    began: bool,
    finished: bool,
    /// Its text may begin with a tag: a provider that sends its reasoning there has no field for it.
    is_tagged: bool,
    /// What is left of the arguments of each call.
    calls: Vec<Vec<u16>>,
}

/// The name and the id of a call.
pub fn call_names(choice: u32, slot: usize) -> (String, String) {
    (format!("f{slot}"), format!("call_{choice}_{slot}"))
}

pub fn write(script: &Script) -> Stream {
    let mut stream = Stream { bytes: Vec::new(), events: Vec::new() };
    for chunk in chunks(script) {
        let json = chunk.to_json(script.form);
        stream.event(&json, Said::Chunk(chunk), script.form);
    }
    if script.form.done() {
        stream.event("[DONE]", Said::Done, script.form);
    }
    if let Some(cut) = script.cut {
        let end = usize::from(cut) % (stream.bytes.len() + 1);
        stream.bytes.truncate(end);
        stream.events.retain(|event| event.end <= end);
    }
    stream
}

impl Stream {
    fn event(&mut self, data: &str, said: Said, form: Form) {
        let end = form.line_end();
        if form.pings() {
            self.bytes.extend(format!(": ping{end}{end}").bytes());
        }
        self.bytes.extend(form.data().bytes().chain(data.bytes()));
        self.events.push(Event { end: self.bytes.len(), said });
        self.bytes.extend(end.bytes().chain(end.bytes()));
    }
}

fn chunks(script: &Script) -> Vec<Chunk> {
    let mut choices: BTreeMap<u32, Choice> = BTreeMap::new();
    for index in 0..3 {
        let of_it = script.pieces.iter().filter(|piece| piece.choice == index);
        let text: String = of_it
            .filter_map(|piece| if let What::Text(text) = &piece.what { Some(text.as_str()) } else { None })
            .collect();
        let is_tagged = text.trim_ascii_start().starts_with('<');
        choices.insert(index, Choice { is_tagged, ..Choice::default() });
    }
    let mut chunks = Vec::new();
    for piece in &script.pieces {
        let choice = choices.entry(piece.choice).or_default();
        choice.say(piece, script.form, &mut chunks);
    }
    chunks
}

impl Choice {
    fn say(&mut self, piece: &Piece, form: Form, chunks: &mut Vec<Chunk>) {
        if let What::Usage(prompt, completion) = piece.what {
            // Never all zero: zeros take nothing back.
            let (prompt, completion) = (u32::from(prompt) + 1, u32::from(completion));
            let total = prompt + completion;
            let usage = json!({"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total});
            if !piece.joins || chunks.is_empty() {
                chunks.push(Chunk::default());
            }
            chunks.last_mut().expect("there is one").usage = Some(usage);
            return;
        }
        // Nothing follows a finish reason but usage.
        if self.finished {
            return;
        }
        match &piece.what {
            What::Text(text) => {
                for units in halves(text, piece.halved) {
                    self.delta(piece, form, chunks, |delta| delta.text.is_none()).text = Some(units);
                }
            }
            What::Reasoning(text) if !self.is_tagged => {
                for units in halves(text, piece.halved) {
                    self.delta(piece, form, chunks, |delta| delta.reasoning.is_none()).reasoning = Some(units);
                }
            }
            What::Call { slot, count, arguments } => {
                let fragment = self.fragment(*slot, *count, arguments);
                self.delta(piece, form, chunks, |_| true).calls.push(fragment);
            }
            What::Finish(reason) => {
                self.delta(piece, form, chunks, |_| true).finish = Some(REASONS[usize::from(*reason) % REASONS.len()]);
                self.finished = true;
            }
            What::Nothing => drop(self.delta(piece, form, chunks, |_| false)),
            What::Reasoning(_) | What::Usage(..) => {}
        }
    }

    /// The delta of the last chunk where the piece may join it, else of a new one.
    fn delta<'c>(
        &mut self,
        piece: &Piece,
        form: Form,
        chunks: &'c mut Vec<Chunk>,
        has_room: fn(&Delta) -> bool,
    ) -> &'c mut Delta {
        let joins =
            piece.joins && chunks.last().is_some_and(|chunk| chunk.choices.get(&piece.choice).is_none_or(has_room));
        if !joins {
            chunks.push(Chunk::default());
        }
        let chunk = chunks.last_mut().expect("there is one");
        let delta = chunk.choices.entry(piece.choice).or_default();
        delta.role |= form.role() && !std::mem::replace(&mut self.began, true);
        delta
    }

    fn fragment(&mut self, slot: u8, count: u8, arguments: &str) -> Fragment {
        let slot = usize::from(slot) % (self.calls.len() + 1).min(CALLS);
        let is_first = slot == self.calls.len();
        if is_first {
            self.calls.push(whole_arguments(arguments).encode_utf16().collect());
        }
        let left = &mut self.calls[slot];
        let count = if count < 128 { left.len().min(count.into()) } else { left.len() };
        Fragment { slot, is_first, arguments: left.drain(..count).collect() }
    }
}

/// The arguments of a call: the text itself if it is an object, else an object with it; none where there is no text.
fn whole_arguments(text: &str) -> String {
    match serde_json::from_str(text) {
        Ok(Value::Object(_)) => text.to_owned(),
        _ if text.is_empty() => String::new(),
        _ => json!({"text": text, "list": [1, -2.5e3, true, null, {}, []], "last": {"x": ""}}).to_string(),
    }
}

/// A text, or its halves.
fn halves(text: &str, halved: bool) -> Vec<Vec<u16>> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let middle = units.len() / 2;
    if halved { vec![units[..middle].to_vec(), units[middle..].to_vec()] } else { vec![units] }
}

impl Chunk {
    fn to_json(&self, form: Form) -> String {
        let choices: Vec<String> = self.choices.iter().map(|(index, delta)| delta.to_json(*index, form)).collect();
        let usage = match &self.usage {
            Some(usage) => format!(",\"usage\":{usage}"),
            None if form.nulls() => ",\"usage\":null".to_owned(),
            None => String::new(),
        };
        let padding = if form.padding() { ",\"obfuscation\":\"Xy\"" } else { "" };
        let choices = choices.join(",");
        format!(
            r#"{{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{choices}]{usage}{padding}}}"#
        )
    }
}

impl Delta {
    fn to_json(&self, index: u32, form: Form) -> String {
        let mut members = Vec::new();
        if self.role {
            members.push("\"role\":\"assistant\"".to_owned());
        }
        if let Some(text) = &self.text {
            members.push(format!("\"content\":{}", quoted(text, form)));
        }
        if let Some(text) = &self.reasoning {
            let name = if form.renamed() { "reasoning" } else { "reasoning_content" };
            members.push(format!("\"{name}\":{}", quoted(text, form)));
        }
        if !self.calls.is_empty() {
            let calls: Vec<String> = self.calls.iter().map(|call| call.to_json(index, form)).collect();
            members.push(format!("\"tool_calls\":[{}]", calls.join(",")));
        }
        let nulls = if form.nulls() { ",\"logprobs\":null" } else { "" };
        let finish = match self.finish {
            Some(reason) => format!(",\"finish_reason\":\"{reason}\""),
            None if form.finish_reason() => ",\"finish_reason\":null".to_owned(),
            None => String::new(),
        };
        format!("{{\"index\":{index},\"delta\":{{{}}}{nulls}{finish}}}", members.join(","))
    }
}

impl Fragment {
    fn to_json(&self, choice: u32, form: Form) -> String {
        let (name, id) = call_names(choice, self.slot);
        let arguments = quoted(&self.arguments, form);
        let slot = self.slot;
        if self.is_first || form.repeats() {
            return format!(
                r#"{{"index":{slot},"id":"{id}","type":"function","function":{{"name":"{name}","arguments":{arguments}}}}}"#
            );
        }
        format!(r#"{{"index":{slot},"function":{{"arguments":{arguments}}}}}"#)
    }
}

/// A JSON string of these units; half a surrogate pair is an escape.
fn quoted(units: &[u16], form: Form) -> String {
    let mut out = String::from("\"");
    for character in char::decode_utf16(units.iter().copied()) {
        match character {
            Ok(character) if character >= '\u{7f}' && form.escapes() => {
                let escape = |unit: &u16| format!("\\u{unit:04x}");
                out.extend(character.encode_utf16(&mut [0; 2]).iter().map(escape));
            }
            Ok(character) => {
                let quoted = Value::String(character.into()).to_string();
                out.push_str(&quoted[1..quoted.len() - 1]);
            }
            Err(half) => out.push_str(&format!("\\u{:04X}", half.unpaired_surrogate())),
        }
    }
    out + "\""
}
