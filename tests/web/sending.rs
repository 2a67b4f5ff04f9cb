//! What fetch is given, and what becomes of what it gives.

use crate::fake::{get, text, value, wait};
use js_sys::{Function, Object, Reflect};
use tokenwire::web;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::AbortController;

const URL: &str = "https://api.test/v1/x?y=%20";

/// A fetch that gives what it is given, and what it is called on.
fn echo() -> Function {
    value("function (...given) { return { given, self: this } }").unchecked_into()
}

fn sent(fetch: Option<Function>) -> JsValue {
    web::send(&URL.into(), &value("{ method: 'GET' }"), fetch)
}

#[wasm_bindgen_test]
fn fetch_is_given_the_request_as_it_is() {
    let init = value("{ method: 'POST', body: '{}' }");
    let called = web::send(&URL.into(), &init, Some(echo()));
    let (given, this) = (get(&called, "given"), get(&called, "self"));
    assert_eq!((get(&given, "length"), text(&given, "0").as_str()), (2.into(), URL));
    assert!(Object::is(&get(&given, "1"), &init));
    // A fetch that is a method of something else's must be bound by who passes it on: a page's own refuses any other `this`.
    assert!(this.is_undefined() || Object::is(&this, &js_sys::global()));
}

#[wasm_bindgen_test]
async fn what_fetch_throws_is_a_rejection() {
    for thrown in [JsValue::UNDEFINED, JsValue::NULL, "text".into(), Object::new().into()] {
        let throws: Function =
            Function::new_with_args("thrown", "return () => { throw thrown }").call1(&thrown, &thrown).unwrap().into();
        let rejected = wait(sent(Some(throws))).await.unwrap_err();
        assert!(Object::is(&rejected, &thrown), "{thrown:?}");
    }
}

#[wasm_bindgen_test]
fn what_fetch_gives_is_given_on_be_it_a_promise_or_not() {
    for given in ["undefined", "null", "7", "'text'", "{}", "new Response('x')", "Promise.resolve(1)", "{ then() {} }"]
    {
        let given = value(given);
        let gives: Function =
            Function::new_with_args("given", "return () => given").call1(&given, &given).unwrap().into();
        assert!(Object::is(&sent(Some(gives)), &given), "{given:?}");
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
        let gave = sent(None);
        assert_eq!((get(&gave, "0"), text(&gave, "1"), text(&gave, "2")), (number.into(), URL.into(), "GET".into()));
    }
    let _none = Replaced::by(&JsValue::UNDEFINED);
    let refused = wait(sent(None)).await.unwrap_err();
    assert!(refused.is_instance_of::<js_sys::TypeError>(), "a runtime without fetch: {refused:?}");
}

#[wasm_bindgen_test]
async fn the_runtimes_own_fetch_takes_it() {
    let controller = AbortController::new().unwrap();
    controller.abort_with_reason(&"stop".into());
    let init = value("{ method: 'POST', body: '{}' }");
    Reflect::set(&init, &"signal".into(), &controller.signal()).unwrap();
    let sent = web::send(&"data:,x".into(), &init, None);
    assert_eq!(wait(sent).await.unwrap_err(), "stop");
}
