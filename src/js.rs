//! What JavaScript sees: the border between the package's JavaScript and the core. Converts and delegates, decides nothing.
//!
//! Changing this: an export must not return a lone object. V8 of Node 20 and 22 inlines a call of such an export and aborts
//! the process when it has to undo that; exports that return `Result` have several results and are not inlined.
//!
//! Private to the package; `pkg-template/call.js` and `reader.js` are its only callers.

use crate::call::{Api, Step};
use crate::web::{Driver, Options};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use web_sys::Headers;

/// One API call: all attempts and the reply.
#[wasm_bindgen]
pub struct Call(Driver);

#[wasm_bindgen]
impl Call {
    /// Makes a call; nothing is sent. `kind`: 0 chat, 1 models. `body`: JSON text of the caller's parameters. `options`: see
    /// [`Options`]. `fail`: makes the error to throw, of `(json, { headers, body, cause })`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        kind: u32,
        body: String,
        options: Options,
        fetch: Option<Function>,
        fail: Function,
    ) -> Result<Call, JsValue> {
        let api = if kind == 1 { Api::Models } else { Api::Chat };
        Driver::new(api, body, options, fetch, fail).map(Self)
    }

    /// Sends the request; resolves when the head of a good response is there.
    pub fn send(&self) -> Result<Promise, JsValue> {
        Ok(self.0.send())
    }

    /// Chooses what comes out: 0 text, 1 chunks, 2 events, 3 SSE, 4 nothing.
    pub fn open(&self, mode: u32) {
        self.0.open(mode);
    }

    /// The reader of the body, whose reads are given to [`Call::took`], [`Call::over`] and [`Call::broke`]; undefined when
    /// there is nothing to read any more.
    #[wasm_bindgen(getter)]
    pub fn reader(&self) -> Result<JsValue, JsValue> {
        Ok(self.0.reader())
    }

    /// The bytes of a read. Gives what is ready for the consumer, in the form of the mode; undefined where there is nothing,
    /// which at the end of a complete reply (see `end`) stays so. Throws the failure, once what came before it was given.
    pub fn took(&self, bytes: &[u8]) -> Result<Option<String>, JsValue> {
        self.0.took(bytes)
    }

    /// The body has ended. Gives what `took` gives.
    pub fn over(&self) -> Result<Option<String>, JsValue> {
        self.0.over()
    }

    /// A read failed. Gives what `took` gives.
    pub fn broke(&self, cause: JsValue) -> Result<Option<String>, JsValue> {
        self.0.broke(cause)
    }

    /// What is read is worth nothing, and another response is on its way: see [`Call::again`].
    #[wasm_bindgen(getter)]
    pub fn retries(&self) -> bool {
        matches!(self.0.call().step(), Step::Sleep | Step::Send | Step::Wait)
    }

    /// Resolves when the head of the next response is there; its reader is another one.
    pub fn again(&self) -> Result<Promise, JsValue> {
        Ok(self.0.again())
    }

    /// How much of the reply came; only what has a meaning makes it grow.
    #[wasm_bindgen(getter)]
    pub fn progress(&self) -> usize {
        self.0.call().progress()
    }

    /// Reads all that is left.
    pub fn drain(&self) -> Result<Promise, JsValue> {
        Ok(self.0.drain())
    }

    /// The reply so far, or the models, as JSON.
    pub fn snapshot(&self) -> String {
        self.0.call().snapshot()
    }

    /// "complete", "truncated", "aborted", "error"; undefined while it runs.
    #[wasm_bindgen(getter)]
    pub fn end(&self) -> Option<String> {
        self.0.call().end().map(|end| end.as_str().to_owned())
    }

    /// `[{"code":"...","count":1}, ...]`
    pub fn repairs(&self) -> String {
        self.0.call().repairs()
    }

    /// `{"status":200,"requestId":null,"rateLimit":null,"attempts":1}`; undefined before the response.
    pub fn meta(&self) -> Option<String> {
        self.0.call().meta()
    }

    /// What refusals taught of a model: `[model, [["drop","store",""], …]]`; undefined: nothing.
    pub fn learnt(&self) -> Option<String> {
        self.0.call().learnt()
    }

    /// The headers of the response; undefined before it.
    #[wasm_bindgen(getter)]
    pub fn headers(&self) -> Result<Option<Headers>, JsValue> {
        Ok(self.0.headers())
    }

    /// Cancels the request; whoever waits gets an APIUserAbortError with this cause.
    pub fn abort(&self, reason: JsValue) {
        self.0.abort(reason);
    }

    /// Cancels the request; whoever waits gets an APITimeoutError with this message.
    pub fn expire(&self, message: String) {
        self.0.expire(message);
    }

    /// Cancels the request quietly.
    pub fn cancel(&self) {
        self.0.cancel();
    }
}
