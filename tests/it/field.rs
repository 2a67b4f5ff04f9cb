//! Reports from the field, and their brothers: which call a fragment belongs to, thinking in tags, members of other shapes,
//! prompts that are refused.

use crate::case::{
    DONE, Want, called, calls, check, chunk_of, complete, delta, elements, event, failed, finish, run, text,
};
use crate::fixtures::{Outcome, decode};
use serde_json::{Value, json};
use tokenwire::stream::{Decoder, End, Mode};

fn has(outcome: &Outcome, code: &str) -> bool {
    outcome.repairs.iter().any(|(known, _)| *known == code)
}

fn stream(fragments: &[Value]) -> String {
    fragments.iter().map(|fragment| calls(&fragment.to_string())).collect::<String>() + &finish("tool_calls") + DONE
}

fn plain(message: Value, finish: &str) -> String {
    json!({"id": "c1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}]})
    .to_string()
}

fn call(id: &str, name: &str, arguments: &str) -> Value {
    json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}})
}

fn numbered(index: u32, mut call: Value) -> Value {
    call["index"] = json!(index);
    call
}

fn made(outcome: &Outcome) -> Vec<Value> {
    outcome.reply["choices"][0]["message"]["tool_calls"].as_array().unwrap().clone()
}

#[test]
fn calls_of_one_id_and_two_names_are_two() {
    let [f, g] = [call("call_7", "f", r#"{"x":1}"#), call("call_7", "g", r#"{"y":2}"#)];
    let same = call("call_7", "f", r#"{"x":2}"#);
    let want = called("f", r#"{"x":1}"#).call("g", r#"{"y":2}"#);
    let twice = called("f", r#"{"x":1}"#).call("f", r#"{"x":2}"#);
    let message =
        |calls: &[&Value]| plain(json!({"role": "assistant", "content": null, "tool_calls": calls}), "tool_calls");
    let cases = [
        ("plain", message(&[&f, &g]), &want),
        ("plain, one index", message(&[&numbered(0, f.clone()), &numbered(0, g.clone())]), &want),
        ("plain, one name", message(&[&f, &same]), &twice),
        ("numbered", stream(&[numbered(0, f.clone()), numbered(1, g.clone())]), &want),
        ("not numbered", stream(&[f.clone(), g.clone()]), &want),
        ("one number", stream(&[numbered(0, f.clone()), numbered(0, g.clone())]), &want),
        ("one chunk", calls(&format!("{f},{g}")) + &finish("tool_calls"), &want),
        ("one chunk, one name", calls(&format!("{f},{same}")) + &finish("tool_calls"), &twice),
        ("not numbered, one name", stream(&[f.clone(), same]), &twice),
        (
            "in pieces",
            stream(&[
                call("call_7", "f", r#"{"x""#),
                json!({"id": "call_7", "function": {"arguments": ":1}"}}),
                call("call_7", "g", r#"{"y":"#),
                json!({"id": "call_7", "function": {"arguments": "2}"}}),
            ]),
            &want,
        ),
    ];
    for (name, input, want) in cases {
        let outcome = check(name, &input, want);
        let made = made(&outcome);
        assert!(made[0]["id"] == "call_7" && made[1]["id"] != "call_7" && has(&outcome, "tool_id_repeated"), "{name}");
    }
    // The same call once more is none.
    let again = stream(&[numbered(0, f.clone()), numbered(0, f.clone())]);
    check("again", &again, &called("f", r#"{"x":1}"#));
}

#[test]
fn two_fragments_of_one_index_in_one_chunk_are_one_call() {
    let first = numbered(0, call("a", "f", ""));
    let rest = json!({"index": 0, "function": {"arguments": r#"{"x":1}"#}});
    let whole = numbered(0, call("a", "f", r#"{"x":1}"#));
    for second in [rest, whole] {
        let input = calls(&format!("{first},{second}")) + &finish("tool_calls") + DONE;
        check("twins", &input, &called("f", r#"{"x":1}"#));
    }
}

#[test]
fn the_type_of_a_call_is_kept() {
    let typed = |kind: &str| json!({"index": 0, "id": "a", "type": kind, "function": {"name": "f", "arguments": "{}"}});
    for kind in ["builtin_function", "mcp", "plugin"] {
        let input = stream(&[typed(kind)]);
        let outcome = check(kind, &input, &called("f", "{}"));
        assert_eq!(made(&outcome)[0]["type"], kind);
        assert_eq!(elements(&outcome.out)[0]["choices"][0]["delta"]["tool_calls"][0]["type"], kind);
        let told = elements(&decode(Mode::Events, [input.as_bytes()]).out);
        assert!(
            told.iter().filter(|event| event["type"] != "finish").all(|event| event["toolType"] == kind),
            "{told:?}"
        );
        let body = plain(json!({"tool_calls": [typed(kind)]}), "tool_calls");
        assert_eq!(made(&check(kind, &body, &called("f", "{}")))[0]["type"], kind);
    }
    // A call of the provider's own has what it has, and no function.
    let own = json!({"index": 0, "id": "a", "type": "web_search", "web_search": {"query": "x"}});
    for input in [stream(std::slice::from_ref(&own)), plain(json!({"tool_calls": [own]}), "tool_calls")] {
        let made = made(&run("own", Mode::Chunks, input.as_bytes())).remove(0);
        assert_eq!(made, json!({"id": "a", "type": "web_search", "web_search": {"query": "x"}}));
        let clean = decode(Mode::Sse, [input.as_bytes()]).out;
        assert_eq!(decode(Mode::Nothing, [clean.as_bytes()]).reply["choices"][0]["message"]["tool_calls"][0], made);
    }
}

#[test]
fn custom_is_what_says_so() {
    let function = json!({"name": "f", "arguments": "{}"});
    for beside in [json!(null), json!({}), json!({"name": "f", "input": ""})] {
        let call = json!({"index": 0, "id": "a", "type": "function", "function": function, "custom": beside});
        let made = made(&check("beside", &stream(&[call]), &called("f", "{}")));
        assert_eq!(made[0]["type"], "function");
    }
    let custom = json!({"index": 0, "id": "a", "function": null, "custom": {"name": "f", "input": "x"}});
    let made = made(&run("custom", Mode::Nothing, stream(&[custom]).as_bytes()));
    assert_eq!((&made[0]["type"], &made[0]["custom"]["input"]), (&json!("custom"), &json!("x")));
}

/// The pieces of one call's arguments.
fn pieces(pieces: &[&str]) -> String {
    let piece = |(at, piece): (usize, &&str)| match at {
        0 => numbered(0, call("a", "f", piece)),
        _ => json!({"index": 0, "function": {"arguments": piece}}),
    };
    stream(&pieces.iter().enumerate().map(piece).collect::<Vec<_>>())
}

#[test]
fn snapshots_of_arguments_are_seen() {
    let want = called("f", r#"{"q":"a b"}"#);
    let cases: [&[&str]; 9] = [
        &[r#"{"q":"#, r#"{"q":"a"#, r#"{"q":"a b"}"#],
        &["", r#"{"q":"#, r#"{"q":"a b"}"#],
        &["{", r#"{"q":"a"#, r#"{"q":"a b"}"#],
        &[r#"{"q":"a"#, r#"{"q":"a b"}"#],
        &[r#"{"q":"a"#, r#"{"q":"a b"}"#, r#"{"q":"a b"}"#],
        &[r#"{"q":"#, r#"{"q":"#, r#"{"q":"a b"}"#],
        &[r#"{"q":"#, r#"{"q":"#, r#"{"q":"#, r#"{"q":"a b"#, r#"{"q":"a b"}"#],
        &[r#"{"q":"#, r#"{"q":"a b"}"#],
        &["{", r#"{"q""#, r#"{"q":"#, r#"{"q":"a"#, r#"{"q":"a b"#, r#"{"q":"a b"}"#],
    ];
    for case in cases {
        let outcome = check(&format!("{case:?}"), &pieces(case), &want);
        assert!(has(&outcome, "tool_arguments_cumulative"), "{case:?}");
    }
    // With id and name each time, of two calls at once, and out of order.
    let each = |at: u32, text: &str| numbered(at, call(["a", "b"][at as usize], "f", text));
    let [one, two, three] = [r#"{"q":"#, r#"{"q":"a"#, r#"{"q":"a b"}"#];
    check("named", &stream(&[each(0, one), each(0, two), each(0, three)]), &want);
    let both = want.call("f", r#"{"q":"a b"}"#);
    let at = [each(0, one), each(1, one), each(0, two), each(1, two), each(0, three), each(1, three)];
    check("two", &stream(&at), &both);
    let late = [each(1, one), each(1, two), each(1, three), each(0, one), each(0, two), each(0, three)];
    check("late", &stream(&late), &both);
}

#[test]
fn deltas_that_look_like_snapshots_are_kept() {
    let cases: [&[&str]; 6] = [
        &[r#"{"node":"#, r#"{"node":"#, r#"{"node":1}}}"#],
        &[r#"{"node":"#, r#"{"node":1}"#, "}"],
        &[r#"[1,"#, "[1,", "2]]"],
        &["[", "[", "1]]"],
        &[r#"{"a":""#, r#"{\"a\":\""#, r#"\"}""#, "}"],
        &[r#"{"a":["#, r#"{"a":[]}"#, "]}"],
    ];
    for case in cases {
        check(&format!("{case:?}"), &pieces(case), &called("f", &case.concat()));
    }
}

#[test]
fn a_name_ends_where_it_could_not_go_on() {
    let names = ["query<|channel|>commentary", "query<|constrain|>json", "query\u{3c}|end|>"];
    for name in names {
        let whole = stream(&[numbered(0, call("a", name, "{}"))]);
        let escaped = whole.replace('<', "\\u003c");
        let body = plain(json!({"tool_calls": [call("a", name, "{}")]}), "tool_calls");
        let each = stream(&[numbered(0, call("a", name, r#"{"x""#)), numbered(0, call("a", name, ":1}"))]);
        for (input, arguments) in [(whole, "{}"), (escaped, "{}"), (body, "{}"), (each, r#"{"x":1}"#)] {
            let outcome = check(name, &input, &called("query", arguments));
            assert!(has(&outcome, "tool_name_cut"), "{name}");
        }
    }
    let piece = |name: &str| numbered(0, json!({"id": "a", "function": {"name": name}}));
    let cut = stream(&[piece("query"), piece("<|chan"), piece("nel|>commentary")]);
    check("in pieces", &cut, &called("query", "{}"));
}

#[test]
fn thinking_in_any_tag_is_thinking() {
    let tags = [
        ("<think>", "</think>"),
        ("<thinking>", "</thinking>"),
        ("<thought>", "</thought>"),
        ("<reasoning>", "</reasoning>"),
        ("[THINK]", "[/THINK]"),
        ("<seed:think>", "</seed:think>"),
        ("<mm:think>", "</mm:think>"),
        ("◁think▷", "◁/think▷"),
    ];
    for (open, close) in tags {
        let said = format!("{open}a < [b]{close}\n\nHi");
        let want = complete("Hi").reasoning("a < [b]");
        check(open, &plain(json!({"content": said}), "stop"), &want);
        for cut in (0..=said.len()).filter(|cut| said.is_char_boundary(*cut)) {
            let input = text(&said[..cut]) + &text(&said[cut..]) + &finish("stop");
            let outcome = decode(Mode::Nothing, [input.as_bytes()]);
            let message = &outcome.reply["choices"][0]["message"];
            assert_eq!(
                (&message["content"], &message["reasoning_content"]),
                (&json!("Hi"), &json!("a < [b]")),
                "{open} {cut}"
            );
        }
    }
    for answer in ["[1, 2]", "[Reasoning] no", "<thoughtful> no", "“Hi”", "◁", "<p>Hi</p>"] {
        check(answer, &(text(answer) + &finish("stop")), &complete(answer));
    }
}

#[test]
fn what_is_left_of_a_tag_after_thinking_in_a_field_is_dropped() {
    let thought = delta(r#"{"reasoning_content":"hm"}"#);
    let end = finish("stop");
    let want = complete("408").reasoning("hm");
    for close in ["</think>", "</thinking>", "[/THINK]", "\n</think>"] {
        let outcome = check(close, &(thought.clone() + &text(&format!("{close}\n\n")) + &text("408") + &end), &want);
        assert!(has(&outcome, "think_tag"));
        check(close, &(thought.clone() + &text(&format!("{close}408")) + &end), &want);
        let (one, two) = close.split_at(3);
        check(close, &(thought.clone() + &text(one) + &text(&format!("{two}\n408")) + &end), &want);
        let both = json!({"reasoning": "hm", "content": format!("{close}\n408")});
        check(close, &plain(both, "stop"), &want);
    }
    for answer in ["<think>a</think>b", "a</think>b", "</b>", "</thin"] {
        check(answer, &(thought.clone() + &text(answer) + &end), &complete(answer).reasoning("hm"));
    }
    // Without such thinking it is the answer's.
    check("no field", &(text("</think>a") + &end), &complete("</think>a"));
}

#[test]
fn usage_has_openais_names_beside_its_own() {
    let read = |name: &str, input: String| check(name, &input, &complete("Hi")).reply["usage"].clone();
    let hello = text("Hi") + &finish("stop");
    let beside = |member: &str| {
        let last = chunk_of("").replacen('{', &format!("{{{member},"), 1);
        read(member, hello.clone() + &event(&last) + DONE)
    };
    let given = [
        r#""usage":{"input_tokens":11,"output_tokens":5}"#,
        r#""usage":{"promptTokens":11,"completionTokens":5}"#,
        r#""usage":{"promptTokenCount":11,"candidatesTokenCount":3,"thoughtsTokenCount":2,"totalTokenCount":16}"#,
        r#""usageMetadata":{"promptTokenCount":11,"candidatesTokenCount":5,"totalTokenCount":16}"#,
        r#""usage":[{"prompt_tokens":11,"completion_tokens":5,"total_tokens":16}]"#,
        r#""usage":{"prompt_tokens":"11","completion_tokens":5.0}"#,
        r#""usage":{"prompt_tokens":11,"total_tokens":16}"#,
        r#""prompt_eval_count":11,"eval_count":5"#,
        r#""meta":{"tokens":{"input_tokens":11,"output_tokens":5}}"#,
        r#""x_groq":{"usage":{"prompt_tokens":11,"completion_tokens":5,"total_tokens":16}}"#,
    ];
    for member in given {
        let usage = beside(member);
        let counts = ["prompt_tokens", "completion_tokens", "total_tokens"].map(|name| usage[name].as_u64());
        assert_eq!(counts, [Some(11), Some(5), Some(16)], "{member}: {usage}");
    }
    assert_eq!(beside(given[0])["input_tokens"], 11);
    let inner =
        r#"{"index":0,"delta":{"content":"Hi","usage":{"input_tokens":11,"output_tokens":5}},"finish_reason":"stop"}"#;
    assert_eq!(read("in a delta", event(&chunk_of(inner)))["total_tokens"], 16);
}

#[test]
fn log_probabilities_of_other_shapes_are_read() {
    let choice = |text: &str, logprobs: &str| {
        event(&chunk_of(&format!(
            r#"{{"index":0,"delta":{{"content":"{text}"}},"finish_reason":null,"logprobs":{logprobs}}}"#
        )))
    };
    let lists = |token: &str, number: &str| format!(r#"{{"tokens":["{token}"],"token_logprobs":[{number}]}}"#);
    let entry = |token: &str, number: &str| format!(r#"[{{"token":"{token}","logprob":{number}}}]"#);
    let cases = [
        choice("a", &lists("a", "-0.1")) + &choice("b", &lists("b", "-0.2")),
        choice("a", &entry("a", "-0.1")) + &choice("b", &entry("b", "-0.2")),
        choice("a", "-0.1") + &choice("b", "-0.2"),
        choice("ab", r#"{"tokens":["a","b"],"token_logprobs":[-0.1,-0.2],"top_logprobs":[{"a":-0.1},null]}"#),
    ];
    for case in cases {
        let outcome = check(&case, &(case.clone() + &finish("stop") + DONE), &complete("ab"));
        let content = outcome.reply["choices"][0]["logprobs"]["content"].as_array().unwrap().clone();
        let read: Vec<_> = content.iter().map(|entry| (&entry["token"], &entry["logprob"])).collect();
        assert_eq!(read, [(&json!("a"), &json!(-0.1)), (&json!("b"), &json!(-0.2))], "{case}");
    }
    let odd = check("odd", &(choice("ab", r#"{"x":[1]}"#) + &finish("stop")), &complete("ab"));
    assert!(odd.reply["choices"][0]["native_logprobs"] == json!({"x": [1]}) && has(&odd, "member_kept"));
}

#[test]
fn a_finish_reason_may_be_an_object() {
    let ends = |reason: &str| {
        text("Hi") + &event(&chunk_of(&format!(r#"{{"index":0,"delta":{{}},"finish_reason":{reason}}}"#)))
    };
    let cases = [
        (r#"{"type":"stop"}"#, "stop"),
        (r#"{"reason":"max_tokens"}"#, "length"),
        (r#"["content_filter"]"#, "content_filter"),
    ];
    for (reason, want) in cases {
        let outcome = check(reason, &ends(reason), &Want { finish: Some(want.into()), ..complete("Hi") });
        let native = &outcome.reply["choices"][0]["native_finish_reason"];
        assert_eq!(*native, serde_json::from_str::<Value>(reason).unwrap());
    }
    for reason in ["7", "true", r#"{"x":1}"#] {
        let outcome = check(reason, &(ends(reason) + DONE), &Want { finish: None, ..complete("Hi") });
        assert_eq!(outcome.reply["choices"][0]["native_finish_reason"].to_string(), reason);
    }
}

#[test]
fn an_empty_reply_is_a_refusal_of_the_prompt() {
    let body = |members: &str| format!(r#"{{"id":"c1","object":"chat.completion","created":1,"model":"m"{members}}}"#);
    let usage = r#","usage":{"prompt_tokens":8,"completion_tokens":0,"total_tokens":8}"#;
    let says = "refused the prompt";
    let cases = [
        (body(&format!(r#","choices":[]{usage}"#)), says),
        (body(usage), says),
        (body(r#","choices":null,"usage":{"prompt_tokens":8,"total_tokens":8}"#), says),
        (body(r#","choices":[],"promptFeedback":{"blockReason":"SAFETY"}"#), "SAFETY"),
        (
            r#"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":8}}"#
                .to_owned(),
            "PROHIBITED",
        ),
        (
            body(
                r#","choices":[],"prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false},"jailbreak":{"filtered":true}}}]"#,
            ),
            "jailbreak",
        ),
    ];
    for (input, says) in cases {
        for input in [input.clone(), event(&input), event(&input) + DONE] {
            let mut decoder = Decoder::new(Mode::Chunks, 7);
            decoder.feed(input.as_bytes());
            decoder.finish();
            let error = decoder.failure().unwrap();
            assert_eq!(
                (error.kind().code(), error.is_retryable()),
                ("content_filter", false),
                "{input}: {}",
                error.message()
            );
            assert!(error.message().contains(says), "{}", error.message());
            check(&input, &input, &failed("", says));
        }
    }
    // Nothing says so here.
    let open = [
        body(r#","choices":[]"#),
        body(r#","choices":[],"prompt_filter_results":[{"content_filter_results":{"hate":{"filtered":false}}}]"#),
    ];
    for input in open {
        check(&input, &(event(&input) + DONE), &crate::case::truncated(""));
    }
}

#[test]
fn another_protocol_is_no_text() {
    let event = |json: Value| format!("data: {json}\n\n");
    let responses =
        event(json!({"type": "response.created", "response": {"id": "r1", "object": "response", "error": null}}))
            + &event(json!({"type": "response.output_text.delta", "delta": "Hello"}))
            + &event(json!({"type": "response.completed", "response": {"id": "r1", "output": [{"type": "message"}]}}));
    let anthropic = event(json!({"type": "message_start", "message": {"role": "assistant", "content": []}}))
        + &event(json!({"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hello"}}))
        + &event(json!({"type": "message_stop"}));
    let gemini = event(json!({"candidates": [{"content": {"parts": [{"text": "Hello"}]}}]}));
    for input in [responses, anthropic, gemini] {
        let outcome = run("other", Mode::Text, input.as_bytes());
        assert!(outcome.out.is_empty() || outcome.out == "Hello", "{}", outcome.out);
        assert!(matches!(outcome.end, Some(End::Error | End::Complete)), "{input}: {:?}", outcome.failure);
    }
    // Workers AI, in JSON mode.
    check("Workers AI", r#"{"response":{"a":1}}"#, &Want { finish: None, ..complete(r#"{"a":1}"#) });
}
