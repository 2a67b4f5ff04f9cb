//! The browser layer: sends a request, and opens the body of what came. It waits for nothing and keeps nothing: the package's
//! JavaScript has the one loop that does (`pkg-template/call/reply.js`), and foreign code, be it a caller's `fetch` or a
//! polyfill's getter, never runs while something of the core's is borrowed.

use gloo_net::http::Response;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Headers, RequestInit};

#[wasm_bindgen]
extern "C" {
    /// Looked up at each call: a page may have put its own in place.
    #[wasm_bindgen(catch, js_name = fetch)]
    fn global_fetch(url: &JsValue, init: &RequestInit) -> Result<JsValue, JsValue>;
}

/// Sends a request: a POST of `body`, or a GET where it is undefined. `headers`: a plain object of checked headers. Gives what
/// fetch gave, be it a promise or not; what it threw comes as a rejection.
///
/// Own externs, because gloo-net's `send` panics on a polyfilled Response and hangs when a caller aborts with a reason that is no
/// Error (gloo-net 0.7.0).
pub fn send(
    url: &JsValue,
    body: &JsValue,
    headers: &Object,
    signal: &AbortSignal,
    is_secret: bool,
    fetch: Option<Function>,
) -> JsValue {
    let init = RequestInit::new();
    init.set_method(if body.is_undefined() { "GET" } else { "POST" });
    init.set_signal(Some(signal));
    if is_secret {
        // Runtimes take `authorization` out of a request that is redirected to another origin, some of them, and no other
        // header: with something secret in it, it is not followed.
        let _ = Reflect::set(&init, &"redirect".into(), &"manual".into());
    }
    if !body.is_undefined() {
        init.set_body(body);
    }
    let sent = Headers::new_with_record_from_str_to_str(headers).and_then(|headers| {
        init.set_headers(headers.as_ref());
        match fetch {
            Some(fetch) => fetch.call2(&JsValue::UNDEFINED, url, &init),
            None => global_fetch(url, &init),
        }
    });
    sent.unwrap_or_else(|thrown| Promise::reject(&thrown).into())
}

/// A reader of the body of a response of this runtime's own; undefined where it has none, null where somebody else reads it.
pub fn open(response: web_sys::Response) -> JsValue {
    match Response::from(response).body() {
        None => JsValue::UNDEFINED,
        Some(stream) if stream.locked() => JsValue::NULL,
        Some(stream) => stream.get_reader().into(),
    }
}
