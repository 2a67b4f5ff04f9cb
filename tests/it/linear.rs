//! Work is linear in bytes, however they are cut. Measured in CPU time of this thread where the system tells it, because the
//! machine may be busy; the best of several runs counts, and a measurement that fails goes on: only work that really grows
//! faster fails to the end.

use crate::case::{DONE, calls, chunk_of, delta, event, finish, text};
use serde_json::json;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokenwire::stream::{Decoder, End, Limits, Mode};

const ATTEMPTS: usize = 15;
const RUNS: usize = 3;
/// Seconds that one measurement shall take at least.
const LONG_ENOUGH: f64 = 0.2;
/// What a TCP segment brings.
const SEGMENT: usize = 1460;
const EIGHT_MB: usize = 8 << 20;

/// CPU time of this thread in our own code, where Linux tells it: clock ticks of 10 ms. What the system does to hand out
/// memory is left out, for it depends on what the tests before happened to free, by a factor of two and more.
fn cpu_time() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/stat").ok()?;
    // The name, in brackets, may hold blanks; `utime` is the 12th field after it.
    let ticks: u64 = told.rsplit_once(')')?.1.split_whitespace().nth(11)?.parse().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

fn time(work: &dyn Fn()) -> f64 {
    let (cpu, wall) = (cpu_time(), Instant::now());
    work();
    let spent = match (cpu, cpu_time()) {
        (Some(before), Some(after)) if after > before => after - before,
        _ => wall.elapsed(),
    };
    spent.as_secs_f64()
}

/// How many times as long the second takes as the first: the least of several attempts, in each the best time of either.
fn ratio(first: &dyn Fn(), second: &dyn Fn(), enough: f64) -> f64 {
    // One measurement at a time. A test that failed holding it has no hold on the others.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let repeats = (LONG_ENOUGH / time(first).max(1e-6)).ceil().clamp(1.0, 300.0) as usize;
    let long = |work: &dyn Fn()| time(&|| (0..repeats).for_each(|_| work()));
    let mut least = f64::INFINITY;
    for _ in 0..ATTEMPTS {
        let (mut one, mut other) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..RUNS {
            one = one.min(long(first));
            other = other.min(long(second));
        }
        least = least.min(other / one);
        if least <= enough {
            break;
        }
    }
    least
}

fn read(mode: Mode, input: &[u8], size: usize) {
    let mut decoder = Decoder::new(mode, 1).with_limits(Limits { tool_calls: usize::MAX, ..Limits::default() });
    let mut bytes = 0;
    for read in input.chunks(size) {
        decoder.feed(read);
        bytes += decoder.take().map_or(0, |out| out.len());
    }
    decoder.finish();
    assert_eq!(decoder.end(), Some(End::Complete));
    assert!(bytes > 0);
}

fn check_cuts(name: &str, input: &str) {
    let whole = || read(Mode::Text, input.as_bytes(), input.len());
    let cut = || read(Mode::Text, input.as_bytes(), SEGMENT);
    let ratio = ratio(&whole, &cut, 1.5);
    println!("{name}: in reads of {SEGMENT} bytes {ratio:.2} times the CPU time of one read");
    assert!(ratio <= 1.5, "{name}: {ratio:.2}");
}

#[test]
fn a_great_line_costs_the_same_in_small_reads() {
    let input = text(&"x".repeat(EIGHT_MB)) + &finish("stop") + DONE;
    check_cuts("an 8 MB line", &input);
}

#[test]
fn a_great_body_costs_the_same_in_small_reads() {
    let message = json!({"role": "assistant", "content": "x".repeat(EIGHT_MB)});
    let body = json!({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).to_string();
    check_cuts("an 8 MB body", &body);
}

/// Twice the input may cost little more than twice the time.
fn check_growth(name: &str, mode: Mode, build: &dyn Fn(usize) -> String, count: usize) {
    let (small, great) = (build(count), build(2 * count));
    let ratio = ratio(&|| read(mode, small.as_bytes(), SEGMENT), &|| read(mode, great.as_bytes(), SEGMENT), 2.6);
    println!("{name}: twice the input takes {ratio:.2} times the CPU time");
    assert!(ratio <= 2.6, "{name}: {ratio:.2}");
}

/// A call whose arguments are one string, made of these pieces over and over.
fn call(pieces: &[&str], count: usize) -> String {
    let piece = |arguments: &str| {
        calls(&format!(r#"{{"index":0,"function":{{"name":null,"arguments":{}}}}}"#, json!(arguments)))
    };
    let mut input = calls(r#"{"index":0,"id":"a","function":{"name":"write","arguments":"{\"code\":\""}}"#);
    for at in 0..count {
        input += &piece(pieces[at % pieces.len()]);
    }
    input + &piece("\"}") + &finish("tool_calls") + DONE
}

#[test]
fn tool_fragments_cost_the_same_however_many_came() {
    let build = |count: usize| call(&["some ", "words ", "of ", "code; "], count);
    check_growth("4,000 and 8,000 fragments", Mode::Events, &build, 4000);
}

/// Each line of the code ends with a brace, and the fragment after it begins with an escape: nothing here is a repetition.
#[test]
fn braces_in_tool_fragments_cost_nothing_extra() {
    let build = |count: usize| call(&["if (x) {", "\\n  return;", "\\n}", "\\n\\n"], count);
    check_growth("4,000 and 8,000 fragments of code", Mode::Events, &build, 4000);
}

#[test]
fn deltas_of_text_and_reasoning_cost_the_same_however_many_came() {
    let one = delta(r#"{"reasoning_details":[{"type":"reasoning.text","text":"hm "}]}"#) + &text("word ");
    for mode in [Mode::Text, Mode::Chunks, Mode::Events, Mode::Sse] {
        let build = |count: usize| one.repeat(count) + &finish("stop") + DONE;
        check_growth("4,000 and 8,000 deltas", mode, &build, 4000);
    }
}

#[test]
fn pieces_of_unknown_members_cost_the_same_however_many_came() {
    let pieces = [
        r#"{"audio":{"id":"a","data":"SUQzBAAAAAAAI1RTU0UAAAAPAAADTGF2ZjU4Ljc2LjEwMA"}}"#,
        r#"{"x_new":{"a":{"b":{"text":"hm "}}}}"#,
        r#"{"reasoning_details":[{"type":"reasoning.text","text":"hm ","index":0}]}"#,
    ];
    for piece in pieces {
        let build = |count: usize| delta(piece).repeat(count) + &text("Hi") + &finish("stop") + DONE;
        check_growth(&format!("4,000 and 8,000 pieces {piece}"), Mode::Text, &build, 4000);
    }
    let build = |count: usize| {
        let entry =
            |at: usize| delta(&format!(r#"{{"x_new":[{{"index":{at},"text":"hm"}}],"annotations":[{{"at":{at}}}]}}"#));
        (0..count).map(entry).collect::<String>() + &text("Hi") + &finish("stop") + DONE
    };
    check_growth("4,000 and 8,000 entries", Mode::Events, &build, 4000);
}

#[test]
fn blanks_before_an_answer_cost_the_same_however_many_came() {
    let build = |count: usize| text(" ").repeat(count) + &text("Hi") + &finish("stop") + DONE;
    check_growth("8,000 and 16,000 blanks", Mode::Text, &build, 8000);
}

#[test]
fn a_thought_in_tags_costs_the_same_however_long_it_is() {
    let build =
        |count: usize| text("<think>") + &text("hm <").repeat(count) + &text("</think>Hi") + &finish("stop") + DONE;
    check_growth("4,000 and 8,000 thoughts", Mode::Chunks, &build, 4000);
}

#[test]
fn members_said_in_every_chunk_are_not_kept_each_time() {
    let sources: Vec<String> = (0..200).map(|at| format!("a source, number {at}")).collect();
    let chunk = json!({"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "citations": sources,
        "choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": null}]});
    let build = |count: usize| event(&chunk.to_string()).repeat(count) + &finish("stop") + DONE;
    check_growth("1,000 and 2,000 chunks with citations", Mode::Text, &build, 1000);
}

/// `count` members that nobody knows, each of another name.
fn members(count: usize) -> String {
    (0..count).map(|at| format!(",\"member {at}\":{at}")).collect()
}

#[test]
fn unknown_members_cost_the_same_however_many_came() {
    type Place = (&'static str, fn(&str) -> String);
    let places: [Place; 5] = [
        ("a chunk", |members| event(&format!("{{\"choices\":[]{members}}}"))),
        ("a choice", |members| event(&chunk_of(&format!("{{\"index\":0,\"delta\":{{}}{members}}}")))),
        ("a delta", |members| delta(&format!("{{\"content\":\"a\"{members}}}"))),
        ("a call", |members| calls(&format!("{{\"index\":0,\"id\":\"a\",\"function\":{{\"name\":\"f\"}}{members}}}"))),
        ("a function", |members| {
            calls(&format!("{{\"index\":0,\"id\":\"a\",\"function\":{{\"name\":\"f\"{members}}}}}"))
        }),
    ];
    for (name, place) in places {
        let build = |count: usize| place(&members(count)) + &text("Hi") + &finish("stop") + DONE;
        check_growth(&format!("12,000 and 24,000 members of {name}"), Mode::Chunks, &build, 12_000);
    }
    let build = |count: usize| {
        let one = |at: usize| event(&format!("{{\"choices\":[],\"member {at}\":{at}}}"));
        (0..count).map(one).collect::<String>() + &text("Hi") + &finish("stop") + DONE
    };
    check_growth("5,000 and 10,000 chunks with one each", Mode::Text, &build, 5000);
}

#[test]
fn tool_calls_cost_the_same_however_many_came() {
    let call = |at: usize| format!(r#"{{"index":{at},"id":"id {at}","function":{{"name":"f","arguments":"{{}}"}}}}"#);
    let bare = |at: usize| format!(r#"{{"id":"id {at}","function":{{"name":"f"}}}}"#);
    let list = |call: &dyn Fn(usize) -> String, count: usize| (0..count).map(call).collect::<Vec<_>>().join(",");
    for mode in [Mode::Text, Mode::Events] {
        let build = |count: usize| calls(&list(&call, count)) + &text("Hi") + &finish("stop") + DONE;
        check_growth("4,000 and 8,000 calls in one chunk", mode, &build, 4000);
        let build = |count: usize| calls(&list(&bare, count)) + &text("Hi") + &finish("stop") + DONE;
        check_growth("4,000 and 8,000 bare calls in one chunk", mode, &build, 4000);
        let build = |count: usize| {
            let all: String = (0..count).map(|at| calls(&call(at))).collect();
            all + &text("Hi") + &finish("stop") + DONE
        };
        check_growth("4,000 and 8,000 chunks of a call", mode, &build, 4000);
        let build = |count: usize| {
            let piece = |at: usize| calls(&call(1).replace("{}", &format!("{{\\\"x\\\":{at}}}")).replace("id 1", "b"));
            (0..count).map(piece).collect::<String>() + &text("Hi") + &finish("stop") + DONE
        };
        check_growth("2,000 and 4,000 pieces of a call that waits", mode, &build, 2000);
    }
}

#[test]
fn choices_cost_the_same_however_often_they_came() {
    let choices: Vec<String> =
        (0..64).map(|at| format!("{{\"index\":{at},\"delta\":{{\"content\":\"a\"}}}}")).collect();
    let twice = format!("{0},{0}", choices.join(","));
    let ended = event(&chunk_of(&choices.join(",").replace("}}", "},\"finish_reason\":\"stop\"}")));
    let build = |count: usize| event(&chunk_of(&twice)).repeat(count) + &ended + DONE;
    check_growth("50 and 100 chunks of twice 64 choices", Mode::Text, &build, 50);
}
