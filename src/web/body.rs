//! The reading of a response's body.

use js_sys::{JsString, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader, Response};

#[wasm_bindgen]
extern "C" {
    /// What `read()` resolves to. Typed getters cost a quarter of `Reflect.get`.
    pub type ReadResult;
    #[wasm_bindgen(method, getter)]
    fn done(this: &ReadResult) -> Option<bool>;
    #[wasm_bindgen(method, getter)]
    fn value(this: &ReadResult) -> JsValue;
}

/// The stream of a response's body; of its text where it has no stream, being empty or a polyfill's.
pub async fn body_of(response: &Response) -> Result<Option<ReadableStream>, JsValue> {
    if let Some(stream) = response.body() {
        return Ok(Some(stream));
    }
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(Response::new_with_opt_str(Some(&text))?.body())
}

/// A body that is being read.
pub struct Reader(ReadableStreamDefaultReader);

impl Reader {
    /// Locks the stream. `None` when somebody else has.
    pub fn open(stream: &ReadableStream) -> Option<Self> {
        (!stream.locked()).then(|| Self(stream.get_reader().unchecked_into()))
    }

    /// The next read, a promise of a [`ReadResult`].
    pub fn read(&self) -> Promise {
        self.0.read().unchecked_into()
    }

    /// Tells the network that nothing more is wanted; nobody waits for the answer.
    pub fn cancel(&self, reason: &JsValue) {
        let cancelled: Promise = self.0.cancel_with_reason(reason).unchecked_into();
        silence(&cancelled);
    }
}

impl ReadResult {
    /// Copies the bytes of the read into `buffer`, replacing what is there; false at the end of the body.
    pub fn copy_into(&self, buffer: &mut Vec<u8>) -> bool {
        if self.done().unwrap_or(false) {
            return false;
        }
        let value = self.value();
        match value.dyn_ref::<Uint8Array>() {
            Some(bytes) => copy(bytes, buffer),
            None => copy_foreign(&value, buffer),
        }
        true
    }
}

fn copy(bytes: &Uint8Array, buffer: &mut Vec<u8>) {
    buffer.resize(bytes.length() as usize, 0);
    bytes.copy_to(buffer);
}

/// A custom fetch may hand out strings, array buffers, or bytes of another realm.
fn copy_foreign(value: &JsValue, buffer: &mut Vec<u8>) {
    match value.dyn_ref::<JsString>() {
        Some(text) => *buffer = String::from(text).into_bytes(),
        None if value.is_object() => copy(&Uint8Array::new(value), buffer),
        None => buffer.clear(),
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
