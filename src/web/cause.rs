//! What a runtime or a stream throws, as far as it can be read.

use js_sys::Reflect;
use wasm_bindgen::prelude::*;

/// What a runtime says of a failed fetch; it hides the reason from pages on purpose, Node tells it in `cause`.
pub fn describe(cause: &JsValue) -> String {
    let text = |value: &JsValue, name: &str| Reflect::get(value, &name.into()).ok();
    let message = cause.as_string().or_else(|| text(cause, "message")?.as_string()).unwrap_or_default();
    let inner = text(cause, "cause").filter(JsValue::is_object);
    let deeper = inner.and_then(|inner| text(&inner, "message")?.as_string()).filter(|text| !text.is_empty());
    match deeper {
        Some(deeper) => [message, " (".into(), deeper, ")".into()].concat(),
        None => message,
    }
}
