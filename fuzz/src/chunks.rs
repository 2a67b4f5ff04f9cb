//! `tokenwire::stream`: the predicted way gives what the full way gives, and how the bytes were cut changes nothing.
//!
//! Prediction is about an event that is like the one before it but for a byte or a text: such pairs are what this target needs,
//! and what a fuzzer rarely makes. So the bytes are a small language, of which `xtask/src/fuzz/seeds.rs` writes some, too:
//! [`AGAIN`] writes the last event once more with a byte put into it, [`NEXT`] with another text.

use crate::input::{Input, reads};
use crate::outcome::{MODES, Outcome, read};
use tokenwire::stream::{Decoder, Mode};

/// Then a place in the event as two bytes, and the byte to put there; none if it is 0.
const AGAIN: u8 = 0;
/// Then a length, and as many bytes to stand for the text that grows.
const NEXT: u8 = 1;
/// What stands before such a text.
const GROWING: [&[u8]; 5] =
    [b"\"content\":\"", b"\"reasoning_content\":\"", b"\"reasoning\":\"", b"\"arguments\":\"", b"\"input\":\""];
/// Bytes that the repetitions may make of an input.
const LIMIT: usize = 4 << 10;

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

/// Carries the repetitions out.
fn repeated(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        let event = match *byte {
            AGAIN => again(&out, after),
            NEXT => next(&out, after),
            _ => None,
        };
        let Some((event, after)) = event else {
            out.push(*byte);
            rest = after;
            continue;
        };
        if out.len() + event.len() > LIMIT {
            break;
        }
        out.extend(event);
        rest = after;
    }
    out
}

/// The event that [`AGAIN`] makes, and what follows.
fn again<'a>(so_far: &[u8], rest: &'a [u8]) -> Option<(Vec<u8>, &'a [u8])> {
    let ([low, high, more], after) = rest.split_first_chunk()?;
    let mut event = last_event(so_far)?.to_vec();
    let at = usize::from(u16::from_le_bytes([*low, *high])) % event.len();
    if *more != AGAIN {
        event.insert(at, *more);
    }
    Some((event, after))
}

/// The event that [`NEXT`] makes, and what follows.
fn next<'a>(so_far: &[u8], rest: &'a [u8]) -> Option<(Vec<u8>, &'a [u8])> {
    let (length, rest) = rest.split_first()?;
    let (text, after) = rest.split_at_checked(usize::from(*length))?;
    let event = last_event(so_far)?;
    let starts = GROWING.iter().filter_map(|key| Some(find(event, key)? + key.len()));
    let start = starts.max()?;
    let length = event[start..]
        .iter()
        .enumerate()
        .position(|(at, byte)| *byte == b'"' && (at == 0 || event[start + at - 1] != b'\\'))?;
    Some(([&event[..start], text, &event[start + length..]].concat(), after))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// With the blank line that ends it.
fn last_event(stream: &[u8]) -> Option<&[u8]> {
    let inner = stream.strip_suffix(b"\n\n")?;
    let start = inner.windows(2).rposition(|pair| pair == b"\n\n").map_or(0, |at| at + 2);
    Some(&stream[start..])
}
