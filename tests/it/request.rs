//! Requests: what passes is passed on as it is, what cannot be right is refused with the exact place.

use serde_json::{Value, json};
use tokenwire::error::Kind;
use tokenwire::wire::request::{Additions, prepare};

const PLAIN: &str = r#"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#;

fn pass(body: &str) -> String {
    prepare(body, &Additions::default()).unwrap_or_else(|error| panic!("{body}: {error}"))
}

fn refuse(body: &str, message: &str) {
    let error = prepare(body, &Additions::default()).unwrap_err();
    assert_eq!((error.kind(), error.class()), (Kind::Config, "ConfigError"), "{body}");
    assert_eq!(error.message(), message, "{body}");
}

/// A body with these messages.
fn with(messages: &str) -> String {
    format!(r#"{{"model":"m","messages":{messages}}}"#)
}

#[test]
fn a_body_is_passed_on_untouched() {
    let bodies = [
        PLAIN,
        r#"{"messages":[{"content":"Hi","role":"user"}],"zzz":1,"model":"m","a":null}"#,
        r#"{"model":"m","messages":[{"role":"user","content":"é\u00e9\ud83d\ude00\/\n"}],"seed":12345678901234567890,"x":1e400,"y":0.10}"#,
        r#"{"model":"m","messages":[{"role":"user","content":"Hi"}],"logit_bias":{"50256":-100},"stop":["a","b"],"n":2,"logprobs":true}"#,
        r#"{"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":[],"tool_choice":{"type":"function","function":{"name":"f"}}}"#,
        r#"{"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":null,"stream":null,"stream_options":{"include_usage":true}}"#,
        r#"{"model":"m","messages":[{"role":"user","content":"Hi"}],"functions":[{"name":"f"}],"function_call":"auto","response_format":{"type":"json_object"}}"#,
    ];
    for body in bodies {
        assert_eq!(pass(body), body);
    }
    let loose = " { \"model\" : \"m\" , \"messages\" : [ {\"role\": \"user\", \"content\": \"\"} ] } ";
    assert_eq!(pass(loose), r#"{"model":"m","messages":[ {"role": "user", "content": ""} ]}"#);
}

#[test]
fn every_role_and_form_of_content_passes() {
    let call =
        r#"{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":""}}]}"#;
    let conversations = [
        r#"[{"role":"developer","content":"d"},{"role":"system","content":"s","name":"n"},{"role":"user","content":""}]"#.into(),
        r#"[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:x"}},{"type":"input_audio","input_audio":{}},{"type":"file","file":{}}]}]"#.into(),
        r#"[{"role":"assistant","content":null},{"role":"assistant"},{"role":"assistant","content":[{"type":"refusal","refusal":"no"}]}]"#.into(),
        r#"[{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":null}]"#.into(),
        r#"[{"role":"assistant","content":"a","tool_calls":null,"audio":{"id":"x"},"refusal":null}]"#.into(),
        format!(r#"[{call},{{"role":"tool","tool_call_id":"c","content":"1"}}]"#),
        format!(r#"[{call},{{"role":"user","content":"?"}},{{"role":"tool","tool_call_id":"c","content":[{{"type":"text","text":"1"}}]}}]"#),
        r#"[{"role":"assistant","tool_calls":[{"id":"c","type":"custom","custom":{"name":"f","input":"x"}}]},{"role":"tool","tool_call_id":"c","content":""}]"#.into(),
    ];
    for messages in conversations {
        let body = with(&messages);
        assert_eq!(pass(&body), body);
    }
}

fn add(body: &str, additions: &Additions) -> Value {
    serde_json::from_str(&prepare(body, additions).unwrap()).unwrap()
}

#[test]
fn the_client_adds_a_model_only_where_none_is() {
    let additions = Additions { model: Some("de\"fault".into()), ..Additions::default() };
    let bare = r#"{"messages":[{"role":"user","content":"Hi"}]}"#;
    assert_eq!(add(bare, &additions)["model"], "de\"fault");
    assert_eq!(add(r#"{"model":null,"messages":[{"role":"user","content":"Hi"}]}"#, &additions)["model"], "de\"fault");
    assert_eq!(prepare(PLAIN, &additions).unwrap(), PLAIN);
}

#[test]
fn a_stream_is_asked_for() {
    let additions = Additions { stream: true, ..Additions::default() };
    assert_eq!(prepare(PLAIN, &additions).unwrap(), PLAIN.replace("]}", r#"],"stream":true}"#));
    let said = r#"{"stream":false,"model":"m","messages":[{"role":"user","content":"Hi"}]}"#;
    assert_eq!(prepare(said, &additions).unwrap(), said.replace("false", "true"));
}

#[test]
fn extra_members_come_last_and_win() {
    let extra = |text: &str| Additions { extra_body: Some(text.into()), stream: true, ..Additions::default() };
    let body = add(PLAIN, &extra(r#"{"model":"other","top_k":5,"nested":{"a":[1]},"stream":false,"stop":null}"#));
    assert_eq!(
        body,
        json!({"model": "other", "messages": [{"role": "user", "content": "Hi"}], "top_k": 5, "nested": {"a": [1]},
            "stream": false, "stop": null})
    );
    assert_eq!(prepare(PLAIN, &Additions { extra_body: Some("{}".into()), ..Additions::default() }).unwrap(), PLAIN);
    let bare = r#"{"model":"m"}"#;
    assert!(add(bare, &extra(r#"{"messages":[{"role":"user","content":"Hi"}]}"#))["messages"].is_array());
    for (text, got) in [("[]", "an empty array"), ("[1]", "an array"), ("1", "1"), ("\"a\"", "\"a\"")] {
        let error = prepare(PLAIN, &extra(text)).unwrap_err();
        assert_eq!(error.message(), format!("extraBody must be an object, got {got}"));
    }
}

#[test]
fn what_is_no_request_is_refused() {
    refuse("", "The request must be a JSON object, got nothing");
    refuse("[]", "The request must be a JSON object, got an empty array");
    refuse("[1]", "The request must be a JSON object, got an array");
    refuse("\"Hi\"", "The request must be a JSON object, got \"Hi\"");
    refuse("null", "The request must be a JSON object, got null");
    let no_model = "No model: give `model` in the call or in the client's options, for example \"gpt-4o-mini\"";
    refuse(r#"{"messages":[{"role":"user","content":"Hi"}]}"#, no_model);
    refuse(r#"{"model":null,"messages":[{"role":"user","content":"Hi"}]}"#, no_model);
    refuse(&PLAIN.replace(r#""m""#, r#""""#), "model must be a non-empty string, got \"\"");
    refuse(&PLAIN.replace(r#""m""#, "7"), "model must be a non-empty string, got 7");
    let no_messages = "No messages: give `messages`, for example [{ role: \"user\", content: \"Hello\" }]";
    refuse(r#"{"model":"m"}"#, no_messages);
    refuse(&with("null"), no_messages);
    let need = "messages must be an array with at least one message, got ";
    refuse(&with("[]"), &format!("{need}an empty array"));
    refuse(&with("{}"), &format!("{need}an object"));
    refuse(&with("\"Hi\""), &format!("{need}\"Hi\""));
    refuse(&with(&format!("\"{}\"", "x".repeat(99))), &format!("{need}a long string"));
    refuse(&PLAIN.replace("]}", r#"],"tools":{}}"#), "tools must be an array, got an object");
}

#[test]
fn messages_are_refused_with_their_place() {
    let user = r#"{"role":"user","content":"Hi"}"#;
    let second = |message: &str, told: &str| refuse(&with(&format!("[{user},{message}]")), told);
    second("\"Hi\"", "messages[1] must be an object with a role, got \"Hi\"");
    second("null", "messages[1] must be an object with a role, got null");
    let roles = "messages[1].role must be a non-empty string, as \"user\", got ";
    second(r#"{"content":"Hi"}"#, &format!("{roles}nothing"));
    second(r#"{"role":"","content":"Hi"}"#, &format!("{roles}\"\""));
    second(r#"{"role":null,"content":"Hi"}"#, &format!("{roles}null"));
    second(r#"{"role":7,"content":"Hi"}"#, &format!("{roles}7"));
    let content = "messages[1].content must be a string or a non-empty array of parts, got ";
    second(r#"{"role":"user"}"#, &format!("{content}nothing"));
    second(r#"{"role":"user","content":null}"#, &format!("{content}null"));
    second(r#"{"role":"system","content":{}}"#, &format!("{content}an object"));
    second(r#"{"role":"user","content":7}"#, &format!("{content}7"));
    second(r#"{"role":"assistant","content":true}"#, &format!("{content}true"));
    second(r#"{"role":"user","content":[]}"#, &format!("{content}an empty array"));
    second(r#"{"role":"function","name":"f","content":[{"type":"text"}]}"#, &format!("{content}an array"));
    let part = "messages[1].content[1] must be an object with a type, as { type: \"text\", text: \"…\" }, got ";
    second(r#"{"role":"user","content":[{"type":"text","text":"a"},"b"]}"#, &format!("{part}\"b\""));
    second(r#"{"role":"user","content":[{"type":"text","text":"a"},{"text":"b"}]}"#, &format!("{part}an object"));
    second(r#"{"role":"function","content":"1"}"#, "messages[1].name must name the function, got nothing");
}

#[test]
fn tool_calls_are_refused_with_their_place() {
    let with_call = |call: &str| with(&format!(r#"[{{"role":"assistant","tool_calls":[{call}]}}]"#));
    let place = "messages[0].tool_calls[0]";
    refuse(
        &with(r#"[{"role":"assistant","tool_calls":{}}]"#),
        "messages[0].tool_calls must be an array, got an object",
    );
    let text = "must be a string (JSON text: use JSON.stringify), got";
    let cases = [
        (r#"{"function":{"name":"f","arguments":"{}"}}"#, ".id must be a non-empty string, got nothing".to_owned()),
        (r#"{"id":"","function":{"name":"f","arguments":"{}"}}"#, ".id must be a non-empty string, got \"\"".into()),
        (r#"{"id":"c","function":{"name":"f","arguments":{"a":1}}}"#, format!(".function.arguments {text} an object")),
        (r#"{"id":"c","function":{"name":"f"}}"#, format!(".function.arguments {text} nothing")),
        (r#"{"id":"c","custom":{"name":"f","input":null}}"#, ".custom.input must be a string, got null".into()),
        (r#"{"id":"c"}"#, format!(".function.arguments {text} nothing")),
        (r#"{"id":"c","function":{"arguments":"{}"}}"#, ".function.name must name the function, got nothing".into()),
    ];
    for (call, told) in cases {
        refuse(&with_call(call), &format!("{place}{told}"));
    }
}

#[test]
fn a_tool_message_must_answer_an_earlier_call() {
    let call = r#"{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{}"}},{"id":"c2","function":{"name":"f","arguments":"{}"}}]}"#;
    let result = |id: &str| format!(r#"{{"role":"tool","content":"1"{id}}}"#);
    let place = "messages[1].tool_call_id must";
    let earlier = format!("{place} be the id of a tool call in an earlier assistant message, got \"c3\"");
    refuse(&with(&format!("[{call},{}]", result(r#","tool_call_id":"c3""#))), &earlier);
    let named = format!("{place} name the tool call that this message answers, got nothing");
    refuse(&with(&format!("[{call},{}]", result(""))), &named);
    let first = "messages[0].tool_call_id must be the id of a tool call in an earlier assistant message, got \"c1\"";
    refuse(&with(&format!("[{},{call}]", result(r#","tool_call_id":"c1""#))), first);
    let [one, two] = ["c1", "c2"].map(|id| result(&format!(r#","tool_call_id":"{id}""#)));
    let body = with(&format!("[{call},{two},{one}]"));
    assert_eq!(pass(&body), body);
}

#[test]
fn a_refusal_shows_no_more_of_the_body_than_it_must() {
    let long = format!(r#"{{"role":"tool","tool_call_id":"{}","content":"Hi"}}"#, "secret ".repeat(20));
    let error = prepare(&with(&format!("[{long}]")), &Additions::default()).unwrap_err();
    assert!(!error.message().contains("secret"), "{error}");
}

#[test]
fn a_role_is_any_text_and_what_it_must_say_is_its_providers_matter() {
    for role in ["control", "user_system", "latest_reminder", "bot", "User", "系统"] {
        for content in [r#","content":"Hi""#, r#","content":[{"type":"text","text":"Hi"}]"#, r#","content":null"#, ""] {
            let body = with(&format!(r#"[{{"role":"{role}"{content}}}]"#));
            assert_eq!(pass(&body), body);
        }
    }
}

#[test]
fn who_names_no_model_may_have_a_reason() {
    let bare = r#"{"messages":[{"role":"user","content":"Hi"}]}"#;
    let many = r#"{"models":["a/b","c/d"],"messages":[{"role":"user","content":"Hi"}]}"#;
    assert_eq!(pass(many), many);
    let local = Additions { needs_model: false, ..Additions::default() };
    for body in [
        bare,
        &bare.replace('{', r#"{"model":null,"#).replace(r#"[{"model":null,"#, "[{"),
        &PLAIN.replace(r#""m""#, r#""""#),
    ] {
        assert_eq!(prepare(body, &local).unwrap(), *body);
    }
    assert!(prepare(&bare.replacen('{', r#"{"models":[],"#, 1), &Additions::default()).is_err());
    assert!(prepare(&PLAIN.replace(r#""m""#, "7"), &local).is_err(), "a model that is none is wrong everywhere");
    let named = Additions { model: Some("m".into()), ..local };
    assert_eq!(add(bare, &named)["model"], "m");
}

#[test]
fn the_longest_member_is_passed_on_like_the_others() {
    for at in 0..3 {
        let long = |index: usize| if index == at { "x".repeat(100) } else { String::new() };
        let body = format!(
            r#"{{"a":"{}","model":"m{}","messages":[{{"role":"user","content":"{}"}}]}}"#,
            long(0),
            long(1),
            long(2)
        );
        assert_eq!(pass(&body), body);
    }
}

#[test]
fn a_custom_tools_input_is_any_text() {
    for input in [r#""""#, r#""[]""#, r#""{}""#, r#""{\"a\":1}\n{\"a\":2}""#, r#""\u0000\ud800 é""#] {
        for custom in ["", r#","function":null"#] {
            let call = format!(r#"{{"id":"c","type":"custom","custom":{{"name":"f","input":{input}}}{custom}}}"#);
            let body = with(&format!(r#"[{{"role":"assistant","tool_calls":[{call}]}}]"#));
            assert_eq!(pass(&body), body);
        }
    }
    let both = r#"{"id":"c","custom":null,"function":{"name":"f","arguments":"{}"}}"#;
    let body = with(&format!(r#"[{{"role":"assistant","tool_calls":[{both}]}}]"#));
    assert_eq!(pass(&body), body);
}

#[test]
fn a_call_of_a_type_of_the_providers_own_goes_back_as_it_came() {
    let calls = [
        r#"{"id":"a","type":"builtin_function","function":{"name":"$web_search","arguments":"{}"}}"#,
        r#"{"id":"a","type":"web_search","web_search":{"query":"x"}}"#,
    ];
    for call in calls {
        let params = format!(
            r#"{{"model":"m","messages":[{{"role":"user","content":"hi"}},{{"role":"assistant","content":null,"tool_calls":[{call}]}},{{"role":"tool","tool_call_id":"a","content":"1"}}]}}"#
        );
        let sent = tokenwire::wire::request::prepare(&params, &Default::default()).unwrap();
        assert!(sent.contains(call), "{sent}");
    }
}
