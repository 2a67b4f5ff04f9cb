//! The reading of a response's body.

use js_sys::{Function, JsString, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{ReadableStream, ReadableStreamDefaultReader};

#[wasm_bindgen]
extern "C" {
    /// What `read()` resolves to.
    pub type ReadResult;
    #[wasm_bindgen(method, getter)]
    fn done(this: &ReadResult) -> Option<bool>;
    #[wasm_bindgen(method, getter)]
    fn value(this: &ReadResult) -> JsValue;
    /// A promise whose rejection a function of JavaScript's handles.
    #[wasm_bindgen(extends = Promise)]
    type Handled;
    #[wasm_bindgen(method, js_name = catch)]
    fn catch_call(this: &Handled, handler: &Function) -> Promise;
}

/// Has a promise's rejection handled.
pub fn caught(promise: &Promise, handler: &Function) {
    let handled: &Handled = promise.unchecked_ref();
    let _ = handled.catch_call(handler);
}

/// A body that is being read.
pub struct Reader(ReadableStreamDefaultReader);

impl Reader {
    /// Locks the stream. `None` when somebody else has.
    pub fn open(stream: &ReadableStream) -> Option<Self> {
        (!stream.locked()).then(|| Self(stream.get_reader().unchecked_into()))
    }

    /// The reader itself.
    pub fn object(&self) -> JsValue {
        self.0.clone().into()
    }

    /// The next read, a promise of a [`ReadResult`].
    pub fn read(&self) -> Promise {
        self.0.read().unchecked_into()
    }

    /// Tells the network that nothing more is wanted; nobody waits for the answer. `ignore`: handles its rejection.
    pub fn cancel(&self, reason: &JsValue, ignore: &Function) {
        let cancelled: Promise = self.0.cancel_with_reason(reason).unchecked_into();
        caught(&cancelled, ignore);
    }
}

impl ReadResult {
    /// The bytes; `None` at the end of the body.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        if self.done().unwrap_or(false) { None } else { Some(bytes_of(&self.value())) }
    }
}

/// A custom fetch may hand out strings, array buffers, or bytes of another realm.
fn bytes_of(value: &JsValue) -> Vec<u8> {
    match value.dyn_ref::<JsString>() {
        Some(text) => String::from(text).into_bytes(),
        None if value.is_object() => Uint8Array::new(value).to_vec(),
        None => Vec::new(),
    }
}
