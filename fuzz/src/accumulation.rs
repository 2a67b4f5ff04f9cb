//! `tokenwire::stream` and `tokenwire::accumulate`: a well-formed stream, whole or cut off anywhere, read in any pieces, is the
//! sum of what it said; its end is what the rules say; and the forms that a consumer may ask for say the same reply.

use crate::expected::{self, Expected, Message};
use crate::input::reads;
use crate::operations::Builder;
use crate::outcome::{MODES, Outcome, read};
use crate::script::Script;
use crate::{lossy, stream};
use serde_json::Value;
use tokenwire::stream::{Decoder, End, Mode};

pub fn check(script: &Script) {
    let stream = stream::write(script);
    let mut wanted = expected::sum(&stream.events);
    let cut = reads(&stream.bytes, &script.sizes);
    let decode = |mode, reads: &[&[u8]]| read(Decoder::new(mode, 7), reads);

    let mode = MODES[script.form.mode() % MODES.len()];
    let pieces = decode(mode, &cut);
    // What was cut in the middle of an event may have gone on: a prompt is not said to be refused then.
    if wanted.end == End::Error && script.cut.is_some() && pieces.end == Some(End::Truncated) {
        wanted.end = End::Truncated;
    }
    assert_eq!(found(&pieces), wanted, "{mode:?}, repairs {:?}", pieces.repairs);
    check_repairs(script, &stream.bytes, &wanted, &pieces);
    let settled = |outcome: Outcome| if mode == Mode::Compact { outcome.expanded() } else { outcome }.joined(mode);
    assert_eq!(settled(pieces), settled(decode(mode, &[&stream.bytes])), "{mode:?}: cut and whole");

    let text = wanted.choices.get(&0).map_or("", |choice| &choice.text);
    assert_eq!(decode(Mode::Text, &cut).out(), text, "text");
    check_clean(&decode(Mode::Sse, &cut));
    check_events(decode(Mode::Events, &cut), &wanted);
}

fn found(outcome: &Outcome) -> Expected {
    expected::read(outcome.end, &lossy::value(&outcome.reply))
}

/// What is as OpenAI sends it is not repaired.
fn check_repairs(script: &Script, bytes: &[u8], wanted: &Expected, outcome: &Outcome) {
    let is_openais = script.form.role() && script.form.finish_reason() && !script.form.renamed();
    if !is_openais || wanted.end != End::Complete {
        return;
    }
    let said = |code: &str| match code {
        "done_missing" => !script.form.done() || script.cut.is_some(),
        // Half of the marker is told from other words no more: what it would have ended is judged by what came.
        "data_not_json" => script.cut.is_some() && ends_in_marker(bytes),
        "event_unterminated" | "event_cut" | "invalid_utf8" => script.cut.is_some(),
        "finish_reason_missing_at_end" => wanted.choices.values().any(|choice| choice.finish.is_none()),
        "finish_reason_renamed" => wanted.choices.values().any(|choice| !choice.calls.is_empty()),
        "think_tag" => wanted.choices.values().any(|choice| !choice.reasoning.is_empty() || choice.text.is_empty()),
        _ => false,
    };
    let strange: Vec<_> = outcome.repairs.iter().filter(|(code, _)| !said(code)).collect();
    assert!(strange.is_empty(), "repaired: {strange:?}");
}

/// The bytes were cut within `[DONE]`.
fn ends_in_marker(bytes: &[u8]) -> bool {
    (1.."[DONE]".len()).any(|length| {
        let data = bytes.strip_suffix(&b"[DONE]"[..length]).map(<[u8]>::trim_ascii_end);
        data.is_some_and(|before| before.ends_with(b"data:"))
    })
}

/// Clean SSE is read without repair, as the same reply.
fn check_clean(first: &Outcome) {
    let second = read(Decoder::new(Mode::Nothing, 8), &[first.out().as_bytes()]);
    assert_eq!(lossy::value(&second.reply), lossy::value(&first.reply), "clean SSE");
    // It says that the reply was cut, so that nobody takes it for a whole one.
    let end = if first.end == Some(End::Complete) { End::Complete } else { End::Error };
    assert_eq!(second.end, Some(end), "clean SSE");
    assert_eq!(second.failure, first.failure, "clean SSE");
    // What nobody sent cannot be made up.
    let repaired = second.repairs.iter().find(|(code, _)| *code != "finish_reason_missing_at_end");
    assert_eq!(repaired, None, "clean SSE: {}", first.out());
}

/// The events tell choice 0: its texts, its calls, and for each call the value of its arguments.
fn check_events(outcome: Outcome, wanted: &Expected) {
    let nothing = Message::default();
    let is_complete = wanted.end == End::Complete;
    let wanted = wanted.choices.get(&0).unwrap_or(&nothing);
    let events = lossy::value(outcome.joined(Mode::Events).batches[0].as_deref().unwrap_or("[]"));
    let events = events.as_array().expect("an array");
    let joined = |kind: &str| -> String {
        let of_kind = events.iter().filter(|event| event["type"] == kind);
        of_kind.map(|event| event["text"].as_str().expect("a text")).collect()
    };
    // The halves of a surrogate pair in two events are each a replacement character to serde_json.
    let is_same = |told: &str, text: &str| told == text || told.contains('\u{fffd}');
    assert!(is_same(&joined("text"), &wanted.text), "text events: {events:?}");
    assert!(is_same(&joined("reasoning"), &wanted.reasoning), "reasoning events: {events:?}");
    for (slot, (id, name, arguments)) in wanted.calls.iter().enumerate() {
        let of_call = || events.iter().filter(|event| event["index"] == slot);
        let of = |kind: &str| of_call().filter(|event| event["type"] == kind).collect::<Vec<_>>();
        let is_over = wanted.finish.is_some() || is_complete;
        assert_eq!((of("tool_call.start").len(), of("tool_call.done").len()), (1, usize::from(is_over)));
        for done in of("tool_call.done") {
            let told = ["id", "name", "arguments"].map(|member| done[member].as_str().expect("a text"));
            assert_eq!(told, [id, name, arguments]);
        }
        check_value(&of("tool_call.delta"), arguments);
    }
}

/// The operations of a call's events build what serde_json makes of the whole arguments.
fn check_value(deltas: &[&Value], arguments: &str) {
    let mut builder = Builder::default();
    let mut told = String::new();
    for delta in deltas {
        let fragment = delta["arguments"].as_str().expect("a text");
        told.push_str(fragment);
        match delta.get("ops") {
            Some(operations) => builder.apply(operations),
            None => builder.grow(fragment),
        }
    }
    assert!(told == arguments || told.contains('\u{fffd}'), "{told:?} is not {arguments:?}");
    if let Ok(value) = serde_json::from_str(arguments) {
        assert_eq!(builder.value(), Some(value), "{arguments:?}");
    }
}
