//! Lists of models, in every envelope; and what headers tell of rate limits.

use serde_json::{Value, json};
use tokenwire::call::{Api, Call, Step};
use tokenwire::secret::Secrets;
use tokenwire::stream::End;
use tokenwire::wire::models;

fn read(body: &str) -> Value {
    serde_json::from_str(&models::read(body, &Secrets::default()).unwrap()).unwrap()
}

#[test]
fn every_envelope_gives_the_models() {
    let envelopes = [
        r#"{"object":"list","data":[{"id":"a","object":"model"},{"id":"b"}]}"#,
        r#"{"data":[{"id":"a","object":"model"},{"id":"b"}],"has_more":false}"#,
        r#"{"models":[{"id":"a","object":"model"},{"id":"b"}]}"#,
        r#"{"result":[{"id":"a","object":"model"},{"id":"b"}],"success":true,"errors":[],"messages":[]}"#,
        r#"[{"id":"a","object":"model"},{"id":"b"}]"#,
        r#"{"models":null,"data":[{"id":"a","object":"model"},{"id":"b"}]}"#,
        "\n {\"data\" : [ {\"id\":\"a\",\"object\":\"model\"} , {\"id\":\"b\"} ] }\n",
    ];
    for body in envelopes {
        assert_eq!(read(body), json!([{"id": "a", "object": "model"}, {"id": "b"}]), "{body}");
    }
}

#[test]
fn a_model_without_an_id_is_known_by_its_name() {
    assert_eq!(read(r#"{"models":[{"name":"models/gemini","version":"1"}]}"#)[0]["id"], "models/gemini");
    assert_eq!(read(r#"{"models":[{"name":"llama3:8b","model":"llama3:8b"}]}"#)[0]["id"], "llama3:8b");
    assert_eq!(read(r#"{"data":[{"id":null,"name":"a"}]}"#)[0]["id"], "a");
    assert_eq!(read(r#"{"data":[{"id":"","slug":"a"}]}"#)[0]["id"], "a");
    assert_eq!(read(r#"["a","b"]"#), json!([{"id": "a"}, {"id": "b"}]));
}

#[test]
fn what_is_no_model_is_left_out() {
    assert_eq!(read(r#"{"data":[null,1,{},"",{"id":"a"},{"object":"model"}]}"#), json!([{"id": "a"}]));
    for body in [r#"{"data":[]}"#, "[]", r#"{"object":"list","data":[]}"#] {
        assert_eq!(read(body), json!([]), "{body}");
    }
}

#[test]
fn unknown_members_are_kept() {
    let model = json!({"id": "a", "context_length": 131_072, "pricing": {"prompt": "0.1"}});
    assert_eq!(read(&json!({"data": [model]}).to_string())[0], model);
}

#[test]
fn a_body_without_models_is_an_error_in_the_providers_words() {
    let told = |body: &str| models::read(body, &Secrets::default()).unwrap_err().message().to_owned();
    assert_eq!(told(r#"{"error":{"message":"no such key"}}"#), "no such key");
    assert!(told("<html><title>Login</title></html>").contains("Login"));
    for body in ["", "OK", "null", r#"{"data":[{"id":"a"}"#, r#"[{"id":"a"}"#] {
        assert!(told(body).contains("Check the base URL"), "{body}: {}", told(body));
    }
}

#[test]
fn a_call_collects_its_models() {
    let mut call = Call::new(Api::Models, 1, Secrets::default());
    assert_eq!((call.snapshot().as_str(), call.step()), ("[]", Step::Send));
    call.prepare("", &Default::default(), &Default::default()).unwrap();
    assert_eq!(call.request(), None);
    call.on_response(200, &|_| None, 0);
    for byte in br#"{"data":[{"id":"a"}]}"#.chunks(1) {
        assert_eq!(call.step(), Step::Read);
        call.on_bytes(byte);
    }
    call.on_end();
    assert_eq!((call.end(), call.step()), (Some(End::Complete), Step::Done));
    assert_eq!(call.snapshot(), r#"[{"id":"a"}]"#);
}

#[test]
fn a_refused_list_is_an_error() {
    let mut call = Call::new(Api::Models, 1, Secrets::default());
    call.prepare("", &Default::default(), &Default::default()).unwrap();
    assert_eq!(call.request(), None);
    call.on_response(401, &|name| (name == "x-request-id").then(|| "r1".to_owned()), 0);
    call.on_bytes(br#"{"error":{"message":"wrong key"}}"#);
    call.on_end();
    let error = call.failure().unwrap();
    assert_eq!((error.class(), error.message(), error.status()), ("AuthenticationError", "wrong key", Some(401)));
    assert_eq!(error.details().request_id.as_deref(), Some("r1"));
    assert_eq!((call.end(), call.snapshot().as_str()), (Some(End::Error), "[]"));
}

/// What the headers tell of rate limits.
fn rate(headers: &[(&str, &str)]) -> Option<String> {
    let header = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    tokenwire::wire::rate::read(&header, 1_700_000_000_000)
}

#[test]
fn rate_limits_are_what_the_headers_tell_and_no_more() {
    assert_eq!(rate(&[]), None);
    assert_eq!(rate(&[("x-ratelimit-reset-requests", "")]), None);
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[("x-ratelimit-limit-requests", "60")], r#"{"requests":{"limit":60}}"#),
        (&[("x-ratelimit-remaining-tokens", " 9 ")], r#"{"tokens":{"remaining":9}}"#),
        (&[("x-ratelimit-reset-requests", "17ms")], r#"{"requests":{"resetMs":17}}"#),
        (&[("x-ratelimit-reset-tokens", "1m30.5s")], r#"{"tokens":{"resetMs":90500}}"#),
        (&[("x-ratelimit-reset", "1700000002000")], r#"{"requests":{"resetMs":2000}}"#),
        (
            &[("x-ratelimit-limit-req-minute", "5"), ("x-ratelimit-limit-tokens-minute", "7")],
            r#"{"requests":{"limit":5},"tokens":{"limit":7}}"#,
        ),
    ];
    for (headers, told) in cases {
        assert_eq!(rate(headers).as_deref(), Some(told), "{headers:?}");
    }
}
