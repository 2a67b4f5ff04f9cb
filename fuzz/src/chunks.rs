//! `tokenwire::stream`: the predicted way gives what the full way gives, and how the bytes were cut changes nothing.
//!
//! Prediction is about an event that is like the one before it but for a byte or two: such pairs are what this target needs, and
//! what a fuzzer rarely makes. So the bytes are a small language: [`AGAIN`] with three bytes writes the last event once more,
//! with a byte put into it.

use crate::input::{Input, reads};
use crate::outcome::{MODES, Outcome, read};
use tokenwire::stream::{Decoder, Mode};

/// Stands in no stream that says something.
const AGAIN: u8 = 0;
/// Bytes that the repetitions may make of an input.
const LIMIT: usize = 16 << 10;

pub fn check(data: &[u8]) {
    let Some(Input { options, sizes, bytes }) = Input::read(data) else { return };
    let mode = MODES[usize::from(options) % MODES.len()];
    let bytes = repeated(bytes);
    let cut = reads(&bytes, sizes);
    let predicted = settled(read(Decoder::new(mode, 7), &cut), mode);
    let full = settled(read(Decoder::new(mode, 7).without_prediction(), &cut), mode);
    assert_eq!(predicted, full, "{mode:?}: predicted and full");
    let whole = settled(read(Decoder::new(mode, 7), &[&bytes]), mode);
    assert_eq!(full.joined(mode), whole.joined(mode), "{mode:?}: cut and whole");
}

fn settled(outcome: Outcome, mode: Mode) -> Outcome {
    if mode == Mode::Compact { outcome.expanded() } else { outcome }
}

/// Carries the repetitions out: [`AGAIN`], a place in the event as two bytes, and the byte to put there; no byte of
/// [`AGAIN`] itself is put anywhere.
fn repeated(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != AGAIN {
            out.push(*byte);
            continue;
        }
        let Some(([low, high, more], after)) = rest.split_first_chunk::<3>() else { break };
        rest = after;
        let mut event = last_event(&out).to_vec();
        let at = usize::from(u16::from_le_bytes([*low, *high])) % (event.len() + 1);
        if *more != AGAIN {
            event.insert(at, *more);
        }
        if out.len() + event.len() > LIMIT {
            break;
        }
        out.extend(event);
    }
    out
}

/// With the blank line that ends it.
fn last_event(stream: &[u8]) -> &[u8] {
    let Some(inner) = stream.strip_suffix(b"\n\n") else { return b"" };
    let start = inner.windows(2).rposition(|pair| pair == b"\n\n").map_or(0, |at| at + 2);
    &stream[start..]
}
