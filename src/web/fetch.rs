//! The fetch. Own externs, because gloo-net's `send` panics on a polyfilled Response and hangs when a caller aborts with a
//! reason that is no Error (gloo-net 0.7.0); its Response and Headers are used for reading.

use crate::error::{Error, Kind};
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Headers, RequestInit};

#[wasm_bindgen]
extern "C" {
    /// Looked up at each call: a page may have put its own in place.
    #[wasm_bindgen(catch, js_name = fetch)]
    fn global_fetch(url: &str, init: &RequestInit) -> Result<Promise, JsValue>;
}

/// What is sent.
pub struct Request<'a> {
    pub url: &'a str,
    /// JSON text; `None` for a GET.
    pub body: Option<&'a str>,
    pub key: Option<&'a str>,
    /// The header for the key, where it is not a Bearer token.
    pub key_header: Option<&'a str>,
    /// A plain object of the caller's headers, or undefined.
    pub headers: &'a JsValue,
    /// Something secret is in the headers or the address. Runtimes take `authorization` out of a request that is redirected
    /// to another origin, some of them, and no other header: it is not followed.
    pub is_secret: bool,
}

impl Request<'_> {
    /// Sends it. `content-type` and `authorization` are the only headers of our own: any other one fails the preflight of
    /// many providers. The caller's headers win over them.
    pub fn send(&self, fetch: Option<&Function>, signal: &AbortSignal) -> Result<Promise, Error> {
        let init = RequestInit::new();
        init.set_method(if self.body.is_some() { "POST" } else { "GET" });
        init.set_signal(Some(signal));
        if self.is_secret {
            let _ = Reflect::set(&init, &"redirect".into(), &"manual".into());
        }
        let headers = self.headers()?;
        init.set_headers(headers.as_ref());
        if let Some(body) = self.body {
            init.set_body(&JsValue::from_str(body));
        }
        let sent = match fetch {
            Some(fetch) => fetch
                .call2(&JsValue::UNDEFINED, &JsValue::from_str(self.url), &init)
                .map(|sent| Promise::resolve(&sent)),
            None => global_fetch(self.url, &init),
        };
        // A custom fetch may throw instead of rejecting.
        Ok(sent.unwrap_or_else(|thrown| Promise::reject(&thrown)))
    }

    fn headers(&self) -> Result<Headers, Error> {
        let headers = Headers::new().map_err(|_| Error::new(Kind::Config, "This runtime has no Headers"))?;
        if self.body.is_some() {
            set(&headers, "content-type", "application/json")?;
        }
        if let Some(key) = self.key {
            let set = match self.key_header {
                Some(name) => headers.set(name, key),
                None => headers.set("authorization", &["Bearer ", key].concat()),
            };
            set.map_err(|_| {
                Error::new(Kind::Config, "apiKey must be a string without line breaks or other control characters")
            })?;
        }
        if let Some(given) = self.headers.dyn_ref::<Object>() {
            for entry in Object::entries(given).iter() {
                let entry: Array = entry.unchecked_into();
                let name = entry.get(0).as_string().unwrap_or_default();
                match entry.get(1).as_string() {
                    Some(value) => set(&headers, &name, &value)?,
                    None => return Err(Error::new(Kind::Config, ["headers: ", &name, " must be a string"].concat())),
                }
            }
        }
        Ok(headers)
    }
}

fn set(headers: &Headers, name: &str, value: &str) -> Result<(), Error> {
    let message = || ["headers: ", name, " is no valid header name, or its value has control characters"].concat();
    headers.set(name, value).map_err(|_| Error::new(Kind::Config, message()))
}
