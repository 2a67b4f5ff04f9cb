//! Connections and replies that fail. Each error is one object, made once.

use crate::fake::{BODY, STOP, call, call_with, end, fetch, get, number, opened, pull, said, streaming, text, wait};
use js_sys::{Object, Promise};
use tokenwire::call::Api;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Headers;

fn class(error: &JsValue) -> String {
    text(error, "class")
}

#[wasm_bindgen_test]
async fn a_fetch_that_throws_or_rejects_is_a_connection_error() {
    let cases = [
        ("throw new TypeError('no net')", "no net"),
        ("return Promise.reject(new TypeError('no net'))", "no net"),
        ("return Promise.reject('just text')", "just text"),
        ("return Promise.reject(undefined)", "https://api.test"),
        ("return Promise.reject(null)", "https://api.test"),
        (
            "return Promise.reject(Object.assign(new TypeError('failed'), { cause: new Error('ECONNREFUSED') }))",
            "ECONNREFUSED",
        ),
    ];
    for (body, told) in cases {
        let call = call(fetch(body));
        let error = wait(call.send()).await.unwrap_err();
        assert_eq!(
            (class(&error).as_str(), text(&error, "kind").as_str()),
            ("APIConnectionError", "connection"),
            "{body}"
        );
        assert!(text(&error, "message").contains(told), "{body}: {}", text(&error, "message"));
        assert_eq!(end(&call), Some("error"));
    }
    let call = call(fetch("throw globalThis.thrown ??= new Error('same')"));
    let error = wait(call.send()).await.unwrap_err();
    assert!(Object::is(&get(&error, "cause"), &get(&js_sys::global(), "thrown")));
}

#[wasm_bindgen_test]
async fn a_fetch_that_gives_no_promise_will_do() {
    let call = call(fetch(&format!("return new Response({:?})", said("Hi") + STOP)));
    opened(&call, 0).await;
    assert_eq!(wait(pull(&call)).await.unwrap(), "Hi");
}

#[wasm_bindgen_test]
async fn an_error_response_is_read_whole() {
    let log = Object::new();
    let reads = [r#"{"error":{"message":"Incorrect API "#, r#"key","code":"invalid_api_key"}}"#];
    let call = call(streaming(&log, 401, &reads));
    let error = wait(call.send()).await.unwrap_err();
    assert_eq!(class(&error), "AuthenticationError");
    assert_eq!((text(&error, "message").as_str(), number(&error, "status")), ("Incorrect API key", 401.0));
    assert_eq!((text(&error, "code").as_str(), text(&error, "requestId").as_str()), ("invalid_api_key", "r1"));
    assert_eq!(text(&error, "body"), reads.concat());
    assert!(get(&error, "headers").dyn_into::<Headers>().is_ok());
    assert_eq!(end(&call), Some("error"));
}

#[wasm_bindgen_test]
async fn an_error_response_may_have_no_body_or_break() {
    let none = call(fetch("return Promise.resolve(new Response(null, { status: 503 }))"));
    let error = wait(none.send()).await.unwrap_err();
    assert_eq!((class(&error).as_str(), number(&error, "status")), ("InternalServerError", 503.0));
    let broken = call(streaming(&Object::new(), 500, &["half", "!break"]));
    assert!(!class(&wait(broken.send()).await.unwrap_err()).is_empty());
}

#[wasm_bindgen_test]
async fn a_key_that_comes_back_is_not_shown() {
    let body = r#"{"error":{"message":"Incorrect API key provided: sk-secret-123"}}"#;
    let call = call_with(Api::Chat, BODY, "apiKey: 'sk-secret-123'", streaming(&Object::new(), 401, &[body]));
    let error = wait(call.send()).await.unwrap_err();
    assert!(!text(&error, "message").contains("secret") && !text(&error, "body").contains("secret"));
}

async fn pulled(call: &std::rc::Rc<tokenwire::web::Driver>) -> (String, JsValue) {
    let mut out = String::new();
    loop {
        match wait(pull(call)).await {
            Ok(batch) => out += &batch.as_string().expect("an end where an error was due"),
            Err(error) => return (out, error),
        }
    }
}

#[wasm_bindgen_test]
async fn all_that_came_is_handed_out_before_the_failure() {
    let frame = "data: {\"error\":{\"message\":\"boom\"}}\n\n";
    let together = said("Hello") + frame;
    let cases: [(&[&str], &str, &str); 4] = [
        (&[&said("Hello"), frame], "error", "boom"),
        (&[&together], "error", "boom"),
        (&[&said("Hello")], "truncated", "finish_reason"),
        (&[&said("Hello"), "!break"], "truncated", "socket closed"),
    ];
    for (reads, how, told) in cases {
        let call = call(streaming(&Object::new(), 200, reads));
        opened(&call, 0).await;
        let (out, error) = pulled(&call).await;
        assert_eq!((out.as_str(), class(&error).as_str()), ("Hello", "StreamError"), "{told}");
        assert!(text(&error, "message").contains(told), "{}", text(&error, "message"));
        assert_eq!(end(&call), Some(how));
        let again: [Promise; 2] = [pull(&call), call.drain()];
        for promise in again {
            assert!(Object::is(&wait(promise).await.unwrap_err(), &error), "{told}: another error object");
        }
    }
}
