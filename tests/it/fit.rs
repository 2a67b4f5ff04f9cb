//! Histories of one provider, as the next one takes them: ids of calls, and thinking in the form that it wants, or none.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokenwire::call::{Api, Asking, Call};
use tokenwire::dialect::PROVIDERS;
use tokenwire::secret::Secrets;
use tokenwire::wire::request::Additions;

fn row(provider: &str) -> String {
    let rows: Value = serde_json::from_str(PROVIDERS).unwrap();
    rows[provider].to_string()
}

fn prepared(dialect: &str, messages: &Value, more: &Value) -> Call {
    let mut body = json!({"model": "m", "messages": messages});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut call = Call::new(Api::Chat, 1, Secrets::default());
    call.prepare(body.to_string(), &Additions::default(), &Asking { dialect, ..Asking::default() }).unwrap();
    call
}

/// The messages that are sent, and the repairs.
fn sent(dialect: &str, messages: &Value, more: &Value) -> (Value, Value) {
    let mut call = prepared(dialect, messages, more);
    let body: Value = serde_json::from_str(&call.request().unwrap()).unwrap();
    (body["messages"].clone(), serde_json::from_str(&call.repairs()).unwrap())
}

fn history(ids: &[&str]) -> Value {
    let calls: Vec<Value> = ids
        .iter()
        .map(|id| json!({"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}}))
        .collect();
    let mut messages = vec![
        json!({"role": "user", "content": "u"}),
        json!({"role": "assistant", "content": null, "tool_calls": calls}),
    ];
    messages.extend(ids.iter().map(|id| json!({"role": "tool", "tool_call_id": id, "content": "t"})));
    Value::Array(messages)
}

const ODD: &[&str] = &[
    "call_0123456789012345678901234567890123456789abc",
    "call_0123456789012345678901234567890123456789abd",
    "chatcmpl-tool-0123456789abcdef0123456789abcdef",
    "functions.get_weather:0",
    "functions.get_weather:1",
    "functions_get.weather:1",
    "call|fc_68",
    "läuft",
    "a b",
    "\"quoted\"\n",
    "call_1__thought__AAAA+/==",
];

#[test]
fn ids_are_such_as_all_take_and_still_meet() {
    for provider in ["openai", "azure", "anthropic", "gemini", "mistral", "llamacpp", ""] {
        let dialect = if provider.is_empty() { String::new() } else { row(provider) };
        let (messages, repairs) = sent(&dialect, &history(ODD), &json!({}));
        let mut seen = BTreeMap::new();
        for (at, odd) in ODD.iter().enumerate() {
            let id = messages[1]["tool_calls"][at]["id"].as_str().unwrap();
            assert_eq!(messages[2 + at]["tool_call_id"], id, "{provider} {odd}");
            assert!(
                id.len() <= 40 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)),
                "{id}"
            );
            assert_eq!(seen.insert(id.to_owned(), odd), None, "{provider} {odd}");
            assert_eq!(messages[1]["tool_calls"][at]["type"], "function");
        }
        assert_eq!(repairs, json!([{"code": "tool_id_shortened", "count": ODD.len()}]), "{provider}");
        assert_eq!(sent(&dialect, &history(ODD), &json!({})).0, messages, "the same each time");
        assert_eq!(sent(&dialect, &messages, &json!({})), (messages, json!([])), "what is mended is well");
    }
}

#[test]
fn ids_that_all_take_or_that_mean_something_stay() {
    let well = history(&["call_abc", "0123456789012345678901234567890123456789", "a-b_C"]);
    assert_eq!(sent(&row("openai"), &well, &json!({})), (well, json!([])));
    for dialect in [row("moonshot"), row("litellm"), r#"{"models":{"m":{"toolId":"any"}}}"#.to_owned()] {
        assert_eq!(sent(&dialect, &history(ODD), &json!({})), (history(ODD), json!([])));
    }
    let blanks = r#"{"model":"m", "messages": [ {"role": "assistant", "tool_calls": [ {"id": "a", "function": {"name": "f", "arguments": ""}} ]} ]}"#;
    let mut call = Call::new(Api::Chat, 1, Secrets::default());
    call.prepare(blanks, &Additions::default(), &Asking::default()).unwrap();
    assert!(call.request().unwrap().contains(r#"[ {"role": "assistant", "tool_calls": [ {"id": "a""#), "byte for byte");
}

#[test]
fn types_of_calls_stay() {
    for kind in ["builtin_function", "mcp", "custom"] {
        let mut messages = history(&["a1"]);
        messages[1]["tool_calls"][0]["type"] = json!(kind);
        for provider in ["openai", "moonshot", "groq", "mistral"] {
            assert_eq!(sent(&row(provider), &messages, &json!({})).0[1]["tool_calls"][0]["type"], kind, "{provider}");
        }
    }
    let call = json!({"id": "a1", "type": "web_search", "web_search": {"q": 1}});
    let messages =
        json!([{"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "a1", "content": "t"}]);
    assert_eq!(sent("", &messages, &json!({})).0, messages, "a call of a type that we have never heard of");
}

fn thought(more: Value) -> Value {
    let mut message = json!({"role": "assistant", "content": "391"});
    message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!([{"role": "user", "content": "u"}, message, {"role": "user", "content": "v"}])
}

fn back(dialect: &str, message: Value, more: &Value) -> Value {
    sent(dialect, &thought(message), more).0[1].clone()
}

fn parts() -> Value {
    json!([{"type": "thinking", "thinking": [{"type": "text", "text": "17*23"}, {"type": "text", "text": "=391"}], "signature": "s"}, {"type": "text", "text": "391"}])
}

#[test]
fn mistral_gets_thinking_as_a_part() {
    let want =
        json!([{"type": "thinking", "thinking": [{"type": "text", "text": "r\"\n"}]}, {"type": "text", "text": "391"}]);
    for name in ["reasoning_content", "reasoning"] {
        assert_eq!(
            back(&row("mistral"), json!({name: "r\"\n"}), &json!({})),
            json!({"role": "assistant", "content": want})
        );
    }
    let mut calls = history(&["abcDEF123"]);
    calls[1]["reasoning_content"] = json!("r");
    let sent = sent(&row("mistral"), &calls, &json!({})).0;
    assert_eq!(sent[1]["content"], json!([{"type": "thinking", "thinking": [{"type": "text", "text": "r"}]}]));
    let whole = json!({"content": parts(), "reasoning_content": "r"});
    assert_eq!(
        back(&row("mistral"), whole, &json!({})),
        json!({"role": "assistant", "content": parts()}),
        "as it came"
    );
    assert_eq!(back(&row("mistral"), json!({}), &json!({}))["content"], "391");
    assert_eq!(back(&row("mistral"), json!({"reasoning_content": ""}), &json!({}))["content"], "391");
    // Another that behaves so.
    let learnt = r#"{"models":{"m":{"reasoning":"parts"}}}"#;
    assert_eq!(back(learnt, json!({"reasoning_content": "r\"\n"}), &json!({}))["content"], want);
}

#[test]
fn parts_of_thinking_become_what_the_next_provider_wants() {
    let text = json!([{"type": "text", "text": "391"}]);
    let message = json!({"content": parts()});
    assert_eq!(back(&row("openai"), message.clone(), &json!({})), json!({"role": "assistant", "content": text}));
    let kept = back(&row("fireworks"), message.clone(), &json!({}));
    assert_eq!((&kept["reasoning_content"], &kept["content"]), (&json!("17*23=391"), &text));
    assert_eq!(back(&row("vllm"), message.clone(), &json!({}))["reasoning"], "17*23=391");
    assert_eq!(back("", message.clone(), &json!({}))["content"], parts(), "who is unknown gets what the caller wrote");
    let alone = json!({"content": [{"type": "thinking", "thinking": "r"}]});
    assert_eq!(back(&row("openai"), alone, &json!({}))["content"], Value::Null);
}

#[test]
fn blobs_go_back_where_they_came_from_and_nowhere_else() {
    let all = json!({"reasoning_content": "r", "reasoning_opaque": "AAAA", "thinking_blocks": [{"type": "thinking", "thinking": "r", "signature": "s"}]});
    assert_eq!(back(&row("openai"), all.clone(), &json!({})), json!({"role": "assistant", "content": "391"}));
    let copilot = back(&row("copilot"), all.clone(), &json!({}));
    assert_eq!((&copilot["reasoning_text"], &copilot["reasoning_opaque"]), (&json!("r"), &json!("AAAA")));
    assert_eq!(copilot.get("reasoning_content"), None);
    let litellm = back(&row("litellm"), all.clone(), &json!({}));
    assert_eq!(
        (&litellm["reasoning_content"], &litellm["thinking_blocks"]),
        (&all["reasoning_content"], &all["thinking_blocks"])
    );
}

#[test]
fn the_callers_own_word_for_it_wins_over_the_row() {
    let message = || json!({"reasoning_content": "r"});
    for (provider, more) in [
        ("zhipu", json!({"thinking": {"type": "enabled", "clear_thinking": false}})),
        ("zhipu", json!({"clear_thinking": false})),
        ("moonshot", json!({"thinking": {"type": "enabled", "keep": "all"}})),
        ("qwen", json!({"preserve_thinking": true})),
        ("together", json!({"chat_template_kwargs": {"clear_thinking": false}})),
        ("huggingface", json!({"chat_template_kwargs": {"preserve_thinking": true}})),
        ("together", json!({"extra_body": {"thinking": {"keep": "all"}}})),
    ] {
        assert_eq!(back(&row(provider), message(), &more)["reasoning_content"], "r", "{provider} {more}");
    }
    for more in [
        json!({}),
        json!({"thinking": {"type": "enabled", "clear_thinking": true}}),
        json!({"preserve_thinking": false}),
        json!({"thinking": {"keep": null}}),
        json!({"metadata": {"clear_thinking": false}}),
    ] {
        assert_eq!(back(&row("zhipu"), message(), &more).get("reasoning_content"), None, "{more}");
    }
    let named = back(&row("vllm"), message(), &json!({"chat_template_kwargs": {"clear_thinking": false}}));
    assert_eq!(named["reasoning"], "r", "under its own name");
}

/// What a reply teaches of its model.
fn observed(body: &str) -> Value {
    let mut call = prepared("", &thought(json!({})), &json!({}));
    call.request().unwrap();
    call.on_response(200, &|_| None, 0);
    call.on_bytes(body.as_bytes());
    call.on_end();
    serde_json::from_str(&call.observed()).unwrap_or(Value::Null)
}

#[test]
fn the_form_in_which_it_came_is_remembered_of_the_model() {
    for (message, form) in [
        (json!({"reasoning_content": "r"}), Value::Null),
        (json!({"content": "a"}), Value::Null),
        (json!({"reasoning": "r"}), json!([["reasoning", "details"]])),
        (json!({"reasoning_details": [{"type": "reasoning.text", "text": "r"}]}), json!([["reasoning", "details"]])),
        (json!({"reasoning_text": "r", "reasoning_opaque": "AA"}), json!([["reasoning", "reasoning_text"]])),
        (json!({"content": parts()}), json!([["reasoning", "parts"]])),
        (
            json!({"content": [{"type": "reasoning", "summary": [{"type": "summary_text", "text": "r"}]}]}),
            json!([["reasoning", "parts"]]),
        ),
        (
            json!({"tool_calls": [{"index": 0, "id": "functions.f:0", "function": {"name": "f", "arguments": "{}"}}]}),
            json!([["toolId", "any"]]),
        ),
        (
            json!({"tool_calls": [{"index": 0, "id": "call_1", "function": {"name": "f", "arguments": "{}"}}]}),
            Value::Null,
        ),
        (
            json!({"reasoning": "r", "tool_calls": [{"index": 0, "id": "a.b", "function": {"name": "f", "arguments": "{}"}}]}),
            json!([["reasoning", "details"], ["toolId", "any"]]),
        ),
    ] {
        let want = if form.is_null() { Value::Null } else { json!(["m", form]) };
        let plain = json!({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).to_string();
        assert_eq!(observed(&plain), want, "{plain}");
        let stream = plain.replace("\"message\"", "\"delta\"");
        assert_eq!(observed(&format!("data: {stream}\n\ndata: [DONE]\n\n")), want, "{stream}");
    }
}
