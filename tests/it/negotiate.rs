//! Refusals of parameters: which are answered, and how.

use crate::fixtures;
use serde_json::{Value, json};
use std::path::Path;
use tokenwire::call::{Api, Asking, Call, Step};
use tokenwire::secret::Secrets;
use tokenwire::wire::request::Additions;

const DONE: &str = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}"#;

fn began(body: &Value, additions: &Additions, asking: &Asking<'_>) -> Call {
    let mut call = Call::new(Api::Chat, 1, Secrets::default());
    call.prepare(body.to_string(), additions, asking).unwrap();
    call
}

fn sent(call: &mut Call) -> Value {
    serde_json::from_str(&call.request().unwrap()).unwrap()
}

fn answer(call: &mut Call, status: u16, body: &str) {
    call.on_response(status, &|_| None, 0);
    call.on_bytes(body.as_bytes());
    call.on_end();
}

fn repairs(call: &Call) -> Value {
    serde_json::from_str(&call.repairs()).unwrap()
}

fn adapting() -> Asking<'static> {
    Asking { dialect: "", adapts: true, ..Asking::default() }
}

fn learnt(call: &Call) -> Value {
    serde_json::from_str(&call.learnt().unwrap()).unwrap()
}

/// A body with what it always has.
fn body(more: &Value) -> Value {
    let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn refusals_are_answered_or_stand() {
    let cases = fixtures::json(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/refusals.json")));
    let cases = cases.as_array().unwrap();
    assert!(cases.len() > 30);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let mut call = began(&body(&case["send"]), &Additions::default(), &adapting());
        assert_eq!(sent(&mut call), body(&case["send"]), "{name}");
        let status = case["status"].as_u64().unwrap_or(400) as u16;
        answer(&mut call, status, &case["refusal"].to_string());
        let Some(again) = case.get("again") else {
            assert_eq!((call.step(), call.failure().unwrap().status()), (Step::Done, Some(status)), "{name}");
            assert_eq!(repairs(&call), json!([]), "{name}");
            continue;
        };
        assert_eq!((call.step(), call.failure()), (Step::Send, None), "{name}");
        assert_eq!(sent(&mut call), body(again), "{name}");
        answer(&mut call, 200, DONE);
        assert_eq!(call.step(), Step::Done, "{name}");
        assert_eq!(repairs(&call)[0], json!({"code": case["repair"], "count": 1}), "{name}");
        assert!(call.meta().unwrap().ends_with("\"attempts\":2}"), "{name}");
        if let Some(change) = case.get("learnt") {
            assert_eq!(learnt(&call), json!(["m", [change]]), "{name}");
        }
    }
}

fn refuse(call: &mut Call, name: &str) {
    let error = json!({"error": {"message": format!("Unknown parameter: '{name}'."), "param": name, "code": "unknown_parameter"}});
    answer(call, 400, &error.to_string());
}

#[test]
fn eight_times_a_call_and_once_a_parameter() {
    let names = ["temperature", "top_p", "top_k", "min_p", "seed", "store", "metadata", "user"];
    let mut many = json!({"verbosity": "low"});
    many.as_object_mut().unwrap().extend(names.map(|name| (name.to_owned(), json!(1))));
    let mut call = began(&body(&many), &Additions::default(), &adapting());
    for name in names {
        sent(&mut call);
        refuse(&mut call, name);
        assert_eq!(call.step(), Step::Send, "{name}");
    }
    assert_eq!(sent(&mut call), body(&json!({"verbosity": "low"})));
    refuse(&mut call, "verbosity");
    assert_eq!(call.failure().unwrap().message(), "Unknown parameter: 'verbosity'.");

    let mut call = began(&body(&json!({"max_tokens": 1})), &Additions::default(), &adapting());
    sent(&mut call);
    refuse(&mut call, "max_tokens");
    assert_eq!(sent(&mut call)["max_completion_tokens"], 1);
    refuse(&mut call, "max_completion_tokens");
    assert_eq!(call.step(), Step::Done, "no limit is left out, and none tried twice");
    assert_eq!(call.learnt(), None);
}

#[test]
fn what_was_learnt_is_a_dialect() {
    let messages = json!([{"role": "developer", "content": "d"}]);
    let asked = json!({"max_tokens": 1, "store": true, "messages": messages});
    let mut call = began(&body(&asked), &Additions::default(), &adapting());
    sent(&mut call);
    refuse(&mut call, "max_tokens");
    sent(&mut call);
    refuse(&mut call, "store");
    sent(&mut call);
    answer(&mut call, 422, r#"{"error":{"message":"unknown variant `developer`"}}"#);
    sent(&mut call);
    assert_eq!(call.learnt(), None, "nobody knows yet whether it helped");
    answer(&mut call, 200, DONE);
    let learnt: Value = serde_json::from_str(&call.learnt().unwrap()).unwrap();
    let changes = json!([
        ["rename", "max_tokens", "max_completion_tokens"],
        ["drop", "store", null],
        ["roles", "developer", "system"]
    ]);
    assert_eq!(learnt, json!(["m", changes]));

    let model =
        json!({"rename": {"max_tokens": "max_completion_tokens"}, "drop": ["store"], "roles": {"developer": "system"}});
    let dialect = json!({"models": {"m": model}}).to_string();
    let mut call =
        began(&body(&asked), &Additions::default(), &Asking { dialect: &dialect, adapts: true, ..Asking::default() });
    let wanted = json!({"max_completion_tokens": 1, "messages": [{"role": "system", "content": "d"}]});
    assert_eq!(sent(&mut call), body(&wanted));
    let mut other = body(&asked);
    other["model"] = json!("other");
    assert_eq!(
        sent(&mut began(
            &other,
            &Additions::default(),
            &Asking { dialect: &dialect, adapts: true, ..Asking::default() }
        )),
        other
    );
}

#[test]
fn adapting_can_be_turned_off_and_leaves_the_extra_body_alone() {
    let mut call = began(&body(&json!({"store": true})), &Additions::default(), &Asking::default());
    sent(&mut call);
    refuse(&mut call, "store");
    assert_eq!(call.step(), Step::Done);

    let additions = Additions { extra_body: Some(r#"{"store":true}"#.into()), ..Additions::default() };
    let mut call = began(&body(&json!({})), &additions, &adapting());
    assert_eq!(sent(&mut call)["store"], true);
    refuse(&mut call, "store");
    assert_eq!(call.step(), Step::Done);
}

/// What the package's dialect.js does with what was learnt, for one model.
fn learn(dialect: &mut Value, call: &Call) {
    let Some(learnt) = call.learnt() else { return };
    let learnt: Value = serde_json::from_str(&learnt).unwrap();
    let known = &mut dialect["models"][learnt[0].as_str().unwrap()];
    for change in learnt[1].as_array().unwrap() {
        let (how, name) = (change[0].as_str().unwrap(), change[1].as_str().unwrap());
        match how {
            "rename" | "roles" => {
                known[how][name] = change[2].clone();
                known[how].as_object_mut().unwrap().remove(change[2].as_str().unwrap());
            }
            "dropValues" => push(&mut known[how][name], &change[2]),
            _ => {
                push(&mut known[how], &change[1]);
                let other = &mut known[if how == "keep" { "drop" } else { "keep" }];
                if let Some(list) = other.as_array_mut() {
                    list.retain(|one| one != name);
                }
            }
        }
    }
}

fn push(list: &mut Value, value: &Value) {
    if list.is_null() {
        *list = json!([]);
    }
    list.as_array_mut().unwrap().push(value.clone());
}

/// Calls a provider that refuses by `refuses` until it takes a body. Gives that body, and how many requests it took.
fn converse(dialect: &mut Value, asked: &Value, refuses: &dyn Fn(&Value) -> Option<Value>) -> (Value, usize) {
    let text = dialect.to_string();
    let asking = Asking { dialect: &text, ..adapting() };
    let mut call = began(&body(asked), &Additions::default(), &asking);
    for requests in 1.. {
        let sent = sent(&mut call);
        let Some(refusal) = refuses(&sent) else {
            answer(&mut call, 200, DONE);
            learn(dialect, &call);
            return (sent, requests);
        };
        answer(&mut call, 400, &json!({"error": refusal}).to_string());
        assert_eq!(call.step(), Step::Send, "{:?}", call.failure());
    }
    panic!("no end");
}

/// Refuses bodies with this member, in OpenAI's words.
fn without(name: &str) -> impl Fn(&Value) -> Option<Value> {
    let refusal = json!({"message": format!("Unsupported parameter: '{name}' is not supported."), "param": name, "code": "unsupported_parameter"});
    move |body| body.get(name).map(|_| refusal.clone())
}

#[test]
fn a_gateway_that_changes_its_mind_costs_one_request_for_each_change() {
    for name in ["max_tokens", "max_completion_tokens"] {
        for provider in [json!({}), json!({"rename": {"max_completion_tokens": "max_tokens"}})] {
            let mut dialect = provider;
            let asked = json!({name: 5});
            for refused in ["max_tokens", "max_completion_tokens", "max_tokens", "max_completion_tokens"] {
                let (_, requests) = converse(&mut dialect, &asked, &without(refused));
                assert!(requests <= 2, "{refused}: {requests}");
                for _ in 0..2 {
                    let (sent, requests) = converse(&mut dialect, &asked, &without(refused));
                    assert_eq!((requests, sent.get(refused)), (1, None), "{dialect}");
                }
            }
        }
    }
    for provider in [json!({}), json!({"roles": {"developer": "system"}})] {
        for role in ["system", "developer"] {
            let mut dialect = provider.clone();
            let asked = json!({"messages": [{"role": role, "content": "s"}]});
            for refused in ["system", "developer", "system", "developer"] {
                let refuses = |body: &Value| {
                    let message =
                        format!("Unsupported value: 'messages[0].role' does not support '{refused}' with this model.");
                    (body["messages"][0]["role"] == refused).then(|| json!({"message": message}))
                };
                assert!(converse(&mut dialect, &asked, &refuses).1 <= 2);
                assert_eq!(converse(&mut dialect, &asked, &refuses).1, 1, "{refused}: {dialect}");
            }
        }
    }
}

#[test]
fn a_refused_value_teaches_nothing_of_the_name() {
    let refuses = |body: &Value| {
        let effort = body.get("reasoning_effort")?.as_str().unwrap();
        let message = format!(
            "Unsupported value: 'reasoning_effort' does not support '{effort}' with this model. Supported values are: 'low' and 'high'."
        );
        let refusal = json!({"message": message, "param": "reasoning_effort", "code": "unsupported_value"});
        (effort != "high" && effort != "low").then_some(refusal)
    };
    let mut dialect = json!({});
    for (effort, taken, requests) in
        [("none", None, 2), ("high", Some("high"), 1), ("none", None, 1), ("xhigh", None, 2), ("low", Some("low"), 1)]
    {
        let (sent, took) = converse(&mut dialect, &json!({"reasoning_effort": effort}), &refuses);
        assert_eq!((sent.get("reasoning_effort").and_then(Value::as_str), took), (taken, requests), "{effort}");
    }
    let numbers = |body: &Value| {
        let temperature = body.get("temperature").filter(|value| **value != json!(1))?;
        let message = format!("temperature {temperature} is not supported: only the default (1) value is supported");
        Some(json!({"message": message, "param": "temperature"}))
    };
    assert_eq!(converse(&mut dialect, &json!({"temperature": 0.5}), &numbers).1, 2);
    assert_eq!(converse(&mut dialect, &json!({"temperature": 0.5}), &numbers).1, 1);
    assert_eq!(converse(&mut dialect, &json!({"temperature": 1}), &numbers).0["temperature"], 1);
    let long = json!({"user": "u".repeat(200)});
    let refuses = |body: &Value| {
        body.get("user")
            .map(|_| json!({"message": "Unsupported value: 'user'", "code": "unsupported_value", "param": "user"}))
    };
    assert_eq!(converse(&mut dialect, &long, &refuses).1, 2);
    assert!(dialect.to_string().len() < 500, "{dialect}");
}

#[test]
fn what_turns_out_to_be_needed_is_no_longer_left_out() {
    for known in
        [json!({"drop": ["seed"]}), json!({"models": {"m": {"drop": ["seed"], "dropValues": {"user": ["u"]}}}})]
    {
        let mut dialect = known;
        let needs = |body: &Value| {
            let refusal = json!({"message": "Missing required parameter: 'seed'.", "param": "seed", "code": "missing_required_parameter"});
            body.get("seed").is_none().then_some(refusal)
        };
        let asked = json!({"seed": 7});
        let (sent, requests) = converse(&mut dialect, &asked, &needs);
        assert_eq!((sent, requests), (body(&asked), 2));
        assert_eq!(converse(&mut dialect, &asked, &needs), (body(&asked), 1), "{dialect}");
        assert_eq!(converse(&mut dialect, &asked, &without("seed")).1, 2, "and the other way round");
        assert_eq!(converse(&mut dialect, &asked, &without("seed")).1, 1, "{dialect}");
    }
}

#[test]
fn a_refusal_after_a_failure_is_learnt_too() {
    let asking = Asking { retries: 2, ..adapting() };
    let mut call = began(&body(&json!({"store": true})), &Additions::default(), &asking);
    sent(&mut call);
    answer(&mut call, 500, "{}");
    call.wake();
    sent(&mut call);
    refuse(&mut call, "store");
    sent(&mut call);
    answer(&mut call, 503, "{}");
    call.wake();
    assert_eq!(sent(&mut call), body(&json!({})));
    answer(&mut call, 200, DONE);
    assert_eq!(learnt(&call), json!(["m", [["drop", "store", null]]]));
}

#[test]
fn without_a_model_there_is_something_to_learn_all_the_same() {
    let additions = Additions { needs_model: false, ..Additions::default() };
    let params = json!({"messages": [{"role": "user", "content": "Hi"}], "store": true});
    let mut call = began(&params, &additions, &adapting());
    sent(&mut call);
    refuse(&mut call, "store");
    assert_eq!(sent(&mut call).get("store"), None);
    answer(&mut call, 200, DONE);
    assert_eq!(learnt(&call), json!(["", [["drop", "store", null]]]));
    let dialect = r#"{"models":{"":{"drop":["store"]}}}"#;
    let mut call = began(&params, &additions, &Asking { dialect, ..adapting() });
    assert_eq!(sent(&mut call).get("store"), None);
}
