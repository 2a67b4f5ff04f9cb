//! What the plain reader reads, and where it hands over to the lenient one, nobody can tell afterwards: the whole is what the lenient
//! reader alone makes of it.

use crate::fixtures;
use crate::predicted::expand;
use crate::random::Numbers;
use serde_json::Value;
use std::path::Path;
use tokenwire::stream::{Decoder, End, Limits, Mode, plain};

const MODES: [Mode; 5] = [Mode::Text, Mode::Compact, Mode::Events, Mode::Sse, Mode::Nothing];

#[derive(Debug, PartialEq)]
struct Seen {
    end: Option<End>,
    out: String,
    reply: String,
    failure: Option<String>,
    repairs: Vec<(&'static str, u32)>,
    form: String,
}

/// Of either reader.
macro_rules! seen {
    ($decoder:expr, $mode:expr, $out:expr) => {{
        let (reply, failure) = ($decoder.reply().to_json(), $decoder.failure().map(|error| error.message().to_owned()));
        let (repairs, form) = ($decoder.repairs().iter().collect(), $decoder.form());
        Seen { end: $decoder.end(), out: joined($mode, $out), reply, failure, repairs, form }
    }};
}

fn joined(mode: Mode, mut batches: Vec<Option<String>>) -> String {
    if mode == Mode::Compact {
        expand(&mut batches);
    }
    let batches = batches.into_iter().flatten();
    if !matches!(mode, Mode::Compact | Mode::Events) {
        return batches.collect();
    }
    batches.map(|batch| batch[1..batch.len() - 1].to_owned() + ",").collect()
}

/// What a call takes: nothing before there is any content.
macro_rules! taken {
    ($decoder:expr) => {
        if $decoder.has_content() || $decoder.end().is_some() { $decoder.take() } else { None }
    };
}

fn lenient(input: &[u8], mode: Mode, size: usize) -> Seen {
    let mut decoder = Decoder::new(mode, 7);
    let mut out = Vec::new();
    for read in input.chunks(size) {
        if decoder.end().is_none() {
            decoder.feed(read);
        }
        out.push(taken!(decoder));
    }
    decoder.finish();
    out.push(taken!(decoder));
    seen!(decoder, mode, out)
}

/// By the plain reader as far as it goes, or for so many reads; then by the other. Also whether it went to the end.
fn handed_over(input: &[u8], mode: Mode, size: usize, most: usize) -> (Seen, bool) {
    let mut plain = plain::Decoder::new(mode, 7);
    let mut out = Vec::new();
    let mut reads = input.chunks(size);
    let mut count = 0;
    while !plain.is_strange() && count < most {
        let Some(read) = reads.next() else {
            plain.finish();
            out.push(taken!(plain));
            if plain.is_strange() {
                break;
            }
            return (seen!(plain, mode, out), true);
        };
        plain.feed(read);
        out.push(taken!(plain));
        count += 1;
    }
    if plain.end().is_some() {
        return (seen!(plain, mode, out), true);
    }
    let mut decoder = Decoder::new(Mode::Nothing, 7);
    let rest = decoder.resume(&plain.carry());
    decoder.feed(&rest);
    out.push(taken!(decoder));
    for read in reads {
        if decoder.end().is_none() {
            decoder.feed(read);
        }
        out.push(taken!(decoder));
    }
    decoder.finish();
    out.push(taken!(decoder));
    (seen!(decoder, mode, out), false)
}

/// Without what tells how much came in the very read that had the end.
fn comparable(mut seen: Seen) -> Seen {
    // A member may stand elsewhere among the others.
    seen.reply = serde_json::from_str::<Value>(&fixtures::lossy(&seen.reply)).unwrap().to_string();
    seen.repairs.retain(|(code, _)| !matches!(*code, "data_after_end" | "event_cut"));
    seen
}

fn check(input: &[u8], mode: Mode, size: usize, most: usize) -> bool {
    let alone = lenient(input, mode, size);
    let (both, is_plain) = handed_over(input, mode, size, most);
    assert_eq!(
        comparable(both),
        comparable(alone),
        "{mode:?}, reads of {size}, {most} of them:\n{}",
        String::from_utf8_lossy(input).chars().take(3000).collect::<String>()
    );
    is_plain
}

/// Bodies with a name.
fn bodies() -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let own = fixtures::json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/streams.json"));
    for case in own.as_array().unwrap() {
        let reads = case["reads"].as_array().unwrap().iter();
        let text = reads.map(|read| read["utf8"].as_str().unwrap_or("")).collect::<String>();
        found.push((case["name"].as_str().unwrap_or("").to_owned(), text.into_bytes()));
    }
    let Some(shared) = fixtures::shared() else {
        println!("not run: ../shared/fixtures is absent");
        return found;
    };
    for ending in [".sse", ".body.json", ".ndjson", ".json"] {
        for path in fixtures::files(&shared.join("recorded"), ending) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if !name.ends_with(".meta.json") && !name.ends_with(".expected.json") {
                found.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    found.retain(|(_, body)| body.len() < 200_000);
    found
}

#[test]
fn a_reply_is_the_same_wherever_it_is_handed_over() {
    let mut numbers = Numbers::new(11);
    let (mut plain, mut all) = (Vec::new(), 0);
    for (name, body) in bodies() {
        let is_plain = check(&body, Mode::Compact, body.len().max(1), usize::MAX);
        all += 1;
        if is_plain {
            plain.push(name.clone());
        } else if std::env::var("SHOW").is_ok() {
            println!("strange: {name}");
        }
        for mode in MODES {
            let size = [1, 7, 100, 1460][numbers.below(4)];
            check(&body, mode, size, usize::MAX);
            check(&body, mode, size, numbers.below(body.len() / size + 1));
        }
    }
    println!("{} of {all} are plain to the end", plain.len());
    assert!(plain.len() > 10, "only {plain:?}");
}

#[test]
fn damaged_replies_are_the_same_wherever_they_are_handed_over() {
    let mut numbers = Numbers::new(12);
    let bytes = b"\"\\{}[],: \n\r\x01\xff0a\xc3";
    for (_, body) in bodies().iter().filter(|(_, body)| body.len() < 20_000 && !body.is_empty()) {
        for _ in 0..8 {
            let mut damaged = body.clone();
            for _ in 0..=numbers.below(4) {
                let at = numbers.below(damaged.len());
                let byte = bytes[numbers.below(bytes.len())];
                match numbers.below(3) {
                    0 if damaged.len() > 1 => drop(damaged.remove(at)),
                    1 => damaged[at] = byte,
                    _ => damaged.insert(at, byte),
                }
            }
            let mode = MODES[numbers.below(MODES.len())];
            let size = [1, 7, 100, 1460][numbers.below(4)];
            let most = [usize::MAX, numbers.below(damaged.len() / size + 1)][numbers.below(2)];
            check(&damaged, mode, size, most);
        }
    }
}

/// Members and values of a chunk, put together at random.
#[test]
fn any_chunks_are_the_same_wherever_they_are_handed_over() {
    let mut numbers = Numbers::new(13);
    let values = [
        "null",
        "\"\"",
        "\"a\"",
        "\"<think>\"",
        "\"</think>b\"",
        "\"\\n\"",
        "0",
        "1",
        "true",
        "[]",
        "{}",
        "[\"a\"]",
        "{\"a\":1}",
        "\"{\\\"a\\\":\"",
        "\"1}\"",
        "\"{}\"",
    ];
    let top = ["id", "object", "model", "created", "usage", "error", "service_tier", "x_groq", "obfuscation", "type"];
    let inner = ["index", "finish_reason", "logprobs", "text", "usage", "error", "stop_reason", "seed"];
    let deltas =
        ["role", "content", "content", "content", "reasoning_content", "reasoning", "refusal", "annotations", "audio"];
    let calls = [
        r#"[{"index":0,"id":"c0","type":"function","function":{"name":"f","arguments":""}}]"#,
        r#"[{"index":0,"function":{"arguments":"{\"a\":"}}]"#,
        r#"[{"index":0,"function":{"arguments":"1}"}}]"#,
        r#"[{"index":1,"id":"c1","type":"function","function":{"name":"g","arguments":"{\"b\":2}"}}]"#,
        r#"[{"index":0,"id":"c0","function":{"name":"f","arguments":"{}"}}]"#,
        r#"[{"id":"c0","function":{"name":"h","arguments":"{}"}}]"#,
        r#"[{"index":2,"id":"c2","custom":{"name":"f","input":"x"}}]"#,
    ];
    for _ in 0..4000 {
        let mut body = String::new();
        for _ in 0..=numbers.below(8) {
            let mut delta: Vec<String> = Vec::new();
            for _ in 0..numbers.below(3) {
                delta.push(format!("\"{}\":{}", numbers.pick(&deltas), numbers.pick(&values)));
            }
            if numbers.below(3) == 0 {
                delta.push(format!("\"tool_calls\":{}", numbers.pick(&calls)));
            }
            let mut choice = vec![format!("\"delta\":{{{}}}", delta.join(","))];
            if numbers.below(8) > 0 {
                choice.push(format!("\"index\":{}", numbers.below(8) / 7));
            }
            if numbers.below(8) > 0 {
                choice.push(format!(
                    "\"finish_reason\":{}",
                    numbers.pick(&["null", "null", "null", "null", "\"stop\"", "\"tool_calls\"", "\"eos\""])
                ));
            }
            if numbers.below(6) == 0 {
                choice.push(format!("\"{}\":{}", numbers.pick(&inner), numbers.pick(&values)));
            }
            let mut chunk = vec![r#""id":"x","object":"chat.completion.chunk","created":1,"model":"m""#.to_owned()];
            chunk.push(format!("\"choices\":[{{{}}}]", choice.join(",")));
            if numbers.below(6) == 0 {
                chunk.push(format!("\"{}\":{}", numbers.pick(&top), numbers.pick(&values)));
            }
            body += &format!("data: {{{}}}\n\n", chunk.join(","));
        }
        if numbers.below(3) > 0 {
            body += "data: [DONE]\n\n";
        }
        let mode = MODES[numbers.below(MODES.len())];
        let size = [1, 50, 1460][numbers.below(3)];
        let most = [usize::MAX, numbers.below(body.len() / size + 1)][numbers.below(2)];
        check(body.as_bytes(), mode, size, most);
    }
}

fn chunk(choices: &str) -> String {
    [
        "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[",
        choices,
        "]}\n\n",
    ]
    .concat()
}

fn says(text: &str) -> String {
    chunk(&format!("{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null}}"))
}

const ROLE: &str = "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}";
const DONE: &str = "data: [DONE]\n\n";

fn completion(text: &str) -> String {
    format!(
        "{{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\
         \"message\":{{\"role\":\"assistant\",\"content\":\"{text}\"}},\"finish_reason\":\"stop\"}}]}}"
    )
}

#[test]
fn what_was_not_handed_out_before_the_handover_is_afterwards() {
    let role = chunk(ROLE);
    let bodies = [
        [&role, &says("<think>a"), &says("</think>b"), DONE].concat(),
        [&role, DONE].concat(),
        [&role, "event: x\n", &says("a"), DONE].concat(),
        [&chunk(""), &role, &says("\\n"), &says("a"), DONE].concat(),
        [&chunk(""), &chunk(""), DONE].concat(),
        [&chunk(""), "data: {\"error\":{\"message\":\"busy\"}}\n\n"].concat(),
    ];
    for (body, mode) in bodies.iter().flat_map(|body| MODES.map(|mode| (body, mode))) {
        for size in [1, 50, body.len()] {
            check(body.as_bytes(), mode, size, usize::MAX);
        }
    }
}

#[test]
fn a_value_after_a_completion_is_the_same_wherever_it_is_handed_over() {
    let (one, other) = (completion("a"), completion("b"));
    for rest in [&other, &one, "\n", "garbage", "[1]", "data: [DONE]\n\n", "{\"error\":{\"message\":\"busy\"}}"] {
        let body = [&one, "\n", rest].concat();
        for (mode, size) in MODES.iter().flat_map(|mode| [1, 50, body.len()].map(|size| (*mode, size))) {
            check(body.as_bytes(), mode, size, usize::MAX);
        }
    }
}

#[test]
fn blanks_before_a_reply_count_as_what_they_are() {
    for count in [1, 5000, 70_000] {
        for body in [completion("a"), [&chunk(ROLE), &says("a"), DONE].concat(), "<html>".into(), "what".into()] {
            for blank in ["\n", " ", ":\n\n"] {
                check([blank.repeat(count), body.clone()].concat().as_bytes(), Mode::Compact, 1460, usize::MAX);
            }
        }
    }
}

#[test]
fn what_came_in_many_events_is_no_event_that_is_too_long() {
    let limits = Limits { event_bytes: 300, ..Limits::default() };
    let mut body = chunk(ROLE);
    for _ in 0..50 {
        body += &says("0123456789");
    }
    let mut plain = plain::Decoder::new(Mode::Text, 7).with_limits(limits);
    plain.feed([&body, "event: x\n"].concat().as_bytes());
    assert!(plain.is_strange());
    let mut decoder = Decoder::new(Mode::Nothing, 7).with_limits(limits);
    let rest = decoder.resume(&plain.carry());
    decoder.feed(&rest);
    decoder.feed([&says("end"), DONE].concat().as_bytes());
    assert_eq!((decoder.end(), decoder.take().as_deref()), (Some(End::Complete), Some("end")));
    decoder = Decoder::new(Mode::Nothing, 7).with_limits(limits);
    let rest = decoder.resume(&plain.carry());
    decoder.feed(&rest);
    decoder.feed(says(&"x".repeat(400)).as_bytes());
    assert_eq!(decoder.end(), Some(End::Error));
}

#[test]
fn a_long_event_after_a_comment_is_searched_once() {
    let body = [": ping\n\n", &says(&"a".repeat(1 << 20))].concat();
    let begun = std::time::Instant::now();
    let mut plain = plain::Decoder::new(Mode::Nothing, 7);
    for byte in body.as_bytes().chunks(1) {
        plain.feed(byte);
    }
    assert!(plain.has_content() && !plain.is_strange());
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}
