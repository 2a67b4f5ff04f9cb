//! Replies of the Responses API: recorded ones, and small cases of our own.

mod ends;
mod mutated;
mod recorded;
mod repairs;

pub use crate::fixtures::Outcome;
use crate::fixtures::lossy;
use serde_json::{Value, json};
use tokenwire::responses::Responses;
use tokenwire::stream::{Decoder, End, Mode};

/// Its output is events or chat's events as one list, texts as one text.
impl Outcome {
    pub fn items(&self) -> Vec<Value> {
        serde_json::from_str::<Value>(&lossy(&self.out)).unwrap().as_array().unwrap().clone()
    }

    pub fn types(&self) -> Vec<String> {
        self.items().iter().map(|item| item["type"].as_str().unwrap().to_owned()).collect()
    }

    pub fn codes(&self) -> Vec<&'static str> {
        self.repairs.iter().map(|(code, _)| *code).collect()
    }
}

pub fn decoder(mode: Mode) -> Decoder {
    Decoder::new(mode, 7).with_reader(Box::new(Responses::new(mode, 7, false)))
}

pub fn read<'a>(mode: Mode, reads: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut decoder = decoder(mode);
    decoder.set_content_type("text/event-stream");
    let mut out = Vec::new();
    for read in reads {
        if decoder.end().is_none() {
            decoder.feed(read);
        }
        out.extend(decoder.take());
    }
    if decoder.end().is_none() {
        decoder.finish();
    }
    out.extend(decoder.take());
    let out = match mode {
        Mode::Chunks | Mode::Events => {
            let inner: Vec<_> = out.iter().map(|batch| &batch[1..batch.len() - 1]).collect();
            format!("[{}]", inner.join(","))
        }
        _ => out.concat(),
    };
    Outcome {
        end: decoder.end(),
        out,
        reply: serde_json::from_str(&lossy(&decoder.snapshot())).unwrap(),
        failure: decoder.failure().map(|error| error.message().to_owned()),
        repairs: decoder.repairs().iter().collect(),
    }
}

/// The events as server-sent ones, with nothing but data.
pub fn sse(events: &[Value]) -> Vec<u8> {
    events.iter().map(|event| format!("data: {event}\n\n")).collect::<String>().into_bytes()
}

/// Whole, byte by byte and at every cut the same.
pub fn read_anyhow(mode: Mode, bytes: &[u8]) -> Outcome {
    let whole = read(mode, [bytes]);
    assert_eq!(read(mode, bytes.chunks(1)), whole);
    for cut in 0..bytes.len() {
        assert_eq!(read(mode, [&bytes[..cut], &bytes[cut..]]), whole, "cut at {cut}");
    }
    whole
}

/// What all faces say is the same.
pub fn same_in_all_faces(bytes: &[u8], label: &str) -> Outcome {
    let events = read(Mode::Chunks, [bytes]);
    let final_text = events.reply["output_text"].as_str().unwrap().to_owned();
    let text = read(Mode::Text, [bytes]);
    let chat = read(Mode::Events, [bytes]);
    let sse = read(Mode::Sse, [bytes]);
    let of_chat: String =
        chat.items().iter().filter(|item| item["type"] == "text").map(|item| item["text"].as_str().unwrap()).collect();
    // What was handed out cannot be taken back.
    if !events.codes().contains(&"done_differs") {
        assert_eq!(text.out, final_text, "{label}: text");
        assert_eq!(of_chat, final_text, "{label}: events");
    }
    for other in [&text, &chat, &sse] {
        assert_eq!(
            (other.end, &other.reply, &other.failure, &other.repairs),
            (events.end, &events.reply, &events.failure, &events.repairs),
            "{label}"
        );
    }
    let again = read(Mode::Chunks, [sse.out.as_bytes()]);
    assert_eq!(again.reply, events.reply, "{label}: read again");
    if events.end == Some(End::Complete) {
        assert_eq!(again.out, events.out, "{label}: events read again");
        let left: Vec<_> = again.codes().into_iter().filter(|code| *code != "done_differs").collect();
        assert_eq!(left, [""; 0], "{label}: clean SSE needs no repair");
    }
    // Who begins to read late is told the same.
    let mut late = decoder(Mode::Nothing);
    late.feed(bytes);
    late.finish();
    late.set_mode(Mode::Text);
    assert_eq!(late.take().unwrap_or_default(), final_text, "{label}: late");
    events
}

/// A message with this text, as it ends.
pub fn message(text: &str) -> Value {
    json!({"id": "msg_1", "type": "message", "status": "completed", "role": "assistant",
        "content": [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}]})
}
