//! The reading of a response's body.

use js_sys::{JsString, Promise, Uint8Array};
use std::cell::Cell;
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
    /// The same member, copied over in one crossing of the border: for what is known to be a Uint8Array.
    #[wasm_bindgen(method, getter, js_name = value)]
    fn bytes(this: &ReadResult) -> Option<Vec<u8>>;
}

/// A body that is being read.
pub struct Reader {
    reader: ReadableStreamDefaultReader,
    /// The first read brought a Uint8Array, as those of every platform's fetch do.
    is_plain: Cell<Option<bool>>,
}

impl Reader {
    /// Locks the stream. `None` when somebody else has.
    pub fn open(stream: &ReadableStream) -> Option<Self> {
        let open = || Self { reader: stream.get_reader().unchecked_into(), is_plain: Cell::new(None) };
        (!stream.locked()).then(open)
    }

    /// The next read, a promise of a [`ReadResult`].
    pub fn read(&self) -> Promise {
        self.reader.read().unchecked_into()
    }

    /// Tells the network that nothing more is wanted; nobody waits for the answer.
    pub fn cancel(&self, reason: &JsValue) {
        let cancelled: Promise = self.reader.cancel_with_reason(reason).unchecked_into();
        silence(&cancelled);
    }
}

impl Reader {
    /// The bytes of a read; `None` at the end of the body.
    pub fn bytes(&self, result: &ReadResult) -> Option<Vec<u8>> {
        if self.is_plain.get() == Some(true) {
            let bytes = result.bytes();
            return if bytes.is_none() && !result.done().unwrap_or(false) { Some(Vec::new()) } else { bytes };
        }
        if result.done().unwrap_or(false) {
            return None;
        }
        let value = result.value();
        self.is_plain.set(Some(value.is_instance_of::<Uint8Array>()));
        Some(bytes_of(&value))
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

/// Handles a promise's rejection that concerns nobody.
pub fn silence(promise: &Promise) {
    thread_local! {
        static NOTHING: Closure<dyn FnMut(JsValue)> = Closure::new(|_| {});
    }
    NOTHING.with(|nothing| {
        let _ = promise.catch(nothing);
    });
}
