//! A call of the core's over a fetch: the loop of `pkg-template/call/`, at its plainest.

use crate::fake::{STOP, ask, get, parse, said, streaming, text, value, wait};
use js_sys::{Array, Object, Reflect, Uint8Array};
use tokenwire::call::{Api, Asking, Call, Step};
use tokenwire::error::Kind;
use tokenwire::secret::Secrets;
use tokenwire::stream::{End, Mode};
use tokenwire::web;
use tokenwire::wire::request::Additions;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Response;

const BODY: &str = r#"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#;
const REFUSAL: &str = r#"{"error":{"message":"Incorrect API key sk-secret-123","code":"invalid_api_key"}}"#;

/// What the answers of a provider come to, in text mode, and the texts as they were ready.
async fn run(api: Api, asking: &Asking<'_>, answers: &[(u16, &[&str])]) -> (Call, Vec<String>, JsValue) {
    let log = Object::new();
    let fetch = streaming(&log, answers);
    let mut call = Call::new(api, 7, Secrets::new(["sk-secret-123".to_owned()]));
    call.set_mode(Mode::Text);
    let additions = Additions { stream: true, ..Additions::default() };
    call.prepare(if api == Api::Chat { BODY } else { "" }, &additions, asking).unwrap();
    let (mut out, mut reader) = (Vec::new(), JsValue::UNDEFINED);
    loop {
        match call.step() {
            Step::Send => {
                let body = call.request();
                let init = value(if body.is_some() { "{ method: 'POST' }" } else { "{ method: 'GET' }" });
                Reflect::set(&init, &"body".into(), &body.map_or(JsValue::UNDEFINED, JsValue::from)).unwrap();
                let sent = web::send(&"https://api.test".into(), &init, Some(fetch.clone()));
                let response: Response = wait(sent).await.unwrap().dyn_into().unwrap();
                let headers = response.headers();
                call.on_response(response.status(), &|name| headers.get(name).unwrap(), 0);
                reader = web::open(response);
            }
            Step::Read => {
                let read = ask(&reader, "read").await.unwrap();
                match get(&read, "value").dyn_into::<Uint8Array>() {
                    Ok(bytes) => call.on_bytes(&bytes.to_vec()),
                    Err(_) => call.on_end(),
                }
                out.extend(call.take());
            }
            Step::Sleep => {
                ask(&reader, "cancel").await.unwrap();
                call.wake();
            }
            Step::Wait | Step::HandOver | Step::Done => return (call, out, log.into()),
        }
    }
}

fn inits(log: &JsValue) -> Array {
    get(log, "inits").unchecked_into()
}

#[wasm_bindgen_test]
async fn a_reply_is_read_to_its_end() {
    let reads = [said("Hel"), ": ping\n\n".to_owned(), said("lo"), STOP.to_owned()];
    let reads = reads.each_ref().map(String::as_str);
    let (call, out, log) = run(Api::Chat, &Asking::default(), &[(200, &reads)]).await;
    assert_eq!((out, call.end(), call.failure()), (vec!["Hel".to_owned(), "lo".to_owned()], Some(End::Complete), None));
    let choices: Array = get(&parse(&call.snapshot()), "choices").unchecked_into();
    assert_eq!(text(&get(&choices.get(0), "message"), "content"), "Hello");
    let meta = parse(&call.meta().unwrap());
    let numbers = (get(&meta, "status"), get(&meta, "attempts"));
    assert_eq!((numbers, text(&meta, "requestId").as_str()), ((200.into(), 1.into()), "r1"));
    let init = inits(&log).get(0);
    let body = BODY.replace("]}", r#"],"stream":true,"stream_options":{"include_usage":true}}"#);
    assert_eq!((text(&init, "method").as_str(), text(&init, "body")), ("POST", body));
}

#[wasm_bindgen_test]
async fn a_stream_that_stops_early_is_truncated_and_keeps_what_came() {
    let (call, out, _) = run(Api::Chat, &Asking::default(), &[(200, &[&said("Hel")])]).await;
    assert_eq!((out, call.end()), (vec!["Hel".to_owned()], Some(End::Truncated)));
    assert_eq!(call.failure().unwrap().kind(), Kind::Truncated);
}

#[wasm_bindgen_test]
async fn a_refusal_is_read_whole_and_shows_no_key() {
    let (call, out, log) = run(Api::Chat, &Asking::default(), &[(401, &[&REFUSAL[..20], &REFUSAL[20..]])]).await;
    let failure = call.failure().unwrap();
    assert_eq!((out.len(), call.end(), failure.kind()), (0, Some(End::Error), Kind::Auth));
    let json = failure.to_json();
    let told = parse(&json);
    assert_eq!((get(&told, "status"), text(&told, "code").as_str()), (401.into(), "invalid_api_key"));
    assert!(json.contains("Incorrect API key") && !json.contains("sk-secret"), "{json}");
    assert_eq!(inits(&log).length(), 1);
}

#[wasm_bindgen_test]
async fn a_failure_that_may_pass_is_tried_again_and_its_body_is_let_go() {
    let asking = Asking { retries: 1, ..Asking::default() };
    let overloaded: &[&str] = &[r#"{"error":{"message":"overloaded"}}"#];
    let good = said("Hi") + STOP;
    let (call, out, log) = run(Api::Chat, &asking, &[(503, overloaded), (200, &[&good])]).await;
    assert_eq!((out, call.end()), (vec!["Hi".to_owned()], Some(End::Complete)));
    assert_eq!(get(&parse(&call.meta().unwrap()), "attempts"), 2);
    let inits = inits(&log);
    assert_eq!((inits.length(), text(&inits.get(0), "body")), (2, text(&inits.get(1), "body")));

    // A stream in which nothing has come yet, too; here more could come, and nobody wants it.
    let error = "data: {\"error\":{\"message\":\"overloaded\",\"code\":503}}\n\n";
    let (call, out, log) = run(Api::Chat, &asking, &[(200, &[error, "more"]), (200, &[&good])]).await;
    assert_eq!((out, call.end()), (vec!["Hi".to_owned()], Some(End::Complete)));
    assert_eq!(get(&log, "cancelled"), 1);

    let (call, ..) = run(Api::Chat, &asking, &[(503, overloaded), (503, overloaded)]).await;
    assert_eq!((call.end(), call.failure().unwrap().kind()), (Some(End::Error), Kind::Overloaded));
}

#[wasm_bindgen_test]
async fn a_list_of_models_is_asked_for_without_a_body() {
    let (call, _, log) = run(Api::Models, &Asking::default(), &[(200, &[r#"{"data":[{"#, r#""id":"a"}]}"#])]).await;
    assert_eq!((call.end(), call.snapshot().as_str()), (Some(End::Complete), r#"[{"id":"a"}]"#));
    let init = inits(&log).get(0);
    assert_eq!((text(&init, "method").as_str(), get(&init, "body").is_undefined()), ("GET", true));
}
