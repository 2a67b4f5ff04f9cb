//! The pure core, compiled for wasm.

use crate::fake::{STOP, parse, said};
use js_sys::Date;
use tokenwire::json;
use tokenwire::stream::{Decoder, End, Mode};
use wasm_bindgen_test::wasm_bindgen_test;

fn decode(mode: Mode, input: &str, size: usize) -> (Option<End>, String) {
    let mut decoder = Decoder::new(mode, 7);
    let mut out = String::new();
    for read in input.as_bytes().chunks(size) {
        decoder.feed(read);
        out.extend(decoder.take());
    }
    decoder.finish();
    out.extend(decoder.take());
    (decoder.end(), out)
}

#[wasm_bindgen_test]
fn a_stream_reads_the_same_however_it_is_cut() {
    let input = said("né") + &said("漢 \\ud83d") + &said("\\ude00") + STOP;
    for size in [1, 2, 3, 7, 1460] {
        assert_eq!(decode(Mode::Text, &input, size), (Some(End::Complete), "né漢 😀".to_owned()), "reads of {size}");
    }
    assert_eq!(decode(Mode::Text, &said("Hi"), 1), (Some(End::Truncated), "Hi".to_owned()));
}

#[wasm_bindgen_test]
fn numbers_beyond_a_pointer_are_passed_on() {
    let choice = r#"{"index":0,"delta":{"content":"Hi"},"seed":9313781139405380000,"finish_reason":"stop"}"#;
    let input = format!("data: {{\"id\":\"x\",\"created\":99999999999,\"model\":\"m\",\"choices\":[{choice}]}}\n\n");
    let (end, out) = decode(Mode::Chunks, &input, 10);
    assert_eq!(end, Some(End::Complete));
    assert!(out.contains(r#""created":99999999999"#) && out.contains(r#""seed":9313781139405380000"#), "{out}");
}

#[wasm_bindgen_test]
fn hostile_numbers_of_choices_and_calls_cost_no_memory() {
    let call = r#"{"index":4294967296,"id":"a","function":{"name":"f","arguments":"{}"}}"#;
    let choice = format!(r#"{{"index":4294967295,"delta":{{"tool_calls":[{call}]}},"finish_reason":"stop"}}"#);
    let (end, out) = decode(Mode::Chunks, &format!("data: {{\"choices\":[{choice}]}}\n\n"), 10);
    assert_eq!(end, Some(End::Complete));
    assert!(out.contains(r#""tool_calls":[{"index":0,"id":"a""#), "{out}");
}

#[wasm_bindgen_test]
fn depth_costs_no_stack() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert!(!json::is_whole(&deep));
    let input = said("Hi") + &format!("data: {deep}\n\n") + STOP;
    assert_eq!(decode(Mode::Text, &input, 1460), (Some(End::Error), "Hi".to_owned()));
}

#[wasm_bindgen_test]
fn what_comes_out_is_json_to_javascript() {
    let input = said("\\ud83d \\u0007 \\/ \u{2028}") + STOP;
    for mode in [Mode::Chunks, Mode::Events] {
        let (_, out) = decode(mode, &input, input.len());
        assert!(js_sys::Array::is_array(&parse(&out)), "{out}");
    }
}

#[wasm_bindgen_test]
fn a_great_line_costs_the_same_in_small_reads() {
    let input = said(&"x".repeat(8 << 20)) + STOP;
    let time = |size: usize| {
        let start = Date::now();
        assert_eq!(decode(Mode::Text, &input, size).0, Some(End::Complete));
        Date::now() - start
    };
    let (mut whole, mut cut) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..5 {
        for _ in 0..3 {
            whole = whole.min(time(input.len()));
            cut = cut.min(time(1460));
        }
        if cut <= 1.5 * whole {
            break;
        }
    }
    assert!(cut <= 1.5 * whole, "one read {whole} ms, reads of 1460 bytes {cut} ms");
}
