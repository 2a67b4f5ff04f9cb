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
