//! What JavaScript says of a call, beside its parameters.
//!
//! Read by typed getters: a deserialiser for these few fields (serde-wasm-bindgen) weighed more than the whole of `sse` and
//! `stream` together.

use crate::stream::Limits;
use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

#[wasm_bindgen]
extern "C" {
    /// A plain object, made by the package's own JavaScript.
    pub type Options;
    /// The whole endpoint, query included.
    #[wasm_bindgen(method, getter)]
    pub fn url(this: &Options) -> String;
    /// A plain object of the caller's headers, or undefined.
    #[wasm_bindgen(method, getter)]
    pub fn headers(this: &Options) -> JsValue;
    /// The key.
    #[wasm_bindgen(method, getter, js_name = apiKey)]
    pub fn api_key(this: &Options) -> Option<String>;
    /// The model for calls that name none.
    #[wasm_bindgen(method, getter)]
    pub fn model(this: &Options) -> Option<String>;
    /// Ask for a stream.
    #[wasm_bindgen(method, getter)]
    pub fn stream(this: &Options) -> Option<bool>;
    /// JSON text of an object.
    #[wasm_bindgen(method, getter, js_name = extraBody)]
    pub fn extra_body(this: &Options) -> Option<String>;
    /// The header that the key stands in alone; otherwise it is `authorization`'s Bearer token.
    #[wasm_bindgen(method, getter, js_name = keyHeader)]
    pub fn key_header(this: &Options) -> Option<String>;
    /// JSON text, see [`crate::dialect`].
    #[wasm_bindgen(method, getter)]
    pub fn dialect(this: &Options) -> Option<String>;
    /// False: a refused parameter is the caller's matter.
    #[wasm_bindgen(method, getter)]
    pub fn adapt(this: &Options) -> Option<bool>;
    /// How often a failure that may pass is tried again.
    #[wasm_bindgen(method, getter)]
    pub fn retries(this: &Options) -> Option<f64>;
    /// When the call has to have ended, in ms since 1970; undefined: whenever.
    #[wasm_bindgen(method, getter)]
    pub fn deadline(this: &Options) -> Option<f64>;
    /// Bytes that an event may have.
    #[wasm_bindgen(method, getter, js_name = maxEventBytes)]
    pub fn max_event_bytes(this: &Options) -> Option<f64>;
    /// Bytes that a response may have.
    #[wasm_bindgen(method, getter, js_name = maxResponseBytes)]
    pub fn max_response_bytes(this: &Options) -> Option<f64>;
    /// Tool calls that a choice may have.
    #[wasm_bindgen(method, getter, js_name = maxToolCalls)]
    pub fn max_tool_calls(this: &Options) -> Option<f64>;
    /// Of the request.
    #[wasm_bindgen(method, getter)]
    pub fn controller(this: &Options) -> AbortController;
    /// Called with what this module's own functions throw when promises call them: only a trap does that. A function of
    /// JavaScript's, for it must work when the module does not.
    #[wasm_bindgen(method, getter)]
    pub fn trapped(this: &Options) -> Function;
    /// Told that the provider wants no request for so many ms.
    #[wasm_bindgen(method)]
    pub fn limited(this: &Options, ms: f64);
    /// The origin of the page; undefined outside of pages.
    #[wasm_bindgen(method, getter)]
    pub fn page(this: &Options) -> Option<String>;
    /// The device says, now, that it has no network.
    #[wasm_bindgen(method, getter)]
    pub fn offline(this: &Options) -> Option<bool>;
    /// A random number, for ids that have to be made up.
    #[wasm_bindgen(method, getter)]
    pub fn seed(this: &Options) -> f64;
}

impl Options {
    /// The bounds, the default ones where the caller says nothing.
    pub fn limits(&self) -> Limits {
        let usual = Limits::default();
        let or = |given: Option<f64>, usual: usize| given.map_or(usual, |given| given as usize);
        Limits {
            event_bytes: or(self.max_event_bytes(), usual.event_bytes),
            response_bytes: or(self.max_response_bytes(), usual.response_bytes),
            tool_calls: or(self.max_tool_calls(), usual.tool_calls),
        }
    }
}
