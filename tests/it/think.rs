//! `<think>…</think>` at the start of the text, cut anywhere; and texts that only look like it.

use crate::case::{DONE, Want, check, complete, delta, event, finish, text, truncated};
use crate::fixtures::decode;
use serde_json::json;
use tokenwire::stream::Mode;

fn stream(pieces: &[&str]) -> String {
    let texts: String = pieces.iter().map(|piece| text(piece)).collect();
    texts + &finish("stop") + DONE
}

fn thought(reasoning: &str, answer: &str) -> Want {
    complete(answer).reasoning(reasoning)
}

#[test]
fn the_block_is_reasoning_wherever_it_is_cut() {
    let said = "\n<think>a < b</ </thin é</think>\n\n Hi <think>";
    let want = thought("a < b</ </thin é", "Hi <think>");
    check("whole", &stream(&[said]), &want);
    for cut in (0..=said.len()).filter(|cut| said.is_char_boundary(*cut)) {
        let input = stream(&[&said[..cut], &said[cut..]]);
        let outcome = decode(Mode::Nothing, [input.as_bytes()]);
        let message = &outcome.reply["choices"][0]["message"];
        assert_eq!(message["content"], want.text, "cut at {cut}");
        assert_eq!(message["reasoning_content"], want.reasoning, "cut at {cut}");
    }
    let letters: Vec<String> = said.chars().map(String::from).collect();
    let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
    check("letter by letter", &stream(&letters), &want);
}

#[test]
fn the_tag_may_be_escaped() {
    let raw = |text: &str| delta(&format!(r#"{{"content":"{text}"}}"#));
    let end = finish("stop") + DONE;
    let whole = raw(r"\u003cthink\u003ea \u003c b\u003c/think\u003e\n\nHi \u003e");
    check("whole", &(whole + &end), &thought("a < b", "Hi >"));
    let pieces = [r"\u003c", "think", r"\u003e", r"\ud83d", r"\ude00", r"\u003c\/think", r"\u003E", r"\n", "Hi"];
    let pieces: String = pieces.iter().map(|piece| raw(piece)).collect();
    check("in pieces", &(pieces + &end), &thought("😀", "Hi"));
    check("quotes within", &(raw(r#"<think>\"a\\\"</think>\"b\\\""#) + &end), &thought("\"a\\\"", "\"b\\\""));
}

#[test]
fn a_block_that_never_closes_is_all_reasoning() {
    check("finished", &stream(&["<think>", "hm", "m</th"]), &thought("hmm</th", ""));
    check("cut", &(text("<think>hm") + &text("m</th")), &truncated("").reasoning("hmm</th"));
    check("empty", &stream(&["<think>", "</think>", "\n\n", "Hi"]), &thought("", "Hi"));
    check("only the block", &stream(&["<think>hm</think>", "\n"]), &thought("hm", ""));
    let error = event(r#"{"error":{"message":"boom"}}"#);
    let want = Want { says: "boom", ..Want::new(tokenwire::stream::End::Error, "").reasoning("hm<") };
    check("an error", &(text("<think>hm") + &text("<") + &error), &want);
}

#[test]
fn an_answer_that_mentions_the_tag_keeps_it() {
    let answers = [
        "The tag <think> opens, </think> closes.",
        ".<think>a</think>",
        "<thinker>a</thinker>",
        "<thinking about it",
        "<thin",
        "<",
        "<b>bold</b>",
        "</think>a",
        "< think>a</think>",
        "  \n indented",
        "\n",
        "`<think>`",
    ];
    for answer in answers {
        check(answer, &stream(&[answer]), &complete(answer));
        let letters: Vec<String> = answer.chars().map(String::from).collect();
        let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
        check(answer, &stream(&letters), &complete(answer));
    }
    check("cut", &(text("<thi")), &truncated("<thi"));
}

#[test]
fn the_longer_tag_is_one_too() {
    check("whole", &stream(&["<thinking>a</think></thinking>\n\nHi"]), &thought("a</think>", "Hi"));
    let letters: Vec<String> = "\n<thinking>a</thinkin</thinking>Hi".chars().map(String::from).collect();
    let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
    check("letter by letter", &stream(&letters), &thought("a</thinkin", "Hi"));
    let parts = delta(r#"{"content":[{"type":"text","text":"<think>a</think>Hi"}]}"#);
    check("in parts", &(parts + &finish("stop") + DONE), &thought("a", "Hi"));
}

#[test]
fn a_second_block_belongs_to_the_answer() {
    check("two blocks", &stream(&["<think>a</think>b<think>c</think>d"]), &thought("a", "b<think>c</think>d"));
}

#[test]
fn reasoning_in_a_field_leaves_the_text_alone() {
    for name in ["reasoning_content", "reasoning"] {
        let field = delta(&json!({name: "hm", "content": ""}).to_string());
        let input = field + &stream(&["<think>", "Hi</think>"]);
        check(name, &input, &thought("hm", "<think>Hi</think>"));
    }
}

#[test]
fn reasoning_has_many_names_and_is_told_once() {
    let cases = [
        r#"{"reasoning_content":"hm"}"#,
        r#"{"reasoning":"hm"}"#,
        r#"{"reasoning_content":"hm","reasoning":"hm"}"#,
        r#"{"reasoning":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm"}]}"#,
        r#"{"reasoning_details":[{"type":"reasoning.text","text":"hm"}]}"#,
        r#"{"reasoning_details":[{"type":"reasoning.summary","summary":"hm"}]}"#,
        r#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]}"#,
        r#"{"content":[{"type":"thinking","thinking":"hm"}]}"#,
        r#"{"content":null,"reasoning_content":"hm","reasoning":null}"#,
    ];
    for case in cases {
        check(case, &(delta(case) + &stream(&["Hi"])), &thought("hm", "Hi"));
    }
    let split = delta(r#"{"reasoning":"h"}"#) + &delta(r#"{"reasoning":"m"}"#) + &delta(r#"{"reasoning":""}"#);
    check("in pieces", &(split + &stream(&["Hi"])), &thought("hm", "Hi"));
}

#[test]
fn each_choice_has_its_own_block() {
    let choice = |index: usize, text: &str, finish: &str| {
        let data = format!(r#"{{"index":{index},"delta":{{"content":"{text}"}},"finish_reason":{finish}}}"#);
        event(&crate::case::chunk_of(&data))
    };
    let input = choice(0, "<thi", "null")
        + &choice(1, "<think>b", "null")
        + &choice(0, "nk>a</think>A", "null")
        + &choice(1, "</think>B", r#""stop""#)
        + &choice(0, "", r#""stop""#);
    let outcome = check("two choices", &input, &thought("a", "A"));
    assert_eq!(outcome.reply["choices"][1]["message"]["content"], "B");
    assert_eq!(outcome.reply["choices"][1]["message"]["reasoning_content"], "b");
}

#[test]
fn half_of_a_letter_waits_for_the_other_where_an_answer_begins() {
    let raw = |text: &str| delta(&format!(r#"{{"content":"{text}"}}"#));
    for (before, wanted) in [("\\\"", "\"😀"), ("<think>a</think>", "😀"), (" ", " 😀")] {
        let input = raw(&format!("{before}\\ud83d")) + &raw("\\ude00") + &finish("stop") + DONE;
        for mode in [Mode::Nothing, Mode::Text] {
            let outcome = decode(mode, [input.as_bytes()]);
            assert_eq!(outcome.reply["choices"][0]["message"]["content"], wanted, "{input}");
            assert!(mode == Mode::Nothing || outcome.out == wanted, "{}", outcome.out);
        }
    }
}
