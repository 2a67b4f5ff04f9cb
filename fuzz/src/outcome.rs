//! A reply as one decoder gives it, and what of it must not depend on how the bytes were cut.

use crate::lossy;
use serde_json::Value;
use tokenwire::stream::{Decoder, End, Mode};

pub const MODES: [Mode; 6] = [Mode::Text, Mode::Chunks, Mode::Compact, Mode::Events, Mode::Sse, Mode::Nothing];

#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub end: Option<End>,
    /// What came out after each read and at the end.
    pub batches: Vec<Option<String>>,
    pub reply: String,
    pub failure: Option<String>,
    pub repairs: Vec<(&'static str, u32)>,
}

/// Feeds the reads one by one.
pub fn read(mut decoder: Decoder, reads: &[&[u8]]) -> Outcome {
    let mut batches = Vec::new();
    for read in reads {
        decoder.feed(read);
        batches.push(decoder.take());
    }
    decoder.finish();
    batches.push(decoder.take());
    Outcome {
        end: decoder.end(),
        batches,
        reply: decoder.reply().to_json(),
        failure: decoder.failure().map(|error| error.message().to_owned()),
        repairs: decoder.repairs().iter().collect(),
    }
}

impl Outcome {
    /// The batches as one, which is the same however the bytes were cut.
    pub fn joined(mut self, mode: Mode) -> Self {
        let batches: Vec<String> = self.batches.into_iter().flatten().collect();
        let is_list = matches!(mode, Mode::Chunks | Mode::Compact | Mode::Events);
        self.batches = vec![Some(if is_list { join(&batches) } else { batches.concat() })];
        self
    }

    /// Compact batches made whole, as JavaScript does it.
    pub fn expanded(mut self) -> Self {
        let mut known = Pattern::default();
        for batch in self.batches.iter_mut().flatten() {
            *batch = known.expand(lossy::value(batch));
        }
        self
    }

    /// All that came out.
    pub fn out(&self) -> String {
        self.batches.iter().flatten().map(String::as_str).collect()
    }
}

/// Arrays as one array.
fn join(batches: &[String]) -> String {
    let inner = |batch: &String| batch[1..batch.len() - 1].to_owned();
    format!("[{}]", batches.iter().map(inner).collect::<Vec<_>>().join(","))
}

/// What the texts of [`Mode::Compact`] are filled into.
#[derive(Default)]
struct Pattern {
    chunk: Value,
    member: String,
    padding: String,
}

impl Pattern {
    fn expand(&mut self, batch: Value) -> String {
        let mut chunks = Vec::new();
        let Value::Array(items) = batch else { panic!("a batch is an array") };
        let mut items = items.into_iter();
        while let Some(item) = items.next() {
            match item {
                Value::Array(told) => {
                    let name = |at: usize| told[at].as_str().expect("a name").to_owned();
                    (self.chunk, self.member, self.padding) = (told[0].clone(), name(1), name(2));
                }
                Value::String(text) => {
                    let mut chunk = self.chunk.clone();
                    chunk["choices"][0]["delta"][&self.member] = Value::String(text);
                    if !self.padding.is_empty() {
                        chunk[&self.padding] = items.next().expect("a padding");
                    }
                    chunks.push(chunk);
                }
                chunk => chunks.push(chunk),
            }
        }
        Value::Array(chunks).to_string()
    }
}
