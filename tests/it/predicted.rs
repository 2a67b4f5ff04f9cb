//! The predicted way gives what the full way gives: on recorded, damaged and random streams, in every mode.

use crate::fixtures;
use crate::random::Numbers;
use serde_json::Value;
use tokenwire::stream::{Decoder, End, Mode};

const MODES: [Mode; 6] = [Mode::Text, Mode::Chunks, Mode::Compact, Mode::Events, Mode::Sse, Mode::Nothing];

#[derive(Debug, PartialEq)]
struct Seen {
    end: Option<End>,
    batches: Vec<Option<String>>,
    reply: String,
    failure: Option<String>,
    repairs: Vec<(&'static str, u32)>,
}

fn read(mut decoder: Decoder, input: &[u8], size: usize) -> Seen {
    let mut batches = Vec::new();
    for read in input.chunks(size) {
        decoder.feed(read);
        batches.push(decoder.take());
    }
    decoder.finish();
    batches.push(decoder.take());
    Seen {
        end: decoder.end(),
        batches,
        reply: decoder.reply().to_json(),
        failure: decoder.failure().map(|error| error.message().to_owned()),
        repairs: decoder.repairs().iter().collect(),
    }
}

/// Compact batches made whole, as JavaScript does it.
pub fn expand(batches: &mut [Option<String>]) {
    let mut known = (Value::Null, String::new(), String::new());
    for batch in batches.iter_mut().flatten() {
        // serde_json refuses lone surrogates, which JavaScript's strings may hold.
        let lone = |_| serde_json::from_str(&batch.replace("\\ud", "\\\\ud"));
        let items: Vec<Value> =
            serde_json::from_str(batch).or_else(lone).unwrap_or_else(|error| panic!("{error}: {batch}"));
        let mut items = items.into_iter();
        let mut chunks = Vec::new();
        while let Some(item) = items.next() {
            match item {
                Value::Array(told) => {
                    let name = |at: usize| told[at].as_str().unwrap().to_owned();
                    known = (told[0].clone(), name(1), name(2));
                }
                Value::String(text) => {
                    let mut chunk = known.0.clone();
                    chunk["choices"][0]["delta"][&known.1] = Value::String(text);
                    if !known.2.is_empty() {
                        chunk[&known.2] = items.next().unwrap();
                    }
                    chunks.push(chunk);
                }
                chunk => chunks.push(chunk),
            }
        }
        *batch = Value::Array(chunks).to_string();
    }
}

fn check(input: &[u8], mode: Mode, size: usize) {
    let mut predicted = read(Decoder::new(mode, 7), input, size);
    let mut full = read(Decoder::new(mode, 7).without_prediction(), input, size);
    if mode == Mode::Compact {
        expand(&mut predicted.batches);
        expand(&mut full.batches);
    }
    assert_eq!(predicted, full, "{mode:?}, reads of {size}:\n{}", String::from_utf8_lossy(input));
}

fn recorded() -> Vec<Vec<u8>> {
    let Some(shared) = fixtures::shared() else {
        println!("not run: ../shared/fixtures is absent");
        return Vec::new();
    };
    let small = |input: &Vec<u8>| input.len() < 200_000;
    let files = fixtures::files(&shared.join("recorded"), ".sse");
    files.iter().map(|path| std::fs::read(path).unwrap()).filter(small).collect()
}

#[test]
fn recorded_streams_read_the_same_both_ways() {
    for input in recorded() {
        for mode in MODES {
            check(&input, mode, input.len().max(1));
        }
        check(&input, Mode::Chunks, 100);
        check(&input, Mode::Compact, 1000);
        check(&input, Mode::Events, 1);
    }
}

#[test]
fn damaged_streams_read_the_same_both_ways() {
    let mut numbers = Numbers::new(2);
    let bytes = b"\"\\{}[],: \n\r\x01\xff0a\xc3";
    for input in recorded().iter().filter(|input| input.len() < 20_000) {
        for _ in 0..6 {
            let mut damaged = input.clone();
            for _ in 0..=numbers.below(4) {
                let at = numbers.below(damaged.len());
                let byte = bytes[numbers.below(bytes.len())];
                match numbers.below(3) {
                    0 => drop(damaged.remove(at)),
                    1 => damaged[at] = byte,
                    _ => damaged.insert(at, byte),
                }
            }
            let mode = MODES[numbers.below(MODES.len())];
            check(&damaged, mode, [1, 7, 100, 1460][numbers.below(4)]);
        }
    }
}

/// Chunks with a place for a text, TEXT, and one for padding, PAD.
const SHAPES: [&str; 30] = [
    r#"{"choices":[{"index":0,"delta":{"content":"TEXT"},"finish_reason":null}]}"#,
    r#"{"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"TEXT"}}]}"#,
    r#"{"id":"x","choices":[{"index":0,"delta":{"role":"assistant","content":"TEXT"},"finish_reason":null}]}"#,
    r#"{"id":"x","choices":[{"index":1,"delta":{"content":"TEXT"},"finish_reason":null}]}"#,
    r#"{"id":"x","choices":[{"delta":{"content":"TEXT"}}]}"#,
    r#"{"id":"x","choices":[{"index":0,"delta":{"content":"TEXT"}}],"obfuscation":"PAD"}"#,
    r#"{"p":"PAD","choices":[{"index":0,"delta":{"content":"TEXT"}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"reasoning_content":"TEXT"}}],"p":"PAD"}"#,
    r#"{"choices":[{"index":0,"delta":{"content":"","reasoning":"TEXT"}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"content":null,"reasoning_content":"TEXT","reasoning":null}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"reasoning":"TEXT","reasoning_details":[{"type":"reasoning.text","text":"TEXT"}]}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"TEXT"}}]}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":"TEXT"}}]}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"TEXT"}}]}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"id":"a","function":{"name":null,"arguments":"TEXT"}}]}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"function":{"name":"f","arguments":"TEXT"}}]}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"function":{"arguments":"TEXT"}}]}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"custom":{"name":"q","input":"TEXT"}}]}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"function_call":{"name":"f","arguments":"TEXT"}}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"content":"TEXT"}}],"usage":{"prompt_tokens":1,"total_tokens":2,"x":null}}"#,
    r#"{"choices":[{"index":0,"delta":{"content":"TEXT"},"logprobs":{"content":[{"token":"TEXT"}]}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"content":"TEXT"},"seed":9313781139405380000}],"citations":["a"],"x":{"y": 1}}"#,
    r#"{"choices":[{"index":0,"delta":{"content":"TEXT","channel":"analysis","token_id":1,"name":"a"}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"content":"TEXT","x_new":"a","audio":{"data":"AA"}}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"content":"TEXT"},"x_new":{"a":[1]}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"x_new":{"text":"a"},"function":{"arguments":"TEXT","data":"b"}}]}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"content":"TEXT"},"text":"TEXT"}]}"#,
    r#"{"choices":[{"index":0,"message":{"content":"TEXT"}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"refusal":"TEXT"}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"content":"TEXT","content":"TEXT"}}],"error":null}"#,
];

const TEXTS: [&str; 30] = [
    "a",
    " word",
    "",
    "é",
    "漢",
    "😀",
    r#"\""#,
    r"\\",
    r"\n",
    r"\/",
    r"\ud83d",
    r"\ude00",
    r"\u003c",
    "{",
    "}",
    r#"{\"x\""#,
    r#":1}"#,
    r#"{\"x\":1}"#,
    r#"\"{}\""#,
    "<think>",
    "</think>",
    "<th",
    "</",
    ":",
    "[",
    "]",
    r#"\u0041"#,
    "\u{7f}",
    "null",
    "true",
];

/// What breaks an event, or is none.
const BROKEN: [&str; 7] = ["\"", "\\", "\\x", "\\u12", "\t", "\u{1}", "\n"];

const FINISH: [&str; 4] = [
    r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    r#"{"choices":[{"index":1,"delta":{},"finish_reason":"length"}]}"#,
    r#"{"error":{"message":"boom"}}"#,
    "[DONE]",
];

fn stream(numbers: &mut Numbers) -> String {
    let mut input = String::new();
    let shapes: Vec<&str> = (0..=numbers.below(2)).map(|_| numbers.pick(&SHAPES)).collect();
    for _ in 0..=numbers.below(6) {
        // A run of one shape: from the third on it is predicted. Two shapes in turn are not, but must not be mixed up.
        let shape = numbers.pick(&shapes);
        for _ in 0..=numbers.below(6) {
            let mut text: String = (0..=numbers.below(2)).map(|_| numbers.pick(&TEXTS)).collect();
            if numbers.below(40) == 0 {
                text += numbers.pick(&BROKEN);
            }
            let padding = numbers.pick(&["", "x", "yz", "\\u0041", "\\\""]);
            input +=
                numbers.pick(&["data: ", "data: ", "data: ", "data:", "event: message\ndata: ", ": ping\n\ndata: "]);
            input += &shape.replace("TEXT", &text).replace("PAD", padding);
            input += numbers.pick(&["\n\n", "\n\n", "\n\n", "\r\n\r\n", "\n", "\n\n\n", " \n\n", "\r\r"]);
        }
    }
    if numbers.below(3) > 0 {
        input += &format!("data: {}\n\n", numbers.pick(&FINISH));
        input += &format!("data: {}\n\n", numbers.pick(&FINISH));
    }
    input
}

#[test]
fn random_streams_read_the_same_both_ways() {
    let mut numbers = Numbers::new(3);
    for _ in 0..30_000 {
        let input = stream(&mut numbers);
        let mode = MODES[numbers.below(MODES.len())];
        let size = [1, 3, 50, 400, 100_000][numbers.below(5)];
        check(input.as_bytes(), mode, size);
    }
}

/// A chunk on several `data` lines, with this between them.
fn spread(chunk: &str, line_end: &str) -> String {
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(chunk).unwrap()).unwrap();
    let lines: Vec<String> = pretty.lines().map(|line| format!("data: {line}{line_end}")).collect();
    lines.concat() + line_end
}

#[test]
fn pretty_printed_events_read_the_same_both_ways() {
    let end = "data: [DONE]\n\n";
    for (at, shape) in SHAPES.iter().enumerate() {
        for line_end in ["\n", "\r\n", "\r"] {
            let chunk = |text: &str| shape.replace("TEXT", text).replace("PAD", "xy");
            let pretty = |text: &str| spread(&chunk(text), line_end);
            let alike = pretty("a") + &pretty("b") + &pretty("c") + &pretty("d");
            // The same bytes, but for the fields of all lines and but the first.
            let joined = |text: &str| pretty(text).replace(&format!("{line_end}data: "), line_end);
            let plain = |text: &str| format!("data: {}\n\n", chunk(text));
            let inputs = [
                alike.clone() + end,
                alike.clone() + &joined("e") + end,
                plain("a") + &plain("b") + &plain("c") + &pretty("d") + &pretty("e") + &plain("f") + end,
                plain("a").repeat(4).replace('\n', line_end) + end,
                plain("a").repeat(4).replace(": ", ":\t ") + end,
            ];
            for input in inputs {
                for mode in MODES {
                    for size in [1, 64, input.len()] {
                        check(input.as_bytes(), mode, size);
                    }
                }
            }
            let mut decoder = Decoder::new(Mode::Sse, 7);
            decoder.feed(alike.as_bytes());
            let out = decoder.take().unwrap_or_default();
            let is_frame = |frame: &str| frame.strip_prefix("data: ").is_some_and(|data| !data.contains(['\n', '\r']));
            assert!(out.split_terminator("\n\n").all(is_frame), "shape {at}: {out}");
        }
    }
}

#[test]
fn values_of_several_lines_are_written_on_one_in_every_mode() {
    let raw = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"TEXT\",\"x\":[1,\ndata: 2]},\ndata: \"y\":{\ndata:  \"z\": 1}}],\"usage\":{\"total_tokens\":1,\ndata: \"a\":2}}\n\n";
    let input: String = ["a", "b", "c", "d"].iter().map(|text| raw.replace("TEXT", text)).collect();
    for mode in [Mode::Chunks, Mode::Sse] {
        check(input.as_bytes(), mode, 40);
        let mut decoder = Decoder::new(mode, 7);
        decoder.feed(input.as_bytes());
        let out = decoder.take().unwrap();
        assert!(out.contains(r#""x":[1, 2]"#) && out.contains(r#""y":{  "z": 1}"#), "{out}");
        assert!(out.contains(r#""usage":{"total_tokens":1, "a":2}"#), "{out}");
    }
}

#[test]
fn calls_that_wait_read_the_same_both_ways() {
    let call = |number: usize, text: &str, arguments: &str| {
        format!(
            "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\",\"tool_calls\":[{{\"index\":{number},\"id\":\"c{number}\",\"function\":{{\"name\":\"f\",\"arguments\":\"{arguments}\"}}}}]}}}}]}}\n\n"
        )
    };
    let mut numbers = Numbers::new(5);
    for _ in 0..3000 {
        let mut input = String::new();
        for _ in 0..=numbers.below(5) {
            let number = numbers.below(3);
            let is_texts = numbers.below(2) == 0;
            for at in 0..=numbers.below(5) {
                let word = ["a", "b", "c"][at % 3];
                input += &if is_texts { call(number, word, "1") } else { call(number, "", word) };
            }
        }
        input += numbers.pick(&[
            "",
            "data: [DONE]\n\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        ]);
        let mode = MODES[numbers.below(MODES.len())];
        check(input.as_bytes(), mode, [1, 100, 100_000][numbers.below(3)]);
    }
}

#[test]
fn snapshots_of_arguments_read_the_same_both_ways() {
    let event = |text: &str| {
        let text = Value::String(text.to_owned());
        format!(
            "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"tool_calls\":[{{\"index\":0,\"function\":{{\"arguments\":{text}}}}}]}}}}]}}\n\n"
        )
    };
    let pieces = ["{", "\"a\"", ":", "[", "{\"a\":[", "1", ",", "]", "}", "{\"a\":", "{\"a\":[1,", "{\"a\":[1,2]}"];
    let mut numbers = Numbers::new(9);
    for _ in 0..3000 {
        let mut input = String::new();
        let mut all = String::new();
        for _ in 0..=numbers.below(9) {
            let piece = numbers.pick(&pieces);
            all += piece;
            input += &event(if numbers.below(4) == 0 { &all } else { piece });
        }
        check(input.as_bytes(), MODES[numbers.below(MODES.len())], [1, 100, 100_000][numbers.below(3)]);
    }
}
