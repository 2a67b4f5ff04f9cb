//! Replies with something wrong in them: recorded streams, changed by structure at random (the same at every run). Whatever
//! comes, the reader ends in one way, the same however the bytes are cut, and takes nothing for complete that is not.

use crate::fixtures::{self, Outcome, decode};
use crate::random::Numbers;
use serde_json::Value;
use std::path::Path;
use tokenwire::json::Cursor;
use tokenwire::stream::{End, Mode};

/// Longer streams only take longer.
const LONGEST: usize = 12_000;
/// How often each is changed.
const ROUNDS: usize = 100;
const MODES: [Mode; 5] = [Mode::Chunks, Mode::Text, Mode::Events, Mode::Sse, Mode::Nothing];

/// Streams as lists of events, without what stands between them.
fn streams() -> Vec<Vec<String>> {
    let mut texts = Vec::new();
    let own = fixtures::json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/streams.json"));
    for case in own.as_array().unwrap() {
        let reads = case["reads"].as_array().unwrap().iter();
        texts.push(reads.map(|read| read["utf8"].as_str().unwrap_or("")).collect::<String>());
    }
    match fixtures::shared() {
        None => println!("recorded streams not run: ../shared/fixtures is absent"),
        Some(shared) => {
            let files = fixtures::files(&shared.join("recorded"), ".sse").into_iter();
            let chats = files.filter(|path| path.to_string_lossy().contains("-chat-"));
            texts.extend(chats.filter_map(|path| std::fs::read_to_string(path).ok()));
        }
    }
    texts.retain(|text| text.starts_with("data:") && text.len() <= LONGEST);
    assert!(texts.len() > 60, "only {} streams", texts.len());
    let events = |text: &String| text.replace("\r\n", "\n").split("\n\n").map(str::to_owned).collect();
    texts.iter().map(events).collect()
}

fn joined(events: &[String]) -> String {
    events.iter().map(|event| format!("{event}\n\n")).collect()
}

/// Changes one thing.
fn mutate(events: &mut Vec<String>, numbers: &mut Numbers) {
    if events.is_empty() {
        return;
    }
    let at = numbers.below(events.len());
    let other = numbers.below(events.len());
    match numbers.below(8) {
        0 => drop(events.remove(at)),
        1 => events.insert(other, events[at].clone()),
        2 => events.swap(at, other),
        3 => {
            // Half an event with the next one glued to it.
            let half = cut(&events[at], numbers).to_owned();
            let next = if at + 1 < events.len() { events.remove(at + 1) } else { String::new() };
            events[at] = half + &next;
        }
        _ => {
            if let Some((head, data)) =
                events[at].split_once('{').map(|(head, data)| (head.to_owned(), data.to_owned()))
            {
                events[at] = head + &mutate_json(&format!("{{{data}"), numbers);
            }
        }
    }
}

fn cut<'a>(text: &'a str, numbers: &mut Numbers) -> &'a str {
    let mut at = numbers.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    &text[..at]
}

/// Drops, doubles or moves a member of an object somewhere in the value; what is no JSON stays as it is.
fn mutate_json(raw: &str, numbers: &mut Numbers) -> String {
    let (open, close) = if raw.starts_with('{') { ('{', '}') } else { ('[', ']') };
    let Some(mut members) = members(raw) else { return raw.to_owned() };
    if members.is_empty() {
        return raw.to_owned();
    }
    let at = numbers.below(members.len());
    let other = numbers.below(members.len());
    let inner = members[at].1.clone();
    match numbers.below(6) {
        0 => drop(members.remove(at)),
        1 => members.insert(other, members[at].clone()),
        2 => members.swap(at, other),
        _ if inner.starts_with(['{', '[']) => members[at].1 = mutate_json(&inner, numbers),
        _ => members[at].1 = numbers.pick(&["null", "[]", "{}", "\"\"", "0", "true", "\"x\"", &inner]).to_owned(),
    }
    let text = |(key, value): &(String, String)| if open == '{' { format!("\"{key}\":{value}") } else { value.clone() };
    format!("{open}{}{close}", members.iter().map(text).collect::<Vec<_>>().join(","))
}

/// Keys and raw values; an array's keys are empty.
fn members(raw: &str) -> Option<Vec<(String, String)>> {
    let mut cursor = Cursor::new(raw);
    let mut found = Vec::new();
    let mut first = true;
    if cursor.open(b'{') {
        while let Some(key) = cursor.key(&mut first).ok()? {
            found.push((key.to_owned(), cursor.value().ok()?.to_owned()));
        }
    } else if cursor.open(b'[') {
        while cursor.item(&mut first).ok()? {
            found.push((String::new(), cursor.value().ok()?.to_owned()));
        }
    }
    Some(found)
}

/// Reads in one mode, in several ways of cutting, which must not matter.
fn read(mode: Mode, input: &str, numbers: &mut Numbers) -> Outcome {
    let bytes = input.as_bytes();
    let whole = decode(mode, [bytes]);
    assert_eq!(decode(mode, bytes.chunks(1)), whole, "{mode:?} byte by byte:\n{input}");
    let mut pieces = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(1 + numbers.below(rest.len().min(400)));
        pieces.push(piece);
        rest = after;
    }
    assert_eq!(decode(mode, pieces), whole, "{mode:?} in pieces:\n{input}");
    whole
}

/// What holds for any input.
fn check(input: &str, numbers: &mut Numbers) -> Outcome {
    let mode = MODES[numbers.below(MODES.len())];
    let outcome = read(mode, input, numbers);
    let end = outcome.end.unwrap_or_else(|| panic!("no end:\n{input}"));
    assert_eq!(outcome.failure.is_some(), end != End::Complete, "{:?}:\n{input}", outcome.failure);
    let choice = outcome.reply["choices"].as_array().unwrap().iter().find(|choice| choice["index"] == 0);
    if mode == Mode::Text && !outcome.out.contains('\u{fffd}') {
        let text = choice.and_then(|choice| choice["message"]["content"].as_str()).unwrap_or("");
        assert_eq!(outcome.out, text, "text:\n{input}");
    }
    if mode == Mode::Sse {
        let done = usize::from(end == End::Complete);
        assert_eq!(outcome.out.matches("data: [DONE]\n\n").count(), done, "{:?}:\n{input}", outcome.end);
        let again = decode(Mode::Nothing, [outcome.out.as_bytes()]);
        assert_eq!(
            (&again.reply, again.end == Some(End::Complete)),
            (&outcome.reply, done == 1),
            "clean SSE:\n{input}"
        );
    }
    assert!(end != End::Complete || has_evidence(input), "complete without a reason:\n{input}");
    outcome
}

/// Something in the text could be an end: a marker, or a finish reason that says something.
fn has_evidence(text: &str) -> bool {
    // As it stands, and as it stands in a string.
    let text = &[text, &text.replace("\\\"", "\"")].concat();
    let says = |name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let value = text[at + name.len()..].trim_start().strip_prefix(':').unwrap_or("").trim_start();
            value.starts_with(['{', '['])
                || value.strip_prefix('"').is_some_and(|word| !word.starts_with('"') && !word.starts_with("null\""))
        })
    };
    text.to_ascii_lowercase().contains("[done]")
        || ["finish_reason\"", "finishReason\"", "done_reason\""].iter().any(|name| says(name))
        || text.contains("\"done\":true")
}

#[test]
fn changed_streams_end_in_one_way() {
    let mut numbers = Numbers::new(11);
    let mut ends = [0; 4];
    for events in streams() {
        for _ in 0..ROUNDS {
            let mut events = events.clone();
            for _ in 0..=numbers.below(4) {
                mutate(&mut events, &mut numbers);
            }
            let mut input = joined(&events);
            if numbers.below(3) == 0 {
                input = cut(&input, &mut numbers).to_owned();
            }
            ends[check(&input, &mut numbers).end.unwrap() as usize] += 1;
        }
    }
    println!("complete, truncated, aborted, error: {ends:?}");
    assert!(ends[0] > 20 && ends[1] > 20 && ends[3] > 5, "too few of a kind: {ends:?}");
}

#[test]
fn what_lost_its_end_is_never_complete() {
    let mut numbers = Numbers::new(12);
    for mut events in streams() {
        events.retain(|event| !has_evidence(event));
        for _ in 0..ROUNDS {
            let mut events = events.clone();
            for _ in 0..numbers.below(4) {
                mutate(&mut events, &mut numbers);
            }
            let input = joined(&events);
            // Nothing is a finish reason where a random word replaced its null.
            if has_evidence(&input) {
                continue;
            }
            let end = check(&input, &mut numbers).end;
            assert!(matches!(end, Some(End::Truncated | End::Error)), "{end:?}:\n{input}");
        }
    }
}

/// How a stream of OpenAI's own form ends, by another reader: `None` where it is not that simple.
fn expected_end(input: &str) -> Option<End> {
    let mut finished: Vec<(u64, bool)> = Vec::new();
    let mut has_content = false;
    let mut is_done = false;
    for event in input.split("\n\n").filter(|event| !event.is_empty()) {
        let Some(data) = event.strip_prefix("data: ") else { continue };
        if data.trim() == "[DONE]" {
            is_done = true;
            break;
        }
        let Ok(chunk) = serde_json::from_str::<Value>(data) else { continue };
        for choice in chunk["choices"].as_array()? {
            let index = choice["index"].as_u64()?;
            let delta = choice["delta"].as_object()?;
            let at = finished.iter().position(|(known, _)| *known == index).unwrap_or(finished.len());
            if at == finished.len() {
                finished.push((index, false));
            }
            if choice.get("finishReason").is_some() {
                return None;
            }
            let reason = choice["finish_reason"].as_str().unwrap_or("");
            if !["", "stop", "length", "tool_calls", "content_filter", "function_call"].contains(&reason) {
                return None;
            }
            finished[at].1 |= !reason.is_empty();
            let says = |name: &str| delta.get(name).is_some_and(|value| !value.is_null() && value != "");
            has_content |= ["content", "reasoning", "reasoning_content", "tool_calls"].iter().any(|name| says(name));
        }
        if chunk.get("error").is_some() {
            return None;
        }
    }
    let is_finished = !finished.is_empty() && finished.iter().all(|(_, finished)| *finished);
    Some(if is_finished || (is_done && has_content) { End::Complete } else { End::Truncated })
}

#[test]
fn a_cut_ends_as_another_reader_says() {
    let mut numbers = Numbers::new(13);
    let mut compared = 0;
    for events in streams() {
        let input = joined(&events);
        if expected_end(&input) != Some(End::Complete) || input.contains("\"message\":") {
            continue;
        }
        for _ in 0..ROUNDS {
            // As often near the end as anywhere.
            let from = if numbers.below(2) == 0 { 0 } else { input.len().saturating_sub(300) };
            let mut at = from + numbers.below(input.len() - from + 1);
            while !input.is_char_boundary(at) {
                at -= 1;
            }
            let cut = &input[..at];
            assert_eq!(Some(check(cut, &mut numbers).end.unwrap()), expected_end(cut), "cut at {at}:\n{cut}");
            compared += 1;
        }
    }
    assert!(compared > 200, "only {compared} cuts");
}

#[test]
fn an_error_anywhere_keeps_what_came() {
    let mut numbers = Numbers::new(14);
    let frames = [
        "data: {\"error\":{\"message\":\"boom\",\"code\":500}}",
        "data: {\"error\":\"boom\"}",
        "event: error\ndata: {\"message\":\"boom\"}",
        "error: {\"error\":{\"message\":\"boom\"}}",
        "data: [{\"error\":{\"message\":\"boom\"}}]",
        "data: {\"object\":\"error\",\"message\":\"boom\"}",
    ];
    for events in streams() {
        let end = events.iter().position(|event| event.to_ascii_lowercase().contains("[done]")).unwrap_or(events.len());
        let at = numbers.below(end + 1);
        let before = decode(Mode::Nothing, [joined(&events[..at]).as_bytes()]);
        if before.end == Some(End::Error) {
            continue;
        }
        let mut events = events[..at].to_vec();
        events.push((*numbers.pick(&frames)).to_owned());
        let input = joined(&events);
        let outcome = check(&input, &mut numbers);
        assert_eq!((outcome.end, outcome.failure.as_deref()), (Some(End::Error), Some("boom")), "{input}");
        let text = |outcome: &Outcome| outcome.reply["choices"][0]["message"]["content"].clone();
        assert_eq!(text(&outcome), text(&before), "{input}");
    }
}
