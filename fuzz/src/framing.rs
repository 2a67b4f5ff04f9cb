//! `tokenwire::sse`: any bytes, however cut, are the events of the rules; the limit holds.

use crate::input::{Input, reads};
use crate::whatwg::{self, Event, Found};
use tokenwire::sse::{Decoder, TooLong};

const SMALL: usize = 64;

pub fn check(data: &[u8]) {
    let Some(Input { options, sizes, bytes }) = Input::read(data) else { return };
    // Any judge will do that looks at nothing but the data.
    let judge: fn(&[u8]) -> bool = if options & 1 == 0 { |_| false } else { |data| data.ends_with(b"}") };
    let wanted = whatwg::read(bytes, judge);
    let cut = reads(bytes, sizes);
    assert_eq!(decode(Decoder::new(usize::MAX, judge), &[bytes]), Ok(wanted.clone()), "whole");
    assert_eq!(decode(Decoder::new(usize::MAX, judge), &cut), Ok(wanted.clone()), "cut");
    check_limit(Decoder::new(SMALL, judge), &cut, &wanted);
    check_between(judge, &cut, &wanted);
}

fn decode(mut decoder: Decoder, reads: &[&[u8]]) -> Result<Found, TooLong> {
    let mut events = Vec::new();
    for read in reads {
        let mut input = *read;
        while let Some(event) = decoder.next_event(&mut input)? {
            events.push((event.name.to_vec(), event.data.to_vec()));
        }
        assert!(input.is_empty(), "it said that there is no event, and left input");
    }
    let at_end = finish(&mut decoder);
    Ok(Found { events, at_end, has_unknown_line: decoder.has_unknown_line() })
}

fn finish(decoder: &mut Decoder) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some(event) = decoder.finish() {
        events.push((event.name.to_vec(), event.data.to_vec()));
        assert!(events.len() <= 3, "the end has no end");
    }
    events
}

/// Under a limit come the same events, up to the one that is too long; none is longer than the limit and one read together, and
/// nothing is refused before more than the limit came.
fn check_limit(mut decoder: Decoder, reads: &[&[u8]], wanted: &Found) {
    let mut events = wanted.events.iter();
    let mut seen = 0;
    for read in reads {
        seen += read.len();
        let mut input = *read;
        loop {
            match decoder.next_event(&mut input) {
                Ok(None) => break,
                Ok(Some(event)) => {
                    assert!(event.data.len() <= SMALL + read.len(), "an event over the limit");
                    assert_eq!(Some(&(event.name.to_vec(), event.data.to_vec())), events.next());
                }
                Err(TooLong) => return assert!(seen > SMALL, "{seen} bytes are too long for a limit of {SMALL}"),
            }
        }
    }
    assert_eq!(events.next(), None, "an event is missing under a limit that nothing exceeded");
}

/// Where the decoder says that it is between two events, the prediction passes over it: what follows must mean the same to
/// a decoder that knows nothing of what came before.
fn check_between(judge: fn(&[u8]) -> bool, reads: &[&[u8]], wanted: &Found) {
    let mut decoder = Decoder::new(usize::MAX, judge);
    let mut events = 0;
    for (at, read) in reads.iter().enumerate().take(12) {
        let mut input = *read;
        while let Ok(Some(_)) = decoder.next_event(&mut input) {
            events += 1;
            if decoder.is_between_events() && events < 8 {
                check_rest(judge, &[&[input], &reads[at + 1..]].concat(), wanted, events);
            }
        }
        if decoder.is_between_events() {
            check_rest(judge, &reads[at + 1..], wanted, events);
        }
    }
}

fn check_rest(judge: fn(&[u8]) -> bool, rest: &[&[u8]], wanted: &Found, before: usize) {
    let mut decoder = Decoder::new(usize::MAX, judge);
    // A byte order mark may only come at the start; the line end says that this is none.
    let mut start: &[u8] = b"\n";
    assert_eq!(decoder.next_event(&mut start), Ok(None));
    let found = decode(decoder, rest).map(|found| (found.events, found.at_end));
    assert_eq!(found, Ok((wanted.events[before..].to_vec(), wanted.at_end.clone())), "between, after {before} events");
}
