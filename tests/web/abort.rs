//! Calls that the caller stops, at every moment.

use crate::fake::{call, end, fetch, get, number, opened, pull, said, streaming, text, wait};
use js_sys::Object;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn check(error: &JsValue, reason: &JsValue) {
    assert_eq!((text(error, "class").as_str(), text(error, "kind").as_str()), ("APIUserAbortError", "aborted"));
    assert!(Object::is(&get(error, "cause"), reason));
}

/// Reasons need not be Errors.
fn reasons() -> [JsValue; 4] {
    ["stop".into(), JsValue::UNDEFINED, 7.into(), Object::new().into()]
}

#[wasm_bindgen_test]
async fn an_abort_before_sending_sends_nothing() {
    for reason in reasons() {
        let log = Object::new();
        let call = call(streaming(&log, 200, &[]));
        call.abort(reason.clone());
        check(&wait(call.send()).await.unwrap_err(), &reason);
        assert_eq!(number(&log, "calls"), 0.0);
        assert_eq!(end(&call), Some("aborted"));
    }
}

#[wasm_bindgen_test]
async fn an_abort_ends_the_waiting_for_a_head_that_never_comes() {
    for reason in reasons() {
        let call = call(fetch("globalThis.lastSignal = init.signal; return new Promise(() => {})"));
        let sent = call.send();
        wait(js_sys::Promise::resolve(&JsValue::UNDEFINED)).await.unwrap();
        call.abort(reason.clone());
        check(&wait(sent).await.unwrap_err(), &reason);
        assert_eq!(get(&get(&js_sys::global(), "lastSignal"), "aborted"), true);
    }
}

#[wasm_bindgen_test]
async fn an_abort_rejects_the_read_that_waits() {
    for reason in reasons() {
        let log = Object::new();
        let call = call(streaming(&log, 200, &[&said("Hi"), "!hang"]));
        opened(&call, 0).await;
        assert_eq!(wait(pull(&call)).await.unwrap(), "Hi");
        let waiting = pull(&call);
        call.abort(reason.clone());
        let error = wait(waiting).await.unwrap_err();
        check(&error, &reason);
        assert!(Object::is(&get(&get(&log, "cancelled"), "reason"), &reason));
        assert!(Object::is(&wait(pull(&call)).await.unwrap_err(), &error));
        assert_eq!(end(&call), Some("aborted"));
        assert!(call.call().snapshot().contains(r#""content":"Hi""#));
    }
}

#[wasm_bindgen_test]
async fn a_cancel_is_quiet() {
    let log = Object::new();
    let call = call(streaming(&log, 200, &[&said("Hi"), "!hang"]));
    opened(&call, 0).await;
    assert_eq!(wait(pull(&call)).await.unwrap(), "Hi");
    let waiting = pull(&call);
    call.cancel();
    assert!(wait(waiting).await.unwrap().is_undefined());
    assert!(wait(pull(&call)).await.unwrap().is_undefined());
    assert!(get(&log, "cancelled").is_object());
    assert_eq!(get(&get(&get(&log, "init"), "signal"), "aborted"), true);
    assert_eq!(end(&call), Some("aborted"));
}

#[wasm_bindgen_test]
async fn a_drain_that_is_aborted_rejects() {
    let call = call(streaming(&Object::new(), 200, &[&said("Hi"), "!hang"]));
    opened(&call, 4).await;
    let drained = call.drain();
    wait(js_sys::Promise::resolve(&JsValue::UNDEFINED)).await.unwrap();
    call.abort("stop".into());
    check(&wait(drained).await.unwrap_err(), &"stop".into());
}

#[wasm_bindgen_test]
async fn stopping_after_the_end_changes_nothing() {
    let call = call(streaming(&Object::new(), 200, &[&said("Hi"), crate::fake::STOP]));
    opened(&call, 0).await;
    assert_eq!(crate::fake::rest(&call).await, "Hi");
    call.abort("late".into());
    call.cancel();
    assert_eq!(end(&call), Some("complete"));
    assert!(wait(pull(&call)).await.unwrap().is_undefined());
}

#[wasm_bindgen_test]
async fn a_call_that_is_dropped_cancels_its_request() {
    let log = Object::new();
    let call = call(streaming(&log, 200, &[&said("Hi"), "!hang"]));
    opened(&call, 0).await;
    drop(call);
    assert_eq!(get(&get(&get(&log, "init"), "signal"), "aborted"), true);
    assert!(get(&log, "cancelled").is_object());
}
