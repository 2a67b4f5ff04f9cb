//! What a provider may make us hold: beyond it, an error of kind "limit", and memory stays where it is.

use tokenwire::error::Kind;
use tokenwire::stream::{Decoder, End, Limits, Mode};

fn small() -> Limits {
    Limits { event_bytes: 1000, response_bytes: 4000, tool_calls: 3 }
}

fn event(delta: &str) -> String {
    format!(
        "data: {{\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":null}}]}}\n\n"
    )
}

/// Feeds until it ends; the message, and how many bytes it took.
fn refused(limits: Limits, reads: impl Iterator<Item = Vec<u8>>) -> (String, usize) {
    let mut decoder = Decoder::new(Mode::Chunks, 1).with_limits(limits);
    let mut fed = 0;
    for read in reads {
        fed += read.len();
        decoder.feed(&read);
        decoder.take();
        if decoder.end().is_some() {
            break;
        }
    }
    assert_eq!(decoder.end(), Some(End::Error));
    let failure = decoder.failure().unwrap();
    assert_eq!((failure.kind(), failure.class()), (Kind::Limit, "StreamError"));
    (failure.message().to_owned(), fed)
}

fn endless(first: &str, next: &str) -> impl Iterator<Item = Vec<u8>> {
    let (first, next) = (first.as_bytes().to_vec(), next.as_bytes().to_vec());
    std::iter::once(first).chain(std::iter::repeat(next)).take(100_000)
}

#[test]
fn an_event_has_a_bound_however_it_comes() {
    let wanted = "The reply has an event of more bytes than limits.maxEventBytes";
    let text = "x".repeat(1200);
    let whole = event(&format!("{{\"content\":\"{text}\"}}"));
    assert_eq!(refused(small(), std::iter::once(whole.into_bytes())).0, wanted);
    let (message, fed) = refused(small(), endless("data: {\"x\":\"", "yyyyyyyyyy"));
    assert!(message == wanted && fed < 1200, "{message} {fed}");
    let wide = Limits { response_bytes: 1 << 20, ..small() };
    let (message, fed) = refused(wide, endless("data: {\n", "data: \"a\"\n"));
    assert!(message == wanted && fed < 5000, "{message} {fed}");
    // Events that are predicted are held to it, too.
    let short = event("{\"content\":\"a\"}");
    let long = event(&format!("{{\"content\":\"{text}\"}}"));
    let all = [short.as_str(), &short, &short, &long].concat();
    assert_eq!(refused(small(), std::iter::once(all.into_bytes())).0, wanted);
}

#[test]
fn a_response_has_a_bound() {
    let wanted = "The reply has more bytes than limits.maxResponseBytes";
    let (message, fed) = refused(small(), endless("", &event("{\"content\":\"a\"}")));
    assert!(message == wanted && fed < 4300, "{message} {fed}");
    let (message, fed) = refused(small(), endless(": ping\n\n", ": ping\n\n"));
    assert!(message == wanted && fed < 4300, "{message} {fed}");
    let value = "The reply has a JSON value of more bytes than limits.maxEventBytes";
    assert_eq!(refused(small(), endless("{\"x\":\"", "yyyyyyyyyy")).0, value);
}

#[test]
fn tool_calls_and_choices_have_a_bound() {
    let call = |index: usize| {
        format!(
            "{{\"tool_calls\":[{{\"index\":{index},\"id\":\"c{index}\",\"function\":{{\"name\":\"f\",\"arguments\":\"\"}}}}]}}"
        )
    };
    let calls = (0..10).map(|index| event(&call(index)).into_bytes());
    let limits = Limits { response_bytes: 1 << 20, ..small() };
    assert_eq!(refused(limits, calls).0, "The reply has more tool calls than limits.maxToolCalls");
    let million =
        format!("{{\"tool_calls\":[{}]}}", vec!["{\"id\":\"a\",\"function\":{\"name\":\"f\"}}"; 1_000_000].join(","));
    let (message, _) = refused(Limits::default(), std::iter::once(event(&million).into_bytes()));
    assert_eq!(message, "The reply has more tool calls than limits.maxToolCalls");
    let choice = |index: usize| event("{\"content\":\"a\"}").replace("\"index\":0", &format!("\"index\":{index}"));
    let (message, _) = refused(Limits::default(), (0..1000).map(|index| choice(index).into_bytes()));
    assert_eq!(message, "The reply has more choices than the limit (128)");
}

#[test]
fn nesting_has_a_bound() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = |depth: usize| format!("{{\"x\":{}1{}}}", open.repeat(depth), close.repeat(depth));
        let input = format!("data: {}\n\n", deep(10_000));
        let (message, _) = refused(Limits::default(), std::iter::once(input.into_bytes()));
        assert_eq!(message, "The reply has JSON that is nested deeper than 512");
        let mut decoder = Decoder::new(Mode::Chunks, 1);
        decoder.feed(format!("data: {}\n\n", deep(400)).as_bytes());
        assert_eq!(decoder.end(), None);
    }
}

#[test]
fn a_hundred_megabytes_are_too_much_unasked() {
    let megabyte = "y".repeat(1 << 20);
    let (message, fed) = refused(Limits::default(), endless("data: {\"x\":\"", &megabyte).take(101));
    assert!(message.ends_with("maxEventBytes") && fed < 67 << 20, "{message} {fed}");
}
