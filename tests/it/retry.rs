//! Trying again: after what, when, and how often.

use serde_json::json;
use std::collections::BTreeMap;
use tokenwire::call::{Api, Asking, Call, Step};
use tokenwire::error::{Error, Kind};
use tokenwire::secret::Secrets;
use tokenwire::stream::{End, Mode};
use tokenwire::wire::request::Additions;

const BODY: &str = r#"{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true}"#;
const GOOD: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
const ROLE: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
const TEXT: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n";
const BUSY: &str = "data: {\"error\":{\"message\":\"Overloaded\",\"type\":\"overloaded_error\"}}\n\n";

fn began(asking: Asking<'_>, seed: u64) -> Call {
    let mut call = Call::new(Api::Chat, seed, Secrets::default());
    call.set_mode(Mode::Text);
    call.prepare(BODY, &Additions::default(), &asking).unwrap();
    call.request().unwrap();
    call
}

fn thrice() -> Asking<'static> {
    Asking { retries: 2, ..Asking::default() }
}

fn respond(call: &mut Call, status: u16, headers: &[(&str, &str)], body: &str) {
    let headers: BTreeMap<&str, &str> = headers.iter().copied().collect();
    call.on_response(status, &|name| headers.get(name).map(|value| (*value).to_owned()), 1_000);
    call.on_bytes(body.as_bytes());
    call.on_end();
}

fn error(code: &str) -> String {
    json!({"error": {"message": "no", "code": code}}).to_string()
}

/// Wakes it, and sends again.
fn again(call: &mut Call) {
    assert_eq!(call.step(), Step::Sleep);
    assert_eq!(call.take(), None);
    call.wake();
    assert_eq!(call.step(), Step::Send);
    call.request().unwrap();
}

#[test]
fn what_may_pass_is_tried_again_and_what_cannot_is_not() {
    let may_pass = [(408, ""), (409, ""), (429, "rate_limit_exceeded"), (500, ""), (502, ""), (503, ""), (529, "")];
    for (status, code) in may_pass {
        let mut call = began(thrice(), 1);
        respond(&mut call, status, &[], &error(code));
        again(&mut call);
        respond(&mut call, 200, &[], GOOD);
        assert_eq!((call.end(), call.take().as_deref()), (Some(End::Complete), Some("Hi")), "{status}");
        assert!(call.meta().unwrap().contains("\"attempts\":2"), "{status}");
    }
    let cannot = [(400, ""), (401, ""), (402, ""), (403, ""), (404, ""), (422, ""), (429, "insufficient_quota")];
    for (status, code) in cannot {
        let mut call = began(thrice(), 1);
        respond(&mut call, status, &[], &error(code));
        assert_eq!((call.step(), call.failure().unwrap().status()), (Step::Done, Some(status)));
    }
}

#[test]
fn the_failure_stands_when_the_tries_are_used_up() {
    let mut call = began(thrice(), 1);
    for _ in 0..2 {
        respond(&mut call, 500, &[], "{}");
        again(&mut call);
    }
    respond(&mut call, 500, &[], "{}");
    assert_eq!((call.step(), call.end()), (Step::Done, Some(End::Error)));
    assert!(call.meta().unwrap().contains("\"attempts\":3"));
}

#[test]
fn the_provider_says_whether_and_when() {
    let waits = |headers: &[(&str, &str)]| {
        let mut call = began(thrice(), 1);
        respond(&mut call, 429, headers, "{}");
        (call.step() == Step::Sleep).then(|| call.wait_ms())
    };
    assert_eq!(waits(&[("retry-after-ms", "1500")]), Some(1500));
    assert_eq!(waits(&[("retry-after", "2")]), Some(2000));
    assert_eq!(waits(&[("retry-after", "0.25")]), Some(250));
    assert_eq!(waits(&[("retry-after", "2"), ("retry-after-ms", "7")]), Some(7));
    assert_eq!(waits(&[("retry-after", "0")]), Some(0));
    assert_eq!(waits(&[("retry-after", "61")]), None, "nobody waits that long unasked");
    assert_eq!(waits(&[("x-should-retry", "false")]), None);
    let mut call = began(thrice(), 1);
    respond(&mut call, 400, &[("x-should-retry", "true")], "{}");
    assert_eq!(call.step(), Step::Sleep);
}

#[test]
fn without_a_word_of_the_provider_the_wait_is_random_and_grows() {
    let mut longest = [0; 3];
    for seed in 1..400 {
        let mut call = began(Asking { retries: 3, ..Asking::default() }, seed);
        for longest in &mut longest {
            respond(&mut call, 503, &[], "");
            *longest = call.wait_ms().max(*longest);
            again(&mut call);
        }
    }
    for (longest, span) in longest.iter().zip([500, 1000, 2000]) {
        assert!(*longest < span && *longest > span * 8 / 10, "{longest} of {span}");
    }
}

#[test]
fn no_wait_goes_beyond_the_deadline() {
    let late = Asking { deadline_ms: Some(2_000), ..thrice() };
    let mut call = began(late, 1);
    respond(&mut call, 503, &[("retry-after-ms", "1000")], "");
    assert_eq!(call.step(), Step::Done);
    let mut call = began(late, 1);
    respond(&mut call, 503, &[("retry-after-ms", "900")], "");
    assert_eq!(call.step(), Step::Sleep);
}

#[test]
fn a_reply_is_tried_again_only_before_its_first_content() {
    for (body, wanted) in [("", true), (ROLE, true), (BUSY, true), (TEXT, false)] {
        for cut in [body.to_owned(), [body, BUSY].concat()] {
            let mut call = began(thrice(), 1);
            respond(&mut call, 200, &[], &cut);
            assert_eq!(call.step() == Step::Sleep, wanted, "{cut}");
            if wanted {
                again(&mut call);
                respond(&mut call, 200, &[], GOOD);
                assert_eq!((call.take().as_deref(), call.end()), (Some("Hi"), Some(End::Complete)));
                assert!(!call.snapshot().contains("HiHi"));
            }
        }
    }
    let mut call = began(thrice(), 1);
    respond(&mut call, 200, &[], "data: {\"error\":{\"message\":\"no money\",\"code\":\"insufficient_quota\"}}\n\n");
    assert_eq!(call.step(), Step::Done);
}

#[test]
fn what_was_handed_out_is_never_said_again() {
    for mode in [Mode::Text, Mode::Chunks, Mode::Compact, Mode::Events, Mode::Sse] {
        let cut_after = |body: &str| {
            let mut call = Call::new(Api::Chat, 1, Secrets::default());
            call.set_mode(mode);
            call.prepare(BODY, &Additions::default(), &thrice()).unwrap();
            call.request().unwrap();
            call.on_response(200, &|_| None, 0);
            call.on_bytes(body.as_bytes());
            let is_handed_out = call.take().is_some();
            call.on_end();
            (is_handed_out, call.step(), call.end())
        };
        assert_eq!(cut_after(ROLE), (false, Step::Sleep, None), "{mode:?}");
        assert_eq!(cut_after(&[ROLE, TEXT].concat()), (true, Step::Done, Some(End::Truncated)), "{mode:?}");
    }
}

#[test]
fn a_connection_is_tried_again_and_an_abort_ends_the_wait() {
    let mut call = began(thrice(), 1);
    call.on_failure(Error::new(Kind::Connection, "refused"));
    again(&mut call);
    call.on_failure(Error::new(Kind::Config, "no body"));
    assert_eq!(call.failure().unwrap().kind(), Kind::Config);

    let mut call = began(thrice(), 1);
    call.on_failure(Error::new(Kind::Connection, "refused"));
    call.abort();
    call.wake();
    assert_eq!((call.step(), call.end()), (Step::Done, Some(End::Aborted)));

    let mut call = began(thrice(), 1);
    call.expire("late");
    assert_eq!((call.end(), call.failure().unwrap().kind()), (Some(End::Error), Kind::Timeout));
}

#[test]
fn how_long_the_provider_wants_no_request_is_told_be_it_tried_again_or_not() {
    let pause = |retries: u32, status: u16, headers: &[(&str, &str)]| {
        let mut call = began(Asking { retries, ..Asking::default() }, 1);
        respond(&mut call, status, headers, "{}");
        call.pause_ms()
    };
    let spent = [("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "6s")];
    let both = [
        ("x-ratelimit-remaining-requests", "0"),
        ("x-ratelimit-reset-requests", "2s"),
        ("x-ratelimit-remaining-tokens", "0"),
        ("x-ratelimit-reset-tokens", "1m"),
    ];
    let left = [("x-ratelimit-remaining-requests", "3"), ("x-ratelimit-reset-requests", "6s")];
    for retries in [0, 2] {
        assert_eq!(pause(retries, 429, &[("retry-after", "7")]), Some(7000));
        assert_eq!(pause(retries, 429, &[("retry-after-ms", "70")]), Some(70));
        assert_eq!(pause(retries, 429, &[("retry-after", "120")]), Some(120_000), "longer than anyone waits");
        assert_eq!(
            pause(retries, 429, &[("retry-after", "9999999999")]),
            Some(i32::MAX as u64),
            "no timer goes beyond"
        );
        assert_eq!(pause(retries, 429, &spent), Some(6000));
        assert_eq!(pause(retries, 429, &both), Some(60_000));
        assert_eq!(pause(retries, 429, &left), None);
        assert_eq!(pause(retries, 429, &[]), None);
        assert_eq!(pause(retries, 503, &[("retry-after", "1")]), Some(1000));
    }
    let mut call = began(thrice(), 1);
    respond(&mut call, 429, &spent, "{}");
    assert_eq!((call.step(), call.wait_ms()), (Step::Sleep, 6000), "it is waited for, too");
    let mut call = began(thrice(), 1);
    respond(&mut call, 200, &spent, GOOD);
    assert_eq!(call.pause_ms(), None);
}

#[test]
fn a_failure_inside_a_reply_has_the_requests_name() {
    let id = [("x-request-id", "req_1")];
    for body in [BUSY, "data: {\"error\":{\"message\":\"no\"}}\n\n", TEXT, "<html>", ""] {
        let mut call = began(Asking::default(), 1);
        respond(&mut call, 200, &id, body);
        let failure = call.failure().unwrap();
        assert_eq!(
            (failure.class(), failure.details().request_id.as_deref()),
            ("StreamError", Some("req_1")),
            "{body}"
        );
    }
}
