//! The browser layer: sends a request, and opens the body of what came. It waits for nothing and keeps nothing: the package's
//! JavaScript has the one loop that does (`pkg-template/call/reply.js`), and foreign code, be it a caller's `fetch` or a
//! polyfill's getter, never runs while something of the core's is borrowed.

use gloo_net::http::Response;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Looked up at each call: a page may have put its own in place.
    #[wasm_bindgen(catch, js_name = fetch)]
    fn global_fetch(url: &JsValue, init: &JsValue) -> Result<JsValue, JsValue>;
}

/// Sends a request, of which `init` holds all that fetch is told. Gives what fetch gave, be it a promise or not; what it threw comes as
/// a rejection.
///
/// Own externs, because gloo-net's `send` panics on a polyfilled Response and hangs when a caller aborts with a reason that is no
/// Error (gloo-net 0.7.0).
pub fn send(url: &JsValue, init: &JsValue, fetch: Option<Function>) -> JsValue {
    let sent = match fetch {
        Some(fetch) => fetch.call2(&JsValue::UNDEFINED, url, init),
        None => global_fetch(url, init),
    };
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
