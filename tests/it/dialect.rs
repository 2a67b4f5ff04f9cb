//! Dialects: what a request becomes for a provider, and what of earlier replies goes back to it.

use serde_json::{Map, Value, json};
use tokenwire::call::{Api, Asking, Call};
use tokenwire::dialect::PROVIDERS;
use tokenwire::secret::Secrets;
use tokenwire::wire::request::Additions;

fn providers() -> Map<String, Value> {
    serde_json::from_str(PROVIDERS).unwrap()
}

/// What a provider of the table is sent, and the repairs that were noted.
fn sent(provider: &str, body: &Value) -> (Value, Value) {
    sent_in(&providers()[provider].to_string(), body)
}

fn sent_in(dialect: &str, body: &Value) -> (Value, Value) {
    let mut call = Call::new(Api::Chat, 1, Secrets::default());
    call.prepare(body.to_string(), &Additions::default(), &Asking { dialect, adapts: true, ..Asking::default() })
        .unwrap();
    let body = serde_json::from_str(&call.request().unwrap()).unwrap();
    (body, serde_json::from_str(&call.repairs()).unwrap())
}

fn asked(more: Value) -> Value {
    let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn every_row_is_of_known_members() {
    let known = [
        "hosts",
        "baseURL",
        "root",
        "keyHeader",
        "deploymentQuery",
        "headers",
        "rename",
        "drop",
        "roles",
        "usage",
        "reasoning",
        "strict",
        "toolId",
        "nullContent",
    ];
    let reasoning = ["drop", "keep", "tool_turns", "rename", "details", "parts", "reasoning_text"];
    let providers = providers();
    assert!(providers.len() >= 24, "{}", providers.len());
    for (name, row) in &providers {
        for key in row.as_object().unwrap().keys() {
            assert!(known.contains(&key.as_str()), "{name} has {key}");
        }
        assert!(reasoning.contains(&row["reasoning"].as_str().unwrap()), "{name}");
        assert!(row["hosts"].is_array(), "{name}");
    }
}

#[test]
fn parameters_are_renamed_and_dropped_and_it_is_told() {
    let body = asked(json!({"max_completion_tokens": 7, "store": true, "seed": 1, "temperature": 0}));
    let (sent, repairs) = sent("mistral", &body);
    assert_eq!(sent, asked(json!({"max_tokens": 7, "random_seed": 1, "temperature": 0})));
    assert_eq!(repairs, json!([{"code": "param_renamed", "count": 2}, {"code": "param_dropped", "count": 1}]));
    let both = asked(json!({"max_completion_tokens": 7, "max_tokens": 8}));
    assert_eq!(self::sent("deepseek", &both).0, asked(json!({"max_tokens": 8})));
    let null = asked(json!({"max_completion_tokens": 7, "max_tokens": null}));
    assert_eq!(self::sent("deepseek", &null).0, asked(json!({"max_tokens": 7})));
    let plain = asked(json!({"max_tokens": 7}));
    assert_eq!(self::sent("openai", &plain), (plain, json!([])));
}

#[test]
fn the_extra_body_goes_out_as_it_is() {
    let extra = json!({"max_completion_tokens": 7, "messages": [{"role": "developer", "content": "d"}]}).to_string();
    let additions = Additions { extra_body: Some(extra), ..Additions::default() };
    let dialect = providers()["deepseek"].to_string();
    let mut call = Call::new(Api::Chat, 1, Secrets::default());
    call.prepare(
        asked(json!({})).to_string(),
        &additions,
        &Asking { dialect: &dialect, adapts: true, ..Asking::default() },
    )
    .unwrap();
    let sent: Value = serde_json::from_str(&call.request().unwrap()).unwrap();
    assert_eq!(
        sent,
        json!({"model": "m", "messages": [{"role": "developer", "content": "d"}], "max_completion_tokens": 7})
    );
}

#[test]
fn a_stream_is_asked_for_its_usage_where_that_is_taken() {
    let stream = asked(json!({"stream": true}));
    let wants = json!({"include_usage": true});
    assert_eq!(sent("openai", &stream).0["stream_options"], wants);
    assert_eq!(sent_in("", &stream).0["stream_options"], wants);
    assert_eq!(sent("mistral", &stream).0.get("stream_options"), None);
    assert_eq!(sent_in(r#"{"models":{"m":{"drop":["stream_options"]}}}"#, &stream).0.get("stream_options"), None);
    assert_eq!(sent("openai", &asked(json!({}))).0.get("stream_options"), None);
    for said in [json!({"include_usage": false}), json!({"include_obfuscation": false}), Value::Null] {
        let body = asked(json!({"stream": true, "stream_options": said}));
        assert_eq!(sent("openai", &body).0, body, "who says something of it is not overruled");
    }
}

#[test]
fn developer_is_system_where_it_is_not_known() {
    let body = asked(
        json!({"messages": [{"role": "developer", "content": "d", "name": "n"}, {"role": "user", "content": "u"}]}),
    );
    let (sent, repairs) = sent("groq", &body);
    assert_eq!(sent["messages"][0], json!({"role": "system", "content": "d", "name": "n"}));
    assert_eq!(repairs, json!([{"code": "role_renamed", "count": 1}]));
    assert_eq!(self::sent("openai", &body).0, body);
}

/// An assistant's message as `final()` gives it, with the reasoning in every form; `calls`: with a tool call.
fn reply(calls: bool) -> Value {
    let mut message = json!({"role": "assistant", "content": "a", "refusal": null, "reasoning_content": "r"});
    if calls {
        message["content"] = Value::Null;
        let call = json!({"id": "call_abc", "type": "function", "function": {"name": "f", "arguments": "{}"}, "extra_content": {"google": {"thought_signature": "s"}}});
        message["tool_calls"] = json!([call]);
    }
    message
}

fn with(message: Value) -> Value {
    let mut messages = vec![json!({"role": "user", "content": "u"}), message.clone()];
    if message.get("tool_calls").is_some() {
        messages.push(json!({"role": "tool", "tool_call_id": "call_abc", "content": "t"}));
    }
    messages.push(json!({"role": "user", "content": "v"}));
    asked(json!({"messages": messages}))
}

fn given_back(provider: &str, message: Value) -> Value {
    sent(provider, &with(message)).0["messages"][1].clone()
}

#[test]
fn reasoning_goes_back_as_the_provider_wants_it() {
    let text = |message: &Value| (message.get("reasoning_content").cloned(), message.get("reasoning").cloned());
    let r = || Some(json!("r"));
    for provider in ["openai", "azure", "groq", "gemini", "perplexity", "xai"] {
        for calls in [false, true] {
            assert_eq!(text(&given_back(provider, reply(calls))), (None, None), "{provider}");
        }
    }
    for provider in ["deepseek", "moonshot", "zhipu", "qwen"] {
        assert_eq!(text(&given_back(provider, reply(false))), (None, None), "{provider}");
        assert_eq!(text(&given_back(provider, reply(true))), (r(), None), "{provider}");
    }
    for provider in ["vllm", "ollama", "cerebras"] {
        assert_eq!(text(&given_back(provider, reply(false))), (None, r()), "{provider}");
    }
    let mut named = reply(true);
    named["reasoning"] = named["reasoning_content"].take();
    assert_eq!(text(&given_back("deepseek", named)), (r(), None));
    assert_eq!(sent_in("", &with(reply(true))).0, with(reply(true)), "an unknown provider gets what the caller wrote");
}

#[test]
fn details_and_signatures_go_back_untouched() {
    let details = json!([{"type": "reasoning.encrypted", "data": "AAAA=="}]);
    let mut message = reply(true);
    message["reasoning_details"] = details.clone();
    for provider in ["openrouter", "minimax"] {
        let back = given_back(provider, message.clone());
        assert_eq!(
            (back.get("reasoning_content"), back.get("reasoning_details")),
            (None, Some(&details)),
            "{provider}"
        );
        assert_eq!(given_back(provider, reply(false))["reasoning"], "r", "{provider}");
    }
    assert_eq!(given_back("openai", message.clone()).get("reasoning_details"), None);
    let signature = json!({"google": {"thought_signature": "s"}});
    assert_eq!(given_back("gemini", message)["tool_calls"][0]["extra_content"], signature);
}

#[test]
fn who_refuses_unknown_members_gets_none() {
    for provider in ["groq", "mistral"] {
        let mut message = reply(true);
        message["content_parts"] = json!([]);
        let back = given_back(provider, message);
        let keys: Vec<&String> = back.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["content", "role", "tool_calls"], "{provider}");
        let thinking = json!([{"type": "thinking", "thinking": [{"type": "text", "text": "r"}]}]);
        assert_eq!(back["content"], if provider == "mistral" { thinking } else { Value::Null }, "{provider}");
        assert_eq!(back["tool_calls"][0].get("extra_content"), None, "{provider}");
        assert_eq!(back["tool_calls"][0]["function"]["name"], "f", "{provider}");
    }
}

#[test]
fn ids_are_as_short_as_mistral_wants_them_and_still_meet() {
    let (body, repairs) = sent("mistral", &with(reply(true)));
    let id = body["messages"][1]["tool_calls"][0]["id"].as_str().unwrap();
    assert!(id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
    assert_eq!(body["messages"][2]["tool_call_id"], id);
    assert_eq!(repairs, json!([{"code": "tool_id_shortened", "count": 1}]));
    let mut short = with(reply(true));
    short["messages"][1]["tool_calls"][0]["id"] = json!("abcDEF123");
    short["messages"][2]["tool_call_id"] = json!("abcDEF123");
    assert_eq!(sent("mistral", &short).0["messages"][2]["tool_call_id"], "abcDEF123");
}

#[test]
fn content_is_never_null_where_that_is_refused() {
    assert_eq!(given_back("cloudflare", reply(true))["content"], "");
    assert_eq!(given_back("openai", reply(true))["content"], Value::Null);
}

#[test]
fn a_custom_call_goes_through_every_provider_as_it_is() {
    for input in ["", "[]", "{}", "{\"a\":1}\n{\"a\":2}", "\u{0}\\ \"é\" \u{1F600}"] {
        let tool = json!({"type": "custom", "custom": {"name": "f", "format": {"type": "grammar", "grammar": {"definition": input}}}});
        let call = json!({"id": "call_abcde", "type": "custom", "custom": {"name": "f", "input": input}});
        let messages = json!([
            {"role": "developer", "content": "d"},
            {"role": "assistant", "content": null, "reasoning_content": "r", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_abcde", "content": input},
        ]);
        for provider in providers().keys() {
            let (sent, _) = sent(provider, &asked(json!({"messages": messages, "tools": [tool]})));
            assert_eq!(sent["tools"], json!([tool]), "{provider}");
            let call = &sent["messages"][1]["tool_calls"][0];
            assert_eq!(
                (&call["type"], &call["custom"]),
                (&json!("custom"), &json!({"name": "f", "input": input})),
                "{provider}"
            );
            assert_eq!(sent["messages"][2]["content"], input, "{provider}");
            assert_eq!(sent["messages"][2]["tool_call_id"], call["id"], "{provider}");
        }
    }
}

#[test]
fn a_models_roles_are_said_of_what_the_providers_made() {
    let dialect = r#"{"roles":{"developer":"system"},"models":{"m":{"roles":{"system":"developer"}}}}"#;
    for role in ["system", "developer"] {
        let body = asked(json!({"messages": [{"role": role, "content": "s"}]}));
        assert_eq!(sent_in(dialect, &body).0["messages"][0]["role"], "developer");
    }
}

#[test]
fn functions_become_tools_where_there_are_none_and_so_does_what_was_said_with_them() {
    let call =
        |name: &str| json!({"role": "assistant", "content": null, "function_call": {"name": name, "arguments": "{}"}});
    let asked = asked(json!({
        "functions": [{"name": "f"}, {"name": "g"}],
        "function_call": {"name": "g"},
        "messages": [
            {"role": "user", "content": "Hi"},
            call("f"),
            {"role": "function", "name": "f", "content": "1"},
            call("g"),
            {"role": "function", "name": "g", "content": null},
            {"role": "assistant", "content": "so", "function_call": null},
        ],
    }));
    let dialect = r#"{"models":{"m":{"rename":{"functions":"tools"}}}}"#;
    let (body, repairs) = sent_in(dialect, &asked);
    assert_eq!(body["tools"], json!(["f", "g"].map(|name| json!({"type": "function", "function": {"name": name}}))));
    assert_eq!(body["tool_choice"], json!({"type": "function", "function": {"name": "g"}}));
    assert!(body.get("functions").is_none() && body.get("function_call").is_none());
    assert_eq!(repairs, json!([{"code": "param_renamed", "count": 1}]));
    let messages = body["messages"].as_array().unwrap();
    let id = |at: usize| messages[at]["tool_calls"][0]["id"].as_str().unwrap();
    assert_ne!(id(1), id(3));
    assert_eq!(messages[1]["tool_calls"][0]["function"], json!({"name": "f", "arguments": "{}"}));
    assert_eq!(messages[2], json!({"role": "tool", "content": "1", "tool_call_id": id(1)}));
    assert_eq!(messages[4], json!({"role": "tool", "content": "", "tool_call_id": id(3)}));
    assert_eq!(messages[5], asked["messages"][5]);
    // Servers that would pass over them in silence are told by their rows.
    assert_eq!(sent("vllm", &asked).0["tools"], body["tools"]);
    // Who has them gets them, and a conversation without any stays as it is.
    assert_eq!(sent("openai", &asked).0["functions"], asked["functions"]);
    let plain = json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}]});
    assert_eq!(sent_in(dialect, &plain).0, plain);
}
