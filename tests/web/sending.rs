//! What fetch is given, and what becomes of what it gives.

use crate::fake::{get, text, value, wait};
use js_sys::{Function, Object, Reflect};
use tokenwire::web;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{AbortController, Headers};

const URL: &str = "https://api.test/v1/x?y=%20";

/// A fetch that gives what it is given, and what it is called on.
fn echo() -> Function {
    value("function (...given) { return { given, self: this } }").unchecked_into()
}

fn sent(body: &JsValue, headers: &str, is_secret: bool, fetch: Option<Function>) -> JsValue {
    let signal = AbortController::new().unwrap().signal();
    web::send(&URL.into(), body, &value(headers).unchecked_into(), &signal, is_secret, fetch)
}

#[wasm_bindgen_test]
fn fetch_is_given_the_request_and_no_more() {
    let signal = AbortController::new().unwrap().signal();
    let headers: Object = value("{ Authorization: 'Bearer sk-1', 'x-title': 'caf\\xe9' }").unchecked_into();
    let called = web::send(&URL.into(), &"{\"a\":\"é\"}".into(), &headers, &signal, true, Some(echo()));
    let (given, this) = (get(&called, "given"), get(&called, "self"));
    assert_eq!((get(&given, "length"), text(&given, "0").as_str()), (2.into(), URL));
    let init = get(&given, "1");
    let has = |name: &str| (text(&init, name), Reflect::has(&init, &name.into()).unwrap());
    assert_eq!(has("method"), ("POST".into(), true));
    assert_eq!(has("body"), ("{\"a\":\"é\"}".into(), true));
    assert_eq!(has("redirect"), ("manual".into(), true));
    assert!(Object::is(&get(&init, "signal"), &signal));
    let headers: Headers = get(&init, "headers").dyn_into().unwrap();
    assert_eq!(headers.get("authorization").unwrap().as_deref(), Some("Bearer sk-1"));
    assert_eq!(headers.get("x-title").unwrap().as_deref(), Some("café"));
    assert!(headers.get("content-type").unwrap().is_none());
    assert_eq!(Object::keys(init.unchecked_ref::<Object>()).length(), 5, "something else is set");
    // A fetch that is a method of something else's must be bound by who passes it on: a page's own refuses any other `this`.
    assert!(this.is_undefined() || Object::is(&this, &js_sys::global()));
}

#[wasm_bindgen_test]
fn without_a_body_it_is_a_get_and_without_a_secret_redirects_are_followed() {
    let init = get(&get(&sent(&JsValue::UNDEFINED, "{}", false, Some(echo())), "given"), "1");
    assert_eq!(text(&init, "method"), "GET");
    let lacks = |name: &str| !Reflect::has(&init, &name.into()).unwrap();
    assert!(lacks("body") && lacks("redirect"));
    assert!(get(&init, "headers").dyn_into::<Headers>().is_ok());
}

#[wasm_bindgen_test]
async fn what_fetch_throws_is_a_rejection() {
    for thrown in [JsValue::UNDEFINED, JsValue::NULL, "text".into(), Object::new().into()] {
        let throws: Function =
            Function::new_with_args("thrown", "return () => { throw thrown }").call1(&thrown, &thrown).unwrap().into();
        let rejected = wait(sent(&"{}".into(), "{}", false, Some(throws))).await.unwrap_err();
        assert!(Object::is(&rejected, &thrown), "{thrown:?}");
    }
    let refused = wait(sent(&"{}".into(), "{ 'no name': 'x' }", false, Some(echo()))).await.unwrap_err();
    assert!(refused.is_instance_of::<js_sys::TypeError>(), "headers that are none: {refused:?}");
}

#[wasm_bindgen_test]
fn what_fetch_gives_is_given_on_be_it_a_promise_or_not() {
    for given in ["undefined", "null", "7", "'text'", "{}", "new Response('x')", "Promise.resolve(1)", "{ then() {} }"]
    {
        let given = value(given);
        let gives: Function =
            Function::new_with_args("given", "return () => given").call1(&given, &given).unwrap().into();
        assert!(Object::is(&sent(&"{}".into(), "{}", false, Some(gives)), &given), "{given:?}");
    }
}

/// Puts the runtime's own fetch back, also where a test fails.
struct Replaced(JsValue);

impl Replaced {
    fn by(fetch: &JsValue) -> Self {
        let before = get(&js_sys::global(), "fetch");
        Reflect::set(&js_sys::global(), &"fetch".into(), fetch).unwrap();
        Self(before)
    }
}

impl Drop for Replaced {
    fn drop(&mut self) {
        drop(Reflect::set(&js_sys::global(), &"fetch".into(), &self.0));
    }
}

#[wasm_bindgen_test]
async fn the_global_fetch_is_looked_up_at_each_call() {
    for number in [1, 2] {
        let _replaced = Replaced::by(&value(&format!("(url, init) => [{number}, url, init.method]")));
        let gave = sent(&JsValue::UNDEFINED, "{}", false, None);
        assert_eq!((get(&gave, "0"), text(&gave, "1"), text(&gave, "2")), (number.into(), URL.into(), "GET".into()));
    }
    let _none = Replaced::by(&JsValue::UNDEFINED);
    let refused = wait(sent(&JsValue::UNDEFINED, "{}", false, None)).await.unwrap_err();
    assert!(refused.is_instance_of::<js_sys::TypeError>(), "a runtime without fetch: {refused:?}");
}

#[wasm_bindgen_test]
async fn the_runtimes_own_fetch_takes_it() {
    let controller = AbortController::new().unwrap();
    controller.abort_with_reason(&"stop".into());
    let headers: Object = value("{ 'content-type': 'application/json' }").unchecked_into();
    let sent = web::send(&"data:,x".into(), &"{}".into(), &headers, &controller.signal(), true, None);
    assert_eq!(wait(sent).await.unwrap_err(), "stop");
}
