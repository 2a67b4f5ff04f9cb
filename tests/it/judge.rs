//! What is judged elsewhere: a case and its verdict are the same after they crossed as texts.

use crate::fixtures;
use serde_json::Value;
use std::path::Path;
use tokenwire::call::{Api, Asking, Call, Step};
use tokenwire::error::Kind;
use tokenwire::judge::{Case, Place, Verdict, case, judge};
use tokenwire::negotiate::Asked;
use tokenwire::secret::Secrets;
use tokenwire::wire::request::Additions;

const KEY: &str = "sk-Ab/12+34==";

fn secrets() -> Secrets {
    Secrets::new([KEY.to_owned(), "Bearer of \"quotes\"".to_owned()])
}

/// The verdict that comes of a case where it is judged by another module.
fn crossed(given: &Case) -> Verdict {
    let (read, known) = case::read(&given.to_text(&secrets()));
    assert_eq!(&read, given);
    assert_eq!(known.given(), secrets().given());
    Verdict::read(&judge(&read, &known).to_text()).unwrap()
}

fn check(given: &Case) {
    assert_eq!(crossed(given), judge(given, &secrets()), "{given:?}");
}

#[test]
fn every_error_comes_out_as_if_it_were_judged_at_once() {
    let places = [Place::Refusal, Place::Frame, Place::Reply, Place::Models];
    for given in
        fixtures::json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/errors.json")).as_array().unwrap()
    {
        let said = given["body"].as_str().unwrap_or_default();
        for place in places {
            let status = u16::try_from(given["status"].as_u64().unwrap_or(400)).unwrap();
            let (content_type, request_id) = ("text/html".to_owned(), "req 1".to_owned());
            check(&Case { place, status, said: said.to_owned(), content_type, request_id, asked: Asked::default() });
        }
    }
}

#[test]
fn words_with_separators_in_them_do_not_take_the_place_of_others() {
    for said in [
        "",
        "\u{1e}",
        "a\u{1e}b\u{1f}c",
        "{\"error\":{\"message\":\"a\\u001eb\",\"code\":\"x\\u001fy\",\"param\":\"\\u001e\"}}",
        "{\"error\":{\"message\":\"[1,2]\"}}",
    ] {
        let status = 429;
        let Verdict::Failed(error, _) = crossed(&Case { status, said: said.to_owned(), ..Case::default() }) else {
            panic!("{said:?} is no list of models");
        };
        assert_eq!(error.status(), Some(429));
        assert_eq!(error.details().body.as_deref(), Some(said));
        assert!(!error.message().contains('\u{1e}'));
    }
}

#[test]
fn a_secret_does_not_come_back() {
    let said = format!("{{\"error\":{{\"message\":\"no key {KEY}\",\"code\":\"{KEY}\"}}}}");
    for place in [Place::Refusal, Place::Frame, Place::Reply, Place::Models] {
        let given = Case { place, status: 401, said: said.clone(), content_type: KEY.into(), ..Case::default() };
        assert!(!format!("{:?}", crossed(&given)).contains("12+34"), "{place:?}");
    }
}

fn refused(params: &str, refusal: &str) -> Call {
    let mut call = Call::new(Api::Chat, 1, secrets());
    call.prepare(params, &Additions::default(), &Asking { adapts: true, ..Asking::default() }).unwrap();
    call.request();
    call.on_response(400, &|_| None, 0);
    call.on_bytes(refusal.as_bytes());
    call.on_end();
    call
}

#[test]
fn a_request_is_seen_in_outline() {
    let long = "x".repeat(300);
    let params = serde_json::json!({
        "model": "m", "temperature": 0.5, "metadata": { "long": long },
        "messages": [{ "role": "system", "content": long }, { "role": "user", "content": long }],
    });
    let body = tokenwire::wire::body::Body::read(&params.to_string()).unwrap();
    let asked = Asked::new(&body, &body, &tokenwire::wire::body::Body::default());
    let seen: Value = serde_json::from_str(&asked.outline).unwrap();
    assert_eq!(seen["messages"], serde_json::json!([{ "role": "system" }, { "role": "user" }]));
    assert_eq!((&seen["temperature"], &seen["metadata"]), (&serde_json::json!(0.5), &serde_json::json!({})));
    assert!(asked.outline.len() < 200, "{}", asked.outline);
}

#[test]
fn a_refused_parameter_is_left_out_by_what_the_outline_tells() {
    let params = r#"{"model":"m","seed":7,"messages":[{"role":"user","content":"Hi"}]}"#;
    let refusal = r#"{"error":{"message":"Unsupported parameter: 'seed' is not supported","param":"seed"}}"#;
    let mut call = refused(params, refusal);
    assert_eq!(call.step(), Step::Send);
    assert!(!call.request().unwrap().contains("seed"));
}

#[test]
fn where_nobody_can_judge_the_status_tells() {
    let said = format!("{{\"error\":{{\"message\":\"slow down {KEY}\"}}}}");
    for (status, kind) in [(401, Kind::Auth), (429, Kind::RateLimit), (500, Kind::Server)] {
        let given = Case { status, said: said.clone(), request_id: "id".into(), ..Case::default() };
        let Verdict::Failed(error, None) = Verdict::unread(&given, secrets().struck_out(&said)) else {
            panic!("an error is no list of models");
        };
        assert_eq!((error.kind(), error.status()), (kind, Some(status)));
        assert_eq!(error.details().body.as_deref(), Some(said.replace(KEY, "***").as_str()));
        assert_eq!(error.details().request_id.as_deref(), Some("id"));
    }
    assert_eq!(Verdict::read(""), None);
}
